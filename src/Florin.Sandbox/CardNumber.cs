namespace Florin.Sandbox;

/// <summary>A card number met in a request: looked up at once, never kept.</summary>
internal static class CardNumber
{
    /// <summary>Finds the test card, and the last digits that may be kept.</summary>
    public static (TestCard? Card, string Last4) Look(string number) =>
        (TestCards.TryFind(number, out var card) ? card : null, number.Length >= 4 ? number[^4..] : "????");
}
