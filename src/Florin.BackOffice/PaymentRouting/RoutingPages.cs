using System.Globalization;
using System.Text.Json;
using Florin.BackOffice.Pages;
using Florin.BackOffice.SignIn;
using Florin.Kernel;
using Florin.Pages;
using Florin.Payments;
using Florin.Storage;
using Microsoft.AspNetCore.Http;

namespace Florin.BackOffice.PaymentRouting;

/// <summary>Turns versions of routing rules into what the pages show; holds no rule of its own.</summary>
internal sealed class RoutingPages(IRouting routing, OfficeForms forms, TimeProvider time)
{
    public const string Purpose = "office routing";

    /// <summary>What somebody who has no rules yet begins with.</summary>
    public const string FirstDocument =
        """
        {
          "rules": [],
          "max_attempts": 2
        }
        """;

    private const int MostVersions = 50;

    private static readonly TimeSpan FormLife = TimeSpan.FromHours(12);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What a form must not outlive: of a double click the second finds another version, or another text.</summary>
    public static string[] Bound(RoutingVersion version) =>
        [version.Id.ToString(), version.State.ToString(), version.UpdatedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)];

    /// <inheritdoc cref="Bound(RoutingVersion)"/>
    public static string[] Bound(RoutingListModel page) => [page.Versions.Count > 0 ? page.Versions[0].Id.ToString() : "none"];

    public async Task<RoutingListModel> ListAsync(HttpContext http, CancellationToken ct)
    {
        var session = http.Session();
        var page = await routing.ListAsync(session.Scope, new PageRequest<RoutingVersionId>(MostVersions), ct);
        var model = new RoutingListModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = OfficePaths.Routing,
            Frame = forms.FrameOf(http),
            Versions = page.Items,
            Active = await routing.FindActiveAsync(session.Scope, ct),
            HasMore = page.HasMore,
            FormToken = "",
        };
        return model with { FormToken = forms.Tokens.Issue(Purpose, session.Id, FormLife, Bound(model)) };
    }

    public async Task<RoutingVersionModel> DetailAsync(HttpContext http, RoutingVersion version, int? simulatedDays, CancellationToken ct)
    {
        var language = OfficeForms.LanguageOf(http.Request);
        var active = await routing.FindActiveAsync(version.Scope, ct);
        var compared = active?.Id == version.Id ? null : (await routing.CompareAsync(version.Scope, from: null, version.Id, ct)).Value;
        var versions = await routing.ListAsync(version.Scope, new PageRequest<RoutingVersionId>(MostVersions), ct);
        var query = http.Request.Query;
        return new RoutingVersionModel
        {
            Language = language,
            Here = simulatedDays is null ? OfficePaths.RoutingVersion(version.Id) : $"{OfficePaths.RoutingVersion(version.Id)}?simulate={simulatedDays}",
            Frame = forms.FrameOf(http),
            Version = version,
            Rules = RoutingRuleText.Read(version.Document, new RoutingTexts(language)),
            Typed = Pretty(version.Document),
            Note = version.Note ?? "",
            Compared = compared,
            Simulation = simulatedDays is { } days ? await SimulateAsync(version, days, ct) : null,
            SimulatedDays = simulatedDays,
            FormToken = forms.Tokens.Issue(Purpose, http.Session().Id, FormLife, Bound(version)),
            CopyToken = forms.Tokens.Issue(Purpose, http.Session().Id, FormLife, [versions.Items[0].Id.ToString()]),
            JustSaved = query.ContainsKey("saved"),
            JustActivated = query.ContainsKey("activated") && version.State == RoutingVersionState.Active,
        };
    }

    private async Task<RoutingSimulation?> SimulateAsync(RoutingVersion version, int days, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var simulated = await routing.SimulateAsync(version.Scope, version.Id, new RoutingPeriod(now - TimeSpan.FromDays(days), now), ct);
        return simulated.TryGet(out var simulation, out _) ? simulation : null;
    }

    private static string Pretty(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement, Indented);
    }
}
