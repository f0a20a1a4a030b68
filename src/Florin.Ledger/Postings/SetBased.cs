using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Statements over many rows.</summary>
internal static class SetBased
{
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

    public static ValueTask InsertTransactionsAsync(ITransaction tx, ShardId shard, IReadOnlyList<WrittenTransaction> rows) =>
        tx.InsertAsync(new NewRows(new SqlFragment("ledger_transactions"), rows.Count)
            .With("shard", shard)
            .With("id", SqlArray.Of(Column(rows, row => row.Id.Value)))
            .With("merchant", SqlArray.Of(Column(rows, row => row.New.Scope.Merchant.Value)))
            .With("is_live", SqlArray.Of(Column(rows, row => row.New.Scope.IsLive)))
            .With("reference", SqlArray.Of(Column(rows, row => row.New.Reference)))
            .With("kind", SqlArray.Of(Column(rows, row => row.New.Kind)))
            .With("subject", SqlArray.Of(Column(rows, row => row.New.Subject)))
            .With("effective_at_ms", SqlArray.Of(Column(rows, row => row.New.EffectiveAt.ToUnixTimeMilliseconds())))
            .With("recorded_at_ms", SqlArray.Of(Column(rows, row => row.RecordedAtMs)))
            .With("correction", SqlArray.Of(Column(rows, row => row.New.Correction?.Word())))
            .With("corrects", SqlArray.Of(Column(rows, row => row.New.Corrects?.Value)))
            .With("hold", SqlArray.Of(Column(rows, row => row.Hold)))
            .With("metadata", SqlArray.Of(Column(rows, row => row.New.Metadata)))
            .With("digest", SqlArray.Of(Column(rows, row => row.Digest))));

    public static ValueTask InsertPostingsAsync(ITransaction tx, ShardId shard, IReadOnlyList<WrittenTransaction> transactions)
    {
        var lines = new List<Line>(transactions.Count * 2);
        foreach (var transaction in transactions)
        {
            for (var i = 0; i < transaction.Accounts.Length; i++)
            {
                lines.Add(new Line(transaction.Id.Value, i, transaction.Accounts[i].Id.Value, transaction.New.Postings[i], transaction.Epoch));
            }
        }

        return tx.InsertAsync(Lines(new SqlFragment("ledger_postings"), shard, "transaction_id", lines)
            .With("epoch", SqlArray.Of(Column(lines, line => line.Epoch))));
    }

    // Lines of holds have no epoch: there are few of them.
    public static ValueTask InsertHoldLinesAsync(
        ITransaction tx, ShardId shard, LedgerHoldId hold, IReadOnlyList<NewPosting> postings, IReadOnlyList<KnownAccount> accounts) =>
        tx.InsertAsync(Lines(
            new SqlFragment("ledger_hold_lines"),
            shard,
            "hold_id",
            [.. postings.Select((posting, i) => new Line(hold.Value, i, accounts[i].Id.Value, posting, Epoch: 0))]));

    /// <summary>Puts locked balances in the place of those that were there.</summary>
    public static ValueTask ReplaceBalancesAsync(ITransaction tx, ShardId shard, IReadOnlyList<LockedBalance> rows)
    {
        var balances = new NewRows(new SqlFragment("ledger_balances"), rows.Count)
        {
            OnConflict = new SqlFragment(
                """
                ON CONFLICT (shard, account_id) DO UPDATE
                   SET posted_minor = excluded.posted_minor, held_out_minor = excluded.held_out_minor, held_in_minor = excluded.held_in_minor
                """),
        };
        return tx.InsertAsync(balances
            .With("shard", shard)
            .With("account_id", SqlArray.Of(Column(rows, row => row.Account.Id.Value)))
            .With("posted_minor", SqlArray.Of(Column(rows, row => row.Posted)))
            .With("held_out_minor", SqlArray.Of(Column(rows, row => row.HeldOut)))
            .With("held_in_minor", SqlArray.Of(Column(rows, row => row.HeldIn))));
    }

    /// <summary>Adds to balances that nobody looked at, each if it stays within its bounds all along.</summary>
    /// <returns>Whether all did; else the transaction must be undone.</returns>
    public static async ValueTask<bool> TryAddToBalancesAsync(ITransaction tx, ShardId shard, IReadOnlyList<PresumedBalance> rows) => await tx.ExecuteAsync(
        $"""
         UPDATE ledger_balances AS b SET posted_minor = b.posted_minor + r.sum
           FROM unnest({SqlArray.Of(Column(rows, row => row.Account.Id.Value))}::uuid[], {SqlArray.Of(Column(rows, row => row.Sum))}::bigint[],
                       {SqlArray.Of(Column(rows, row => row.Lowest))}::bigint[], {SqlArray.Of(Column(rows, row => row.Highest))}::bigint[],
                       {SqlArray.Of(Column(rows, row => row.Account.MinMinor ?? long.MinValue))}::bigint[],
                       {SqlArray.Of(Column(rows, row => row.Account.MaxMinor ?? long.MaxValue))}::bigint[])
                AS r (account_id, sum, lowest, highest, least, most)
          WHERE b.shard = {shard} AND b.account_id = r.account_id
            AND CASE WHEN b.posted_minor BETWEEN {-PresumedBalance.Limit} AND {PresumedBalance.Limit}
                      AND b.held_out_minor < {PresumedBalance.Limit} AND b.held_in_minor < {PresumedBalance.Limit}
                     THEN b.posted_minor + r.lowest - b.held_out_minor >= r.least AND b.posted_minor + r.highest + b.held_in_minor <= r.most
                     ELSE false END
         """) == rows.Count;

    /// <summary>Puts the sums of accounts in the place of those that were there.</summary>
    public static ValueTask WriteFoldsAsync(ITransaction tx, ShardId shard, IReadOnlyList<(Guid Account, (long Minor, long Carries) Sum)> rows)
    {
        var folds = new NewRows(new SqlFragment("ledger_folds"), rows.Count)
        {
            OnConflict = new SqlFragment(
                "ON CONFLICT (shard, account_id) DO UPDATE SET sum_minor = excluded.sum_minor, carries = excluded.carries"),
        };
        return tx.InsertAsync(folds
            .With("shard", shard)
            .With("account_id", SqlArray.Of(Column(rows, row => row.Account)))
            .With("sum_minor", SqlArray.Of(Column(rows, row => row.Sum.Minor)))
            .With("carries", SqlArray.Of(Column(rows, row => row.Sum.Carries))));
    }

    private static T[] Column<TRow, T>(IReadOnlyList<TRow> rows, Func<TRow, T> column)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++) values[i] = column(rows[i]);
        return values;
    }

    private readonly record struct Line(Guid Owner, long Number, Guid Account, NewPosting Posting, long Epoch);

    private static NewRows Lines(SqlFragment table, ShardId shard, string owner, List<Line> lines) => new NewRows(table, lines.Count)
        .With("shard", shard)
        .With(owner, SqlArray.Of(Column(lines, line => line.Owner)))
        .With("line", SqlArray.Of(Column(lines, line => line.Number)))
        .With("account_id", SqlArray.Of(Column(lines, line => line.Account)))
        .With("side", SqlArray.Of(Column(lines, line => (short)line.Posting.Side.Sign())))
        .With("amount_minor", SqlArray.Of(Column(lines, line => line.Posting.Amount.Minor)))
        .With("currency", SqlArray.Of(Column(lines, line => line.Posting.Amount.Currency.Code)));

    private static T[] Pad<T>(IReadOnlyList<T> members)
    {
        var size = 1;
        while (size < members.Count) size *= 2;
        var padded = new T[size];
        for (var i = 0; i < size; i++) padded[i] = members[Math.Min(i, members.Count - 1)];
        return padded;
    }
}
