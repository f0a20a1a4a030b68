namespace Florin.Architecture.Tests;

/// <summary>A project may reference only projects on floors below its own (docs/architecture.md).</summary>
public sealed class FloorTests
{
    private const string Kernel = "Florin.Kernel";
    private const string Sandbox = "Florin.Sandbox";
    private const string Host = "Florin.Host";

    private static readonly Dictionary<string, int> Floors = new()
    {
        [Host] = 7,
        ["Florin.Api"] = 6,
        ["Florin.Checkout"] = 6,
        ["Florin.BackOffice"] = 6,
        ["Florin.Reports"] = 5,
        ["Florin.Shop"] = 4,
        ["Florin.Wallets"] = 4,
        ["Florin.Billing"] = 4,
        ["Florin.Payouts"] = 4,
        ["Florin.Reconciliation"] = 4,
        ["Florin.Payments"] = 3,
        ["Florin.Connectors"] = 2,
        ["Florin.Risk"] = 2,
        ["Florin.Fx"] = 2,
        ["Florin.Ledger"] = 1,
        ["Florin.Vault"] = 1,
        ["Florin.Merchants"] = 1,
        ["Florin.Events"] = 1,
        ["Florin.Storage"] = 0,
        ["Florin.Pages"] = 0,
        [Kernel] = 0,
    };

    [Fact]
    public void Every_project_references_only_what_lies_below_it() => Assert.Empty(Violations(Source.References()));

    [Theory]
    [InlineData("Florin.Ledger", "Florin.Payments", "above")]
    [InlineData("Florin.Ledger", "Florin.Vault", "sideways")]
    [InlineData("Florin.Kernel", "Florin.Storage", "the kernel stands on nothing")]
    [InlineData("Florin.Payments", "Florin.Sandbox", "the sandbox is reached over HTTP only")]
    [InlineData("Florin.Sandbox", "Florin.Connectors", "the sandbox shares no code with what it tests")]
    [InlineData("Florin.Novelty", "Florin.Kernel", "not in the table")]
    public void A_planted_reference_is_caught(string project, string reference, string why) =>
        Assert.True(Violations(new Dictionary<string, IReadOnlyList<string>> { [project] = [reference] }).Count > 0, why);

    private static List<string> Violations(IReadOnlyDictionary<string, IReadOnlyList<string>> references) =>
        [.. from project in references
            from reference in project.Value.DefaultIfEmpty(Kernel)
            where !IsAllowed(project.Key, reference)
            select $"{project.Key} references {reference}"];

    private static bool IsAllowed(string project, string reference)
    {
        // What references nothing is asked about with the kernel in its place, so that it too must be in the table.
        if (project == Kernel) return reference == Kernel;
        if (project == Sandbox) return reference == Kernel;
        if (!Floors.TryGetValue(project, out var floor)) return false;
        if (reference == Kernel) return true;
        if (reference == Sandbox) return project == Host;
        return Floors.TryGetValue(reference, out var below) && below < floor;
    }
}
