using Florin.Kernel;

namespace Florin.Ledger;

/// <summary>What the book refuses.</summary>
/// <remarks>Where one account stands in the way, its <see cref="AccountName"/> is the subject of the refusal.</remarks>
internal static class LedgerRefusals
{
    /// <summary>The code of <see cref="ReferenceReused"/>.</summary>
    public const string Reused = "reference_reused";

    public static Refusal Reserved(string code, string param) => new(
        RefusalKind.Invalid,
        "ledger_account_reserved",
        $"Account {code} is kept by Florin; codes of your own begin with {OwnCodes.Prefix}.",
        param);

    public static Refusal OwnCode { get; } = new(
        RefusalKind.Invalid,
        "ledger_account_code_invalid",
        $"A code of your own is {OwnCodes.Prefix} and parts of letters, digits and . _ - @ + / with colons between, in all at most 255 characters.",
        "code");

    public static Refusal OwnReference { get; } = new(
        RefusalKind.Invalid, "ledger_reference_invalid", $"A reference of your own has 1 to {OwnReferences.MaxLength} characters.", "reference");

    public static Refusal UnknownAccount(string account, Currency? currency, string param) => new(
        RefusalKind.NotFound,
        "ledger_account_unknown",
        currency is null ? $"There is no account {account}." : $"There is no account {account} in {currency}.",
        param);

    public static Refusal AccountCurrency(AccountName account, Currency currency, string param) => new(
        RefusalKind.Invalid, "ledger_currency_mismatch", $"Account {account.Code} is kept in {account.Currency}, not in {currency}.", param);

    public static Refusal AmountOf(string account, long minor, string param) => new(
        RefusalKind.Invalid, "ledger_amount_invalid", $"{minor} is posted to {account}; 1 to 1000000000000000 minor units are wanted.", param);

    public static Refusal NotOwn(LedgerTransactionId id) => new(
        RefusalKind.Invalid,
        "ledger_account_reserved",
        $"Ledger transaction {id} posts to accounts that Florin keeps; refunds and disputes reverse such.",
        "id");

    public static Refusal Postings(string message) => new(RefusalKind.Invalid, "ledger_postings_invalid", message, "postings");

    public static Refusal Unbalanced(string message) => new(RefusalKind.Invalid, "ledger_unbalanced", message, "postings");

    public static Refusal Amount(string message) => new(RefusalKind.Invalid, "ledger_amount_invalid", message, "postings");

    public static Refusal WrongCurrency(string message) => new(RefusalKind.Invalid, "ledger_currency_mismatch", message, "postings");

    public static Refusal WrongScope(string message) => new(RefusalKind.Invalid, "ledger_scope_mismatch", message, "postings");

    public static Refusal WrongKind(AccountName name, AccountKind kind) => new(
        RefusalKind.Invalid, "ledger_account_kind_mismatch", $"Account {name.Code} is of kind {kind.Word()}, not {name.Kind.Word()}.", "postings", Subject: name);

    public static Refusal BadReference { get; } = new(
        RefusalKind.Invalid, "ledger_reference_invalid", "A reference has 1 to 255 characters.", "reference");

    public static Refusal BadKind { get; } = new(
        RefusalKind.Invalid, "ledger_kind_invalid", "The kind of a transaction has 1 to 64 characters.", "kind");

    public static Refusal BadMetadata { get; } = new(
        RefusalKind.Invalid, "ledger_metadata_invalid", "Metadata of a transaction has at most 16,384 characters.", "metadata");

    public static Refusal BadCode { get; } = new(
        RefusalKind.Invalid, "ledger_account_code_invalid", "The code of an account has 1 to 255 characters.", "account");

    public static Refusal BadCorrection { get; } = new(
        RefusalKind.Invalid, "ledger_correction_invalid", "A correction names the transaction that it corrects, and nothing else does.", "corrects");

    public static Refusal ReferenceReused(string reference) => new(
        RefusalKind.Conflict, Reused, $"Reference {reference} was used for a transaction of other content.", "reference");

    public static Refusal NotOpen(AccountName name, AccountState state) => state == AccountState.Frozen
        ? new(RefusalKind.Conflict, "ledger_account_frozen", $"Account {name.Code} in {name.Currency} is frozen.", "postings", Subject: name)
        : new(RefusalKind.Conflict, "ledger_account_closed", $"Account {name.Code} in {name.Currency} is closed.", "postings", Subject: name);

    public static Refusal PeriodClosed(DateTimeOffset effectiveAt, DateTimeOffset nextOpen) => new(
        RefusalKind.Conflict,
        "ledger_period_closed",
        $"{effectiveAt:O} lies in a closed period; the next open date is {nextOpen:O}.",
        "effective_at",
        Subject: nextOpen);

    public static Refusal BelowMin(AccountName name, long min, Int128 wanted) => new(
        RefusalKind.Conflict, "ledger_min_balance", $"Account {name.Code} may not fall below {min} minor units; this would leave {wanted}.", "postings", Subject: name);

    public static Refusal AboveMax(AccountName name, long max, Int128 wanted) => new(
        RefusalKind.Conflict, "ledger_max_balance", $"Account {name.Code} may not rise above {max} minor units; this would make {wanted}.", "postings", Subject: name);

    public static Refusal BalanceTooGreat(string accountCode, Int128 sum) => new(
        RefusalKind.Conflict, "ledger_balance_too_great", $"Account {accountCode} holds {sum} minor units, more than a balance can show.");

    public static Refusal LinkedFailed { get; } = new(
        RefusalKind.Conflict, "linked_failed", "Another transaction of the same batch was refused, and all stand or fall together.");

    public static Refusal BadBounds { get; } = new(
        RefusalKind.Invalid, "ledger_bounds_invalid", "The least that an account may hold is zero or less, and the most zero or more.", "min_balance");

    public static Refusal BeyondBounds(string param) => new(
        RefusalKind.Invalid, "ledger_bounds_invalid", $"A bound lies between {OwnBounds.Least} and {OwnBounds.Most} minor units.", param);

    public static Refusal AccountExists(AccountName name) => new(
        RefusalKind.Conflict, "ledger_account_exists", $"Account {name.Code} in {name.Currency} is there already, with other bounds or metadata.");

    public static Refusal NoAccount(AccountName name) => new(
        RefusalKind.NotFound, "ledger_account_unknown", $"There is no account {name.Code} in {name.Currency}.");

    public static Refusal ClosedForGood(AccountName name) => new(
        RefusalKind.Conflict, "ledger_account_closed", $"Account {name.Code} was closed, which stays.");

    public static Refusal NotEmpty(AccountName name) => new(
        RefusalKind.Conflict, "ledger_account_not_empty", $"Account {name.Code} holds money or has open holds, and so cannot be closed.");

    public static Refusal NoTransaction(LedgerTransactionId id) => new(
        RefusalKind.NotFound, "ledger_transaction_unknown", $"There is no ledger transaction {id}.");

    public static Refusal AlreadyReversed(LedgerTransactionId id) => new(
        RefusalKind.Conflict, "ledger_already_reversed", $"Ledger transaction {id} was reversed before.");

    public static Refusal NoHold(LedgerHoldId id) => new(RefusalKind.NotFound, "ledger_hold_unknown", $"There is no hold {id}.");

    public static Refusal HoldEnded(LedgerHold hold) => new(
        RefusalKind.Conflict, "ledger_hold_ended", $"Hold {hold.Id} was {hold.State.Word()} before.", Subject: hold);

    public static Refusal BeyondHold(AccountName name) => new(
        RefusalKind.Conflict, "ledger_hold_exceeded", $"More is posted to {name.Code} than is held there.", "postings", Subject: name);

    public static Refusal BadPeriod { get; } = new(
        RefusalKind.Invalid, "ledger_period_invalid", "A period starts before it ends, and ends before it is closed.", "ends_at");

    public static Refusal PeriodsOverlap(ClosedPeriod other) => new(
        RefusalKind.Conflict, "ledger_period_overlaps", $"The period from {other.Starts:O} to {other.Ends:O} is closed already.", "starts_at");

    public static Refusal NoPeriod(DateTimeOffset starts) => new(
        RefusalKind.NotFound, "ledger_period_unknown", $"No closed period starts at {starts:O}.", "starts_at");

    public static Refusal BadMapping(string message) => new(RefusalKind.Invalid, "ledger_mapping_invalid", message, "mapping");

    public static Refusal MappingIncomplete(IReadOnlyCollection<string> codes) => new(
        RefusalKind.Invalid,
        "ledger_mapping_incomplete",
        $"The mapping leaves out {codes.Count} accounts: {string.Join(", ", codes.Take(100))}{(codes.Count > 100 ? " ..." : ".")}",
        "mapping",
        Subject: codes);

    public static Refusal ReversalImported { get; } = new(
        RefusalKind.Invalid, "ledger_correction_invalid", "A reversal is not imported; reverse the transaction itself.", "file");

    public static Refusal NotesImported { get; } = new(
        RefusalKind.Invalid,
        "ledger_metadata_invalid",
        "Metadata is a JSON object of at most 50 texts, with names of 1 to 40 characters and values of at most 500.",
        "file");

    public static Refusal CardNumberImported { get; } = new(
        RefusalKind.Invalid, "card_number_not_allowed", "Reference, kind or metadata contain what looks like a card number.", "file");

    public static Refusal ImportInvalid(string message) => new(RefusalKind.Invalid, "ledger_import_invalid", message, "file");
}
