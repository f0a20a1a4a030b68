using System.Globalization;
using Florin.Kernel;

namespace Florin.Ledger;

/// <summary>What the book says: balances now and then, statements, trial balances, transactions.</summary>
/// <remarks>Each call reads one snapshot. Nothing here asks whose books may be seen: callers pass scopes that they have
/// checked, and compare <see cref="AccountStanding.Name"/> or <see cref="TransactionDetail.Scope"/> with them.</remarks>
public interface ILedgerQueries
{
    /// <summary>What each account of a merchant holds, in the order of codes and currencies.</summary>
    /// <param name="codePrefix">Only accounts whose code begins so; empty for all.</param>
    /// <param name="at">Null for now.</param>
    Task<IReadOnlyList<AccountStanding>> BalancesAsync(MerchantScope scope, string codePrefix, LedgerInstant? at, CancellationToken ct);

    /// <summary>What one account holds; null where there is none.</summary>
    Task<AccountStanding?> BalanceAsync(LedgerAccountId account, LedgerInstant? at, CancellationToken ct);

    /// <summary>What the platform holds under codes that every merchant's books have (fees, receivables): one stripe for
    /// each merchant, in all shards.</summary>
    Task<IReadOnlyList<AccountStanding>> StripesAsync(bool isLive, string code, LedgerInstant? at, CancellationToken ct);

    /// <summary>The stripes of all codes that begin so, added up by code, kind and currency.</summary>
    Task<IReadOnlyList<SummedBalance>> SummedAsync(bool isLive, string codePrefix, LedgerInstant? at, CancellationToken ct);

    /// <summary>A page of an account's postings with the balance after each; null where there is no such account.</summary>
    Task<StatementPage?> StatementAsync(StatementQuestion question, CancellationToken ct);

    /// <summary>Each account of a merchant with what it held before a span of time, what came and went in it, and what it
    /// held after; debits and credits of all accounts together are equal in each currency.</summary>
    Task<IReadOnlyList<TrialBalanceLine>> TrialBalanceAsync(MerchantScope scope, LedgerSpan span, CancellationToken ct);

    /// <summary>One transaction with all that is known of it; null where there is none.</summary>
    Task<TransactionDetail?> TransactionAsync(LedgerTransactionId id, CancellationToken ct);

    /// <summary>A merchant's transactions in the order of recording, for exports that go on where they ended.</summary>
    /// <param name="afterSeq"><see cref="TransactionDetail.Seq"/> of the last one seen; 0 at first.</param>
    /// <param name="limit">1 to 10,000.</param>
    /// <returns>Those that nothing can come before any more. The last few seconds are missing: a later call gives them.</returns>
    Task<TransactionSlice> TransactionsAsync(MerchantScope scope, long afterSeq, int limit, CancellationToken ct);
}

/// <summary>Which of a transaction's two dates is meant.</summary>
public enum LedgerDate
{
    /// <summary>When it was written down.</summary>
    Recorded,

    /// <summary>When it counts.</summary>
    Effective,
}

/// <summary>Everything up to an instant, this millisecond included.</summary>
public readonly record struct LedgerInstant(LedgerDate By, DateTimeOffset At);

/// <param name="From">The first instant within; null for since ever.</param>
/// <param name="Until">The first instant after; null for up to now.</param>
public readonly record struct LedgerSpan(LedgerDate By, DateTimeOffset? From, DateTimeOffset? Until);

/// <summary>An account and what it holds, in its natural direction.</summary>
/// <param name="State">As it is now.</param>
/// <param name="PendingIn">What open holds would bring.</param>
/// <param name="PendingOut">What open holds would take.</param>
public sealed record AccountStanding(
    LedgerAccountId Id,
    AccountName Name,
    AccountState State,
    long? MinMinor,
    long? MaxMinor,
    string? Metadata,
    DateTimeOffset CreatedAt,
    Money Posted,
    Money PendingIn,
    Money PendingOut)
{
    /// <summary>What can be taken: posted, less what open holds would take.</summary>
    public Money Available => Posted - PendingOut;
}

/// <param name="Stripes">How many accounts were added up.</param>
public sealed record SummedBalance(
    string Code, AccountKind Kind, long Stripes, Money Posted, Money PendingIn, Money PendingOut)
{
    public Money Available => Posted - PendingOut;
}

/// <param name="Span">By which date rows are ordered and chosen.</param>
/// <param name="Limit">1 to 1,000.</param>
/// <param name="After">Where the page before ended, in the direction that is asked for.</param>
public sealed record StatementQuestion(LedgerAccountId Account, LedgerSpan Span, int Limit, bool IsNewestFirst = false, StatementCursor? After = null);

/// <summary>A row of a statement as a place to go on from.</summary>
public sealed record StatementCursor(DateTimeOffset At, LedgerTransactionId Transaction, long Line)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{At.ToUnixTimeMilliseconds()}.{Transaction}.{Line}");

    /// <returns>Null where the text is no cursor.</returns>
    public static StatementCursor? Parse(string text)
    {
        var invariant = CultureInfo.InvariantCulture;
        return text.Split('.') is [var at, var id, var line]
            && long.TryParse(at, NumberStyles.AllowLeadingSign, invariant, out var ms) && ms is > -62_135_596_800_000 and < 253_402_300_800_000
            && Ids.TryParse<LedgerTransactionId>(id, out var transaction)
            && long.TryParse(line, NumberStyles.None, invariant, out var number)
                ? new StatementCursor(DateTimeOffset.FromUnixTimeMilliseconds(ms), transaction, number)
                : null;
    }
}

/// <param name="Opening">What the account held before the earliest row of the page, by the order that was asked for.</param>
/// <param name="Closing">What it held after the latest.</param>
/// <param name="Next">Null where this page is the last.</param>
public sealed record StatementPage(AccountStanding Account, Money Opening, Money Closing, IReadOnlyList<StatementRow> Rows, StatementCursor? Next);

/// <param name="Balance">What the account held after this row, in its natural direction.</param>
public sealed record StatementRow(
    LedgerTransactionId Transaction,
    long Line,
    string Reference,
    string Kind,
    Guid Subject,
    DateTimeOffset EffectiveAt,
    DateTimeOffset RecordedAt,
    PostingSide Side,
    Money Amount,
    Money Balance);

/// <summary>Opening and closing are in the account's natural direction.</summary>
public sealed record TrialBalanceLine(
    LedgerAccountId Id, string Code, AccountKind Kind, Money Opening, Money Debits, Money Credits, Money Closing)
{
    /// <summary>The closing balance as it stands in the debit column of a trial balance; zero where it stands in the other.</summary>
    public Money DebitBalance => new(Math.Max(0, Closing.Minor * Kind.NaturalSign()), Closing.Currency);

    public Money CreditBalance => new(Math.Max(0, -Closing.Minor * Kind.NaturalSign()), Closing.Currency);
}

/// <param name="Seq">Its place in the order of recording.</param>
/// <param name="Hold">The hold that it posted.</param>
/// <param name="CorrectedBy">Those that correct it; filled for a single transaction alone.</param>
public sealed record TransactionDetail(
    LedgerTransactionId Id,
    long Seq,
    MerchantScope Scope,
    string Reference,
    string Kind,
    Guid Subject,
    DateTimeOffset EffectiveAt,
    DateTimeOffset RecordedAt,
    Correction? Correction,
    LedgerTransactionId? Corrects,
    LedgerHoldId? Hold,
    string? Metadata,
    IReadOnlyList<PostingDetail> Postings,
    IReadOnlyList<CorrectedBy> CorrectedBy);

public sealed record PostingDetail(long Line, LedgerAccountId AccountId, string AccountCode, AccountKind AccountKind, PostingSide Side, Money Amount);

public sealed record CorrectedBy(LedgerTransactionId Id, Correction Correction);

/// <param name="LastSeq">How far it looked; the next call begins there, also when no transaction was found.</param>
/// <param name="HasMore">Whether there is more that is certain already.</param>
public sealed record TransactionSlice(IReadOnlyList<TransactionDetail> Transactions, long LastSeq, bool HasMore);
