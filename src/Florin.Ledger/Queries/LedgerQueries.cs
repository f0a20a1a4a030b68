using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Answers each question from one snapshot of the database.</summary>
internal sealed class LedgerQueries(IDatabase database) : ILedgerQueries
{
    public Task<IReadOnlyList<AccountStanding>> BalancesAsync(
        MerchantScope scope, string codePrefix, LedgerInstant? at, CancellationToken ct) => database.ReadAsync<IReadOnlyList<AccountStanding>>(
        async reader =>
        {
            Sql accounts = $"a.shard = {scope.Shard} AND a.merchant = {scope.Merchant} AND a.is_live = {scope.IsLive} AND {BeginsWith(codePrefix)}";
            return await Standings.ReadAsync(reader, accounts, scope.Shard, at);
        },
        ct);

    public Task<AccountStanding?> BalanceAsync(LedgerAccountId account, LedgerInstant? at, CancellationToken ct) => database.ReadAsync(
        async reader =>
        {
            var found = await Standings.ReadAsync(reader, $"a.shard = {account.Shard()} AND a.id = {account}", account.Shard(), at);
            return found.Count == 1 ? found[0] : null;
        },
        ct);

    public Task<IReadOnlyList<AccountStanding>> StripesAsync(bool isLive, string code, LedgerInstant? at, CancellationToken ct) =>
        database.ReadAsync<IReadOnlyList<AccountStanding>>(
            async reader => await Standings.ReadAsync(reader, $"a.is_live = {isLive} AND a.code = {code}", shard: null, at), ct);

    public async Task<IReadOnlyList<SummedBalance>> SummedAsync(bool isLive, string codePrefix, LedgerInstant? at, CancellationToken ct)
    {
        var stripes = await database.ReadAsync(
            reader => Standings.ReadAsync(reader, $"a.is_live = {isLive} AND {BeginsWith(codePrefix)}", shard: null, at), ct);
        return [.. stripes
            .GroupBy(stripe => (stripe.Name.Code, stripe.Name.Kind, stripe.Name.Currency))
            .Select(group => new SummedBalance(
                group.Key.Code,
                group.Key.Kind,
                group.LongCount(),
                Sum(group, stripe => stripe.Posted),
                Sum(group, stripe => stripe.PendingIn),
                Sum(group, stripe => stripe.PendingOut)))
            .OrderBy(sum => sum.Code, StringComparer.Ordinal).ThenBy(sum => sum.Posted.Currency.Code, StringComparer.Ordinal)];
    }

    public Task<StatementPage?> StatementAsync(StatementQuestion question, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(question.Limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(question.Limit, Statements.MaxLimit);
        return database.ReadAsync(reader => Statements.ReadAsync(reader, question), ct);
    }

    public Task<IReadOnlyList<TrialBalanceLine>> TrialBalanceAsync(MerchantScope scope, LedgerSpan span, CancellationToken ct) =>
        database.ReadAsync<IReadOnlyList<TrialBalanceLine>>(
            async reader =>
            {
                Sql mine = $"a.shard = {scope.Shard} AND a.merchant = {scope.Merchant} AND a.is_live = {scope.IsLive}";
                var moved = await MovedAsync(reader, mine, span);
                return await reader.QueryAsync(
                    $"SELECT a.id, a.code, a.kind, a.currency FROM ledger_accounts a WHERE {mine} ORDER BY a.code, a.currency",
                    row => TrialBalanceLineOf(row, moved.GetValueOrDefault(row.Uuid(0))));
            },
            ct);

    public Task<TransactionDetail?> TransactionAsync(LedgerTransactionId id, CancellationToken ct) => database.ReadAsync(
        async reader =>
        {
            var found = await Transactions.ReadAsync(reader, $"t.shard = {id.Shard()} AND t.id = {id}");
            if (found.Count == 0) return null;
            var correctedBy = await reader.QueryAsync(
                $"SELECT id, correction FROM ledger_transactions WHERE shard = {id.Shard()} AND corrects = {id} ORDER BY id",
                row => new CorrectedBy(row.Id<LedgerTransactionId>(0), LedgerWords.CorrectionOf(row.Text(1))));
            return found[0] with { CorrectedBy = correctedBy };
        },
        ct);

    public Task<TransactionSlice> TransactionsAsync(MerchantScope scope, long afterSeq, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, Transactions.MaxSlice);
        return database.ReadAsync(reader => Transactions.SliceAsync(reader, scope, afterSeq, limit), ct);
    }

    // What there was before the span, debits positive, and what was debited and credited in it.
    private static async ValueTask<Dictionary<Guid, (Int128 Opening, Int128 Debits, Int128 Credits)>> MovedAsync(ISqlReader reader, Sql accounts, LedgerSpan span)
    {
        var epochs = await Epochs.AllAsync(reader);
        var sums = await reader.QueryAsync(
            $"""
             SELECT p.account_id,
                    {WideSum.OfPostingsWhere(Dates.IsBefore(span))},
                    {WideSum.OfPostingsWhere($"{Dates.IsWithin(span)} AND p.side = 1")},
                    {WideSum.OfPostingsWhere($"{Dates.IsWithin(span)} AND p.side = -1")}
               FROM {Dates.PostingsOfAccounts(epochs, span.By)} AND {accounts} GROUP BY p.account_id
             """,
            row => (Account: row.Uuid(0), Sums: (WideSum.Read(row, 1), WideSum.Read(row, 3), -WideSum.Read(row, 5))));
        return sums.ToDictionary(row => row.Account, row => row.Sums);
    }

    private static TrialBalanceLine TrialBalanceLineOf(ISqlRow row, (Int128 Opening, Int128 Debits, Int128 Credits) moved)
    {
        var (code, kind, currency) = (row.Text(1), LedgerWords.Kind(row.Text(2)), row.Currency(3));
        var (opening, debits, credits) = moved;
        return new TrialBalanceLine(
            row.Id<LedgerAccountId>(0),
            code,
            kind,
            Shown(opening * kind.NaturalSign()),
            Shown(debits),
            Shown(credits),
            Shown((opening + debits - credits) * kind.NaturalSign()));

        Money Shown(Int128 sum) => new(WideSum.Shown(sum, code), currency);
    }

    // Compared as a piece of the code, since % and _ mean something to LIKE.
    public static Sql BeginsWith(string prefix) =>
        $"substr(a.code, 1, CAST({prefix.EnumerateRunes().LongCount()} AS integer)) = {prefix}";

    private static Money Sum(IEnumerable<AccountStanding> stripes, Func<AccountStanding, Money> amount) =>
        stripes.Select(amount).Aggregate((sum, next) => sum + next);
}

/// <summary>Conditions on the two dates of a transaction.</summary>
/// <remarks>The date of recording is in the id of a transaction (UUIDv7), by which the postings of an account are ordered:
/// a question by that date is a range of an index, and the transactions themselves are not read.</remarks>
internal static class Dates
{
    public static Sql IsUpTo(LedgerInstant at) => IsLess(at.By, at.At.AddMilliseconds(1));

    public static Sql IsBefore(LedgerSpan span) => span.From is { } from ? IsLess(span.By, from) : $"1 = 0";

    public static Sql IsWithin(LedgerSpan span) => (span.From, span.Until) switch
    {
        (null, null) => $"1 = 1",
        ({ } from, null) => $"NOT {IsLess(span.By, from)}",
        (null, { } until) => IsLess(span.By, until),
        ({ } from, { } until) => $"NOT {IsLess(span.By, from)} AND {IsLess(span.By, until)}",
    };

    /// <summary>The join that conditions by this date need.</summary>
    public static Sql JoinedTransactions(LedgerDate by) => by switch
    {
        LedgerDate.Recorded => $"",
        LedgerDate.Effective => $"LEFT JOIN ledger_transactions t ON t.shard = p.shard AND t.id = p.transaction_id",
    };

    /// <summary>Accounts <c>a</c> with their postings <c>p</c> in each epoch <c>e</c>; conditions on all of them may follow.</summary>
    /// <remarks>Joined so that SQLite begins with the accounts: where they are many merchants' it would rather walk through all
    /// postings that there are.</remarks>
    public static Sql PostingsOfAccounts(Sql epochs, LedgerDate by) =>
        $"""
         ledger_accounts a CROSS JOIN {epochs} CROSS JOIN ledger_postings p {JoinedTransactions(by)}
          WHERE p.epoch = e.epoch AND p.shard = a.shard AND p.account_id = a.id
         """;

    private static Sql IsLess(LedgerDate by, DateTimeOffset bound) => by switch
    {
        LedgerDate.Recorded => $"p.transaction_id < {FirstIdOf(bound)}",
        LedgerDate.Effective => $"t.effective_at_ms < {bound}",
    };

    /// <summary>No id made at this millisecond or later is less, and none made earlier is not.</summary>
    private static Guid FirstIdOf(DateTimeOffset at)
    {
        // Instants before 1970 have no such id; nothing was recorded then.
        var ms = Math.Max(0, at.ToUnixTimeMilliseconds());
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, ms << 16);
        return new Guid(bytes, bigEndian: true);
    }
}
