using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Turns what a merchant wants posted into what the book takes, and the book's refusals into the merchant's words.</summary>
internal static class OwnPostings
{
    /// <param name="names">Of all accounts that it names.</param>
    public static Result<NewLedgerTransaction> Read(MerchantScope scope, OwnTransaction wanted, OwnAccounts.Names names) =>
        Read(scope, OwnReferences.Stored(scope, ""), wanted, names);

    /// <inheritdoc cref="Read(MerchantScope, OwnTransaction, OwnAccounts.Names)"/>
    /// <param name="before">What stands before each reference of the scope.</param>
    public static Result<NewLedgerTransaction> Read(MerchantScope scope, string before, OwnTransaction wanted, OwnAccounts.Names names)
    {
        if (!OwnReferences.IsWellFormed(wanted.Reference)) return LedgerRefusals.OwnReference;
        if (!ReadPostings(scope, wanted.Postings, names).TryGet(out var postings, out var refusal)) return refusal;
        var transaction = new NewLedgerTransaction(
            scope, wanted.Reference, wanted.Kind, wanted.Subject ?? scope.Merchant.Value, wanted.EffectiveAt ?? default, postings)
        {
            Correction = wanted.Adjusts is null ? null : Correction.Adjustment,
            Corrects = wanted.Adjusts,
            OpensAccounts = false,
            Metadata = BookTexts.Write(wanted.Metadata),
        };

        // Asked here too, so that what is refused is called by the merchant's own reference.
        return TransactionRules.Refuse(transaction) is { } wrong
            ? wrong
            : transaction with { Reference = before + wanted.Reference };
    }

    public static Result<IReadOnlyList<NewPosting>> ReadPostings(MerchantScope scope, IReadOnlyList<OwnPosting> wanted, OwnAccounts.Names names)
    {
        var postings = new NewPosting[wanted.Count];
        for (var i = 0; i < postings.Length; i++)
        {
            if (!names.Posting(scope, wanted[i], i).TryGet(out postings[i]!, out var refusal)) return refusal;
        }

        return postings;
    }

    /// <summary>Where no effective date was given, the one of the first posting under the reference, or now.</summary>
    /// <param name="table"><c>ledger_transactions</c> or <c>ledger_holds</c>.</param>
    public static async ValueTask<IReadOnlyList<NewLedgerTransaction>> DatedAsync(
        ISqlReader reader, IReadOnlyList<NewLedgerTransaction> transactions, SqlFragment table, DateTimeOffset now)
    {
        var undated = transactions.Where(transaction => transaction.EffectiveAt == default).ToList();
        if (undated.Count == 0) return transactions;
        var (shard, dates) = (undated[0].Scope.Shard, new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal));
        foreach (var chunk in undated.Select(transaction => transaction.Reference).Distinct(StringComparer.Ordinal).Chunk(SetBased.MembersOf(reader.Engine)))
        {
            var rows = await reader.QueryAsync(
                $"""
                 SELECT reference, effective_at_ms FROM {table}
                  WHERE shard = {shard} AND {SetBased.IsAmong(reader.Engine, new SqlFragment("reference"), chunk)}
                 """,
                row => (Reference: row.Text(0), EffectiveAt: row.Instant(1)));
            foreach (var (reference, at) in rows) dates.Add(reference, at);
        }

        // A reference may stand twice in one batch; then the first is the one that is posted.
        var dated = new List<NewLedgerTransaction>(transactions.Count);
        foreach (var transaction in transactions)
        {
            if (transaction.EffectiveAt == default) dated.Add(transaction with { EffectiveAt = dates.GetValueOrDefault(transaction.Reference, now) });
            else
            {
                dates.TryAdd(transaction.Reference, transaction.EffectiveAt);
                dated.Add(transaction);
            }
        }

        return dated;
    }

    /// <summary>For refusals of a reference as used: where the other one came between our look for its date and the posting, the
    /// difference may be our date alone, and a second look finds the right one.</summary>
    /// <exception cref="UniqueViolationException">It did: the transaction is to be done again.</exception>
    public static async ValueTask BeginAnewIfOvertakenAsync(
        ISqlReader reader, IReadOnlyList<NewLedgerTransaction> wanted, IReadOnlyList<NewLedgerTransaction> dated, SqlFragment table)
    {
        var stored = await DatedAsync(reader, wanted, table, now: default);
        for (var i = 0; i < stored.Count; i++)
        {
            // Dates are stored to the millisecond.
            if (stored[i].EffectiveAt == default) continue;
            if (stored[i].EffectiveAt.ToUnixTimeMilliseconds() == dated[i].EffectiveAt.ToUnixTimeMilliseconds()) continue;
            throw new UniqueViolationException($"Reference {stored[i].Reference} was used since we looked.");
        }
    }

    /// <summary>Names the posting whose account stands in the way, and references as the merchant wrote them.</summary>
    public static Refusal Told(MerchantScope scope, Refusal refusal, IReadOnlyList<NewPosting> postings)
    {
        var message = refusal.Message.Replace(OwnReferences.Stored(scope, ""), "", StringComparison.Ordinal);
        if (refusal.Subject is not AccountName account) return refusal with { Message = message };
        for (var i = 0; i < postings.Count; i++)
        {
            if (postings[i].Account == account) return refusal with { Message = message, Param = $"postings[{i}][account]" };
        }

        return refusal with { Message = message };
    }
}
