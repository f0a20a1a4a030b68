using System.Globalization;
using System.Text;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Statements over many rows: arrays on PostgreSQL, prepared statements of several rows on SQLite.</summary>
internal static class SetBased
{
    public const int IdsPerQuestion = 256;

    private const int RowsPerStatement = 16;

    /// <summary>A list for <c>IN (...)</c> filled up to a power of two with its last member, so that there are few
    /// different statements to keep prepared.</summary>
    public static IReadOnlyCollection<Guid> Padded(IReadOnlyList<Guid> ids) => Pad(ids);

    /// <inheritdoc cref="Padded(IReadOnlyList{Guid})"/>
    public static IReadOnlyCollection<string> Padded(IReadOnlyList<string> members) => Pad(members);

    public static async ValueTask InsertTransactionsAsync(ITransaction tx, ShardId shard, IReadOnlyList<WrittenTransaction> rows)
    {
        if (rows.Count == 0) return;
        if (tx.Engine == SqlEngine.Postgres)
        {
            await tx.EnqueueAsync(
                $"""
                 INSERT INTO ledger_transactions
                        (shard, id, merchant, is_live, reference, kind, subject, effective_at_ms, recorded_at_ms,
                         correction, corrects, hold, metadata, digest)
                 SELECT {shard}, r.*
                   FROM unnest({Array(rows, row => row.Id.Value)}::uuid[], {Array(rows, row => row.New.Scope.Merchant.Value)}::uuid[],
                               {Array(rows, row => row.New.Scope.IsLive)}::boolean[], {Array(rows, row => row.New.Reference)}::text[],
                               {Array(rows, row => row.New.Kind)}::text[], {Array(rows, row => row.New.Subject)}::uuid[],
                               {Array(rows, row => row.New.EffectiveAt.ToUnixTimeMilliseconds())}::bigint[],
                               {Array(rows, row => row.RecordedAtMs)}::bigint[], {Array(rows, row => row.New.Correction?.Word())}::text[],
                               {Array(rows, row => row.New.Corrects?.Value)}::uuid[], {Array(rows, row => row.Hold)}::uuid[],
                               {Array(rows, row => row.New.Metadata)}::text[], {Array(rows, row => row.Digest)}::bytea[]) AS r
                 """);
            return;
        }

        for (var from = 0; from < rows.Count; from += RowsPerStatement)
        {
            Sql insert =
                $"""
                 INSERT INTO ledger_transactions
                        (shard, id, merchant, is_live, reference, kind, subject, effective_at_ms, recorded_at_ms,
                         correction, corrects, hold, metadata, digest) VALUES 
                 """;
            for (var i = from; i < Math.Min(from + RowsPerStatement, rows.Count); i++)
            {
                var row = rows[i];
                var made = row.New;
                if (i > from) insert.AppendLiteral(", ");
                insert.Append(
                    $"""
                     ({shard}, {row.Id}, {made.Scope.Merchant}, {made.Scope.IsLive}, {made.Reference}, {made.Kind}, {made.Subject},
                     {made.EffectiveAt}, {row.RecordedAtMs}, {made.Correction?.Word()}, {made.Corrects}, {row.Hold}, {made.Metadata}, {row.Digest})
                     """);
            }

            await tx.EnqueueAsync(insert);
        }
    }

    public static async ValueTask InsertPostingsAsync(ITransaction tx, ShardId shard, IReadOnlyList<WrittenTransaction> transactions)
    {
        var rows = new List<Line>(transactions.Count * 2);
        foreach (var transaction in transactions)
        {
            for (var i = 0; i < transaction.Accounts.Length; i++)
            {
                rows.Add(new Line(transaction.Id.Value, i, transaction.Accounts[i].Id.Value, transaction.New.Postings[i]));
            }
        }

        await InsertLinesAsync(tx, shard, "ledger_postings", "transaction_id", rows);
    }

    public static async ValueTask InsertHoldLinesAsync(
        ITransaction tx, ShardId shard, LedgerHoldId hold, IReadOnlyList<NewPosting> postings, IReadOnlyList<KnownAccount> accounts) =>
        await InsertLinesAsync(
            tx, shard, "ledger_hold_lines", "hold_id", [.. postings.Select((posting, i) => new Line(hold.Value, i, accounts[i].Id.Value, posting))]);

    public static async ValueTask UpdateBalancesAsync(ITransaction tx, ShardId shard, IReadOnlyList<BoundedBalance> rows)
    {
        // A few are told apart by parameters alone, which are prepared; many are worth one statement of arrays.
        if (tx.Engine == SqlEngine.Postgres && rows.Count > 4)
        {
            await tx.EnqueueAsync(
                $"""
                 UPDATE ledger_balances AS b SET posted_minor = r.posted, held_out_minor = r.held_out, held_in_minor = r.held_in
                   FROM unnest({Array(rows, row => row.Account.Id.Value)}::uuid[], {Array(rows, row => row.Posted)}::bigint[],
                               {Array(rows, row => row.HeldOut)}::bigint[], {Array(rows, row => row.HeldIn)}::bigint[])
                        AS r (account_id, posted, held_out, held_in)
                  WHERE b.shard = {shard} AND b.account_id = r.account_id
                 """,
                rows.Count);
            return;
        }

        foreach (var row in rows)
        {
            await tx.EnqueueAsync(
                $"""
                 UPDATE ledger_balances SET posted_minor = {row.Posted}, held_out_minor = {row.HeldOut}, held_in_minor = {row.HeldIn}
                  WHERE shard = {shard} AND account_id = {row.Account.Id}
                 """,
                1);
        }
    }

    private readonly record struct Line(Guid Owner, long Number, Guid Account, NewPosting Posting);

    private static async ValueTask InsertLinesAsync(ITransaction tx, ShardId shard, string table, string owner, List<Line> rows)
    {
        var (into, ownedBy) = (new SqlFragment(table), new SqlFragment(owner));
        if (tx.Engine == SqlEngine.Postgres && rows.Count > RowsPerStatement)
        {
            await tx.EnqueueAsync(
                $"""
                 INSERT INTO {into} (shard, {ownedBy}, line, account_id, side, amount_minor, currency)
                 SELECT {shard}, r.*
                   FROM unnest({Array(rows, row => row.Owner)}::uuid[], {Array(rows, row => row.Number)}::bigint[],
                               {Array(rows, row => row.Account)}::uuid[], {Array(rows, row => row.Posting.Side.Sign())}::smallint[],
                               {Array(rows, row => row.Posting.Amount.Minor)}::bigint[],
                               {Array(rows, row => row.Posting.Amount.Currency.Code)}::text[]) AS r
                 """);
            return;
        }

        for (var from = 0; from < rows.Count; from += RowsPerStatement)
        {
            Sql insert = $"INSERT INTO {into} (shard, {ownedBy}, line, account_id, side, amount_minor, currency) VALUES ";
            for (var i = from; i < Math.Min(from + RowsPerStatement, rows.Count); i++)
            {
                var (id, number, account, (_, side, amount)) = rows[i];
                if (i > from) insert.AppendLiteral(", ");
                insert.Append($"({shard}, {id}, {number}, {account}, {side.Sign()}, {amount.Minor}, {amount.Currency})");
            }

            await tx.EnqueueAsync(insert);
        }
    }

    private static T[] Pad<T>(IReadOnlyList<T> members)
    {
        var size = 1;
        while (size < members.Count) size *= 2;
        var padded = new T[size];
        for (var i = 0; i < size; i++) padded[i] = members[Math.Min(i, members.Count - 1)];
        return padded;
    }

    // An array in PostgreSQL's text form (PostgreSQL 15 manual, section 8.15.2), which is a parameter like any text.
    private static string Array<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> column)
    {
        var text = new StringBuilder(rows.Count * 24).Append('{');
        for (var i = 0; i < rows.Count; i++)
        {
            if (i > 0) text.Append(',');
            switch (column(rows[i]))
            {
                case null: text.Append("NULL"); break;
                case long number: text.Append(CultureInfo.InvariantCulture, $"{number}"); break;
                case Guid uuid: text.Append(CultureInfo.InvariantCulture, $"{uuid}"); break;
                case bool flag: text.Append(flag ? 't' : 'f'); break;
                case byte[] bytes: text.Append("\"\\\\x").Append(Convert.ToHexStringLower(bytes)).Append('"'); break;
                case string word: AppendQuoted(text, word); break;
                default: throw new InvalidOperationException($"{typeof(TValue)} has no array form.");
            }
        }

        return text.Append('}').ToString();
    }

    private static void AppendQuoted(StringBuilder text, string word)
    {
        text.Append('"');
        foreach (var character in word)
        {
            if (character is '"' or '\\') text.Append('\\');
            text.Append(character);
        }

        text.Append('"');
    }
}
