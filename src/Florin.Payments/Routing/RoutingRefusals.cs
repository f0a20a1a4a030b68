using Florin.Kernel;

namespace Florin.Payments.Routing;

internal static class RoutingRefusals
{
    public static Refusal Invalid(RoutingProblem problem) => new(
        RefusalKind.Invalid, "routing_document_invalid", $"{problem.Path}: {problem.Message}", problem.Path);

    public static Refusal NotADraft(RoutingVersion version) => new(
        RefusalKind.Conflict,
        "routing_version_not_draft",
        $"Routing version {version.Number} has been active, so it stays as it is: payments were sent by it. Write a new draft.");

    public static Refusal ChangedMeanwhile(RoutingVersion version) => new(
        RefusalKind.Conflict,
        "routing_version_changed",
        $"Routing version {version.Number} was changed while it was made active. Look at it again.");

    public static Refusal PeriodInvalid { get; } = new(
        RefusalKind.Invalid,
        "routing_period_invalid",
        $"A period ends after it begins and is at most {RoutingSimulator.LongestPeriod.TotalDays} days long.",
        "created");
}
