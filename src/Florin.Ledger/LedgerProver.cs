using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Proves the book: reads every row from one snapshot, page by page, and adds everything up anew.</summary>
/// <remarks>Memory holds a page of each table and a sum per currency, whatever the size of the book.</remarks>
internal sealed class LedgerProver(IDatabase database)
{
    internal const int PageSize = 2_000;

    // The first faults of each check say where to look; thousands more would only hide those of the next one.
    private const int MaxFaultsPerCheck = 25;

    public Task<LedgerProof> ProveAsync(IProgress<long>? progress, CancellationToken ct) =>
        database.ReadAsync(reader => new Run(reader, progress, ct).ProveAsync(), ct);

    private sealed record TransactionRow(short Shard, Guid Id, string Reference);

    /// <param name="AccountCurrency">Null where the account is missing.</param>
    private sealed record PostingRow(
        short Shard, Guid Transaction, long Line, Guid Account, long Side, long AmountMinor, string Currency, string? AccountCurrency)
    {
        public Int128 Signed => (Int128)Side * AmountMinor;
    }

    private sealed record AccountRow(
        short Shard, Guid Id, MerchantId Merchant, bool IsLive, string Code, string Currency, long SumMinor);

    private sealed record AccountLine(short Shard, Guid Account, Guid Transaction, long Line, long Side, long AmountMinor);

    private sealed class Run(ISqlReader reader, IProgress<long>? progress, CancellationToken ct)
    {
        private readonly List<string> faults = [];
        private readonly SortedDictionary<string, Int128> debits = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, Int128> credits = new(StringComparer.Ordinal);
        private int faultsOfCheck;
        private long transactions;
        private long postings;
        private long accounts;

        public async Task<LedgerProof> ProveAsync()
        {
            await ProveTransactionsAsync();
            faultsOfCheck = 0;
            await ProveAccountsAsync();
            faultsOfCheck = 0;
            await ProveReferencesAsync();
            faultsOfCheck = 0;
            ProveTotals();
            progress?.Report(transactions);
            var totals = debits
                .Where(total => Currency.TryGet(total.Key, out _))
                .Select(total => new Money((long)total.Value, Currency.Get(total.Key)));
            return new LedgerProof(transactions, postings, accounts, [.. totals], faults);
        }

        private void ProveTotals()
        {
            foreach (var (currency, debit) in debits)
            {
                if (debit == credits[currency]) continue;
                Fault($"All debits in {currency} are {debit} minor units, all credits {credits[currency]}.");
            }
        }

        // Transactions and postings come in the same order, so they are read side by side like two decks of cards.
        private async Task ProveTransactionsAsync()
        {
            var headers = new Pages<TransactionRow>(TransactionsAfterAsync, ct);
            var lines = new Pages<PostingRow>(PostingsAfterAsync, ct);
            var mine = new List<PostingRow>();
            while (await headers.NextAsync() is { } header)
            {
                mine.Clear();
                while (await lines.PeekAsync() is { } line && Order(line, header) <= 0)
                {
                    await lines.NextAsync();
                    Count(line);
                    if (Order(line, header) < 0) FaultOrphan(line);
                    else mine.Add(line);
                }

                ProveOne(header, mine);
                if (++transactions % PageSize == 0) progress?.Report(transactions);
            }

            while (await lines.NextAsync() is { } line)
            {
                Count(line);
                FaultOrphan(line);
            }
        }

        private static int Order(PostingRow line, TransactionRow header) =>
            line.Shard != header.Shard ? line.Shard.CompareTo(header.Shard) : line.Transaction.CompareTo(header.Id);

        private void Count(PostingRow line)
        {
            postings++;
            debits[line.Currency] = debits.GetValueOrDefault(line.Currency) + (line.Side > 0 ? line.AmountMinor : 0);
            credits[line.Currency] = credits.GetValueOrDefault(line.Currency) + (line.Side > 0 ? 0 : line.AmountMinor);
            var where = $"Posting {line.Line} of {Show(line.Transaction)}";
            if (line.AmountMinor <= 0) Fault($"{where} has the amount {line.AmountMinor}, which is not positive.");
            if (line.Side is not (1 or -1)) Fault($"{where} has the side {line.Side}, which is neither debit nor credit.");
            if (line.AccountCurrency is null) Fault($"{where} names account {ShowAccount(line.Account)}, which is not there.");
            else if (line.AccountCurrency != line.Currency)
            {
                Fault($"{where} is in {line.Currency}, but its account {ShowAccount(line.Account)} is kept in {line.AccountCurrency}.");
            }
        }

        private void ProveOne(TransactionRow header, List<PostingRow> lines)
        {
            if (lines.Count < 2) Fault($"Transaction {Show(header.Id)} ({header.Reference}) has {lines.Count} postings; it needs two or more.");
            foreach (var currency in lines.GroupBy(line => line.Currency))
            {
                var sum = currency.Aggregate(Int128.Zero, (total, line) => total + line.Signed);
                if (sum == 0) continue;
                Fault($"Transaction {Show(header.Id)} ({header.Reference}) is out of balance by {sum} minor units of {currency.Key}.");
            }
        }

        private void FaultOrphan(PostingRow line) =>
            Fault($"Posting {line.Line} belongs to transaction {Show(line.Transaction)}, which is not there.");

        // Balances are read as the product reads them, and added up here once more line by line.
        private async Task ProveAccountsAsync()
        {
            var names = new Pages<AccountRow>(AccountsAfterAsync, ct);
            var lines = new Pages<AccountLine>(LinesByAccountAfterAsync, ct);
            long counted = 0;
            while (await names.NextAsync() is { } account)
            {
                accounts++;
                Int128 sum = 0;
                while (await lines.PeekAsync() is { } line && Order(line, account) <= 0)
                {
                    await lines.NextAsync();
                    counted++;
                    if (Order(line, account) == 0) sum += (Int128)line.Side * line.AmountMinor;
                }

                if (sum != account.SumMinor)
                {
                    Fault($"Account {ShowAccount(account.Id)} ({account.Code}) reads as {account.SumMinor}, but its postings add up to {sum}.");
                }

                ProveName(account);
            }

            while (await lines.NextAsync() is not null) counted++;
            if (counted != postings) Fault($"The index of postings by account holds {counted} lines, the table {postings}: it needs a rebuild.");
        }

        private static int Order(AccountLine line, AccountRow account) =>
            line.Shard != account.Shard ? line.Shard.CompareTo(account.Shard) : line.Account.CompareTo(account.Id);

        private void ProveName(AccountRow account)
        {
            var scope = new MerchantScope(account.Merchant, account.IsLive);
            if (Currency.TryGet(account.Currency, out var currency)
                && AccountIds.Of(new AccountName(scope, account.Code, AccountKind.Asset, currency)).Value == account.Id) return;
            Fault($"Account {ShowAccount(account.Id)} does not have the id of its name ({scope}, {account.Code}, {account.Currency}).");
        }

        private async Task ProveReferencesAsync()
        {
            var doubles = await reader.QueryAsync(
                $"""
                 SELECT shard, reference, COUNT(*) FROM ledger_transactions
                  GROUP BY shard, reference HAVING COUNT(*) > 1 ORDER BY shard, reference LIMIT {(long)MaxFaultsPerCheck}
                 """,
                row => (Reference: row.Text(1), Count: row.Int64(2)));
            foreach (var (reference, count) in doubles) Fault($"Reference {reference} is used by {count} transactions.");
        }

        private ValueTask<List<TransactionRow>> TransactionsAfterAsync(TransactionRow? last) => reader.QueryAsync(
            $"""
             SELECT shard, id, reference FROM ledger_transactions
              WHERE (shard, id) > ({(long)(last?.Shard ?? -1)}, {last?.Id ?? Guid.Empty})
              ORDER BY shard, id LIMIT {(long)PageSize}
             """,
            row => new TransactionRow((short)row.Int64(0), row.Uuid(1), row.Text(2)));

        private ValueTask<List<PostingRow>> PostingsAfterAsync(PostingRow? last) => reader.QueryAsync(
            $"""
             SELECT p.shard, p.transaction_id, p.line, p.account_id, p.side, p.amount_minor, p.currency, a.currency
               FROM ledger_postings p
               LEFT JOIN ledger_accounts a ON a.shard = p.shard AND a.id = p.account_id
              WHERE (p.shard, p.transaction_id, p.line) > ({(long)(last?.Shard ?? -1)}, {last?.Transaction ?? Guid.Empty}, {last?.Line ?? 0})
              ORDER BY p.shard, p.transaction_id, p.line LIMIT {(long)PageSize}
             """,
            row => new PostingRow(
                (short)row.Int64(0), row.Uuid(1), row.Int64(2), row.Uuid(3), row.Int64(4), row.Int64(5), row.Text(6), row.TextOrNull(7)));

        private ValueTask<List<AccountRow>> AccountsAfterAsync(AccountRow? last) => reader.QueryAsync(
            $"""
             SELECT a.shard, a.id, a.merchant, a.is_live, a.code, a.currency,
                    (SELECT CAST(COALESCE(SUM(p.side * p.amount_minor), 0) AS bigint)
                       FROM ledger_postings p WHERE p.shard = a.shard AND p.account_id = a.id)
               FROM ledger_accounts a
              WHERE (a.shard, a.id) > ({(long)(last?.Shard ?? -1)}, {last?.Id ?? Guid.Empty})
              ORDER BY a.shard, a.id LIMIT {(long)PageSize}
             """,
            row => new AccountRow(
                (short)row.Int64(0), row.Uuid(1), row.Id<MerchantId>(2), row.Bool(3), row.Text(4), row.Text(5), row.Int64(6)));

        private ValueTask<List<AccountLine>> LinesByAccountAfterAsync(AccountLine? last) => reader.QueryAsync(
            $"""
             SELECT shard, account_id, transaction_id, line, side, amount_minor
               FROM ledger_postings
              WHERE (shard, account_id, transaction_id, line)
                    > ({(long)(last?.Shard ?? -1)}, {last?.Account ?? Guid.Empty}, {last?.Transaction ?? Guid.Empty}, {last?.Line ?? 0})
              ORDER BY shard, account_id, transaction_id, line LIMIT {(long)PageSize}
             """,
            row => new AccountLine((short)row.Int64(0), row.Uuid(1), row.Uuid(2), row.Int64(3), row.Int64(4), row.Int64(5)));

        private static string Show(Guid transaction) => new LedgerTransactionId(transaction).ToString();

        private static string ShowAccount(Guid account) => new LedgerAccountId(account).ToString();

        private void Fault(string sentence)
        {
            if (faultsOfCheck++ < MaxFaultsPerCheck) faults.Add(sentence);
        }
    }

    /// <summary>The rows of one query one after another, fetched a page at a time from where the last page ended.</summary>
    private sealed class Pages<T>(Func<T?, ValueTask<List<T>>> after, CancellationToken ct) where T : class
    {
        private List<T> page = [];
        private int next;
        private T? last;
        private bool ended;

        public async ValueTask<T?> PeekAsync()
        {
            if (next < page.Count) return page[next];
            if (ended) return null;
            ct.ThrowIfCancellationRequested();
            page = await after(last);
            next = 0;
            ended = page.Count < PageSize;
            if (page.Count == 0) return null;
            last = page[^1];
            return page[0];
        }

        public async ValueTask<T?> NextAsync()
        {
            var row = await PeekAsync();
            if (row is not null) next++;
            return row;
        }
    }
}
