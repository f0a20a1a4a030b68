using Florin.Events;
using Microsoft.AspNetCore.Http;

namespace Florin.Api;

/// <summary>Which release trains of the API a caller may speak: the two newest, whose callers read the same objects.</summary>
internal static class ApiVersion
{
    public const string Current = ApiVersions.Current;

    private static readonly string[] Trains = ["endive", "dahlia"];

    /// <summary>What is wrong with the version headers; null when nothing is.</summary>
    public static string? ProblemOf(IHeaderDictionary headers) =>
        ProblemOf("Florin-Version", headers["Florin-Version"]) ?? ProblemOf("Stripe-Version", headers["Stripe-Version"]);

    private static string? ProblemOf(string header, Microsoft.Extensions.Primitives.StringValues values)
    {
        if (values.Count == 0) return null;
        var version = values.Count == 1 ? values[0] ?? "" : "";
        var dot = version.IndexOf('.');
        var isKnown = dot > 0
            && DateOnly.TryParseExact(version.AsSpan(0, dot), "yyyy-MM-dd", out _)
            && Trains.Contains(version[(dot + 1)..]);
        return isKnown
            ? null
            : $"{header} '{Requests.SafeEcho.Text(version)}' is not supported; send a date and one of the trains {string.Join(", ", Trains)}, such as {Current}.";
    }
}
