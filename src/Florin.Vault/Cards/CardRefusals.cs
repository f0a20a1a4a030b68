using Florin.Kernel;

namespace Florin.Vault;

/// <summary>The sentences are Stripe's, which shops know and translate.</summary>
internal static class CardRefusals
{
    public static readonly Refusal IncorrectNumber = Declined("incorrect_number", "Your card number is incorrect.", "number");

    public static readonly Refusal InvalidExpiryMonth =
        Declined("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month");

    public static readonly Refusal InvalidExpiryYear =
        Declined("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year");

    public static readonly Refusal ExpiredCard = Declined("expired_card", "Your card has expired.", "exp_month");

    public static readonly Refusal InvalidCvc = Declined("invalid_cvc", "Your card's security code is invalid.", "cvc");

    public static readonly Refusal TestCardInLiveMode = new(
        RefusalKind.Declined,
        "card_declined",
        "Your card was declined. Your request was in live mode, but used a known test card.",
        "number",
        "live_mode_test_card");

    public static Refusal NoSuchCard(CardId id) =>
        new(RefusalKind.NotFound, "resource_missing", $"No such card: '{id}'.");

    private static Refusal Declined(string code, string message, string param) => new(RefusalKind.Declined, code, message, param);
}
