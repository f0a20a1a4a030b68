using Florin.BackOffice.PaymentRouting;
using Florin.Payments;

namespace Florin.BackOffice.Pages;

internal sealed record RoutingListModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Routing;

    public required IReadOnlyList<RoutingVersion> Versions { get; init; }

    public required RoutingVersion? Active { get; init; }

    public required bool HasMore { get; init; }

    public required string FormToken { get; init; }

    public bool FormExpired { get; init; }

    protected override Type View => typeof(RoutingPage);
}

internal sealed record RoutingVersionModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Routing;

    public required RoutingVersion Version { get; init; }

    public required IReadOnlyList<RoutingRuleText> Rules { get; init; }

    /// <summary>What stands in the form: the document, or what was typed and is wrong.</summary>
    public required string Typed { get; init; }

    public required string Note { get; init; }

    /// <summary>With the version in force; null where this is that one.</summary>
    public required RoutingComparison? Compared { get; init; }

    public required RoutingSimulation? Simulation { get; init; }

    public required int? SimulatedDays { get; init; }

    public required string FormToken { get; init; }

    public required string CopyToken { get; init; }

    public required bool JustSaved { get; init; }

    public required bool JustActivated { get; init; }

    public RoutingProblemKind? Problem { get; init; }

    public IReadOnlyList<RoutingProblem> Problems { get; init; } = [];

    protected override Type View => typeof(RoutingVersionPage);
}

internal enum RoutingProblemKind
{
    Wrong,
    Changed,
    FormExpired,
    CardNumber,
}

/// <summary>Why an attempt went where it went, as the page of a payment shows it.</summary>
internal sealed record RoutingDecisionRow(
    string Connector, long? Version, string? VersionUrl, string? Rule, bool AskedFor, bool IsFailover, string? Draw, IReadOnlyList<(string Connector, RoutingStanding Standing)> Others,
    IReadOnlyList<string> PassedOver);
