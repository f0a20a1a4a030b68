using Florin.Api.Ledger;
using Florin.Ledger;
using static Florin.Api.OpenApi.WireTypes;

namespace Florin.Api.OpenApi.Objects;

internal static class LedgerObjects
{
    private static WireType Side { get; } = Word<PostingSide>(LedgerText.Of);

    private static WireType Kind { get; } = Word<AccountKind>(LedgerText.Of);

    private static WireType Postings { get; } = ListOf(Object(
        new("account", Id<LedgerAccountId>()),
        new("amount", Amount),
        new("code", Text),
        new("currency", Currency),
        new("side", Side)));

    public static WireObject Account { get; } = new("florin.ledger_account", "A place in the merchant's books where postings add up; amounts are in its natural direction.",
    [
        new("id", Id<LedgerAccountId>()),
        new("available", Amount),
        new("balance", Amount),
        new("pending_in", Amount),
        new("pending_out", Amount),
        new("code", Text),
        new("created", Instant),
        new("currency", Currency),
        new("kind", Kind),
        new("livemode", Truth),
        new("max_balance", Amount.Maybe()),
        new("metadata", Metadata),
        new("min_balance", Amount.Maybe()),
        new("own", Truth),
        new("state", Word<AccountState>(LedgerText.Of)),
    ]);

    public static WireObject Balance { get; } = new("florin.ledger_balance", "What a ledger account holds, now or at an instant that has passed.",
    [
        new("id", Id<LedgerAccountId>()),
        new("available", Amount),
        new("balance", Amount),
        new("pending_in", Amount),
        new("pending_out", Amount),
        new("code", Text),
        new("currency", Currency),
        new("kind", Kind),
        new("livemode", Truth),
    ]);

    public static WireObject Transaction { get; } = new("florin.ledger_transaction", "Debits and credits that sum to zero in each currency; never changed or deleted.",
    [
        new("id", Id<LedgerTransactionId>()),
        new("corrected_by", ListOf(Object(new("correction", Word<Correction>(LedgerText.Of)), new("transaction", Id<LedgerTransactionId>())))),
        new("correction", Word<Correction>(LedgerText.Of).Maybe()),
        new("corrects", Id<LedgerTransactionId>().Maybe()),
        new("created", Instant),
        new("effective_at", Instant),
        new("hold", Id<LedgerHoldId>().Maybe()),
        new("kind", Text),
        new("livemode", Truth),
        new("metadata", Metadata),
        new("postings", Postings),
        new("reference", Text),
        new("subject", Text.Maybe()),
    ]);

    public static WireObject Hold { get; } = new("florin.ledger_hold", "Money of own accounts that is set aside until it is posted, voided or lapses.",
    [
        new("id", Id<LedgerHoldId>()),
        new("created", Instant),
        new("effective_at", Instant),
        new("ended_at", Instant.Maybe()),
        new("kind", Text),
        new("lapses_at", Instant.Maybe()),
        new("livemode", Truth),
        new("metadata", Metadata),
        new("postings", Postings),
        new("reference", Text),
        new("state", Word<HoldState>(LedgerText.Of)),
        new("transaction", Id<LedgerTransactionId>().Maybe()),
    ]);

    public static WireObject Batch { get; } = new("florin.ledger_batch", "What became of each transaction of a call, in its order.",
    [
        new("livemode", Truth),
        new("posted", Number),
        new("refused", Number),
        new("replayed", Number),
        new("results", ListOf(Object(
            new("status", Word("posted", "replayed", "refused")),
            new("created", Instant, IsOptional: true),
            new("transaction", Id<LedgerTransactionId>(), IsOptional: true),
            new("error", Object(new("code", Text), new("message", Text), new("param", Text.Maybe())), IsOptional: true)))),
    ]);

    public static WireObject Import { get; } = new("florin.ledger_import", "What became of an imported file: all of it was posted, or nothing.",
    [
        new("dry_run", Truth),
        new("faults", ListOf(Object(new("code", Text), new("line", Number), new("message", Text), new("text", Text)))),
        new("faults_total", Number),
        new("livemode", Truth),
        new("repeated", Number),
        new("status", Word("imported", "valid", "refused")),
        new("transactions", Number),
    ]);

    public static WireObject Statement { get; } = new("florin.ledger_statement", "A page of an account's postings with its balance after each.",
    [
        new("account", Id<LedgerAccountId>()),
        new("closing_balance", Amount),
        new("code", Text),
        new("currency", Currency),
        new("data", ListOf(Object(
            new("amount", Amount),
            new("balance", Amount),
            new("created", Instant),
            new("effective_at", Instant),
            new("kind", Text),
            new("line", Number),
            new("reference", Text),
            new("side", Side),
            new("transaction", Id<LedgerTransactionId>())))),
        new("has_more", Truth),
        new("kind", Kind),
        new("livemode", Truth),
        new("next_page", Text.Maybe()),
        new("opening_balance", Amount),
    ]);

    public static WireObject TrialBalance { get; } = new("florin.ledger_trial_balance", "Each account before, in and after a span of time; debits and credits of all are equal.",
    [
        new("by", Word<LedgerDate>(LedgerText.Of)),
        new("from", Instant.Maybe()),
        new("lines", ListOf(Object(
            new("account", Id<LedgerAccountId>()),
            new("closing_balance", Amount),
            new("code", Text),
            new("credit_balance", Amount),
            new("credits", Amount),
            new("currency", Currency),
            new("debit_balance", Amount),
            new("debits", Amount),
            new("kind", Kind),
            new("opening_balance", Amount)))),
        new("livemode", Truth),
        new("totals", ListOf(Object(
            new("credit_balance", Amount),
            new("credits", Amount),
            new("currency", Currency),
            new("debit_balance", Amount),
            new("debits", Amount)))),
        new("until", Instant.Maybe()),
    ]);

    private static WireType Section { get; } = Object(
        new("lines", ListOf(Object(new("account", Id<LedgerAccountId>()), new("amount", Amount), new("code", Text)))),
        new("total", Amount));

    public static WireObject IncomeStatement { get; } = new("florin.ledger_income_statement", "What was earned and spent in a span of time, in each currency.",
    [
        new("by", Word<LedgerDate>(LedgerText.Of)),
        new("currencies", ListOf(Object(new("currency", Currency), new("expenses", Section), new("income", Section), new("result", Amount)))),
        new("from", Instant.Maybe()),
        new("livemode", Truth),
        new("until", Instant.Maybe()),
    ]);

    public static WireObject BalanceSheet { get; } = new("florin.ledger_balance_sheet", "What is owned and owed at the end of a span of time, in each currency.",
    [
        new("by", Word<LedgerDate>(LedgerText.Of)),
        new("currencies", ListOf(Object(
            new("assets", Section),
            new("currency", Currency),
            new("earlier_results", Amount),
            new("equity", Section),
            new("liabilities", Section),
            new("result", Amount),
            new("total_equity", Amount)))),
        new("from", Instant.Maybe()),
        new("livemode", Truth),
        new("until", Instant.Maybe()),
    ]);

    public static WireObject PeriodEvent { get; } = new("florin.ledger_period_event", "Who closed or reopened a period of the books, and why.",
    [
        new("action", Word("closed", "reopened")),
        new("actor", Text),
        new("created", Instant),
        new("ends_at", Instant),
        new("livemode", Truth),
        new("reason", Text),
        new("starts_at", Instant),
    ]);
}
