using Florin.Connectors;

namespace Florin.Payments.Wire;

/// <summary>What a decline is called in <c>error.code</c>, and the sentence that goes with it.</summary>
public static class DeclineText
{
    public static (string Code, string Message) Of(DeclineCode code) => code switch
    {
        DeclineCode.AuthenticationFailed => ("payment_intent_authentication_failure",
            "The customer could not be authenticated by the card's issuer. Try again, or use another payment method."),
        DeclineCode.AuthenticationRequired => ("authentication_required", "The card's issuer wants the customer to be authenticated."),
        DeclineCode.ExpiredCard => ("expired_card", "Your card has expired."),
        DeclineCode.IncorrectCvc => ("incorrect_cvc", "Your card's security code is incorrect."),
        DeclineCode.IncorrectNumber => ("incorrect_number", "Your card number is incorrect."),
        DeclineCode.ProcessingError or DeclineCode.IssuerNotAvailable or DeclineCode.TryAgainLater => ("processing_error",
            "An error occurred while processing your card. Try again in a little bit."),
        DeclineCode.InsufficientFunds => ("card_declined", "Your card has insufficient funds."),
        DeclineCode.CardNotSupported => ("card_declined", "Your card does not support this type of purchase."),
        DeclineCode.CurrencyNotSupported => ("card_declined", "Your card does not support this currency."),
        DeclineCode.CardVelocityExceeded or DeclineCode.WithdrawalCountLimitExceeded => ("card_declined",
            "Your card was used too often or for too much in a short time."),

        // Lost, stolen and suspicious cards are told nothing: whoever holds one must not learn that it was reported.
        DeclineCode.CallIssuer or DeclineCode.DoNotHonor or DeclineCode.DuplicateTransaction or DeclineCode.Fraudulent
            or DeclineCode.GenericDecline or DeclineCode.InvalidAccount or DeclineCode.InvalidAmount or DeclineCode.LostCard
            or DeclineCode.NotPermitted or DeclineCode.PickupCard or DeclineCode.RestrictedCard or DeclineCode.StolenCard
            or DeclineCode.TransactionNotAllowed => ("card_declined", "Your card was declined."),
    };
}
