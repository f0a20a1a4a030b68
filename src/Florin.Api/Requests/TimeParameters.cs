using Florin.Api.OpenApi;

namespace Florin.Api.Requests;

/// <summary>Reads unix seconds and ranges of them.</summary>
internal static class TimeParameters
{
    // 9999-12-31, the last day that DateTimeOffset can name.
    private const long LastSecond = 253_402_300_799;

    public static DateTimeOffset? Instant(this ParameterReader parameters, string name)
    {
        parameters.Note(name, new ScalarShape(2, "integer", "1") { Format = "unix-time", Least = 0, Most = LastSecond });
        return parameters.Integer(name, 0, LastSecond) is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
    }

    /// <summary><c>created=SECONDS</c>, or <c>created[gt|gte|lt|lte]=SECONDS</c>.</summary>
    /// <returns>The first instant, and the first that is too late.</returns>
    public static (DateTimeOffset? From, DateTimeOffset? Before) ReadCreated(this ParameterReader parameters)
    {
        if (!parameters.Has("created")) return (null, null);
        if (parameters.IsText("created"))
        {
            var second = parameters.Instant("created");
            return (second, Next(second));
        }

        if (parameters.Map("created") is not { } range) return (null, null);
        return (range.Instant("gte") ?? Next(range.Instant("gt")), range.Instant("lt") ?? Next(range.Instant("lte")));
    }

    // Objects are created at milliseconds and compared in whole seconds, as they are shown.
    private static DateTimeOffset? Next(DateTimeOffset? second) =>
        second < DateTimeOffset.FromUnixTimeSeconds(LastSecond) ? second + TimeSpan.FromSeconds(1) : second;
}
