namespace Florin.BackOffice.Pages;

/// <summary>What the forms of an endpoint's page offer, and therefore all that they accept.</summary>
internal static class WebhookChoices
{
    public static IReadOnlyList<int> ResendHours { get; } = [1, 24, 72];

    public static IReadOnlyList<int> OverlapHours { get; } = [24, 72, 168, 0];

    /// <returns>Null where the text is none of the choices.</returns>
    public static int? Read(string? text, IReadOnlyList<int> choices) =>
        int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var hours) && choices.Contains(hours) ? hours : null;
}
