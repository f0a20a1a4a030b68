using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Writes and reads the book.</summary>
internal sealed class LedgerBook(
    IDatabase database,
    IdSource ids,
    KnownAccounts known,
    Epochs epochs,
    PostingEngine engine,
    SharedCommits commits,
    AccountDesk desk,
    Holds holds,
    Periods periods,
    LedgerProver prover) : ILedger
{
    // Two statements whose outcome nobody waits for, where no account is bounded: this is a payment's own transaction.
    public async ValueTask<LedgerTransactionId> PostAsync(ITransaction tx, NewLedgerTransaction transaction)
    {
        if (TransactionRules.Refuse(transaction) is { } wrong) throw Thrown(wrong);
        if (!transaction.OpensAccounts) return await PostCarefullyAsync(tx, transaction);
        var found = await known.EnsureAsync(tx, transaction.Postings.Select(posting => posting.Account));
        var accounts = new KnownAccount[transaction.Postings.Count];
        for (var i = 0; i < accounts.Length; i++)
        {
            var name = transaction.Postings[i].Account;
            accounts[i] = found[name] ?? throw new InvalidOperationException($"Account {name.Code} was opened, and is not there.");
            if (accounts[i].Name.Kind != name.Kind) throw Thrown(LedgerRefusals.WrongKind(name, accounts[i].Name.Kind));
        }

        // Bounds and corrections are worth the questions that the engine asks.
        if (transaction.Corrects is not null || accounts.Any(account => account.IsBounded)) return await PostCarefullyAsync(tx, transaction);

        return await InsertAsync(tx, transaction, accounts);
    }

    private async ValueTask<LedgerTransactionId> PostCarefullyAsync(ITransaction tx, NewLedgerTransaction transaction)
    {
        var result = await TryPostAsync(tx, transaction);
        if (result is { IsSuccess: true, Value.IsReplay: true }) throw new UniqueViolationException($"Reference {transaction.Reference} is taken.");
        return result.IsSuccess ? result.Value.Id : throw Thrown(result.Refusal);
    }

    public async ValueTask<Result<PostedTransaction>> TryPostAsync(ITransaction tx, NewLedgerTransaction transaction) =>
        (await engine.PostAsync(tx, [transaction], allOrNone: false))[0];

    public Task<Result<PostedTransaction>> PostAsync(NewLedgerTransaction transaction, CancellationToken ct) => commits.PostAsync(transaction, ct);

    public Task<IReadOnlyList<Result<PostedTransaction>>> PostBatchAsync(
        IReadOnlyList<NewLedgerTransaction> transactions, bool allOrNone, CancellationToken ct) => commits.PostBatchAsync(transactions, allOrNone, ct);

    public async ValueTask<Result<PostedTransaction>> ReverseAsync(
        ITransaction tx, LedgerTransactionId id, string reference, DateTimeOffset effectiveAt)
    {
        var lines = await tx.QueryAsync(
            $"""
             SELECT t.merchant, t.is_live, t.kind, t.subject, a.merchant, a.code, a.kind, p.side, p.amount_minor, p.currency
               FROM ledger_transactions t
               JOIN ledger_postings p ON p.shard = t.shard AND p.transaction_id = t.id
               JOIN ledger_accounts a ON a.shard = p.shard AND a.id = p.account_id
              WHERE t.shard = {id.Shard()} AND t.id = {id} ORDER BY p.line
             """,
            row => (
                Scope: new MerchantScope(row.Id<MerchantId>(0), row.Bool(1)),
                Kind: row.Text(2),
                Subject: row.Uuid(3),
                Opposite: new NewPosting(
                    new AccountName(
                        new MerchantScope(row.Id<MerchantId>(4), row.Bool(1)), row.Text(5), LedgerWords.Kind(row.Text(6)), row.Currency(9)),
                    row.Int64(7) == 1 ? PostingSide.Credit : PostingSide.Debit,
                    row.Money(8, 9))));
        if (lines.Count == 0) return LedgerRefusals.NoTransaction(id);
        var (scope, kind, subject, _) = lines[0];
        var reversal = new NewLedgerTransaction(scope, reference, kind, subject, effectiveAt, [.. lines.Select(line => line.Opposite)])
        {
            Correction = Correction.Reversal,
            Corrects = id,
        };
        return await TryPostAsync(tx, reversal);
    }

    public ValueTask<Result<LedgerAccountId>> OpenAccountAsync(ITransaction tx, NewLedgerAccount account) => desk.OpenAsync(tx, account);

    public ValueTask<Result<AccountState>> SetAccountStateAsync(ITransaction tx, AccountName account, AccountState state) =>
        desk.SetStateAsync(tx, account, state);

    public ValueTask<Result<LedgerHold>> HoldAsync(ITransaction tx, NewLedgerHold hold) => holds.HoldAsync(tx, hold);

    public ValueTask<Result<PostedTransaction>> PostHoldAsync(
        ITransaction tx, LedgerHoldId id, string reference, DateTimeOffset effectiveAt, IReadOnlyList<NewPosting>? part) =>
        holds.PostAsync(tx, id, reference, effectiveAt, part);

    public ValueTask<Result<LedgerHold>> VoidHoldAsync(ITransaction tx, LedgerHoldId id) => holds.LetGoAsync(tx, id, HoldState.Voided);

    public Task<Result<ClosedPeriod>> ClosePeriodAsync(
        MerchantScope scope, DateTimeOffset starts, DateTimeOffset ends, string actor, string reason, CancellationToken ct) =>
        periods.CloseAsync(scope, starts, ends, actor, reason, ct);

    public Task<Result<ClosedPeriod>> ReopenPeriodAsync(
        MerchantScope scope, DateTimeOffset starts, string actor, string reason, CancellationToken ct) =>
        periods.ReopenAsync(scope, starts, actor, reason, ct);

    public Task<IReadOnlyList<PeriodEvent>> PeriodEventsAsync(MerchantScope scope, CancellationToken ct) => periods.EventsAsync(scope, ct);

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
            async reader =>
            {
                var since = await Blocks.SumsSinceLastAsync(reader, scope.Shard);
                return await reader.QueryAsync(
                    $"""
                     SELECT a.code, a.kind, a.currency, a.id, COALESCE(f.sum_minor, 0), COALESCE(f.carries, 0)
                       FROM ledger_accounts a LEFT JOIN ledger_folds f ON f.shard = a.shard AND f.account_id = a.id
                      WHERE a.shard = {scope.Shard} AND a.merchant = {scope.Merchant} AND a.is_live = {scope.IsLive}
                      ORDER BY a.code, a.currency
                     """,
                    row =>
                    {
                        var kind = LedgerWords.Kind(row.Text(1));
                        var debits = WideSum.Join(row.Int64(4), row.Int64(5)) + since.GetValueOrDefault((scope.Shard, row.Uuid(3)));
                        var shown = WideSum.Shown(debits * kind.NaturalSign(), row.Text(0));
                        return new AccountBalance(row.Text(0), kind, new Money(shown, row.Currency(2)));
                    });
            },
            ct);

    public Task<IReadOnlyList<LedgerHead>> HeadsAsync(CancellationToken ct) => prover.HeadsAsync(ct);

    public Task<LedgerProof> VerifyAsync(IReadOnlyList<LedgerHead> expected, IProgress<long>? progress, CancellationToken ct) =>
        prover.ProveAsync(expected, progress, ct);

    public Task<LedgerProof> VerifyAsync(IProgress<long>? progress, CancellationToken ct) => prover.ProveAsync([], progress, ct);

    private async ValueTask<LedgerTransactionId> InsertAsync(ITransaction tx, NewLedgerTransaction transaction, KnownAccount[] accounts)
    {
        var shard = transaction.Scope.Shard;
        var id = ids.New<LedgerTransactionId>(shard);
        var (now, epoch) = (id.CreatedAt().ToUnixTimeMilliseconds(), await epochs.NextAsync(tx, 1));
        var digest = new Digest().OfTransaction(transaction, accounts, id.Value, now, hold: null, epoch);
        await tx.EnqueueAsync(
            $"""
             INSERT INTO ledger_transactions
                    (shard, id, merchant, is_live, reference, kind, subject, effective_at_ms, recorded_at_ms, metadata, digest)
             SELECT {shard}, {id}, {transaction.Scope.Merchant}, {transaction.Scope.IsLive}, {transaction.Reference},
                    {transaction.Kind}, {transaction.Subject}, {transaction.EffectiveAt}, {now}, {transaction.Metadata}, {digest}
              WHERE {Gates.AreOpen(transaction, [.. accounts.Select(account => account.Id.Value).Distinct()])}
             """,
            expectedRows: 1);
        await SetBased.InsertPostingsAsync(tx, shard, [new WrittenTransaction(id, transaction, accounts, now, null, epoch, digest)]);
        return id;
    }

    // What is wrong in itself is a bug of the caller's; what the book's state forbids is not.
    private static Exception Thrown(Refusal refusal) => refusal.Kind != RefusalKind.Invalid
        ? new LedgerRefusedException(refusal)
        : refusal.Code is "ledger_scope_mismatch" or "ledger_account_kind_mismatch"
            ? new ArgumentException(refusal.Message)
            : new UnbalancedTransactionException(refusal.Message);

    private static LedgerTransaction HeaderOf(ISqlRow row) => new(
        row.Id<LedgerTransactionId>(0), row.Text(1), row.Text(2), row.Uuid(3), row.Instant(4), row.Instant(5), []);

    private static LedgerPosting PostingOf(ISqlRow row) => new(
        row.Text(6),
        LedgerWords.Kind(row.Text(7)),
        row.Int64(8) == 1 ? PostingSide.Debit : PostingSide.Credit,
        row.Money(9, 10));
}
