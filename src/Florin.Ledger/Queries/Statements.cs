using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Pages of an account's postings, with the balance after each.</summary>
/// <remarks>Rows are in the order of the date asked for, then of transactions and lines; the balance beside a row is that of
/// all rows before it in this order, also of those that were recorded later with an earlier effective date.</remarks>
internal static class Statements
{
    public const int MaxLimit = 1_000;

    private static readonly SqlFragment Columns = new(
        "t.id, p.line, t.reference, t.kind, t.subject, t.effective_at_ms, t.recorded_at_ms, p.side, p.amount_minor, p.currency");

    public static async Task<StatementPage?> ReadAsync(ISqlReader reader, StatementQuestion question)
    {
        var account = question.Account;
        var standings = await Standings.ReadAsync(reader, $"a.shard = {account.Shard()} AND a.id = {account}", account.Shard(), at: null);
        if (standings.Count == 0) return null;
        var standing = standings[0];
        var sign = standing.Name.Kind.NaturalSign();
        var (rows, next) = await RowsAsync(reader, question);
        if (question.IsNewestFirst) rows.Reverse();

        var opening = sign * await OpeningAsync(reader, question, rows);
        var balance = opening;
        for (var i = 0; i < rows.Count; i++)
        {
            balance += sign * rows[i].Side.Sign() * rows[i].Amount.Minor;
            rows[i] = rows[i] with { Balance = Shown(balance) };
        }

        if (question.IsNewestFirst) rows.Reverse();
        return new StatementPage(standing, Shown(opening), Shown(balance), rows, next);

        Money Shown(Int128 sum) => new(WideSum.Shown(sum, standing.Name.Code), standing.Name.Currency);
    }

    /// <summary>The rows of a page without their balances, which whoever reads page after page counts himself.</summary>
    public static async Task<(List<StatementRow> Rows, StatementCursor? Next)> RowsAsync(ISqlReader reader, StatementQuestion question)
    {
        var rows = question.Span.By switch
        {
            LedgerDate.Recorded => await RecordedRowsAsync(reader, question),
            LedgerDate.Effective => await EffectiveRowsAsync(reader, question),
        };
        if (rows.Count <= question.Limit) return (rows, null);
        rows.RemoveRange(question.Limit, rows.Count - question.Limit);
        return (rows, CursorOf(rows[^1], question.Span.By));
    }

    // The first rows of each epoch, from the index alone, and of these the first of all: an account of millions of postings
    // has a page as fast as another one.
    private static async ValueTask<List<StatementRow>> RecordedRowsAsync(ISqlReader reader, StatementQuestion question)
    {
        var (account, direction) = (question.Account, new SqlFragment(question.IsNewestFirst ? "DESC" : "ASC"));
        var keys = new List<(Guid Transaction, long Line)>();
        for (var epoch = await Epochs.LastAsync(reader); epoch >= 0; epoch--)
        {
            keys.AddRange(await reader.QueryAsync(
                $"""
                 SELECT p.transaction_id, p.line FROM ledger_postings p
                  WHERE p.epoch = {epoch} AND p.shard = {account.Shard()} AND p.account_id = {account}
                    AND {Dates.IsWithin(question.Span)} AND {Beyond(question)}
                  ORDER BY p.transaction_id {direction}, p.line {direction} LIMIT {(long)question.Limit + 1}
                 """,
                row => (row.Uuid(0), row.Int64(1))));
        }

        var first = (question.IsNewestFirst ? keys.OrderDescending() : keys.Order()).Take(question.Limit + 1).ToList();
        if (first.Count == 0) return [];
        Guid[] ids = [.. first.Select(key => key.Transaction).Distinct()];
        var rows = await reader.QueryAsync(
            $"""
             SELECT {Columns}
               FROM ledger_postings p JOIN ledger_transactions t ON t.shard = p.shard AND t.id = p.transaction_id
              WHERE p.shard = {account.Shard()} AND {SetBased.IsAmong(reader.Engine, new SqlFragment("p.transaction_id"), ids)}
                AND p.account_id = {account}
             """,
            RowOf);
        var byKey = rows.ToDictionary(row => (row.Transaction.Value, row.Line));
        return [.. first.Select(key => byKey[key])];
    }

    private static async ValueTask<List<StatementRow>> EffectiveRowsAsync(ISqlReader reader, StatementQuestion question)
    {
        var (account, direction) = (question.Account, new SqlFragment(question.IsNewestFirst ? "DESC" : "ASC"));
        var epochs = await Epochs.AllAsync(reader);
        return await reader.QueryAsync(
            $"""
             SELECT {Columns}
               FROM {epochs} JOIN ledger_postings p ON p.epoch = e.epoch
               JOIN ledger_transactions t ON t.shard = p.shard AND t.id = p.transaction_id
              WHERE p.shard = {account.Shard()} AND p.account_id = {account} AND {Dates.IsWithin(question.Span)} AND {Beyond(question)}
              ORDER BY t.effective_at_ms {direction}, p.transaction_id {direction}, p.line {direction} LIMIT {(long)question.Limit + 1}
             """,
            RowOf);
    }

    private static StatementRow RowOf(ISqlRow row) => new(
        row.Id<LedgerTransactionId>(0),
        row.Int64(1),
        row.Text(2),
        row.Text(3),
        row.Uuid(4),
        row.Instant(5),
        row.Instant(6),
        row.Int64(7) == 1 ? PostingSide.Debit : PostingSide.Credit,
        row.Money(8, 9),
        row.Money(8, 9));

    // Everything before the earliest row; on a page without rows, everything before its span or up to its cursor.
    private static async ValueTask<Int128> OpeningAsync(ISqlReader reader, StatementQuestion question, List<StatementRow> rows)
    {
        var by = question.Span.By;
        var isBefore = rows.Count > 0 ? Compare(by, new SqlFragment("<"), CursorOf(rows[0], by))
            : question is { After: { } after, IsNewestFirst: false } ? Compare(by, new SqlFragment("<="), after)
            : Dates.IsBefore(question.Span);
        var epochs = await Epochs.AllAsync(reader);
        var sums = await reader.QueryAsync(
            $"""
             SELECT {WideSum.OfPostings}
               FROM {epochs} JOIN ledger_postings p ON p.epoch = e.epoch {Dates.JoinedTransactions(by)}
              WHERE p.shard = {question.Account.Shard()} AND p.account_id = {question.Account} AND {isBefore}
             """,
            row => WideSum.Read(row, 0));
        return sums[0];
    }

    private static Sql Beyond(StatementQuestion question) => question.After is { } after
        ? Compare(question.Span.By, new SqlFragment(question.IsNewestFirst ? "<" : ">"), after)
        : $"1 = 1";

    private static Sql Compare(LedgerDate by, SqlFragment comparison, StatementCursor with) => by switch
    {
        LedgerDate.Recorded => $"(p.transaction_id, p.line) {comparison} ({with.Transaction}, {with.Line})",
        LedgerDate.Effective => $"(t.effective_at_ms, p.transaction_id, p.line) {comparison} ({with.At}, {with.Transaction}, {with.Line})",
    };

    private static StatementCursor CursorOf(StatementRow row, LedgerDate by) => new(
        by switch
        {
            LedgerDate.Recorded => row.RecordedAt,
            LedgerDate.Effective => row.EffectiveAt,
        },
        row.Transaction,
        row.Line);
}
