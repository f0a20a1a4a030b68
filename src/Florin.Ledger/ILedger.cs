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
    ValueTask<LedgerTransactionId> PostAsync(ITransaction tx, NewLedgerTransaction transaction);

    /// <summary>The transactions caused by one thing (a charge, a refund), oldest first.</summary>
    Task<IReadOnlyList<LedgerTransaction>> ForSubjectsAsync(
        ShardId shard, IReadOnlyCollection<Guid> subjects, CancellationToken ct);

    /// <summary>What a merchant's accounts hold now, in each currency.</summary>
    Task<IReadOnlyList<AccountBalance>> BalancesAsync(MerchantScope scope, CancellationToken ct);

    /// <summary>Reads the whole book in bounded memory and recomputes every transaction and every balance.</summary>
    /// <param name="progress">Told how many transactions were read so far.</param>
    Task<LedgerProof> VerifyAsync(IProgress<long>? progress, CancellationToken ct);
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
    MerchantScope Scope, string Reference, string Kind, Guid Subject, DateTimeOffset EffectiveAt, IReadOnlyList<NewPosting> Postings);

public sealed record LedgerTransaction(
    LedgerTransactionId Id, string Reference, string Kind, Guid Subject, DateTimeOffset EffectiveAt, DateTimeOffset RecordedAt, IReadOnlyList<LedgerPosting> Postings);

public sealed record LedgerPosting(string AccountCode, AccountKind AccountKind, PostingSide Side, Money Amount);

/// <param name="Amount">In the account's natural direction: positive when an asset is owned or a liability is owed.</param>
public sealed record AccountBalance(string AccountCode, AccountKind Kind, Money Amount);

/// <param name="Faults">What is wrong, each a sentence that names the row; empty when all is right. At most 100.</param>
public sealed record LedgerProof(
    long Transactions, long Postings, long Accounts, IReadOnlyList<Money> DebitTotals, IReadOnlyList<string> Faults)
{
    public bool IsSound => Faults.Count == 0;
}

public sealed class UnbalancedTransactionException(string message) : Exception(message);
