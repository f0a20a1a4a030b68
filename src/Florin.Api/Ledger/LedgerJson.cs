using System.Text.Json;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Payments.Wire;

namespace Florin.Api.Ledger;

/// <summary>How the ledger's objects look on the wire.</summary>
internal static class LedgerJson
{
    private const int MostFaults = 1_000;

    public static void WriteAccount(Utf8JsonWriter writer, AccountStanding account)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, account.Id);
        writer.WriteString("object"u8, "florin.ledger_account"u8);
        WriteHoldings(writer, account);
        writer.WriteString("code"u8, account.Name.Code);
        writer.WriteInstant("created"u8, account.CreatedAt);
        writer.WriteString("currency"u8, account.Name.Currency.LowerCode);
        writer.WriteString("kind"u8, LedgerText.Of(account.Name.Kind));
        writer.WriteBoolean("livemode"u8, account.Name.Scope.IsLive);
        WriteNumberOrNull(writer, "max_balance"u8, account.MaxMinor);
        WriteNotes(writer, account.Metadata);
        WriteNumberOrNull(writer, "min_balance"u8, account.MinMinor);
        writer.WriteBoolean("own"u8, OwnCodes.IsOwn(account.Name.Code));
        writer.WriteString("state"u8, LedgerText.Of(account.State));
        writer.WriteEndObject();
    }

    public static void WriteBalance(Utf8JsonWriter writer, AccountStanding account)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, account.Id);
        writer.WriteString("object"u8, "florin.ledger_balance"u8);
        WriteHoldings(writer, account);
        writer.WriteString("code"u8, account.Name.Code);
        writer.WriteString("currency"u8, account.Name.Currency.LowerCode);
        writer.WriteString("kind"u8, LedgerText.Of(account.Name.Kind));
        writer.WriteBoolean("livemode"u8, account.Name.Scope.IsLive);
        writer.WriteEndObject();
    }

    public static void WriteTransaction(Utf8JsonWriter writer, TransactionDetail transaction)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, transaction.Id);
        writer.WriteString("object"u8, "florin.ledger_transaction"u8);
        writer.WriteStartArray("corrected_by"u8);
        foreach (var by in transaction.CorrectedBy)
        {
            writer.WriteStartObject();
            writer.WriteString("correction"u8, LedgerText.Of(by.Correction));
            writer.WriteId("transaction"u8, by.Id);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteText("correction"u8, transaction.Correction is { } correction ? LedgerText.Of(correction) : null);
        writer.WriteIdOrNull("corrects"u8, transaction.Corrects);
        writer.WriteInstant("created"u8, transaction.RecordedAt);
        writer.WriteInstant("effective_at"u8, transaction.EffectiveAt);
        writer.WriteIdOrNull("hold"u8, transaction.Hold);
        writer.WriteString("kind"u8, transaction.Kind);
        writer.WriteBoolean("livemode"u8, transaction.Scope.IsLive);
        WriteNotes(writer, transaction.Metadata);
        WritePostings(writer, transaction.Postings);
        writer.WriteString("reference"u8, transaction.Reference);
        writer.WriteText("subject"u8, LedgerSubjects.Of(transaction));
        writer.WriteEndObject();
    }

    public static void WriteHold(Utf8JsonWriter writer, HoldDetail hold, bool isLive)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, hold.Id);
        writer.WriteString("object"u8, "florin.ledger_hold"u8);
        writer.WriteInstant("created"u8, hold.RecordedAt);
        writer.WriteInstant("effective_at"u8, hold.EffectiveAt);
        writer.WriteInstant("ended_at"u8, hold.EndedAt);
        writer.WriteString("kind"u8, hold.Kind);
        writer.WriteInstant("lapses_at"u8, hold.LapsesAt);
        writer.WriteBoolean("livemode"u8, isLive);
        WriteNotes(writer, hold.Metadata);
        WritePostings(writer, hold.Postings);
        writer.WriteString("reference"u8, hold.Reference);
        writer.WriteString("state"u8, LedgerText.Of(hold.State));
        writer.WriteIdOrNull("transaction"u8, hold.Transaction);
        writer.WriteEndObject();
    }

    public static void WriteBatch(Utf8JsonWriter writer, PostedBatch batch, bool isLive)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "florin.ledger_batch"u8);
        writer.WriteBoolean("livemode"u8, isLive);
        writer.WriteNumber("posted"u8, batch.Results.Count(each => each is { IsSuccess: true, Value.IsReplay: false }));
        writer.WriteNumber("refused"u8, batch.Results.Count(each => !each.IsSuccess));
        writer.WriteNumber("replayed"u8, batch.Results.Count(each => each is { IsSuccess: true, Value.IsReplay: true }));
        writer.WriteStartArray("results"u8);
        foreach (var result in batch.Results) WriteResult(writer, result);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static void WriteStatement(Utf8JsonWriter writer, StatementPage page)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "florin.ledger_statement"u8);
        writer.WriteId("account"u8, page.Account.Id);
        writer.WriteNumber("closing_balance"u8, page.Closing.Minor);
        writer.WriteString("code"u8, page.Account.Name.Code);
        writer.WriteString("currency"u8, page.Account.Name.Currency.LowerCode);
        writer.WriteStartArray("data"u8);
        foreach (var row in page.Rows)
        {
            writer.WriteStartObject();
            writer.WriteNumber("amount"u8, row.Amount.Minor);
            writer.WriteNumber("balance"u8, row.Balance.Minor);
            writer.WriteInstant("created"u8, row.RecordedAt);
            writer.WriteInstant("effective_at"u8, row.EffectiveAt);
            writer.WriteString("kind"u8, row.Kind);
            writer.WriteNumber("line"u8, row.Line);
            writer.WriteString("reference"u8, row.Reference);
            writer.WriteString("side"u8, LedgerText.Of(row.Side));
            writer.WriteId("transaction"u8, row.Transaction);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteBoolean("has_more"u8, page.Next is not null);
        writer.WriteString("kind"u8, LedgerText.Of(page.Account.Name.Kind));
        writer.WriteBoolean("livemode"u8, page.Account.Name.Scope.IsLive);
        writer.WriteText("next_page"u8, page.Next?.ToString());
        writer.WriteNumber("opening_balance"u8, page.Opening.Minor);
        writer.WriteEndObject();
    }

    public static void WritePeriodEvent(Utf8JsonWriter writer, PeriodEvent change)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "florin.ledger_period_event"u8);
        writer.WriteString("action"u8, change.IsClosing ? "closed" : "reopened");
        writer.WriteString("actor"u8, change.Actor);
        writer.WriteInstant("created"u8, change.RecordedAt);
        writer.WriteInstant("ends_at"u8, change.Period.Ends);
        writer.WriteBoolean("livemode"u8, change.Period.Scope.IsLive);
        writer.WriteString("reason"u8, change.Reason);
        writer.WriteInstant("starts_at"u8, change.Period.Starts);
        writer.WriteEndObject();
    }

    /// <summary>What became of a file; of many faults, the first.</summary>
    public static void WriteImport(Utf8JsonWriter writer, LedgerImported imported, bool isDryRun, bool isLive)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "florin.ledger_import"u8);
        writer.WriteBoolean("dry_run"u8, isDryRun);
        writer.WriteStartArray("faults"u8);
        foreach (var fault in imported.Faults.Take(MostFaults))
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, fault.Code);
            writer.WriteNumber("line"u8, fault.Line);
            writer.WriteString("message"u8, fault.Message);
            writer.WriteString("text"u8, CardNumbers.Redact(fault.Text));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("faults_total"u8, imported.Faults.Count);
        writer.WriteBoolean("livemode"u8, isLive);
        writer.WriteNumber("repeated"u8, imported.Repeated);
        writer.WriteString("status"u8, imported.Faults.Count > 0 ? "refused"u8 : imported.IsKept ? "imported"u8 : "valid"u8);
        writer.WriteNumber("transactions"u8, imported.Transactions);
        writer.WriteEndObject();
    }

    private static void WriteHoldings(Utf8JsonWriter writer, AccountStanding account)
    {
        writer.WriteNumber("available"u8, account.Available.Minor);
        writer.WriteNumber("balance"u8, account.Posted.Minor);
        writer.WriteNumber("pending_in"u8, account.PendingIn.Minor);
        writer.WriteNumber("pending_out"u8, account.PendingOut.Minor);
    }

    private static void WritePostings(Utf8JsonWriter writer, IReadOnlyList<PostingDetail> postings)
    {
        writer.WriteStartArray("postings"u8);
        foreach (var posting in postings)
        {
            writer.WriteStartObject();
            writer.WriteId("account"u8, posting.AccountId);
            writer.WriteNumber("amount"u8, posting.Amount.Minor);
            writer.WriteString("code"u8, posting.AccountCode);
            writer.WriteString("currency"u8, posting.Amount.Currency.LowerCode);
            writer.WriteString("side"u8, LedgerText.Of(posting.Side));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteResult(Utf8JsonWriter writer, Result<PostedTransaction> result)
    {
        writer.WriteStartObject();
        if (result.TryGet(out var posted, out var refusal))
        {
            writer.WriteString("status"u8, posted.IsReplay ? "replayed"u8 : "posted"u8);
            writer.WriteInstant("created"u8, posted.RecordedAt);
            writer.WriteId("transaction"u8, posted.Id);
        }
        else
        {
            writer.WriteString("status"u8, "refused"u8);
            writer.WriteStartObject("error"u8);
            writer.WriteString("code"u8, refusal.Code);
            writer.WriteString("message"u8, refusal.Message);
            writer.WriteText("param"u8, refusal.Param);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    // Kept as the JSON object that it is.
    private static void WriteNotes(Utf8JsonWriter writer, string? document)
    {
        writer.WritePropertyName("metadata"u8);
        writer.WriteRawValue(document ?? "{}");
    }

    private static void WriteNumberOrNull(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? number)
    {
        if (number is { } known) writer.WriteNumber(name, known);
        else writer.WriteNull(name);
    }
}
