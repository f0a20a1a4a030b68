using Florin.Checkout.Pages;
using Florin.Payments;

namespace Florin.Checkout.Sessions;

/// <summary>What a decline means for what the buyer should do now; the issuer's own words are not shown.</summary>
internal static class DeclineAdvices
{
    // A code that is not listed asks for another card: right for every "no" that a repetition cannot mend.
    private static readonly Dictionary<string, DeclineAdvice> ByDeclineCode = new(StringComparer.Ordinal)
    {
        ["insufficient_funds"] = DeclineAdvice.InsufficientFunds,
        ["card_velocity_exceeded"] = DeclineAdvice.LimitReached,
        ["withdrawal_count_limit_exceeded"] = DeclineAdvice.LimitReached,
        ["expired_card"] = DeclineAdvice.ExpiredCard,
        ["incorrect_number"] = DeclineAdvice.WrongDetails,
        ["incorrect_cvc"] = DeclineAdvice.WrongDetails,
        ["invalid_account"] = DeclineAdvice.WrongDetails,
        ["authentication_failed"] = DeclineAdvice.AuthenticationFailed,
        ["authentication_required"] = DeclineAdvice.AuthenticationFailed,
        ["card_not_supported"] = DeclineAdvice.NotSupported,
        ["currency_not_supported"] = DeclineAdvice.NotSupported,
        ["not_permitted"] = DeclineAdvice.NotSupported,
        ["transaction_not_allowed"] = DeclineAdvice.NotSupported,
        ["issuer_not_available"] = DeclineAdvice.TryLater,
        ["processing_error"] = DeclineAdvice.TryLater,
        ["try_again_later"] = DeclineAdvice.TryLater,
    };

    public static DeclineAdvice Of(PaymentError error)
    {
        if (error.DeclineCode is null) return DeclineAdvice.NothingSent;
        return ByDeclineCode.GetValueOrDefault(error.DeclineCode, DeclineAdvice.UseAnotherCard);
    }
}
