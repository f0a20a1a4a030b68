using System.Collections.Concurrent;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Writes and reads the book.</summary>
internal sealed class LedgerBook(IDatabase database, IdSource ids, TimeProvider time, LedgerProver prover) : ILedger
{
    private const int MaxPostings = 1_000;

    // Lines go in by up to so many a statement, so that there are no more statement texts than this to keep prepared.
    private const int LinesPerStatement = 8;

    // A wallet programme has millions of accounts; forgetting them all now and then costs one insert each that does nothing.
    private const int MaxRemembered = 200_000;

    private readonly ConcurrentDictionary<LedgerAccountId, AccountKind> committedAccounts = [];

    public async ValueTask<LedgerTransactionId> PostAsync(ITransaction tx, NewLedgerTransaction transaction)
    {
        Check(transaction);
        var shard = transaction.Scope.Shard;
        var now = time.GetUtcNow();
        var id = ids.New<LedgerTransactionId>(shard);
        var accounts = new LedgerAccountId[transaction.Postings.Count];
        for (var i = 0; i < accounts.Length; i++) accounts[i] = AccountIds.Of(transaction.Postings[i].Account);

        await OpenAccountsAsync(tx, transaction, accounts, now);
        await tx.EnqueueAsync(
            $"""
             INSERT INTO ledger_transactions
                    (shard, id, merchant, is_live, reference, kind, subject, effective_at_ms, recorded_at_ms)
             VALUES ({shard}, {id}, {transaction.Scope.Merchant}, {transaction.Scope.IsLive}, {transaction.Reference},
                     {transaction.Kind}, {transaction.Subject}, {transaction.EffectiveAt}, {now})
             """);
        for (var from = 0; from < accounts.Length; from += LinesPerStatement)
        {
            var to = Math.Min(from + LinesPerStatement, accounts.Length);
            await tx.EnqueueAsync(InsertLines(shard, id, transaction.Postings, accounts, from, to));
        }

        return id;
    }

    public async Task<IReadOnlyList<LedgerTransaction>> ForSubjectsAsync(
        ShardId shard, IReadOnlyCollection<Guid> subjects, CancellationToken ct)
    {
        if (subjects.Count == 0) return [];
        var lines = await database.ReadAsync(
            async reader => await reader.QueryAsync(
                $"""
                 SELECT t.id, t.reference, t.kind, t.subject, t.effective_at_ms, t.recorded_at_ms,
                        a.code, a.kind, p.side, p.amount_minor, p.currency
                   FROM ledger_transactions t
                   JOIN ledger_postings p ON p.shard = t.shard AND p.transaction_id = t.id
                   JOIN ledger_accounts a ON a.shard = p.shard AND a.id = p.account_id
                  WHERE t.shard = {shard} AND t.subject IN ({subjects})
                  ORDER BY t.id, p.line
                 """,
                row => (Header: HeaderOf(row), Posting: PostingOf(row))),
            ct);
        return [.. lines
            .GroupBy(line => line.Header.Id)
            .Select(group => group.First().Header with { Postings = [.. group.Select(line => line.Posting)] })];
    }

    public async Task<IReadOnlyList<AccountBalance>> BalancesAsync(MerchantScope scope, CancellationToken ct) =>
        await database.ReadAsync(
            async reader => await reader.QueryAsync(
                $"""
                 SELECT a.code, a.kind, a.currency,
                        (SELECT CAST(COALESCE(SUM(p.side * p.amount_minor), 0) AS bigint)
                           FROM ledger_postings p WHERE p.shard = a.shard AND p.account_id = a.id)
                   FROM ledger_accounts a
                  WHERE a.shard = {scope.Shard} AND a.merchant = {scope.Merchant} AND a.is_live = {scope.IsLive}
                  ORDER BY a.code, a.currency
                 """,
                row =>
                {
                    var kind = LedgerWords.Kind(row.Text(1));
                    return new AccountBalance(row.Text(0), kind, new Money(row.Int64(3) * kind.NaturalSign(), row.Currency(2)));
                }),
            ct);

    public Task<LedgerProof> VerifyAsync(IProgress<long>? progress, CancellationToken ct) => prover.ProveAsync(progress, ct);

    private static void Check(NewLedgerTransaction transaction)
    {
        var postings = transaction.Postings;
        if (postings.Count is < 2 or > MaxPostings)
        {
            throw new UnbalancedTransactionException(
                $"{transaction.Reference} has {postings.Count} postings; 2 to {MaxPostings} are wanted.");
        }

        // Int128, so that a sum of amounts cannot overflow into a balance that looks right.
        var sums = new Dictionary<Currency, Int128>();
        foreach (var (account, side, amount) in postings)
        {
            if (!amount.IsPositive)
            {
                throw new UnbalancedTransactionException($"{transaction.Reference} posts {amount} to {account.Code}, which is not positive.");
            }

            if (account.Currency != amount.Currency)
            {
                throw new UnbalancedTransactionException(
                    $"{transaction.Reference} posts {amount} to {account.Code}, which is kept in {account.Currency}.");
            }

            if (account.Scope.Shard != transaction.Scope.Shard || account.Scope.IsLive != transaction.Scope.IsLive)
            {
                throw new ArgumentException(
                    $"{transaction.Reference} posts to {account.Code} of {account.Scope}, in another shard or mode than its own.",
                    nameof(transaction));
            }

            sums[amount.Currency] = sums.GetValueOrDefault(amount.Currency) + (side.Sign() * (Int128)amount.Minor);
        }

        foreach (var (currency, sum) in sums)
        {
            if (sum == 0) continue;
            throw new UnbalancedTransactionException($"{transaction.Reference} is out of balance by {sum} minor units of {currency}.");
        }
    }

    // An account is inserted until this process has seen it committed. In the order of ids, so that two transactions
    // that open the same accounts do not wait for each other in a circle.
    private async ValueTask OpenAccountsAsync(
        ITransaction tx, NewLedgerTransaction transaction, LedgerAccountId[] accounts, DateTimeOffset now)
    {
        SortedDictionary<Guid, AccountName>? unseen = null;
        for (var i = 0; i < accounts.Length; i++)
        {
            var name = transaction.Postings[i].Account;
            if (!committedAccounts.TryGetValue(accounts[i], out var kind)) (unseen ??= [])[accounts[i].Value] = name;
            else if (kind != name.Kind) throw new ArgumentException($"Account {name.Code} is of kind {kind}, not {name.Kind}.", nameof(transaction));
        }

        if (unseen is null) return;
        foreach (var (id, name) in unseen)
        {
            await tx.EnqueueAsync(
                $"""
                 INSERT INTO ledger_accounts (shard, id, merchant, is_live, code, kind, currency, created_at_ms)
                 VALUES ({name.Scope.Shard}, {id}, {name.Scope.Merchant}, {name.Scope.IsLive}, {name.Code}, {name.Kind.Word()},
                         {name.Currency}, {now})
                 ON CONFLICT (shard, id) DO NOTHING
                 """);
        }

        tx.OnCommitted(() =>
        {
            if (committedAccounts.Count > MaxRemembered) committedAccounts.Clear();
            foreach (var (id, name) in unseen) committedAccounts.TryAdd(new LedgerAccountId(id), name.Kind);
        });
    }

    private static Sql InsertLines(
        ShardId shard, LedgerTransactionId id, IReadOnlyList<NewPosting> postings, LedgerAccountId[] accounts, int from, int to)
    {
        Sql insert = $"INSERT INTO ledger_postings (shard, transaction_id, line, account_id, side, amount_minor, currency) VALUES ";
        for (var i = from; i < to; i++)
        {
            var (_, side, amount) = postings[i];
            if (i > from) insert.AppendLiteral(", ");
            insert.Append($"({shard}, {id}, {(long)i}, {accounts[i]}, {side.Sign()}, {amount.Minor}, {amount.Currency})");
        }

        return insert;
    }

    private static LedgerTransaction HeaderOf(ISqlRow row) => new(
        row.Id<LedgerTransactionId>(0), row.Text(1), row.Text(2), row.Uuid(3), row.Instant(4), row.Instant(5), []);

    private static LedgerPosting PostingOf(ISqlRow row) => new(
        row.Text(6),
        LedgerWords.Kind(row.Text(7)),
        row.Int64(8) == 1 ? PostingSide.Debit : PostingSide.Credit,
        row.Money(9, 10));
}
