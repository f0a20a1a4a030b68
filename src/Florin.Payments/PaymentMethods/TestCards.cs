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
        ["us"] = "4242424242424242",
        ["ae"] = "4000007840000001",
        ["ae_mastercard"] = "5200007840000022",
        ["ar"] = "4000000320000021",
        ["at"] = "4000000400000008",
        ["au"] = "4000000360000006",
        ["be"] = "4000000560000004",
        ["bg"] = "4000001000000000",
        ["br"] = "4000000760000002",
        ["by"] = "4000001120000005",
        ["ca"] = "4000001240000000",
        ["ch"] = "4000007560000009",
        ["cl"] = "4000001520000001",
        ["cn"] = "4000001560000002",
        ["co"] = "4000001700000003",
        ["cr"] = "4000001880000005",
        ["cy"] = "4000001960000008",
        ["cz"] = "4000002030000002",
        ["de"] = "4000002760000016",
        ["dk"] = "4000002080000001",
        ["ec"] = "4000002180000000",
        ["ee"] = "4000002330000009",
        ["es"] = "4000007240000007",
        ["fi"] = "4000002460000001",
        ["fr"] = "4000002500000003",
        ["gb"] = "4000008260000000",
        ["gb_debit"] = "4000058260000005",
        ["gb_mastercard"] = "5555558265554449",
        ["gi"] = "4000002920000005",
        ["gr"] = "4000003000000030",
        ["hk"] = "4000003440000004",
        ["hr"] = "4000001910000009",
        ["hu"] = "4000003480000005",
        ["ie"] = "4000003720000005",
        ["in"] = "4000003560000008",
        ["it"] = "4000003800000008",
        ["jp"] = "4000003920000003",
        ["kr"] = "4000004100000003",
        ["li"] = "4000004380000004",
        ["lt"] = "4000004400000000",
        ["lu"] = "4000004420000006",
        ["lv"] = "4000004280000005",
        ["mt"] = "4000004700000007",
        ["mx"] = "4000004840008001",
        ["my"] = "4000004580000002",
        ["nl"] = "4000005280000002",
        ["no"] = "4000005780000007",
        ["nz"] = "4000005540000008",
        ["pa"] = "4000005910000000",
        ["pe"] = "4000006040000068",
        ["pl"] = "4000006160000005",
        ["pt"] = "4000006200000007",
        ["py"] = "4000006000000066",
        ["ro"] = "4000006420000001",
        ["sa"] = "4000006820000007",
        ["se"] = "4000007520000008",
        ["sg"] = "4000007020000003",
        ["si"] = "4000007050000006",
        ["sk"] = "4000007030000001",
        ["th_credit"] = "4000007640000003",
        ["th_debit"] = "4000057640000008",
        ["tw"] = "4000001580000008",
        ["uy"] = "4000008580000003",
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
