using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Ledger;

/// <summary>One merchant's books in one mode: all of them to see, and the merchant's own accounts to post to.</summary>
/// <remarks>
/// Accounts whose codes begin with <see cref="OwnCodes.Prefix"/> are the merchant's own; all others are Florin's, which
/// payments post to and nobody else may (docs/decisions/0048). Everything is asked for by its scope, so what is another
/// merchant's is not there. References are the merchant's own too: they meet neither Florin's nor a neighbour's.
/// </remarks>
public interface IMerchantBooks
{
    /// <summary>Opens one of the merchant's own accounts. The same once more changes nothing.</summary>
    Task<Result<AccountStanding>> OpenAccountAsync(
        MerchantScope scope, NewOwnAccount account, IdempotentWrite<AccountStanding>? answer, CancellationToken ct);

    Task<Result<AccountStanding>> ChangeAccountAsync(
        MerchantScope scope, LedgerAccountId id, OwnAccountChange change, IdempotentWrite<AccountStanding>? answer, CancellationToken ct);

    /// <param name="at">Null for now.</param>
    Task<AccountStanding?> AccountAsync(MerchantScope scope, LedgerAccountId id, LedgerInstant? at, CancellationToken ct);

    /// <summary>A page of accounts in the order of codes and currencies.</summary>
    Task<Page<AccountStanding>> AccountsAsync(
        MerchantScope scope, AccountFilter filter, LedgerInstant? at, PageRequest<LedgerAccountId> page, CancellationToken ct);

    Task<Result<TransactionDetail>> PostAsync(
        MerchantScope scope, OwnTransaction transaction, IdempotentWrite<TransactionDetail>? answer, CancellationToken ct);

    /// <summary>Posts up to 10,000 transactions in one database transaction, each judged by itself.</summary>
    /// <param name="items">Those that could not even be read are refusals already.</param>
    /// <param name="isLinked">Whether one refusal undoes all; the others then say <c>linked_failed</c>, and nothing is kept
    /// under the key of the request.</param>
    Task<Result<PostedBatch>> PostBatchAsync(
        MerchantScope scope, IReadOnlyList<Result<OwnTransaction>> items, bool isLinked, IdempotentWrite<PostedBatch>? answer, CancellationToken ct);

    /// <summary>Posts the opposite of one of the merchant's own transactions, which can be done once.</summary>
    /// <param name="reference">Null for one that follows from the id.</param>
    Task<Result<TransactionDetail>> ReverseAsync(
        MerchantScope scope, LedgerTransactionId id, string? reference, DateTimeOffset? effectiveAt, IdempotentWrite<TransactionDetail>? answer, CancellationToken ct);

    Task<TransactionDetail?> TransactionAsync(MerchantScope scope, LedgerTransactionId id, CancellationToken ct);

    /// <summary>A page of transactions, the newest first.</summary>
    /// <remarks>References and subjects are found at once. For anything else the book is walked through, a bounded part of it in a
    /// call: a page may come out short, or empty, and say where the next call goes on.</remarks>
    Task<WalkedPage> TransactionsAsync(
        MerchantScope scope, TransactionFilter filter, PageRequest<LedgerTransactionId> page, CancellationToken ct);

    /// <summary>Sets money of own accounts aside.</summary>
    Task<Result<HoldDetail>> HoldAsync(
        MerchantScope scope, OwnTransaction transaction, DateTimeOffset? lapsesAt, IdempotentWrite<HoldDetail>? answer, CancellationToken ct);

    /// <summary>Posts a hold and lets go of what is not posted of it.</summary>
    Task<Result<HoldDetail>> PostHoldAsync(
        MerchantScope scope, LedgerHoldId id, HoldPosting posting, IdempotentWrite<HoldDetail>? answer, CancellationToken ct);

    Task<Result<HoldDetail>> VoidHoldAsync(MerchantScope scope, LedgerHoldId id, IdempotentWrite<HoldDetail>? answer, CancellationToken ct);

    Task<HoldDetail?> HoldAsync(MerchantScope scope, LedgerHoldId id, CancellationToken ct);

    /// <param name="state">Null for all.</param>
    Task<Page<HoldDetail>> HoldsAsync(MerchantScope scope, HoldState? state, PageRequest<LedgerHoldId> page, CancellationToken ct);

    /// <summary>Closes a period to effective dates; closing it once more changes nothing.</summary>
    Task<Result<PeriodEvent>> ClosePeriodAsync(MerchantScope scope, PeriodChange change, IdempotentWrite<PeriodEvent>? answer, CancellationToken ct);

    Task<Result<PeriodEvent>> ReopenPeriodAsync(MerchantScope scope, PeriodChange change, IdempotentWrite<PeriodEvent>? answer, CancellationToken ct);

    /// <summary>Who closed and reopened which period and why, the newest first.</summary>
    Task<IReadOnlyList<PeriodEvent>> PeriodEventsAsync(MerchantScope scope, CancellationToken ct);

    /// <summary>A page of an account's postings; null where the merchant has no such account.</summary>
    Task<StatementPage?> StatementAsync(MerchantScope scope, StatementQuestion question, CancellationToken ct);

    /// <inheritdoc cref="ILedgerExports.WriteStatementAsync"/>
    Task<long?> WriteStatementAsync(MerchantScope scope, LedgerAccountId account, LedgerSpan span, Stream output, CancellationToken ct);

    /// <inheritdoc cref="ILedgerQueries.TrialBalanceAsync"/>
    Task<IReadOnlyList<TrialBalanceLine>> TrialBalanceAsync(MerchantScope scope, LedgerSpan span, CancellationToken ct);

    /// <summary>The transactions caused by some things (a charge, a refund), oldest first, at most 1,000.</summary>
    Task<IReadOnlyList<TransactionDetail>> ForSubjectsAsync(MerchantScope scope, IReadOnlyCollection<Guid> subjects, CancellationToken ct);
}

/// <param name="Code">Begins with <see cref="OwnCodes.Prefix"/>.</param>
/// <param name="MinMinor">The least it may hold in its natural direction, holds counted: zero or less; null for no bound.</param>
/// <param name="MaxMinor">The most: zero or more.</param>
public sealed record NewOwnAccount(
    string Code, AccountKind Kind, Currency Currency, long? MinMinor, long? MaxMinor, IReadOnlyDictionary<string, string> Metadata);

/// <param name="Metadata">Keys to set, or with an empty text to remove; none to remove all; null to leave them.</param>
public sealed record OwnAccountChange(AccountState? State, IReadOnlyDictionary<string, string>? Metadata);

/// <param name="CodePrefix">What codes begin with; empty for any.</param>
public sealed record AccountFilter(string CodePrefix, AccountKind? Kind = null, Currency? Currency = null);

/// <param name="Account">An account's id or its code.</param>
/// <param name="Currency">Needed beside a code; beside an id it is compared.</param>
public sealed record OwnPosting(string Account, Currency? Currency, PostingSide Side, long AmountMinor);

/// <param name="Reference">1 to 200 characters, unique among the merchant's own for ever: the same cause posts once.</param>
/// <param name="EffectiveAt">Null for the moment of recording; a repetition then means the first one's.</param>
public sealed record OwnTransaction(string Reference, string Kind, DateTimeOffset? EffectiveAt, IReadOnlyList<OwnPosting> Postings)
{
    /// <summary>What caused it; null for nothing that Florin knows.</summary>
    public Guid? Subject { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The transaction that this one mends by a difference to it.</summary>
    public LedgerTransactionId? Adjusts { get; init; }
}

/// <param name="Results">One for each item, in order.</param>
public sealed record PostedBatch(IReadOnlyList<Result<PostedTransaction>> Results);

/// <param name="HasMore">Whether there may be more in the direction asked for.</param>
/// <param name="WalkedTo">Where the walk ended before the page was full, as a cursor in the same direction; it need not be the id of
/// anything. Null where the last item is the cursor, or nothing is left.</param>
public sealed record WalkedPage(IReadOnlyList<TransactionDetail> Items, bool HasMore, LedgerTransactionId? WalkedTo = null);

/// <param name="Account">Any that it posts to.</param>
/// <param name="Span">By either date.</param>
public sealed record TransactionFilter(
    string? Reference = null, string? Kind = null, Guid? Subject = null, LedgerAccountId? Account = null, LedgerSpan Span = default)
{
    /// <summary>Notes that a merchant's own transaction must have, each with this very text.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether what fits must be looked for row by row and may be rare. References and subjects have an index; but what has no
    /// subject of its own has the merchant for one.</summary>
    public bool IsLookedFor(MerchantScope scope)
    {
        if (Reference is not null || (Subject is { } subject && subject != scope.Merchant.Value)) return false;
        return Subject is not null || Kind is not null || Account is not null || Span.From is not null || Span.Until is not null || Metadata.Count > 0;
    }
}

/// <param name="Reference">Null for one that follows from the id of the hold.</param>
/// <param name="EffectiveAt">Null for the moment of recording.</param>
/// <param name="Postings">What to post of it; null for the whole.</param>
public sealed record HoldPosting(string? Reference, DateTimeOffset? EffectiveAt, IReadOnlyList<OwnPosting>? Postings);

/// <param name="Transaction">What it was posted as.</param>
public sealed record HoldDetail(
    LedgerHoldId Id,
    HoldState State,
    string Reference,
    string Kind,
    Guid Subject,
    DateTimeOffset EffectiveAt,
    DateTimeOffset RecordedAt,
    DateTimeOffset? LapsesAt,
    DateTimeOffset? EndedAt,
    LedgerTransactionId? Transaction,
    string? Metadata,
    IReadOnlyList<PostingDetail> Postings);

/// <param name="Ends">The first instant after the period; null where its start says which one is meant.</param>
public sealed record PeriodChange(DateTimeOffset Starts, DateTimeOffset? Ends, string Actor, string Reason);
