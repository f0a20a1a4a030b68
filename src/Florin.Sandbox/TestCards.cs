using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Florin.Sandbox;

/// <summary>What the sandbox's issuer and acquirers do with a test card.</summary>
public enum TestCardBehavior
{
    Approve,
    Decline,

    /// <summary>3-D Secure without the buyer's part; then approved.</summary>
    Frictionless,

    /// <summary>The issuer's page asks for the one-time password; then approved.</summary>
    Challenge,

    /// <summary>The issuer's page asks for the one-time password; then declined all the same.</summary>
    ChallengeThenDecline,

    /// <summary>Approved, and answered after <see cref="TestCards.SlowAnswer"/>.</summary>
    SlowAnswer,

    /// <summary>Approved and booked, but the answer never comes.</summary>
    SilentAfterApproving,

    /// <summary>Nothing is done and no answer comes.</summary>
    SilentWithoutApproving,

    /// <summary>The issuer's page asks for the one-time password; then approved, but that answer never comes.</summary>
    ChallengeThenSilent,

    /// <summary>Approved; once it is captured the buyer says that it was not them.</summary>
    DisputeFraudulent,

    /// <summary>Approved; once it is captured the buyer says that nothing came.</summary>
    DisputeNotReceived,

    /// <summary>Approved; once it is captured the issuer asks about it, without taking the money yet.</summary>
    Inquiry,
    /// <summary>Approved; a hold on it cannot be raised.</summary>
    DeclineIncrement,

    /// <summary>Aurora says no for a reason of its own; every other acquirer approves.</summary>
    DeclineAtAurora,

    /// <summary>The issuer's page asks for the one-time password; then as <see cref="DeclineAtAurora"/>.</summary>
    ChallengeThenDeclineAtAurora,

    /// <summary>Approved; at Aurora a refund takes <see cref="TestCards.SlowRefund"/>, and can be called back until then.</summary>
    SlowRefund,
}

/// <param name="DeclineCode">Why it is declined, in the wire's words; null where it is not.</param>
public sealed record TestCard(
    string Number, string Brand, string Name, TestCardBehavior Behavior, string? DeclineCode, string Description)
{
    public string Last4 => Number[^4..];

    /// <summary>Why an acquirer declines it, in the wire's words; null where it does not.</summary>
    public string? DeclineCodeAt(string acquirer) => Behavior switch
    {
        TestCardBehavior.DeclineAtAurora or TestCardBehavior.ChallengeThenDeclineAtAurora => acquirer == AcquirerNames.Aurora ? DeclineCode : null,
        _ => DeclineCode,
    };
}

/// <summary>The cards that the sandbox knows; any other number is declined. Numbers that Stripe documents are Stripe's.</summary>
public static class TestCards
{
    /// <summary>The right answer to the issuer's page.</summary>
    public const string OneTimePassword = "123456";

    public static readonly TimeSpan SlowAnswer = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan SlowRefund = TimeSpan.FromMinutes(2);

    public static IReadOnlyList<TestCard> All { get; } =
    [
        Approved("4242424242424242", "visa", "visa"),
        Approved("4000056655665556", "visa", "visa_debit"),
        Approved("5555555555554444", "mastercard", "mastercard"),
        Approved("5200828282828210", "mastercard", "mastercard_debit"),
        Approved("378282246310005", "amex", "amex"),
        Approved("6011111111111117", "discover", "discover"),
        Approved("3056930009020004", "diners", "diners"),
        Approved("3566002020360505", "jcb", "jcb"),
        Approved("6200000000000005", "unionpay", "unionpay"),
        Approved("9410000000000005", "domestic", "korean_domestic"),

        Declined("4000000000000002", "generic_decline"),
        Declined("4000000000009995", "insufficient_funds"),
        Declined("4000000000009987", "lost_card"),
        Declined("4000000000009979", "stolen_card"),
        Declined("4000000000000069", "expired_card"),
        Declined("4000000000000127", "incorrect_cvc"),
        Declined("4000000000000119", "processing_error"),
        Declined("4000000000006975", "card_velocity_exceeded"),
        Declined("4100000000000019", "fraudulent"),
        Declined("4000000000100018", "do_not_honor"),
        Declined("4000000000100026", "card_not_supported"),
        Declined("4000000000100034", "issuer_not_available"),
        Declined("4000000000100042", "call_issuer"),
        Declined("4000000000100059", "pickup_card"),
        Declined("4000000000100067", "transaction_not_allowed"),
        Declined("4000000000100075", "try_again_later"),

        new("4000000000003055", "visa", "frictionless", TestCardBehavior.Frictionless, null,
            "3-D Secure passes without the buyer; approved"),
        new("4000000000003220", "visa", "challenge", TestCardBehavior.Challenge, null,
            "3-D Secure asks for the one-time password; then approved"),
        new("4000002760003184", "visa", "authentication_required", TestCardBehavior.Challenge, null,
            "3-D Secure asks for the one-time password, as on every payment; then approved"),
        new("4000008400001629", "visa", "challenge_then_decline", TestCardBehavior.ChallengeThenDecline,
            "generic_decline", "3-D Secure asks for the one-time password; then declined: generic_decline"),
        new("4000000000100109", "visa", "challenge_then_silent", TestCardBehavior.ChallengeThenSilent, null,
            "3-D Secure asks for the one-time password; then approved, but that answer never comes"),

        new("4000000000100133", "visa", "decline_at_aurora", TestCardBehavior.DeclineAtAurora, "processing_error",
            "declined at Aurora: processing_error; approved elsewhere"),
        new("4000000000100141", "visa", "challenge_then_decline_at_aurora", TestCardBehavior.ChallengeThenDeclineAtAurora, "processing_error",
            "3-D Secure asks for the one-time password; then declined at Aurora: processing_error, and approved elsewhere"),

        new("4000000000100083", "visa", "slow_answer", TestCardBehavior.SlowAnswer, null,
            "approved; the answer comes after 10 seconds"),
        new("4000000000100091", "visa", "silent_after_approving", TestCardBehavior.SilentAfterApproving, null,
            "approved and booked, but no answer ever comes"),
        new("4000000000100117", "visa", "silent_without_approving", TestCardBehavior.SilentWithoutApproving, null,
            "nothing is booked and no answer ever comes"),

        new("4000000000000259", "visa", "dispute_fraudulent", TestCardBehavior.DisputeFraudulent, null,
            "approved; when captured, disputed as fraudulent"),
        new("4000000000002685", "visa", "dispute_product_not_received", TestCardBehavior.DisputeNotReceived, null,
            "approved; when captured, disputed as product_not_received"),
        new("4000000000001976", "visa", "dispute_inquiry", TestCardBehavior.Inquiry, null,
            "approved; when captured, the issuer inquires"),
        new("4000000000007726", "visa", "slow_refund", TestCardBehavior.SlowRefund, null,
            "approved; at Aurora a refund is pending for two minutes, and can be cancelled until then"),
        new("4000000000100125", "visa", "decline_increment", TestCardBehavior.DeclineIncrement, null,
            "approved; raising its hold is declined: insufficient_funds"),
    ];

    /// <summary>Cards of issuers in many countries; all are approved. Named for their country, ISO 3166-1 alpha-2, and what tells those of
    /// one country apart.</summary>
    public static IReadOnlyList<TestCard> OfCountries { get; } =
    [
        Issued("4000007840000001", "visa", "ae"),
        Issued("5200007840000022", "mastercard", "ae_mastercard"),
        Issued("4000000320000021", "visa", "ar"),
        Issued("4000000400000008", "visa", "at"),
        Issued("4000000360000006", "visa", "au"),
        Issued("4000000560000004", "visa", "be"),
        Issued("4000001000000000", "visa", "bg"),
        Issued("4000000760000002", "visa", "br"),
        Issued("4000001120000005", "visa", "by"),
        Issued("4000001240000000", "visa", "ca"),
        Issued("4000007560000009", "visa", "ch"),
        Issued("4000001520000001", "visa", "cl"),
        Issued("4000001560000002", "visa", "cn"),
        Issued("4000001700000003", "visa", "co"),
        Issued("4000001880000005", "visa", "cr"),
        Issued("4000001960000008", "visa", "cy"),
        Issued("4000002030000002", "visa", "cz"),
        Issued("4000002760000016", "visa", "de"),
        Issued("4000002080000001", "visa", "dk"),
        Issued("4000002180000000", "visa", "ec"),
        Issued("4000002330000009", "visa", "ee"),
        Issued("4000007240000007", "visa", "es"),
        Issued("4000002460000001", "visa", "fi"),
        Issued("4000002500000003", "visa", "fr"),
        Issued("4000008260000000", "visa", "gb"),
        Issued("4000058260000005", "visa", "gb_debit"),
        Issued("5555558265554449", "mastercard", "gb_mastercard"),
        Issued("4000002920000005", "visa", "gi"),
        Issued("4000003000000030", "visa", "gr"),
        Issued("4000003440000004", "visa", "hk"),
        Issued("4000001910000009", "visa", "hr"),
        Issued("4000003480000005", "visa", "hu"),
        Issued("4000003720000005", "visa", "ie"),
        Issued("4000003560000008", "visa", "in"),
        Issued("4000003800000008", "visa", "it"),
        Issued("4000003920000003", "visa", "jp"),
        Issued("4000004100000003", "visa", "kr"),
        Issued("4000004380000004", "visa", "li"),
        Issued("4000004400000000", "visa", "lt"),
        Issued("4000004420000006", "visa", "lu"),
        Issued("4000004280000005", "visa", "lv"),
        Issued("4000004700000007", "visa", "mt"),
        Issued("4000004840008001", "visa", "mx"),
        Issued("4000004580000002", "visa", "my"),
        Issued("4000005280000002", "visa", "nl"),
        Issued("4000005780000007", "visa", "no"),
        Issued("4000005540000008", "visa", "nz"),
        Issued("4000005910000000", "visa", "pa"),
        Issued("4000006040000068", "visa", "pe"),
        Issued("4000006160000005", "visa", "pl"),
        Issued("4000006200000007", "visa", "pt"),
        Issued("4000006000000066", "visa", "py"),
        Issued("4000006420000001", "visa", "ro"),
        Issued("4000006820000007", "visa", "sa"),
        Issued("4000007520000008", "visa", "se"),
        Issued("4000007020000003", "visa", "sg"),
        Issued("4000007050000006", "visa", "si"),
        Issued("4000007030000001", "visa", "sk"),
        Issued("4000007640000003", "visa", "th_credit"),
        Issued("4000057640000008", "visa", "th_debit"),
        Issued("4000001580000008", "visa", "tw"),
        Issued("4000008580000003", "visa", "uy"),
    ];

    private static readonly FrozenDictionary<string, TestCard> ByNumber =
        All.Concat(OfCountries).ToFrozenDictionary(card => card.Number, StringComparer.Ordinal);

    public static bool TryFind(string number, [NotNullWhen(true)] out TestCard? card) =>
        ByNumber.TryGetValue(number, out card);

    private static TestCard Approved(string number, string brand, string name) =>
        new(number, brand, name, TestCardBehavior.Approve, null, "approved");

    private static TestCard Issued(string number, string brand, string name) =>
        new(number, brand, name, TestCardBehavior.Approve, null, $"approved; issued in {name[..2].ToUpperInvariant()}");

    private static TestCard Declined(string number, string code) =>
        new(number, "visa", code, TestCardBehavior.Decline, code, $"declined: {code}");
}
