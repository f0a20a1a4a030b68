using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Ledger;

/// <summary>A hold that is open, with what it holds.</summary>
internal sealed record OpenHold(
    LedgerHoldId Id, MerchantScope Scope, string Kind, Guid Subject, DateTimeOffset? LapsesAt, IReadOnlyList<NewPosting> Postings, KnownAccount[] Accounts);

/// <summary>Sets money aside, and later moves it or lets go of it.</summary>
internal sealed class Holds(KnownAccounts accounts, PostingEngine engine, IdSource ids, IJobs jobs, TimeProvider time)
{
    public async ValueTask<Result<LedgerHold>> HoldAsync(ITransaction tx, NewLedgerHold hold)
    {
        var transaction = hold.Transaction;
        if (TransactionRules.Refuse(transaction) is { } refusal) return refusal;
        var shard = transaction.Scope.Shard;
        await PostingsUnderWay.BeginAsync(tx);
        var names = transaction.Postings.Select(posting => posting.Account).ToList();
        var found = await accounts.EnsureAsync(tx, names, transaction.OpensAccounts ? null : names.ToHashSet());
        if (names.Find(name => found[name] is null) is { } missing) return LedgerRefusals.NoAccount(missing);
        var mine = names.Select(name => found[name]!).ToArray();
        for (var i = 0; i < mine.Length; i++)
        {
            if (mine[i].Name.Kind != transaction.Postings[i].Account.Kind)
            {
                return LedgerRefusals.WrongKind(transaction.Postings[i].Account, mine[i].Name.Kind);
            }
        }

        var gates = await Gates.ReadAsync(tx, shard, [.. mine.DistinctBy(account => account.Id)], [transaction]);
        var balances = await LockedBalances.LockAsync(tx, shard, mine);
        if (await ReplayAsync(tx, hold, mine) is { } before) return before;
        if (gates.Refuse(transaction, mine) is { } closed) return closed;
        var moves = new Dictionary<LedgerAccountId, BalanceMove>();
        BoundedBalances.AddHeld(moves, transaction.Postings, mine, 1);
        if (balances.TryMove(moves) is { } beyond) return beyond;

        var (id, now) = (ids.New<LedgerHoldId>(shard), time.GetUtcNow());
        var digest = DigestOf(hold, mine, id.Value, now.ToUnixTimeMilliseconds());
        await tx.EnqueueAsync(
            $"""
             INSERT INTO ledger_holds
                    (shard, id, merchant, is_live, reference, kind, subject, effective_at_ms, recorded_at_ms, lapses_at_ms, metadata, digest)
             VALUES ({shard}, {id}, {transaction.Scope.Merchant}, {transaction.Scope.IsLive}, {transaction.Reference}, {transaction.Kind},
                     {transaction.Subject}, {transaction.EffectiveAt}, {now}, {hold.LapsesAt}, {transaction.Metadata}, {digest})
             """);
        await SetBased.InsertHoldLinesAsync(tx, shard, id, transaction.Postings, mine);
        await balances.SaveAsync(tx);
        if (hold.LapsesAt is { } lapsesAt) await jobs.EnqueueAsync(tx, new NewJob(shard, LapseHolds.JobKind, id.ToString(), lapsesAt));
        return new LedgerHold(id, HoldState.Open, null);
    }

    public async ValueTask<Result<PostedTransaction>> PostAsync(
        ITransaction tx, LedgerHoldId id, string reference, DateTimeOffset effectiveAt, IReadOnlyList<NewPosting>? part)
    {
        if (await ReadAsync(tx, id) is not var (held, ended)) return LedgerRefusals.NoHold(id);
        var postings = part ?? held.Postings;
        if (RefuseBeyond(held, postings) is { } beyond) return beyond;

        // One that ended by this very reference is a repetition, which the engine answers; any other is refused.
        var isRepetition = ended is { State: HoldState.Posted } && await IsReferenceOfAsync(tx, ended.Transaction!.Value, reference);
        if (ended.State != HoldState.Open && !isRepetition) return LedgerRefusals.HoldEnded(ended);

        // Its time has come, although the job that lets go of it has not: when that runs decides nothing.
        if (!isRepetition && held.LapsesAt <= time.GetUtcNow()) return LedgerRefusals.HoldEnded(ended with { State = HoldState.Lapsed });
        var transaction = new NewLedgerTransaction(held.Scope, reference, held.Kind, held.Subject, effectiveAt, postings);
        var result = (await engine.PostAsync(tx, [transaction], allOrNone: false, held))[0];
        if (!result.IsSuccess || isRepetition) return result;
        if (result.Value.IsReplay) return LedgerRefusals.ReferenceReused(reference);
        await EndAsync(tx, id, HoldState.Posted, result.Value.Id);
        return result;
    }

    /// <param name="outcome">Voided or lapsed.</param>
    public async ValueTask<Result<LedgerHold>> LetGoAsync(ITransaction tx, LedgerHoldId id, HoldState outcome)
    {
        if (await ReadAsync(tx, id) is not var (held, ended)) return LedgerRefusals.NoHold(id);
        if (ended.State == outcome) return ended;
        if (ended.State != HoldState.Open) return LedgerRefusals.HoldEnded(ended);
        var balances = await LockedBalances.LockAsync(tx, id.Shard(), held.Accounts);
        var moves = new Dictionary<LedgerAccountId, BalanceMove>();
        BoundedBalances.AddHeld(moves, held.Postings, held.Accounts, -1);
        if (balances.TryMove(moves) is { } beyond) return beyond;
        await balances.SaveAsync(tx);
        await EndAsync(tx, id, outcome, null);
        return ended with { State = outcome };
    }

    private async ValueTask EndAsync(ITransaction tx, LedgerHoldId id, HoldState outcome, LedgerTransactionId? transaction)
    {
        var now = time.GetUtcNow();
        var digest = Digests.OfHoldEnd(id.Shard().Value, id.Value, outcome.Word(), transaction?.Value, now.ToUnixTimeMilliseconds());
        await tx.EnqueueAsync(
            $"""
             INSERT INTO ledger_hold_ends (shard, hold_id, outcome, transaction_id, ended_at_ms, digest)
             VALUES ({id.Shard()}, {id}, {outcome.Word()}, {transaction}, {now}, {digest})
             """);
    }

    // The row is locked, so that of two who end the same hold the second sees the first one's end.
    private static async ValueTask<(OpenHold Held, LedgerHold Ended)?> ReadAsync(ITransaction tx, LedgerHoldId id)
    {
        var shard = id.Shard();
        var forUpdate = new SqlFragment(tx.Engine == SqlEngine.Postgres ? "FOR UPDATE" : "");
        var header = await tx.QueryAsync(
            $"SELECT merchant, is_live, kind, subject, lapses_at_ms FROM ledger_holds WHERE shard = {shard} AND id = {id} {forUpdate}",
            row => (Scope: new MerchantScope(row.Id<MerchantId>(0), row.Bool(1)), Kind: row.Text(2), Subject: row.Uuid(3), LapsesAt: row.InstantOrNull(4)));
        if (header.Count == 0) return null;
        var ends = await tx.QueryAsync(
            $"SELECT outcome, transaction_id FROM ledger_hold_ends WHERE shard = {shard} AND hold_id = {id}",
            row => new LedgerHold(id, LedgerWords.StateOfHold(row.Text(0)), row.IdOrNull<LedgerTransactionId>(1)));
        var lines = await tx.QueryAsync(
            $"""
             SELECT a.merchant, a.is_live, a.code, a.kind, l.side, l.amount_minor, l.currency, a.id, a.min_minor, a.max_minor
               FROM ledger_hold_lines l JOIN ledger_accounts a ON a.shard = l.shard AND a.id = l.account_id
              WHERE l.shard = {shard} AND l.hold_id = {id} ORDER BY l.line
             """,
            row =>
            {
                var name = new AccountName(
                    new MerchantScope(row.Id<MerchantId>(0), row.Bool(1)), row.Text(2), LedgerWords.Kind(row.Text(3)), row.Currency(6));
                var side = row.Int64(4) == 1 ? PostingSide.Debit : PostingSide.Credit;
                return (
                    Posting: new NewPosting(name, side, row.Money(5, 6)),
                    Account: new KnownAccount(row.Id<LedgerAccountId>(7), name, row.Int64OrNull(8), row.Int64OrNull(9)));
            });
        var held = new OpenHold(
            id, header[0].Scope, header[0].Kind, header[0].Subject, header[0].LapsesAt, [.. lines.Select(line => line.Posting)], [.. lines.Select(line => line.Account)]);
        return (held, ends.Count == 1 ? ends[0] : new LedgerHold(id, HoldState.Open, null));
    }

    private static async ValueTask<bool> IsReferenceOfAsync(ITransaction tx, LedgerTransactionId id, string reference) => await tx.CountAsync(
        $"SELECT COUNT(*) FROM ledger_transactions WHERE shard = {id.Shard()} AND id = {id} AND reference = {reference}") == 1;

    private static async ValueTask<Result<LedgerHold>?> ReplayAsync(ITransaction tx, NewLedgerHold hold, KnownAccount[] mine)
    {
        var (shard, reference) = (hold.Transaction.Scope.Shard, hold.Transaction.Reference);
        var stored = await tx.QueryAsync(
            $"""
             SELECT h.id, h.recorded_at_ms, h.digest, e.outcome, e.transaction_id
               FROM ledger_holds h LEFT JOIN ledger_hold_ends e ON e.shard = h.shard AND e.hold_id = h.id
              WHERE h.shard = {shard} AND h.reference = {reference}
             """,
            row => (
                Hold: new LedgerHold(row.Id<LedgerHoldId>(0), LedgerWords.StateOfHold(row.TextOrNull(3)), row.IdOrNull<LedgerTransactionId>(4)),
                RecordedAtMs: row.Int64(1),
                Digest: row.Bytes(2)));
        if (stored.Count == 0) return null;
        var same = DigestOf(hold, mine, stored[0].Hold.Id.Value, stored[0].RecordedAtMs);
        return same.AsSpan().SequenceEqual(stored[0].Digest) ? stored[0].Hold : LedgerRefusals.ReferenceReused(reference);
    }

    private static byte[] DigestOf(NewLedgerHold hold, KnownAccount[] mine, Guid id, long recordedAtMs) => new Digest()
        .BeginHold(DigestedHeader.Of(hold.Transaction, id, recordedAtMs), hold.LapsesAt?.ToUnixTimeMilliseconds())
        .AddLines(hold.Transaction.Postings, mine)
        .Finish();

    private static Refusal? RefuseBeyond(OpenHold held, IReadOnlyList<NewPosting> postings)
    {
        var left = new Dictionary<(AccountName, PostingSide), Int128>();
        foreach (var (account, side, amount) in held.Postings)
        {
            left[(account, side)] = left.GetValueOrDefault((account, side)) + amount.Minor;
        }

        foreach (var (account, side, amount) in postings)
        {
            var rest = left.GetValueOrDefault((account, side)) - amount.Minor;
            if (rest < 0) return LedgerRefusals.BeyondHold(account);
            left[(account, side)] = rest;
        }

        return null;
    }
}

/// <summary>Lets go of a hold whose time has come, unless it ended before.</summary>
internal sealed class LapseHolds(IDatabase database, Holds holds) : IJobHandler
{
    public const string JobKind = "ledger.lapse_hold";

    public string Kind => JobKind;

    public int Concurrency => 4;

    public TimeSpan Lease => TimeSpan.FromMinutes(1);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        await database.WriteAsync(
            async tx =>
            {
                // A refusal says that it was posted or voided in time, which is as good.
                await holds.LetGoAsync(tx, Ids.Parse<LedgerHoldId>(job.Key), HoldState.Lapsed);
            },
            ct);
        return JobOutcome.Done;
    }
}
