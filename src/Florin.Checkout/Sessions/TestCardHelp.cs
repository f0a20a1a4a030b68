using Florin.Checkout.Pages;

namespace Florin.Checkout.Sessions;

/// <summary>The handful of test cards that the page offers in test mode; docs/sandbox.md has them all.</summary>
internal static class TestCardHelp
{
    public static IReadOnlyList<TestCard> Cards { get; } =
    [
        new("4242 4242 4242 4242", TestCardOutcome.Approved),
        new("4000 0000 0000 3220", TestCardOutcome.Challenge),
        new("4000 0000 0000 0002", TestCardOutcome.Declined),
        new("4000 0000 0000 9995", TestCardOutcome.InsufficientFunds),
        new("4000 0000 0010 0091", TestCardOutcome.NoAnswer),
    ];
}
