using Florin.Api.Requests;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Payments;

namespace Florin.Api.Ledger;

/// <summary>Reads postings, dates and causes.</summary>
internal static class LedgerParameters
{
    public const string UsualKind = "journal";
    private const string SubjectKey = LedgerSubjects.NotedAs;

    private const int MostReferenceCharacters = 200;
    private const int MostKindCharacters = 64;
    private const int MostCodeCharacters = 255;

    // What comes in whole seconds means all of its last one.
    private static readonly TimeSpan RestOfSecond = TimeSpan.FromMilliseconds(999);
    private static readonly DateTimeOffset LastSecond = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private static readonly (string, AccountKind)[] Kinds = LedgerText.Words<AccountKind>(LedgerText.Of);
    private static readonly (string, AccountState)[] States = LedgerText.Words<AccountState>(LedgerText.Of);
    private static readonly (string, PostingSide)[] Sides = LedgerText.Words<PostingSide>(LedgerText.Of);
    private static readonly (string, HoldState)[] HoldStates = LedgerText.Words<HoldState>(LedgerText.Of);
    private static readonly (string, LedgerDate)[] Dates = LedgerText.Words<LedgerDate>(LedgerText.Of);

    public static AccountKind? ReadAccountKind(this ParameterReader parameters) => parameters.Choice<AccountKind>("kind", Kinds);

    public static AccountState? ReadAccountState(this ParameterReader parameters) => parameters.Choice<AccountState>("state", States);

    public static HoldState? ReadHoldState(this ParameterReader parameters) => parameters.Choice<HoldState>("state", HoldStates);

    public static string? ReadReference(this ParameterReader parameters) => parameters.FilledText("reference", MostReferenceCharacters);

    public static string? ReadKind(this ParameterReader parameters) => parameters.FilledText("kind", MostKindCharacters);

    /// <summary><c>at</c>, and <c>by</c> which date; null for now.</summary>
    public static LedgerInstant? ReadAt(this ParameterReader parameters)
    {
        var (at, by) = (parameters.Instant("at"), parameters.ReadBy());
        if (at is null && by is not null) parameters.Refuse<string>("by", "parameter_invalid", "by says which date at is; give at too, or neither.");
        return at is { } then ? new LedgerInstant(by ?? LedgerDate.Recorded, then < LastSecond ? then + RestOfSecond : then) : null;
    }

    /// <summary><c>from</c> the first second within, <c>until</c> the first after, and <c>by</c> which date.</summary>
    public static LedgerSpan ReadSpan(this ParameterReader parameters) =>
        new(parameters.ReadBy() ?? LedgerDate.Effective, parameters.Instant("from"), parameters.Instant("until"));

    /// <summary>Whether the answer is to be a table: <c>format</c>, or else what the request accepts.</summary>
    public static bool ReadIsCsv(this ApiCall call) =>
        call.Parameters.Choice<bool>("format", ("json", false), ("csv", true)) ?? call.PrefersCsv;

    /// <summary>What is to be posted; null where it is not right.</summary>
    public static OwnTransaction? ReadTransaction(this ParameterReader parameters)
    {
        var reference = parameters.Has("reference") ? parameters.ReadReference() : parameters.Missing<string>("reference");
        var kind = parameters.ReadKind() ?? UsualKind;
        var effectiveAt = parameters.Instant("effective_at");
        var subject = parameters.ReadSubject();
        var metadata = parameters.Metadata() ?? CardParameters.NoMetadata;
        var postings = parameters.ReadPostings();
        if (postings is null && !parameters.Has("postings")) parameters.Missing<string>("postings");
        if (subject is { } cause) metadata = parameters.WithSubject(metadata, cause.Text);
        return reference is null || postings is null
            ? null
            : new OwnTransaction(reference, kind, effectiveAt, postings) { Subject = subject?.Id, Metadata = metadata };
    }

    /// <summary><c>postings</c>, each with an account, a side and an amount; <c>currency</c> beside them serves for all.</summary>
    public static IReadOnlyList<OwnPosting>? ReadPostings(this ParameterReader parameters)
    {
        var usual = parameters.CurrencyCode("currency");
        if (parameters.Maps("postings") is not { } given) return null;
        var postings = new List<OwnPosting>(given.Count);
        foreach (var posting in given)
        {
            var account = posting.RequiredText("account", MostCodeCharacters);
            var side = posting.Has("side") ? posting.Choice<PostingSide>("side", Sides) : posting.MissingWord<PostingSide>("side");
            var amount = posting.Has("amount") ? posting.AmountMinor("amount") : posting.MissingWord<long>("amount");
            var currency = posting.CurrencyCode("currency") ?? usual;
            if (currency is null && account is not null && !Ids.TryParse<LedgerAccountId>(account, out _)) posting.Missing<string>("currency");
            if (account is not null && side is { } known && amount is { } minor) postings.Add(new OwnPosting(account, currency, known, minor));
        }

        return postings;
    }

    /// <summary>The payment, charge, refund or dispute that caused something.</summary>
    public static (Guid Id, string Text)? ReadSubject(this ParameterReader parameters)
    {
        if (parameters.FilledText(SubjectKey, most: 200) is not { } text) return null;
        if (Ids.TryParse<ChargeId>(text, out var charge)) return (charge.Value, text);
        if (Ids.TryParse<RefundId>(text, out var refund)) return (refund.Value, text);
        if (Ids.TryParse<DisputeId>(text, out var dispute)) return (dispute.Value, text);
        if (Ids.TryParse<PaymentIntentId>(text, out var payment)) return (payment.Value, text);
        parameters.Refuse<string>(
            SubjectKey, "parameter_invalid", $"'{SafeEcho.Text(text)}' is no id of a payment, charge, refund or dispute: pi_, ch_, re_ or dp_.");
        return null;
    }

    // The book keeps the bare id; its kind is kept among the notes.
    private static Dictionary<string, string> WithSubject(
        this ParameterReader parameters, IReadOnlyDictionary<string, string> metadata, string text)
    {
        var notes = new Dictionary<string, string>(metadata);
        if (!notes.TryAdd(SubjectKey, text))
        {
            parameters.Refuse<string>(SubjectKey, "parameters_exclusive", "subject is kept as metadata[subject]; give one of them.");
        }

        return notes;
    }

    private static LedgerDate? ReadBy(this ParameterReader parameters) => parameters.Choice<LedgerDate>("by", Dates);

    private static T? MissingWord<T>(this ParameterReader parameters, string name) where T : struct
    {
        parameters.Missing<string>(name);
        return null;
    }
}
