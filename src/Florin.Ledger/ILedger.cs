using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>The double-entry book under every movement of money. Entries are only added, never changed.</summary>
public interface ILedger
{
    /// <summary>Posts one transaction inside the caller's database transaction; accounts come to be as they are named.</summary>
    /// <exception cref="UnbalancedTransactionException">The postings do not sum to zero in each currency, or one is not
    /// positive: the caller's code is wrong.</exception>
    /// <exception cref="UniqueViolationException">The reference is taken (thrown at the latest at the commit).</exception>
    /// <exception cref="LedgerRefusedException">A bounded account would leave its bounds.</exception>
    /// <exception cref="DatabaseException">An account is frozen or closed, or the effective date lies in a closed period
    /// (thrown at the latest at the commit). <see cref="TryPostAsync"/> says which, for some more statements.</exception>
    ValueTask<LedgerTransactionId> PostAsync(ITransaction tx, NewLedgerTransaction transaction);

    /// <summary>Posts one transaction inside the caller's database transaction, or says why it cannot be.</summary>
    /// <remarks>A reference that was posted with the same content gives the first transaction; with another one it is
    /// refused with <c>reference_reused</c>.</remarks>
    /// <exception cref="UniqueViolationException">Somebody else posted the same reference at the same moment.</exception>
    ValueTask<Result<PostedTransaction>> TryPostAsync(ITransaction tx, NewLedgerTransaction transaction);

    /// <summary>Posts one transaction durably; those of many callers at the same time share one commit.</summary>
    /// <exception cref="DatabaseBusyException">Too many wait already; nothing was done.</exception>
    Task<Result<PostedTransaction>> PostAsync(NewLedgerTransaction transaction, CancellationToken ct);

    /// <summary>Posts up to 10,000 transactions in one database transaction, each judged by itself.</summary>
    /// <param name="allOrNone">Whether one refusal undoes all; the others then say <c>linked_failed</c>.</param>
    /// <returns>One result for each, in order.</returns>
    Task<IReadOnlyList<Result<PostedTransaction>>> PostBatchAsync(
        IReadOnlyList<NewLedgerTransaction> transactions, bool allOrNone, CancellationToken ct);

    /// <summary>Posts the opposite of a transaction, which can be done once.</summary>
    ValueTask<Result<PostedTransaction>> ReverseAsync(
        ITransaction tx, LedgerTransactionId id, string reference, DateTimeOffset effectiveAt);

    /// <summary>Opens an account, which alone can give it bounds and metadata, before anything is posted to it. The same once
    /// more changes nothing.</summary>
    ValueTask<Result<LedgerAccountId>> OpenAccountAsync(ITransaction tx, NewLedgerAccount account);

    /// <summary>Freezes, thaws or closes an account. A closed one holds nothing and stays closed.</summary>
    /// <remarks>On PostgreSQL it waits for the postings that are under way, and others wait for it.</remarks>
    ValueTask<Result<AccountState>> SetAccountStateAsync(ITransaction tx, AccountName account, AccountState state);

    /// <summary>Sets money aside: it counts against bounds at once, and moves when the hold is posted.</summary>
    ValueTask<Result<LedgerHold>> HoldAsync(ITransaction tx, NewLedgerHold hold);

    /// <summary>Posts a hold and lets go of what is not posted of it.</summary>
    /// <param name="part">What to post, at most as much on each account and side as is held; null for the whole.</param>
    ValueTask<Result<PostedTransaction>> PostHoldAsync(
        ITransaction tx, LedgerHoldId id, string reference, DateTimeOffset effectiveAt, IReadOnlyList<NewPosting>? part);

    /// <summary>Lets go of a hold.</summary>
    ValueTask<Result<LedgerHold>> VoidHoldAsync(ITransaction tx, LedgerHoldId id);

    /// <summary>Refuses later transactions whose effective date lies in a period that has passed.</summary>
    /// <param name="ends">The first instant after the period.</param>
    Task<Result<ClosedPeriod>> ClosePeriodAsync(
        MerchantScope scope, DateTimeOffset starts, DateTimeOffset ends, string actor, string reason, CancellationToken ct);

    Task<Result<ClosedPeriod>> ReopenPeriodAsync(
        MerchantScope scope, DateTimeOffset starts, string actor, string reason, CancellationToken ct);

    /// <summary>Who closed and reopened which period and why, oldest first.</summary>
    Task<IReadOnlyList<PeriodEvent>> PeriodEventsAsync(MerchantScope scope, CancellationToken ct);

    /// <summary>The transactions caused by one thing (a charge, a refund), oldest first.</summary>
    Task<IReadOnlyList<LedgerTransaction>> ForSubjectsAsync(
        ShardId shard, IReadOnlyCollection<Guid> subjects, CancellationToken ct);

    /// <summary>What a merchant's accounts hold now, in each currency.</summary>
    Task<IReadOnlyList<AccountBalance>> BalancesAsync(MerchantScope scope, CancellationToken ct);

    /// <summary>Reads the whole book in bounded memory and recomputes every transaction and every balance.</summary>
    /// <param name="progress">Told how many transactions were read so far.</param>
    Task<LedgerProof> VerifyAsync(IProgress<long>? progress, CancellationToken ct);

    /// <summary>The same, and that the book still begins with what these heads stand for.</summary>
    /// <param name="expected">As <see cref="HeadsAsync"/> once gave them, kept where whoever can write to the database cannot.</param>
    Task<LedgerProof> VerifyAsync(IReadOnlyList<LedgerHead> expected, IProgress<long>? progress, CancellationToken ct);

    /// <summary>Where the hash chain of each shard ends.</summary>
    Task<IReadOnlyList<LedgerHead>> HeadsAsync(CancellationToken ct);
}

public readonly record struct LedgerTransactionId(Guid Value) : IId<LedgerTransactionId>
{
    public static string Prefix => "ltx_";

    public static LedgerTransactionId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

public readonly record struct LedgerAccountId(Guid Value) : IId<LedgerAccountId>
{
    public static string Prefix => "lac_";

    public static LedgerAccountId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

public enum AccountKind
{
    Asset,
    Liability,
    Income,
    Expense,
    Equity,
}

public readonly record struct LedgerHoldId(Guid Value) : IId<LedgerHoldId>
{
    public static string Prefix => "lhd_";

    public static LedgerHoldId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

public enum AccountState
{
    Open,

    /// <summary>Takes no postings until it is open again.</summary>
    Frozen,

    /// <summary>Takes no postings any more.</summary>
    Closed,
}

/// <summary>How a transaction mends the one it names.</summary>
public enum Correction
{
    /// <summary>Its exact opposite; there is one at most.</summary>
    Reversal,

    /// <summary>A difference to it.</summary>
    Adjustment,
}

public enum PostingSide
{
    Debit,
    Credit,
}

/// <summary>Names an account by what it is for; its id is derived from that, so nobody has to look it up.</summary>
/// <param name="Scope">Whose books, in which mode. A platform account (fees, receivables) is kept per merchant too, so
/// that no merchant's payments wait for another's, and added up when the platform is asked about.</param>
/// <param name="Code">As in <c>gateway_receivable:aurora</c>, <c>merchant_pending</c>, <c>fee_income</c>.</param>
public sealed record AccountName(MerchantScope Scope, string Code, AccountKind Kind, Currency Currency);

/// <param name="Amount">Positive; the side says where it goes.</param>
public sealed record NewPosting(AccountName Account, PostingSide Side, Money Amount);

/// <param name="Reference">Unique in the shard for ever, as in <c>capture:py_0198...</c>: the same cause posts once.</param>
/// <param name="Kind">As in <c>capture</c>, <c>refund</c>.</param>
/// <param name="Subject">What caused it.</param>
public sealed record NewLedgerTransaction(
    MerchantScope Scope, string Reference, string Kind, Guid Subject, DateTimeOffset EffectiveAt, IReadOnlyList<NewPosting> Postings)
{
    /// <summary>How this mends <see cref="Corrects"/>; both are given or neither.</summary>
    public Correction? Correction { get; init; }

    public LedgerTransactionId? Corrects { get; init; }

    /// <summary>Whether accounts come to be as they are named; otherwise one that is not there is refused.</summary>
    public bool OpensAccounts { get; init; } = true;

    /// <summary>A JSON document of the caller's own.</summary>
    public string? Metadata { get; init; }
}

/// <param name="IsReplay">Whether it was there already, posted by an earlier call with the same reference and content.</param>
public sealed record PostedTransaction(LedgerTransactionId Id, DateTimeOffset RecordedAt, bool IsReplay);

/// <param name="MinMinor">The least the account may hold in its natural direction, holds counted: zero or less.</param>
/// <param name="MaxMinor">The most, holds counted: zero or more.</param>
/// <param name="Metadata">A JSON document of the caller's own.</param>
public sealed record NewLedgerAccount(AccountName Name, long? MinMinor, long? MaxMinor, string? Metadata = null);

/// <param name="Transaction">What is to be posted later; its reference names the hold, and is unique among holds.</param>
/// <param name="LapsesAt">When it is let go of unless it was posted or voided before; null for never.</param>
public sealed record NewLedgerHold(NewLedgerTransaction Transaction, DateTimeOffset? LapsesAt);

public enum HoldState
{
    Open,
    Posted,
    Voided,
    Lapsed,
}

public sealed record LedgerHold(LedgerHoldId Id, HoldState State, LedgerTransactionId? Transaction);

public sealed record LedgerTransaction(
    LedgerTransactionId Id, string Reference, string Kind, Guid Subject, DateTimeOffset EffectiveAt, DateTimeOffset RecordedAt, IReadOnlyList<LedgerPosting> Postings);

public sealed record LedgerPosting(string AccountCode, AccountKind AccountKind, PostingSide Side, Money Amount);

/// <param name="Amount">In the account's natural direction: positive when an asset is owned or a liability is owed.</param>
public sealed record AccountBalance(string AccountCode, AccountKind Kind, Money Amount);

/// <param name="Ends">The first instant after the period.</param>
public sealed record ClosedPeriod(MerchantScope Scope, DateTimeOffset Starts, DateTimeOffset Ends);

/// <param name="IsClosing">Closed, or else reopened.</param>
public sealed record PeriodEvent(bool IsClosing, ClosedPeriod Period, string Actor, string Reason, DateTimeOffset RecordedAt);

/// <summary>The end of a shard's hash chain: whoever keeps it can tell later whether anything before it was changed.</summary>
/// <param name="Seq">The last transaction that it covers.</param>
/// <param name="Hash">SHA-256 in 64 lower-case hex digits.</param>
public sealed record LedgerHead(ShardId Shard, long Height, long Seq, string Hash)
{
    /// <summary>One line: shard, height, last transaction and hash, with spaces between.</summary>
    public override string ToString() => $"{Shard} {Height} {Seq} {Hash}";

    /// <exception cref="FormatException">The line has another form.</exception>
    public static LedgerHead Parse(string line)
    {
        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        return line.Split(' ') is [var shard, var height, var seq, { Length: 64 } hash]
            && short.TryParse(shard, invariant, out var number) && number is >= 0 and < ShardId.Count
            && long.TryParse(height, invariant, out var blocks) && long.TryParse(seq, invariant, out var last)
                ? new LedgerHead(new ShardId(number), blocks, last, hash)
                : throw new FormatException($"'{line}' is no head of a ledger: shard, height, last transaction and hash are wanted.");
    }
}

/// <param name="Faults">What is wrong, each a sentence that names the row; empty when all is right. At most 100.</param>
public sealed record LedgerProof(
    long Transactions, long Postings, long Accounts, IReadOnlyList<Money> DebitTotals, IReadOnlyList<string> Faults)
{
    public bool IsSound => Faults.Count == 0;
}

public sealed class UnbalancedTransactionException(string message) : Exception(message);

/// <summary>The book refused, and the caller had no way to be told by a value.</summary>
public sealed class LedgerRefusedException(Refusal refusal) : Exception($"{refusal.Code}: {refusal.Message}")
{
    public Refusal Refusal { get; } = refusal;
}
