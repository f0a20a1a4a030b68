using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Statements over many rows: arrays on PostgreSQL, a prepared statement for each row on SQLite.</summary>
internal static class SetBased
{
    // On PostgreSQL, up to here a statement of as many rows; beyond, one of arrays.
    private const int FewRows = 16;

    // PostgreSQL takes a list as one value; SQLite prepares a statement for each length.
    private const int MembersOnPostgres = 20_000;
    private const int MembersOnSqlite = 256;

    /// <summary>How many members one question asks for.</summary>
    public static int MembersOf(SqlEngine engine) => engine == SqlEngine.Postgres ? MembersOnPostgres : MembersOnSqlite;

    /// <summary>A condition that holds for a column among the members.</summary>
    public static Sql IsAmong(SqlEngine engine, SqlFragment column, Guid[] members)
    {
        if (engine == SqlEngine.Postgres) return $"{column} = ANY ({SqlArray.Of(members)})";
        return $"{column} IN ({Padded(members)})";
    }

    /// <inheritdoc cref="IsAmong(SqlEngine, SqlFragment, Guid[])"/>
    public static Sql IsAmong(SqlEngine engine, SqlFragment column, string[] members)
    {
        if (engine == SqlEngine.Postgres) return $"{column} = ANY ({SqlArray.Of(members)})";
        return $"{column} IN ({(IReadOnlyCollection<string>)Pad(members)})";
    }

    /// <summary>A list for <c>IN (...)</c> filled up to a power of two with its last member, so that there are few
    /// different statements to keep prepared.</summary>
    public static IReadOnlyCollection<Guid> Padded(IReadOnlyList<Guid> ids) => Pad(ids);

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
                   FROM unnest({SqlArray.Of(Column(rows, row => row.Id.Value))}::uuid[], {SqlArray.Of(Column(rows, row => row.New.Scope.Merchant.Value))}::uuid[],
                               {SqlArray.Of(Column(rows, row => row.New.Scope.IsLive))}::boolean[], {SqlArray.Of(Column(rows, row => row.New.Reference))}::text[],
                               {SqlArray.Of(Column(rows, row => row.New.Kind))}::text[], {SqlArray.Of(Column(rows, row => row.New.Subject))}::uuid[],
                               {SqlArray.Of(Column(rows, row => row.New.EffectiveAt.ToUnixTimeMilliseconds()))}::bigint[],
                               {SqlArray.Of(Column(rows, row => row.RecordedAtMs))}::bigint[], {SqlArray.Of(Column(rows, row => row.New.Correction?.Word()))}::text[],
                               {SqlArray.Of(Column(rows, row => row.New.Corrects?.Value))}::uuid[], {SqlArray.Of(Column(rows, row => row.Hold))}::uuid[],
                               {SqlArray.Of(Column(rows, row => row.New.Metadata))}::text[], {SqlArray.Of(Column(rows, row => row.Digest))}::bytea[]) AS r
                 """);
            return;
        }

        var rowsEach = RowsOfStatement(tx.Engine);
        for (var from = 0; from < rows.Count; from += rowsEach)
        {
            Sql insert =
                $"""
                 INSERT INTO ledger_transactions
                        (shard, id, merchant, is_live, reference, kind, subject, effective_at_ms, recorded_at_ms,
                         correction, corrects, hold, metadata, digest) VALUES 
                 """;
            for (var i = from; i < Math.Min(from + rowsEach, rows.Count); i++)
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
                rows.Add(new Line(transaction.Id.Value, i, transaction.Accounts[i].Id.Value, transaction.New.Postings[i], transaction.Epoch));
            }
        }

        await InsertLinesAsync(tx, shard, PostingColumns, rows);
    }

    public static async ValueTask InsertHoldLinesAsync(
        ITransaction tx, ShardId shard, LedgerHoldId hold, IReadOnlyList<NewPosting> postings, IReadOnlyList<KnownAccount> accounts) =>
        await InsertLinesAsync(
            tx, shard, HoldLineColumns, [.. postings.Select((posting, i) => new Line(hold.Value, i, accounts[i].Id.Value, posting, Epoch: null))]);

    public static async ValueTask UpdateBalancesAsync(ITransaction tx, ShardId shard, IReadOnlyList<BoundedBalance> rows)
    {
        // A few are told apart by parameters alone, which are prepared; many are worth one statement of arrays.
        if (tx.Engine == SqlEngine.Postgres && rows.Count > 4)
        {
            await tx.EnqueueAsync(
                $"""
                 UPDATE ledger_balances AS b SET posted_minor = r.posted, held_out_minor = r.held_out, held_in_minor = r.held_in
                   FROM unnest({SqlArray.Of(Column(rows, row => row.Account.Id.Value))}::uuid[], {SqlArray.Of(Column(rows, row => row.Posted))}::bigint[],
                               {SqlArray.Of(Column(rows, row => row.HeldOut))}::bigint[], {SqlArray.Of(Column(rows, row => row.HeldIn))}::bigint[])
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

    private static T[] Column<TRow, T>(IReadOnlyList<TRow> rows, Func<TRow, T> column)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++) values[i] = column(rows[i]);
        return values;
    }

    private readonly record struct Line(Guid Owner, long Number, Guid Account, NewPosting Posting, long? Epoch);

    private static readonly SqlFragment PostingColumns = new(
        "ledger_postings (shard, transaction_id, line, account_id, side, amount_minor, currency, epoch)");

    private static readonly SqlFragment HoldLineColumns = new(
        "ledger_hold_lines (shard, hold_id, line, account_id, side, amount_minor, currency)");

    // Lines of holds have no epoch: there are few of them.
    private static async ValueTask InsertLinesAsync(ITransaction tx, ShardId shard, SqlFragment into, List<Line> rows)
    {
        if (tx.Engine == SqlEngine.Postgres && rows.Count > FewRows)
        {
            await tx.EnqueueAsync(
                $"""
                 INSERT INTO {into}
                 SELECT {shard}, r.*
                   FROM unnest({SqlArray.Of(Column(rows, row => row.Owner))}::uuid[], {SqlArray.Of(Column(rows, row => row.Number))}::bigint[],
                               {SqlArray.Of(Column(rows, row => row.Account))}::uuid[], {SqlArray.Of(Column(rows, row => (short)row.Posting.Side.Sign()))}::smallint[],
                               {SqlArray.Of(Column(rows, row => row.Posting.Amount.Minor))}::bigint[],
                               {SqlArray.Of(Column(rows, row => row.Posting.Amount.Currency.Code))}::text[]{EpochsOf(rows)}) AS r
                 """);
            return;
        }

        var rowsEach = RowsOfStatement(tx.Engine);
        for (var from = 0; from < rows.Count; from += rowsEach)
        {
            Sql insert = $"INSERT INTO {into} VALUES ";
            for (var i = from; i < Math.Min(from + rowsEach, rows.Count); i++)
            {
                var (id, number, account, (_, side, amount), epoch) = rows[i];
                if (i > from) insert.AppendLiteral(", ");
                insert.Append($"({shard}, {id}, {number}, {account}, {side.Sign()}, {amount.Minor}, {amount.Currency}");
                if (epoch is { } filed) insert.Append($", {filed}");
                insert.AppendLiteral(")");
            }

            await tx.EnqueueAsync(insert);
        }
    }

    // SQLite keeps a journal for a statement of several rows and walks it at each one's end: in a batch of 8,000 that, and
    // not the rows, was a quarter of the time.
    private static int RowsOfStatement(SqlEngine engine) => engine == SqlEngine.Postgres ? FewRows : 1;

    private static Sql EpochsOf(List<Line> rows)
    {
        if (rows[0].Epoch is null) return $"";
        return $", {SqlArray.Of(Column(rows, row => row.Epoch!.Value))}::bigint[]";
    }

    private static T[] Pad<T>(IReadOnlyList<T> members)
    {
        var size = 1;
        while (size < members.Count) size *= 2;
        var padded = new T[size];
        for (var i = 0; i < size; i++) padded[i] = members[Math.Min(i, members.Count - 1)];
        return padded;
    }
}
