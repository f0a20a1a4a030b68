using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Ledger;

/// <summary>Writes a merchant's own entries, each together with the stored answer to its request.</summary>
internal sealed partial class BooksService(
    IDatabase database,
    OwnAccounts names,
    PostingEngine engine,
    SharedCommits commits,
    SharedPosts posts,
    AccountDesk desk,
    Holds holds,
    Periods periods,
    ILedgerQueries queries,
    ILedgerExports exports,
    TimeProvider time) : IMerchantBooks
{
    // Each lost race for a reference is with another one that won, so a repetition finds it; this only bounds bugs.
    private const int MaxTries = 10;

    internal static readonly SqlFragment TransactionsTable = new("ledger_transactions");
    private static readonly SqlFragment HoldsTable = new("ledger_holds");

    public async Task<Result<AccountStanding>> OpenAccountAsync(
        MerchantScope scope, NewOwnAccount account, IdempotentWrite<AccountStanding>? answer, CancellationToken ct)
    {
        if (!OwnCodes.IsOwn(account.Code)) return LedgerRefusals.Reserved(account.Code, "code");
        if (!OwnCodes.IsWellFormed(account.Code)) return LedgerRefusals.OwnCode;
        if (account.MinMinor < OwnBounds.Least) return LedgerRefusals.BeyondBounds("min_balance");
        if (account.MaxMinor > OwnBounds.Most) return LedgerRefusals.BeyondBounds("max_balance");
        var name = new AccountName(scope, account.Code, account.Kind, account.Currency);
        var opened = new NewLedgerAccount(name, account.MinMinor ?? OwnBounds.Least, account.MaxMinor ?? OwnBounds.Most, BookTexts.Write(account.Metadata));
        return await OnceAsync(
            answer,
            async tx =>
            {
                var made = await desk.OpenAsync(tx, opened);
                return made.TryGet(out var id, out var refusal) ? (await StandingOfAsync(tx, scope, id))! : refusal;
            },
            ct);
    }

    public Task<Result<AccountStanding>> ChangeAccountAsync(
        MerchantScope scope, LedgerAccountId id, OwnAccountChange change, IdempotentWrite<AccountStanding>? answer, CancellationToken ct) => OnceAsync(
        answer,
        async tx =>
        {
            await LockAsync(tx, id);
            var before = await StandingOfAsync(tx, scope, id);
            if (before is null) return LedgerRefusals.UnknownAccount(id.ToString(), currency: null, "id");
            if (!OwnCodes.IsOwn(before.Name.Code)) return LedgerRefusals.Reserved(before.Name.Code, "id");
            if (change.State is { } state && (await desk.SetStateAsync(tx, before.Name, state)).Refusal is { } refusal)
            {
                return refusal with { Param = "state" };
            }

            if (change.Metadata is { } notes) await NoteAsync(tx, id, BookTexts.Changed(before.Metadata, notes));
            return (await StandingOfAsync(tx, scope, id))!;
        },
        ct);

    public async Task<Result<TransactionDetail>> PostAsync(
        MerchantScope scope, OwnTransaction transaction, IdempotentWrite<TransactionDetail>? answer, CancellationToken ct)
    {
        var read = OwnPostings.Read(scope, transaction, await names.FindAsync(scope, transaction.Postings, ct));
        return read.TryGet(out var wanted, out var refusal) ? await posts.PostAsync(wanted, answer, ct) : refusal;
    }

    public async Task<Result<PostedBatch>> PostBatchAsync(
        MerchantScope scope, IReadOnlyList<Result<OwnTransaction>> items, bool isLinked, IdempotentWrite<PostedBatch>? answer, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(items.Count, SharedCommits.MaxBatch);
        var found = await names.FindAsync(scope, items.Where(item => item.IsSuccess).SelectMany(item => item.Value.Postings), ct);
        var results = new Result<PostedTransaction>[items.Count];
        var (wanted, places, before) = (new List<NewLedgerTransaction>(items.Count), new List<int>(items.Count), OwnReferences.Stored(scope, ""));
        for (var i = 0; i < items.Count; i++)
        {
            if (!items[i].TryGet(out var item, out var unread)) results[i] = unread;
            else if (!OwnPostings.Read(scope, before, item, found).TryGet(out var transaction, out var refusal)) results[i] = refusal;
            else
            {
                wanted.Add(transaction);
                places.Add(i);
            }
        }

        if (isLinked && wanted.Count < items.Count)
        {
            foreach (var place in places) results[place] = LedgerRefusals.LinkedFailed;
            return new PostedBatch(results);
        }

        return await commits.WriteAsync(
            wanted.Count,
            async (tx, presumes) =>
            {
                if (answer is not null) await answer.BeginAsync(tx, subject: null);
                var dated = await OwnPostings.DatedAsync(tx, wanted, TransactionsTable, Now());
                var posted = await engine.PostAsync(tx, dated, isLinked, releasing: null, presumes);
                if (Array.Exists(posted, each => each.Refusal?.Code == LedgerRefusals.Reused))
                {
                    await OwnPostings.BeginAnewIfOvertakenAsync(tx, wanted, dated, TransactionsTable);
                }

                for (var i = 0; i < posted.Length; i++)
                {
                    results[places[i]] = posted[i].Refusal is { } refusal ? OwnPostings.Told(scope, refusal, dated[i].Postings) : posted[i];
                }

                // A linked batch that was refused was undone, and with it whatever would be stored.
                var batch = new PostedBatch(results);
                if (answer is not null && !(isLinked && Array.Exists(posted, each => !each.IsSuccess))) await answer.FinishAsync(tx, batch);
                return (Result<PostedBatch>)batch;
            },
            ct);
    }

    public Task<Result<TransactionDetail>> ReverseAsync(
        MerchantScope scope, LedgerTransactionId id, string? reference, DateTimeOffset? effectiveAt, IdempotentWrite<TransactionDetail>? answer, CancellationToken ct)
    {
        var own = reference ?? $"reversal:{id}";
        return OnceAsync(
            answer,
            async tx =>
            {
                if (!OwnReferences.IsWellFormed(own)) return LedgerRefusals.OwnReference;
                if (await FindAsync(tx, scope, id) is not { } before) return LedgerRefusals.NoTransaction(id);
                if (!before.Postings.All(posting => OwnCodes.IsOwn(posting.AccountCode))) return LedgerRefusals.NotOwn(id);
                var reversal = new NewLedgerTransaction(
                    scope, OwnReferences.Stored(scope, own), before.Kind, before.Subject, effectiveAt ?? default, [.. before.Postings.Select(posting => Opposite(scope, posting))])
                {
                    Correction = Correction.Reversal,
                    Corrects = id,
                };
                return await PostOneAsync(tx, reversal);
            },
            ct);
    }

    public async Task<Result<HoldDetail>> HoldAsync(
        MerchantScope scope, OwnTransaction transaction, DateTimeOffset? lapsesAt, IdempotentWrite<HoldDetail>? answer, CancellationToken ct)
    {
        var read = OwnPostings.Read(scope, transaction, await names.FindAsync(scope, transaction.Postings, ct));
        if (!read.TryGet(out var wanted, out var refusal)) return refusal;
        return await OnceAsync(
            answer,
            async tx =>
            {
                var dated = (await OwnPostings.DatedAsync(tx, [wanted], HoldsTable, Now()))[0];
                var held = await holds.HoldAsync(tx, new NewLedgerHold(dated, lapsesAt));
                if (held.Refusal?.Code == LedgerRefusals.Reused) await OwnPostings.BeginAnewIfOvertakenAsync(tx, [wanted], [dated], HoldsTable);
                return held.TryGet(out var hold, out var refused)
                    ? (Result<HoldDetail>)(await HoldDetails.FindAsync(tx, scope, hold.Id))!
                    : OwnPostings.Told(scope, refused, wanted.Postings);
            },
            ct);
    }

    public async Task<Result<HoldDetail>> PostHoldAsync(
        MerchantScope scope, LedgerHoldId id, HoldPosting posting, IdempotentWrite<HoldDetail>? answer, CancellationToken ct)
    {
        IReadOnlyList<NewPosting>? part = null;
        if (posting.Postings is { } wanted && !OwnPostings.ReadPostings(scope, wanted, await names.FindAsync(scope, wanted, ct)).TryGet(out part, out var unread))
        {
            return unread;
        }

        var reference = posting.Reference ?? $"hold:{id}";
        if (!OwnReferences.IsWellFormed(reference)) return LedgerRefusals.OwnReference;
        return await OnceAsync(
            answer,
            async tx =>
            {
                if (await HoldDetails.FindAsync(tx, scope, id) is not { } before) return LedgerRefusals.NoHold(id);
                var whole = before.Postings.Select(each => new NewPosting(NameOf(scope, each), each.Side, each.Amount)).ToList();
                var undated = new NewLedgerTransaction(
                    scope, OwnReferences.Stored(scope, reference), before.Kind, before.Subject, posting.EffectiveAt ?? default, part ?? whole);
                var dated = (await OwnPostings.DatedAsync(tx, [undated], TransactionsTable, Now()))[0];
                var posted = await holds.PostAsync(tx, id, dated.Reference, dated.EffectiveAt, part);
                if (posted.Refusal?.Code == LedgerRefusals.Reused) await OwnPostings.BeginAnewIfOvertakenAsync(tx, [undated], [dated], TransactionsTable);
                return posted.Refusal is { } refusal
                    ? OwnPostings.Told(scope, refusal with { Subject = (refusal.Subject as AccountName) }, dated.Postings)
                    : (Result<HoldDetail>)(await HoldDetails.FindAsync(tx, scope, id))!;
            },
            ct);
    }

    public Task<Result<HoldDetail>> VoidHoldAsync(MerchantScope scope, LedgerHoldId id, IdempotentWrite<HoldDetail>? answer, CancellationToken ct) => OnceAsync(
        answer,
        async tx =>
        {
            if (await HoldDetails.FindAsync(tx, scope, id) is null) return LedgerRefusals.NoHold(id);
            var ended = await holds.LetGoAsync(tx, id, HoldState.Voided);
            return ended.Refusal is { } refusal ? refusal with { Subject = null } : (Result<HoldDetail>)(await HoldDetails.FindAsync(tx, scope, id))!;
        },
        ct);

    public Task<Result<PeriodEvent>> ClosePeriodAsync(MerchantScope scope, PeriodChange change, IdempotentWrite<PeriodEvent>? answer, CancellationToken ct) => OnceAsync(
        answer, async tx => await periods.CloseAsync(tx, scope, change.Starts, change.Ends ?? change.Starts, change.Actor, change.Reason), ct);

    public Task<Result<PeriodEvent>> ReopenPeriodAsync(MerchantScope scope, PeriodChange change, IdempotentWrite<PeriodEvent>? answer, CancellationToken ct) => OnceAsync(
        answer, async tx => await periods.ReopenAsync(tx, scope, change.Starts, change.Actor, change.Reason), ct);

    // A refusal undoes all, the claimed key too: the same request may come through later.
    private Task<Result<T>> OnceAsync<T>(IdempotentWrite<T>? answer, Func<ITransaction, Task<Result<T>>> act, CancellationToken ct) => RetriedAsync(
        () => database.WriteAsync(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, subject: null);
                var result = await act(tx);
                if (!result.IsSuccess) tx.Abandon();
                else if (answer is not null) await answer.FinishAsync(tx, result);
                return result;
            },
            ct));

    private static async Task<T> RetriedAsync<T>(Func<Task<T>> act)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await act();
            }
            catch (UniqueViolationException) when (tries < MaxTries)
            {
                // Somebody posted one of the references (or reversed the same transaction) since we looked.
            }
        }
    }

    private async Task<Result<TransactionDetail>> PostOneAsync(ITransaction tx, NewLedgerTransaction transaction)
    {
        var dated = await OwnPostings.DatedAsync(tx, [transaction], TransactionsTable, Now());
        var posted = (await engine.PostAsync(tx, dated, allOrNone: false))[0];
        if (posted.Refusal?.Code == LedgerRefusals.Reused) await OwnPostings.BeginAnewIfOvertakenAsync(tx, [transaction], dated, TransactionsTable);
        if (!posted.TryGet(out var made, out var refusal)) return OwnPostings.Told(transaction.Scope, refusal, transaction.Postings);
        return (await FindAsync(tx, transaction.Scope, made.Id))!;
    }

    // Notes are read, changed and written back: of two changes at once the second sees what the first one left.
    private static async ValueTask LockAsync(ITransaction tx, LedgerAccountId id)
    {
        if (tx.Engine == SqlEngine.Sqlite) return;
        await tx.CountAsync($"SELECT 1 FROM ledger_accounts WHERE shard = {id.Shard()} AND id = {id} FOR NO KEY UPDATE");
    }

    private static async ValueTask NoteAsync(ITransaction tx, LedgerAccountId id, string? notes)
    {
        var digest = Digests.OfAccountNotes(id.Shard().Value, id.Value, notes);
        await tx.ExecuteAsync(
            $"""
             INSERT INTO ledger_account_notes (shard, account_id, metadata, digest) VALUES ({id.Shard()}, {id}, {notes}, {digest})
             ON CONFLICT (shard, account_id) DO UPDATE SET metadata = excluded.metadata, digest = excluded.digest
             """);
    }

    private static NewPosting Opposite(MerchantScope scope, PostingDetail posting) => new(
        NameOf(scope, posting), posting.Side == PostingSide.Debit ? PostingSide.Credit : PostingSide.Debit, posting.Amount);

    private static AccountName NameOf(MerchantScope scope, PostingDetail posting) =>
        new(scope, posting.AccountCode, posting.AccountKind, posting.Amount.Currency);

    private DateTimeOffset Now() => time.GetUtcNow();
}
