using System.Collections.Frozen;
using Florin.Connectors;
using Florin.Payments.Wire;

namespace Florin.Api.Errors;

/// <summary>What helps after a decline.</summary>
internal enum DeclineStep
{
    AnotherCard,
    AnotherCardWithoutSayingWhy,
    CorrectTheDetails,
    Authenticate,
    TryAgainLater,
}

/// <summary>What is to be told about one <c>error.decline_code</c>.</summary>
/// <param name="When">What the issuer or the gateway said.</param>
internal sealed record DeclineReason(DeclineCode Reason, string Title, string When, DeclineStep Step)
{
    /// <summary>As it stands in <c>error.decline_code</c>.</summary>
    public string Word => WireText.Of(Reason);

    /// <summary>The <c>error.code</c> beside it.</summary>
    public string Code => DeclineText.Of(Reason).Code;

    public string Message => DeclineText.Of(Reason).Message;

    public string StepTitle => Step switch
    {
        DeclineStep.AnotherCard => "Ask for another card",
        DeclineStep.AnotherCardWithoutSayingWhy => "Ask for another card, without saying why",
        DeclineStep.CorrectTheDetails => "Ask for the details again",
        DeclineStep.Authenticate => "Let the buyer authenticate",
        DeclineStep.TryAgainLater => "Try again later",
    };

    public string Advice => Step switch
    {
        DeclineStep.AnotherCard => "Repeating the payment with this card will not help. Ask the buyer for another card, or to call the issuer.",
        DeclineStep.AnotherCardWithoutSayingWhy =>
            "Tell the buyer no more than that the card was declined, and ask for another one: whoever holds the card must not learn what its issuer suspects. Do not repeat the payment.",
        DeclineStep.CorrectTheDetails => "Ask the buyer to check what was typed, and pay again with the corrected card.",
        DeclineStep.Authenticate => "Confirm again with the buyer present, and send them to next_action; if that fails too, ask for another card.",
        DeclineStep.TryAgainLater => "The same card may well work in a while. Confirm again later, a few times at most, or ask for another card.",
    };
}

/// <summary>Every reason of a decline, whichever gateway gave it in which words.</summary>
internal static class DeclineReasons
{
    public static IReadOnlyList<DeclineReason> All { get; } = [.. Enum.GetValues<DeclineCode>().Select(Of)];

    private static readonly FrozenDictionary<string, DeclineReason> ByWord = All.ToFrozenDictionary(reason => reason.Word);

    public static DeclineReason? Find(string word) => ByWord.GetValueOrDefault(word);

    private static DeclineReason Of(DeclineCode code)
    {
        var (title, when, step) = code switch
        {
            DeclineCode.AuthenticationFailed => ("Authentication failed", "The buyer failed or left the issuer's challenge (3-D Secure).", DeclineStep.Authenticate),
            DeclineCode.AuthenticationRequired => ("Authentication required", "The issuer takes the payment only after a challenge (3-D Secure), as the law in many countries wants.", DeclineStep.Authenticate),
            DeclineCode.CallIssuer => ("Referred to the issuer", "The issuer wants the buyer to call, and says no more.", DeclineStep.AnotherCard),
            DeclineCode.CardNotSupported => ("Card not supported", "The card is not made for this kind of purchase.", DeclineStep.AnotherCard),
            DeclineCode.CardVelocityExceeded => ("Card used too often", "The card reached a limit of its issuer for a span of time: too many payments, or too much.", DeclineStep.AnotherCard),
            DeclineCode.CurrencyNotSupported => ("Currency not supported", "The card cannot pay in this currency.", DeclineStep.AnotherCard),
            DeclineCode.DoNotHonor => ("Do not honor", "The issuer refuses and gives no reason.", DeclineStep.AnotherCard),
            DeclineCode.DuplicateTransaction => ("Duplicate transaction", "The issuer saw the same amount on the same card a moment ago. See whether the first payment succeeded before anything else.", DeclineStep.AnotherCard),
            DeclineCode.ExpiredCard => ("Card expired", "The card's expiry date is past.", DeclineStep.AnotherCard),
            DeclineCode.Fraudulent => ("Suspected fraud", "The issuer or the gateway suspects fraud.", DeclineStep.AnotherCardWithoutSayingWhy),
            DeclineCode.GenericDecline => ("Declined", "No reason was given, or one that no other word fits.", DeclineStep.AnotherCard),
            DeclineCode.IncorrectCvc => ("Wrong security code", "The issuer compared the security code and found another.", DeclineStep.CorrectTheDetails),
            DeclineCode.IncorrectNumber => ("Wrong card number", "The issuer does not know this card number.", DeclineStep.CorrectTheDetails),
            DeclineCode.InsufficientFunds => ("Insufficient funds", "The account has too little on it, or the credit line is used up.", DeclineStep.AnotherCard),
            DeclineCode.InvalidAccount => ("Invalid account", "The card, or the account behind it, does not exist any more.", DeclineStep.AnotherCard),
            DeclineCode.InvalidAmount => ("Invalid amount", "The issuer does not take this amount: too much for one payment, or too little.", DeclineStep.AnotherCard),
            DeclineCode.IssuerNotAvailable => ("Issuer not available", "The issuer could not be reached, so the payment could not be authorized.", DeclineStep.TryAgainLater),
            DeclineCode.LostCard => ("Lost card", "The card was reported lost.", DeclineStep.AnotherCardWithoutSayingWhy),
            DeclineCode.NotPermitted => ("Not permitted", "The card's holder or its terms do not permit the payment.", DeclineStep.AnotherCard),
            DeclineCode.PickupCard => ("Card to be kept", "The issuer wants the card back; it was reported lost or stolen, or was withdrawn.", DeclineStep.AnotherCardWithoutSayingWhy),
            DeclineCode.ProcessingError => ("Processing error", "Something failed at the issuer or the gateway while the card was processed.", DeclineStep.TryAgainLater),
            DeclineCode.RestrictedCard => ("Restricted card", "The issuer has restricted the card; it may have been reported lost or stolen.", DeclineStep.AnotherCardWithoutSayingWhy),
            DeclineCode.StolenCard => ("Stolen card", "The card was reported stolen.", DeclineStep.AnotherCardWithoutSayingWhy),
            DeclineCode.TransactionNotAllowed => ("Transaction not allowed", "The issuer does not allow payments of this kind with the card: abroad, on the web, or for these goods.", DeclineStep.AnotherCard),
            DeclineCode.TryAgainLater => ("Try again later", "The issuer asks to try again later.", DeclineStep.TryAgainLater),
            DeclineCode.WithdrawalCountLimitExceeded => ("Limit exceeded", "The card's limit of amounts or payments was reached.", DeclineStep.AnotherCard),
        };
        return new DeclineReason(code, title, when, step);
    }
}
