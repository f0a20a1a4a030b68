using System.Collections.Frozen;
using Florin.Kernel;
using Florin.Vault;

namespace Florin.Payments.PaymentMethods;

/// <summary>The names under which test mode knows cards, as Stripe's test mode does: <c>pm_card_visa</c>, <c>tok_visa</c>.</summary>
internal static class TestCards
{
    private const int ExpiryMonth = 12;

    // Far enough away that no test card lapses while this version is in use.
    private const int ExpiryYear = 2040;

    private static readonly FrozenDictionary<string, string> Numbers = new Dictionary<string, string>
    {
        ["visa"] = "4242424242424242",
        ["visa_debit"] = "4000056655665556",
        ["mastercard"] = "5555555555554444",
        ["mastercard_debit"] = "5200828282828210",
        ["amex"] = "378282246310005",
        ["discover"] = "6011111111111117",
        ["diners"] = "3056930009020004",
        ["jcb"] = "3566002020360505",
        ["unionpay"] = "6200000000000005",
        ["chargeDeclined"] = "4000000000000002",
        ["visa_chargeDeclined"] = "4000000000000002",
        ["chargeDeclinedInsufficientFunds"] = "4000000000009995",
        ["visa_chargeDeclinedInsufficientFunds"] = "4000000000009995",
        ["chargeDeclinedLostCard"] = "4000000000009987",
        ["visa_chargeDeclinedLostCard"] = "4000000000009987",
        ["chargeDeclinedStolenCard"] = "4000000000009979",
        ["visa_chargeDeclinedStolenCard"] = "4000000000009979",
        ["chargeDeclinedExpiredCard"] = "4000000000000069",
        ["chargeDeclinedIncorrectCvc"] = "4000000000000127",
        ["chargeDeclinedProcessingError"] = "4000000000000119",
        ["authenticationRequired"] = "4000002760003184",
        ["threeDSecure2Required"] = "4000000000003220",
        ["pendingRefund"] = "4000000000007726",
        ["threeDSecureOptional"] = "4000000000003055",
        ["createDispute"] = "4000000000000259",
        ["createDisputeProductNotReceived"] = "4000000000002685",
        ["createDisputeInquiry"] = "4000000000001976",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static CardEntry? ByPaymentMethod(string name) => ByName(name, "pm_card_");

    public static CardEntry? ByToken(string name) => ByName(name, "tok_");

    private static CardEntry? ByName(string name, string prefix)
    {
        if (!name.StartsWith(prefix, StringComparison.Ordinal) || !Numbers.TryGetValue(name[prefix.Length..], out var number)) return null;
        var cvc = number.StartsWith("37", StringComparison.Ordinal) ? "1234" : "123";
        return new CardEntry(Secret.Of(number), ExpiryMonth, ExpiryYear, Secret.Of(cvc), HolderName: null);
    }
}
