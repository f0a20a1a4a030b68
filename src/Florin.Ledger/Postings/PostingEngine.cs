using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>A transaction that is to be inserted.</summary>
internal sealed record WrittenTransaction(
    LedgerTransactionId Id, NewLedgerTransaction New, KnownAccount[] Accounts, long RecordedAtMs, Guid? Hold, long Epoch, byte[] Digest);

/// <summary>Posts many transactions in few statements: asks for all that could refuse them, decides in memory, and writes
/// what stands.</summary>
internal sealed class PostingEngine(KnownAccounts known, Epochs epochs, IdSource ids)
{
    private readonly Epochs epochs = epochs;
    private readonly KnownAccounts known = known;
    private readonly IdSource ids = ids;

    /// <param name="presumes">Whether bounded accounts are presumed to stay within their bounds, which is made sure of at the end, instead
    /// of being locked at the beginning; and references to be new, which their index makes sure of, instead of being looked for.</param>
    /// <returns>One result for each transaction, in order.</returns>
    /// <exception cref="PresumedInVainException">What was presumed is not so: nothing may stand, and it is to be done again without.</exception>
    /// <exception cref="UniqueViolationException">A reference is there, or came to be there meanwhile; likewise.</exception>
    public async ValueTask<Result<PostedTransaction>[]> PostAsync(
        ITransaction tx, IReadOnlyList<NewLedgerTransaction> transactions, bool allOrNone, OpenHold? releasing = null, bool presumes = false)
    {
        var results = new Result<PostedTransaction>[transactions.Count];
        var candidates = new List<int>(transactions.Count);
        for (var i = 0; i < transactions.Count; i++)
        {
            if (TransactionRules.Refuse(transactions[i]) is { } refusal) results[i] = refusal;
            else candidates.Add(i);
        }

        // Shard by shard in order, so that two batches lock the rows that they share in the same order.
        if (!allOrNone || candidates.Count == transactions.Count)
        {
            foreach (var shard in candidates.GroupBy(i => transactions[i].Scope.Shard).OrderBy(group => group.Key.Value))
            {
                await new ShardRun(this, tx, shard.Key, transactions, results, releasing, presumes).PostAsync([.. shard], allOrNone);
            }
        }

        if (!allOrNone || results.All(result => result.IsSuccess && result.Value is not null)) return results;
        tx.Abandon();
        return [.. results.Select(result => result.IsSuccess ? LedgerRefusals.LinkedFailed : result)];
    }

    /// <summary>The transactions of one shard.</summary>
    private sealed class ShardRun(
        PostingEngine engine,
        ITransaction tx,
        ShardId shard,
        IReadOnlyList<NewLedgerTransaction> transactions,
        Result<PostedTransaction>[] results,
        OpenHold? releasing,
        bool presumes)
    {
        private readonly Digest digest = new();
        private readonly Dictionary<string, PostedBefore> posted = new(StringComparer.Ordinal);
        private readonly List<WrittenTransaction> written = [];
        private readonly KnownAccount[]?[] accountsOf = new KnownAccount[transactions.Count][];
        private readonly Dictionary<LedgerAccountId, BalanceMove> moves = [];

        private sealed record PostedBefore(LedgerTransactionId Id, long RecordedAtMs, Guid? Hold, long Epoch, byte[] Digest);

        public async Task PostAsync(List<int> mine, bool allOrNone)
        {
            await PostingsUnderWay.BeginAsync(tx);
            mine = await FindAccountsAsync(mine);
            var touched = Touched(mine);
            var gates = await Gates.ReadAsync(tx, shard, touched, mine.Select(i => transactions[i]));
            var corrected = await CorrectedAsync(mine);

            // Locks come before the look at references: a repetition that waited for its first run then finds it. What is posted of
            // a hold may leave accounts out that the hold counts against.
            BoundedBalances balances = presumes
                ? new PresumedBalances(shard, touched)
                : await LockedBalances.LockAsync(tx, shard, touched.Concat(releasing?.Accounts ?? []));
            if (!presumes) await ReadReferencesAsync(mine);
            var epoch = await engine.epochs.NextAsync(tx, mine.Count);
            foreach (var i in mine)
            {
                results[i] = Judge(transactions[i], accountsOf[i]!, gates, corrected, balances, epoch);
                if (allOrNone && !results[i].IsSuccess) return;
            }

            await SetBased.InsertTransactionsAsync(tx, shard, written);
            await SetBased.InsertPostingsAsync(tx, shard, written);
            await balances.SaveAsync(tx);
        }

        private Result<PostedTransaction> Judge(
            NewLedgerTransaction transaction, KnownAccount[] accounts, Gates gates, Corrected corrected, BoundedBalances balances, long epoch)
        {
            for (var i = 0; i < accounts.Length; i++)
            {
                var name = transaction.Postings[i].Account;
                if (accounts[i].Name.Kind != name.Kind) return LedgerRefusals.WrongKind(name, accounts[i].Name.Kind);
            }

            // What was posted stays posted, whatever became of accounts, periods and balances since.
            if (posted.TryGetValue(transaction.Reference, out var before))
            {
                var same = digest.OfTransaction(transaction, accounts, before.Id.Value, before.RecordedAtMs, before.Hold, before.Epoch);
                if (before.Hold != releasing?.Id.Value || !same.AsSpan().SequenceEqual(before.Digest))
                {
                    return LedgerRefusals.ReferenceReused(transaction.Reference);
                }

                return new PostedTransaction(before.Id, DateTimeOffset.FromUnixTimeMilliseconds(before.RecordedAtMs), IsReplay: true);
            }

            if ((gates.Refuse(transaction, accounts) ?? corrected.Refuse(transaction)) is { } refusal)
            {
                // It may have been posted before the account or the period was closed; only a look at references tells.
                return presumes ? throw new PresumedInVainException() : refusal;
            }

            moves.Clear();
            BoundedBalances.AddPosted(moves, transaction.Postings, accounts);
            if (releasing is not null) BoundedBalances.AddHeld(moves, releasing.Postings, releasing.Accounts, -1);
            if (balances.TryMove(moves) is { } beyond) return beyond;

            // The id carries the time of recording, so the order of ids is that of recording to the millisecond.
            var id = engine.ids.New<LedgerTransactionId>(shard);
            var now = id.CreatedAt().ToUnixTimeMilliseconds();
            var hold = releasing?.Id.Value;
            var row = new WrittenTransaction(
                id, transaction, accounts, now, hold, epoch, digest.OfTransaction(transaction, accounts, id.Value, now, hold, epoch));
            written.Add(row);
            posted.Add(transaction.Reference, new PostedBefore(id, now, hold, epoch, row.Digest));
            corrected.Note(transaction);
            return new PostedTransaction(id, DateTimeOffset.FromUnixTimeMilliseconds(now), IsReplay: false);
        }

        private async ValueTask ReadReferencesAsync(List<int> mine)
        {
            foreach (var chunk in mine.Select(i => transactions[i].Reference).Distinct(StringComparer.Ordinal).Chunk(SetBased.MembersOf(tx.Engine)))
            {
                var rows = await tx.QueryAsync(
                    $"""
                     SELECT t.reference, t.id, t.recorded_at_ms, t.hold, t.digest,
                            (SELECT MIN(p.epoch) FROM ledger_postings p WHERE p.shard = t.shard AND p.transaction_id = t.id)
                       FROM ledger_transactions t
                      WHERE t.shard = {shard} AND {SetBased.IsAmong(tx.Engine, new SqlFragment("t.reference"), chunk)}
                     """,
                    row => (
                        Reference: row.Text(0),
                        Before: new PostedBefore(
                            row.Id<LedgerTransactionId>(1), row.Int64(2), row.IsNull(3) ? null : row.Uuid(3), row.Int64(5), row.BytesOrNull(4) ?? [])));
                foreach (var (reference, before) in rows) posted.Add(reference, before);
            }
        }

        private async ValueTask<Corrected> CorrectedAsync(List<int> mine)
        {
            var corrected = new Corrected();
            var asked = mine.Select(i => transactions[i].Corrects).OfType<LedgerTransactionId>().Select(id => id.Value).Distinct();
            foreach (var chunk in asked.Chunk(SetBased.MembersOf(tx.Engine)))
            {
                var rows = await tx.QueryAsync(
                    $"""
                     SELECT t.id, t.merchant, t.is_live,
                            EXISTS (SELECT 1 FROM ledger_transactions r
                                     WHERE r.shard = t.shard AND r.corrects = t.id AND r.correction = 'reversal')
                       FROM ledger_transactions t WHERE t.shard = {shard} AND {SetBased.IsAmong(tx.Engine, new SqlFragment("t.id"), chunk)}
                     """,
                    row => (Id: row.Id<LedgerTransactionId>(0), Scope: new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)), IsReversed: row.Bool(3)));
                foreach (var (id, scope, isReversed) in rows) corrected.Add(id, scope, isReversed);
            }

            return corrected;
        }

        // Nearly all accounts of nearly all batches have been seen before; only for the others is anything asked.
        private async ValueTask<List<int>> FindAccountsAsync(List<int> mine)
        {
            var unseen = mine.FindAll(i => (accountsOf[i] = RememberedOf(transactions[i])) is null);
            if (unseen.Count == 0) return mine;
            var found = await engine.known.EnsureAsync(tx, NamesOf(unseen), OnlyLookedFor(unseen, mine));
            foreach (var i in unseen)
            {
                if (HasAccounts(i, found)) accountsOf[i] = [.. transactions[i].Postings.Select(posting => found[posting.Account]!)];
            }

            return mine.FindAll(i => accountsOf[i] is not null);
        }

        private KnownAccount[]? RememberedOf(NewLedgerTransaction transaction)
        {
            var accounts = new KnownAccount[transaction.Postings.Count];
            for (var i = 0; i < accounts.Length; i++)
            {
                if (engine.known.Remembered(transaction.Postings[i].Account) is not { } account) return null;
                accounts[i] = account;
            }

            return accounts;
        }

        private List<KnownAccount> Touched(List<int> mine)
        {
            var (seen, touched) = (new HashSet<LedgerAccountId>(), new List<KnownAccount>());
            foreach (var i in mine)
            {
                foreach (var account in accountsOf[i]!)
                {
                    if (seen.Add(account.Id)) touched.Add(account);
                }
            }

            return touched;
        }

        private IEnumerable<AccountName> NamesOf(IEnumerable<int> these) =>
            these.SelectMany(i => transactions[i].Postings).Select(posting => posting.Account).Distinct();

        // Of a batch, one that may open an account opens it for all.
        private HashSet<AccountName>? OnlyLookedFor(List<int> unseen, List<int> mine)
        {
            if (unseen.TrueForAll(i => transactions[i].OpensAccounts)) return null;
            var names = NamesOf(unseen.Where(i => !transactions[i].OpensAccounts)).ToHashSet();
            names.ExceptWith(NamesOf(mine.Where(i => transactions[i].OpensAccounts)));
            return names;
        }

        private bool HasAccounts(int i, KnownAccounts.Lookup found)
        {
            if (transactions[i].OpensAccounts) return true;
            var missing = transactions[i].Postings.FirstOrDefault(posting => found[posting.Account] is null);
            if (missing is not null) results[i] = LedgerRefusals.NoAccount(missing.Account);
            return missing is null;
        }
    }

    /// <summary>The transactions that others correct.</summary>
    private sealed class Corrected
    {
        private readonly Dictionary<LedgerTransactionId, MerchantScope> known = [];
        private readonly HashSet<LedgerTransactionId> reversed = [];

        public void Add(LedgerTransactionId id, MerchantScope scope, bool isReversed)
        {
            known.Add(id, scope);
            if (isReversed) reversed.Add(id);
        }

        public Refusal? Refuse(NewLedgerTransaction transaction)
        {
            if (transaction.Corrects is not { } id) return null;
            if (!known.TryGetValue(id, out var scope) || scope != transaction.Scope) return LedgerRefusals.NoTransaction(id);
            return transaction.Correction == Correction.Reversal && reversed.Contains(id) ? LedgerRefusals.AlreadyReversed(id) : null;
        }

        public void Note(NewLedgerTransaction transaction)
        {
            if (transaction is { Correction: Correction.Reversal, Corrects: { } id }) reversed.Add(id);
        }
    }
}
