using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>Proves the book: reads every row from one snapshot, page by page, and adds everything up anew.</summary>
/// <remarks>Memory holds a page of each table, a sum per currency and account, and a head per shard, however many transactions
/// there are.</remarks>
internal sealed class LedgerProver(IDatabase database)
{
    internal const int PageSize = 2_000;

    // The first faults of each check say where to look; thousands more would only hide those of the next one.
    private const int MaxFaultsPerCheck = 25;

    public async Task<LedgerProof> ProveAsync(IReadOnlyList<LedgerHead> expected, IProgress<long>? progress, CancellationToken ct)
    {
        // Beside each other, since both read everything: one looks at the file, the other at what it says.
        var file = Task.Run(() => new FileCheck(database).FaultsAsync(ct), ct);
        var proof = await Task.Run(() => database.ReadAsync(reader => new Run(reader, expected, progress, ct).ProveAsync(), ct), ct);
        return proof with { Faults = [.. proof.Faults, .. (await file).Take(MaxFaultsPerCheck)] };
    }

    public async Task<IReadOnlyList<LedgerHead>> HeadsAsync(CancellationToken ct) => await database.ReadAsync(
        async reader => await reader.QueryAsync(
            $"""
             SELECT shard, height, last_seq, head FROM ledger_blocks b
              WHERE height = (SELECT MAX(height) FROM ledger_blocks l WHERE l.shard = b.shard) ORDER BY shard
             """,
            row => new LedgerHead(new ShardId((short)row.Int64(0)), row.Int64(1), row.Int64(2), Convert.ToHexStringLower(row.Bytes(3)))),
        ct);

    private sealed record TransactionRow(DigestedHeader Header, string? Correction, Guid? Corrects, Guid? Hold, byte[]? Digest)
    {
        public (short Shard, Guid Id) Key => (Header.Shard, Header.Id);
    }

    private sealed record PostingRow(
        short Shard, Guid Owner, long Line, Guid Account, long Side, long AmountMinor, string Currency, long Epoch)
    {
        public (short Shard, Guid Id) Key => (Shard, Owner);

        public Int128 Signed => (Int128)Side * AmountMinor;
    }

    private sealed record HoldRow(DigestedHeader Header, long? LapsesAtMs, byte[] Digest)
    {
        public (short Shard, Guid Id) Key => (Header.Shard, Header.Id);
    }

    private sealed record BalanceRow(long Posted, long HeldOut, long HeldIn);

    private sealed record AccountRow(
        short Shard, Guid Id, MerchantId Merchant, bool IsLive, string Code, string Kind, string Currency, long CreatedAtMs,
        long? MinMinor, long? MaxMinor, string? Metadata, byte[]? Digest, long? FoldedMinor, BalanceRow? Balance)
    {
        public (short Shard, Guid Id) Key => (Shard, Id);

        public string Where => $"Account {new LedgerAccountId(Id)} ({Code})";
    }

    /// <summary>What an account is kept in, and all its postings added up.</summary>
    private sealed class AccountSum(string currency)
    {
        public string Currency { get; } = currency;

        public Int128 Minor { get; set; }
    }

    private sealed record AccountKey(short Shard, Guid Id, string Currency);

    private sealed record Link(long Seq, short Shard, byte[]? Digest);

    private sealed record Block(short Shard, long Height, long LastSeq, long Transactions, byte[] Head);

    private sealed class Total(string currency)
    {
        public string Currency { get; } = currency;

        public Int128 Debits { get; set; }

        public Int128 Credits { get; set; }
    }

    /// <summary>One shard's chain as it is made anew.</summary>
    private sealed class Chain
    {
        public byte[] Head { get; } = new byte[Digest.Size];

        public long Height { get; set; }

        public long Transactions { get; set; }

        public long FirstSeq { get; set; }

        public long LastSeq { get; set; }

        public bool IsBroken { get; set; }
    }

    private sealed class Run(ISqlReader reader, IReadOnlyList<LedgerHead> expected, IProgress<long>? progress, CancellationToken ct)
    {
        private readonly List<string> faults = [];
        private readonly SortedDictionary<string, Total> totals = new(StringComparer.Ordinal);
        private readonly Digest digest = new();
        private readonly byte[] made = new byte[Digest.Size];
        private readonly Dictionary<(short, Guid), AccountSum> sums = [];
        private Total lastTotal = new("");
        private int faultsOfCheck;
        private long transactions;
        private long postings;
        private long accounts;

        public async Task<LedgerProof> ProveAsync()
        {
            Func<Task>[] checks =
            [
                ProveTransactionsAsync, ProveAccountsAsync, ProveReferencesAsync, ProveChainsAsync, ProveHoldsAsync, ProveHoldEndsAsync,
                ProveStatesAsync, ProvePeriodsAsync,
            ];
            foreach (var check in checks)
            {
                faultsOfCheck = 0;
                await check();
            }

            faultsOfCheck = 0;
            ProveTotals();
            progress?.Report(transactions);
            var debits = totals.Values
                .Where(total => Currency.TryGet(total.Currency, out _))
                .Select(total => new Money((long)total.Debits, Currency.Get(total.Currency)));
            return new LedgerProof(transactions, postings, accounts, [.. debits], faults);
        }

        private void ProveTotals()
        {
            foreach (var total in totals.Values)
            {
                if (total.Debits == total.Credits) continue;
                Fault($"All debits in {total.Currency} are {total.Debits} minor units, all credits {total.Credits}.");
            }
        }

        // Transactions and postings come in the same order, so they are read side by side like two decks of cards.
        private async Task ProveTransactionsAsync()
        {
            var known = new Pages<AccountKey>(AccountKeysAfterAsync, ct);
            while (await known.NextAsync() is { } account) sums.Add((account.Shard, account.Id), new AccountSum(account.Currency));
            var headers = new Pages<TransactionRow>(TransactionsAfterAsync, ct);
            var lines = new Pages<PostingRow>(PostingsAfterAsync, ct);
            var mine = new List<PostingRow>();
            while (await headers.NextAsync() is { } header)
            {
                mine.Clear();
                while (await lines.PeekAsync() is { } line && line.Key.CompareTo(header.Key) <= 0)
                {
                    await lines.NextAsync();
                    Count(line);
                    if (line.Key != header.Key) FaultOrphan(line);
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

        private void Count(PostingRow line)
        {
            postings++;
            var total = TotalOf(line.Currency);
            if (line.Side > 0) total.Debits += line.AmountMinor;
            else total.Credits += line.AmountMinor;
            var account = sums.GetValueOrDefault((line.Shard, line.Account));
            if (account is not null) account.Minor += line.Signed;
            if (line is not { AmountMinor: > 0, Side: 1 or -1 } || account?.Currency != line.Currency) FaultLine(line, account?.Currency);
        }

        private void FaultLine(PostingRow line, string? accountCurrency)
        {
            var where = $"Posting {line.Line} of {Show(line.Owner)}";
            if (line.AmountMinor <= 0) Fault($"{where} has the amount {line.AmountMinor}, which is not positive.");
            if (line.Side is not (1 or -1)) Fault($"{where} has the side {line.Side}, which is neither debit nor credit.");
            if (accountCurrency is null) Fault($"{where} names account {ShowAccount(line.Account)}, which is not there.");
            else if (accountCurrency != line.Currency)
            {
                Fault($"{where} is in {line.Currency}, but its account {ShowAccount(line.Account)} is kept in {accountCurrency}.");
            }
        }

        // Nearly every posting is in the currency of the one before.
        private Total TotalOf(string currency)
        {
            if (lastTotal.Currency == currency) return lastTotal;
            if (!totals.TryGetValue(currency, out var total)) totals.Add(currency, total = new Total(currency));
            return lastTotal = total;
        }

        private void ProveOne(TransactionRow transaction, List<PostingRow> lines)
        {
            var (header, before) = (transaction.Header, faultsOfCheck);
            if (lines.Count < 2) Fault($"Transaction {Show(header.Id)} ({header.Reference}) has {lines.Count} postings; it needs two or more.");
            foreach (var (currency, sum) in Sums(lines))
            {
                if (sum != 0) Fault($"Transaction {Show(header.Id)} ({header.Reference}) is out of balance by {sum} minor units of {currency}.");
            }

            // Whoever reads by account looks into epochs that are there, so a posting filed elsewhere would be overlooked. A
            // transaction from before there were epochs and digests is in the first and has none.
            var epoch = transaction.Digest is null || lines.Count == 0 ? 0 : lines[0].Epoch;
            foreach (var line in lines)
            {
                if (line.Epoch != epoch) Fault($"Posting {line.Line} of {Show(header.Id)} is filed in epoch {line.Epoch}, not {epoch}.");
            }

            // One that is off has been named already.
            if (faultsOfCheck > before || transaction.Digest is null) return;
            digest.BeginTransaction(header, transaction.Correction, transaction.Corrects, transaction.Hold, epoch);
            foreach (var line in lines) digest.AddLine(line.Line, line.Account, line.Side, line.AmountMinor, line.Currency);
            if (IsDigest(transaction.Digest)) return;
            Fault($"Transaction {Show(header.Id)} ({header.Reference}) or a posting of it is not as it was recorded: its digest differs.");
        }

        private static IEnumerable<(string Currency, Int128 Sum)> Sums(List<PostingRow> lines)
        {
            Int128 sum = 0;
            foreach (var line in lines)
            {
                if (line.Currency != lines[0].Currency) return SumsOfEach(lines);
                sum += line.Signed;
            }

            return lines.Count == 0 || sum == 0 ? [] : [(lines[0].Currency, sum)];
        }

        private static IEnumerable<(string Currency, Int128 Sum)> SumsOfEach(List<PostingRow> lines) =>
            lines.GroupBy(line => line.Currency).Select(currency => (currency.Key, currency.Aggregate(Int128.Zero, (sum, line) => sum + line.Signed)));

        private void FaultOrphan(PostingRow line) =>
            Fault($"Posting {line.Line} belongs to transaction {Show(line.Owner)}, which is not there.");

        private async Task ProveAccountsAsync()
        {
            // What no block holds yet, by account: little, unless blocks have not been made for long.
            var since = await SumsSinceLastBlockAsync();
            var names = new Pages<AccountRow>(AccountsAfterAsync, ct);
            while (await names.NextAsync() is { } account)
            {
                accounts++;
                var sum = sums[account.Key].Minor;
                var shown = (Int128)(account.FoldedMinor ?? 0) + since.GetValueOrDefault(account.Key);
                if (sum != shown) Fault($"{account.Where} reads as {shown}, but its postings add up to {sum}.");
                ProveAccount(account);
                await ProveBalanceAsync(account, sum);
            }

            await ProveDerivedHaveAccountsAsync("ledger_folds");
            await ProveDerivedHaveAccountsAsync("ledger_balances");
        }

        private void ProveAccount(AccountRow account)
        {
            var scope = new MerchantScope(account.Merchant, account.IsLive);
            if (!Currency.TryGet(account.Currency, out var currency)
                || AccountIds.Of(new AccountName(scope, account.Code, AccountKind.Asset, currency)).Value != account.Id)
            {
                Fault($"Account {ShowAccount(account.Id)} does not have the id of its name ({scope}, {account.Code}, {account.Currency}).");
            }
            else if (account.Digest is not null)
            {
                var name = new AccountName(scope, account.Code, AccountKind.Asset, currency);
                var wanted = Digests.OfAccount(
                    name, account.Id, account.Kind, account.CreatedAtMs, account.MinMinor, account.MaxMinor, account.Metadata);
                if (!wanted.AsSpan().SequenceEqual(account.Digest)) Fault($"{account.Where} is not as it was opened: its digest differs.");
            }
        }

        private async Task ProveBalanceAsync(AccountRow account, Int128 sum)
        {
            var isBounded = account.MinMinor is not null || account.MaxMinor is not null;
            if (isBounded != account.Balance is not null) Fault($"{account.Where} has bounds without a balance row, or the reverse.");
            if (account.Balance is not { } balance) return;
            var sign = account.Kind is "asset" or "expense" ? 1 : -1;
            if (balance.Posted != sum * sign)
            {
                Fault($"{account.Where} has the balance {balance.Posted}, but its postings make it {sum * sign}.");
            }

            var held = await reader.QueryAsync(
                $"""
                 SELECT l.side, CAST(SUM(l.amount_minor) AS bigint) FROM ledger_hold_lines l
                  WHERE l.shard = {new ShardId(account.Shard)} AND l.account_id = {account.Id}
                    AND NOT EXISTS (SELECT 1 FROM ledger_hold_ends e WHERE e.shard = l.shard AND e.hold_id = l.hold_id)
                  GROUP BY l.side
                 """,
                row => (Side: row.Int64(0), Sum: row.Int64(1)));
            var (heldIn, heldOut) = (held.Where(row => row.Side == sign).Sum(row => row.Sum), held.Where(row => row.Side != sign).Sum(row => row.Sum));
            if ((balance.HeldIn, balance.HeldOut) != (heldIn, heldOut))
            {
                Fault($"{account.Where} counts {balance.HeldOut} as held out of it and {balance.HeldIn} into it; its open holds make it {heldOut} and {heldIn}.");
            }

            if (balance.Posted - (Int128)balance.HeldOut < (account.MinMinor ?? long.MinValue)
                || balance.Posted + (Int128)balance.HeldIn > (account.MaxMinor ?? long.MaxValue))
            {
                Fault($"{account.Where} is out of its bounds.");
            }
        }

        private async Task ProveDerivedHaveAccountsAsync(string table)
        {
            var orphans = await reader.QueryAsync(
                $"""
                 SELECT d.account_id FROM {new SqlFragment(table)} d
                  WHERE NOT EXISTS (SELECT 1 FROM ledger_accounts a WHERE a.shard = d.shard AND a.id = d.account_id)
                  LIMIT {(long)MaxFaultsPerCheck}
                 """,
                row => row.Uuid(0));
            foreach (var orphan in orphans) Fault($"{table} has a row of account {ShowAccount(orphan)}, which is not there.");
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

        // All shards at once in the order of recording; each has its own head, of which there are 4096 at most.
        private async Task ProveChainsAsync()
        {
            var chains = new Dictionary<short, Chain>();
            var blocks = new Pages<Block>(BlocksAfterAsync, ct);
            var wanted = expected.ToDictionary(head => (head.Shard.Value, head.Height));
            var links = new Pages<Link>(LinksAfterAsync, ct);
            while (await links.NextAsync() is { } link)
            {
                while (await blocks.PeekAsync() is { } past && past.LastSeq < link.Seq) ProveBlock((await blocks.NextAsync())!, chains, wanted);
                if (!chains.TryGetValue(link.Shard, out var chain)) chains.Add(link.Shard, chain = new Chain());
                if (chain.Transactions++ == 0) chain.FirstSeq = link.Seq;
                chain.LastSeq = link.Seq;
                Digest.Link(chain.Head, link.Seq, link.Digest);
            }

            while (await blocks.NextAsync() is { } block) ProveBlock(block, chains, wanted);
            foreach (var head in wanted.Values) Fault($"The chain of shard {head.Shard} does not reach block {head.Height}, whose head was exported.");
        }

        private void ProveBlock(Block block, Dictionary<short, Chain> chains, Dictionary<(short, long), LedgerHead> wanted)
        {
            if (!chains.TryGetValue(block.Shard, out var chain)) chains.Add(block.Shard, chain = new Chain());
            var where = $"Block {block.Height} of shard {block.Shard} (transactions {chain.FirstSeq} to {block.LastSeq})";
            if (block.Height != chain.Height + 1) Fault($"{where} comes after block {chain.Height}.");
            if (block.Transactions != chain.Transactions) Fault($"{where} was made of {block.Transactions} transactions and now has {chain.Transactions}.");

            // Balances begin to add up where the last block ends, so a wrong end would leave postings out.
            if (block.LastSeq != chain.LastSeq) Fault($"{where} ends with transaction {chain.LastSeq}, not {block.LastSeq}.");

            // All later heads of a broken chain differ too, which says nothing more.
            if (!chain.IsBroken && !chain.Head.AsSpan().SequenceEqual(block.Head))
            {
                chain.IsBroken = true;
                Fault($"{where} does not have the head that its transactions make: one was changed, added, removed or moved.");
            }

            if (wanted.Remove((block.Shard, block.Height), out var head)
                && (head.Seq != block.LastSeq || head.Hash != Convert.ToHexStringLower(chain.Head)))
            {
                Fault($"{where} does not have the head that was exported.");
            }

            (chain.Height, chain.Transactions) = (block.Height, 0);
        }

        private async Task ProveHoldsAsync()
        {
            var holds = new Pages<HoldRow>(HoldsAfterAsync, ct);
            var lines = new Pages<PostingRow>(HoldLinesAfterAsync, ct);
            while (await holds.NextAsync() is { } hold)
            {
                digest.BeginHold(hold.Header, hold.LapsesAtMs);
                while (await lines.PeekAsync() is { } line && line.Key.CompareTo(hold.Key) <= 0)
                {
                    await lines.NextAsync();
                    if (line.Key != hold.Key) FaultLineWithoutHold(line);
                    else digest.AddLine(line.Line, line.Account, line.Side, line.AmountMinor, line.Currency);
                }

                if (!IsDigest(hold.Digest)) Fault($"Hold {new LedgerHoldId(hold.Header.Id)} or a line of it is not as it was recorded: its digest differs.");
            }

            while (await lines.NextAsync() is { } line) FaultLineWithoutHold(line);
        }

        private void FaultLineWithoutHold(PostingRow line) =>
            Fault($"Line {line.Line} belongs to hold {new LedgerHoldId(line.Owner)}, which is not there.");

        private async Task ProveHoldEndsAsync()
        {
            var ends = new Pages<HoldEnd>(HoldEndsAfterAsync, ct);
            while (await ends.NextAsync() is { } end)
            {
                var where = $"The end of hold {new LedgerHoldId(end.Hold)}";
                if (!Digests.OfHoldEnd(end.Shard, end.Hold, end.Outcome, end.Transaction, end.EndedAtMs).AsSpan().SequenceEqual(end.Digest))
                {
                    Fault($"{where} is not as it was recorded: its digest differs.");
                }

                if (!end.HasHold) Fault($"{where} has no hold.");
                if ((end.Outcome == "posted") != end.HasTransaction) Fault($"{where} does not fit the transactions that name it.");
            }
        }

        private async Task ProveStatesAsync()
        {
            var states = await reader.QueryAsync(
                $"SELECT shard, account_id, state, changed_at_ms, digest FROM ledger_account_states ORDER BY shard, account_id",
                row => (Id: row.Uuid(1), IsRight: Digests
                    .OfAccountState((short)row.Int64(0), row.Uuid(1), row.Text(2), row.Int64(3)).AsSpan().SequenceEqual(row.Bytes(4))));
            foreach (var (id, isRight) in states)
            {
                if (!isRight) Fault($"The state of account {ShowAccount(id)} is not as it was set: its digest differs.");
            }
        }

        private async Task ProvePeriodsAsync()
        {
            var periods = await reader.QueryAsync(
                $"""
                 SELECT shard, merchant, is_live, starts_at_ms, ends_at_ms, closed_at_ms, digest
                   FROM ledger_closed_periods ORDER BY shard, merchant, is_live, starts_at_ms
                 """,
                row => (
                    Scope: new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
                    Starts: row.Int64(3),
                    IsRight: Digests.OfPeriod((short)row.Int64(0), row.Uuid(1), row.Bool(2), row.Int64(3), row.Int64(4), row.Int64(5))
                        .AsSpan().SequenceEqual(row.Bytes(6))));
            foreach (var (scope, starts, isRight) in periods)
            {
                if (!isRight) Fault($"The closed period of {scope} from {starts} is not as it was closed: its digest differs.");
            }

            var events = await reader.QueryAsync(
                $"""
                 SELECT shard, id, merchant, is_live, action, starts_at_ms, ends_at_ms, actor, reason, recorded_at_ms, digest
                   FROM ledger_period_events ORDER BY shard, id
                 """,
                row => (Id: row.Uuid(1), IsRight: Digests
                    .OfPeriodEvent(
                        (short)row.Int64(0), row.Uuid(1), row.Uuid(2), row.Bool(3), row.Text(4), row.Int64(5), row.Int64(6), row.Text(7), row.Text(8), row.Int64(9))
                    .AsSpan().SequenceEqual(row.Bytes(10))));
            foreach (var (id, isRight) in events)
            {
                if (!isRight) Fault($"Period event {id:N} is not as it was recorded: its digest differs.");
            }
        }

        private bool IsDigest(ReadOnlySpan<byte> stored)
        {
            digest.Finish(made);
            return stored.SequenceEqual(made);
        }

        private ValueTask<List<TransactionRow>> TransactionsAfterAsync(TransactionRow? last) => reader.QueryAsync(
            $"""
             SELECT shard, id, merchant, is_live, reference, kind, subject, effective_at_ms, recorded_at_ms, metadata,
                    correction, corrects, hold, digest
               FROM ledger_transactions
              WHERE (shard, id) > ({(long)(last?.Header.Shard ?? -1)}, {last?.Header.Id ?? Guid.Empty})
              ORDER BY shard, id LIMIT {(long)PageSize}
             """,
            row => new TransactionRow(HeaderOf(row), row.TextOrNull(10), UuidOrNull(row, 11), UuidOrNull(row, 12), row.BytesOrNull(13)));

        private ValueTask<List<HoldRow>> HoldsAfterAsync(HoldRow? last) => reader.QueryAsync(
            $"""
             SELECT shard, id, merchant, is_live, reference, kind, subject, effective_at_ms, recorded_at_ms, metadata, lapses_at_ms, digest
               FROM ledger_holds
              WHERE (shard, id) > ({(long)(last?.Header.Shard ?? -1)}, {last?.Header.Id ?? Guid.Empty})
              ORDER BY shard, id LIMIT {(long)PageSize}
             """,
            row => new HoldRow(HeaderOf(row), row.Int64OrNull(10), row.Bytes(11)));

        private ValueTask<List<PostingRow>> PostingsAfterAsync(PostingRow? last) => reader.QueryAsync(
            $"""
             SELECT shard, transaction_id, line, account_id, side, amount_minor, currency, epoch FROM ledger_postings
              WHERE (shard, transaction_id, line) > ({(long)(last?.Shard ?? -1)}, {last?.Owner ?? Guid.Empty}, {last?.Line ?? 0})
              ORDER BY shard, transaction_id, line LIMIT {(long)PageSize}
             """,
            LineOf);

        private ValueTask<List<PostingRow>> HoldLinesAfterAsync(PostingRow? last) => reader.QueryAsync(
            $"""
             SELECT shard, hold_id, line, account_id, side, amount_minor, currency, 0 FROM ledger_hold_lines
              WHERE (shard, hold_id, line) > ({(long)(last?.Shard ?? -1)}, {last?.Owner ?? Guid.Empty}, {last?.Line ?? 0})
              ORDER BY shard, hold_id, line LIMIT {(long)PageSize}
             """,
            LineOf);

        private static PostingRow LineOf(ISqlRow row) => new(
            (short)row.Int64(0), row.Uuid(1), row.Int64(2), row.Uuid(3), row.Int64(4), row.Int64(5), row.Text(6), row.Int64(7));

        private ValueTask<List<AccountRow>> AccountsAfterAsync(AccountRow? last) => reader.QueryAsync(
            $"""
             SELECT a.shard, a.id, a.merchant, a.is_live, a.code, a.kind, a.currency, a.created_at_ms, a.min_minor, a.max_minor, a.metadata,
                    a.digest, f.sum_minor, b.posted_minor, b.held_out_minor, b.held_in_minor
               FROM ledger_accounts a
               LEFT JOIN ledger_folds f ON f.shard = a.shard AND f.account_id = a.id
               LEFT JOIN ledger_balances b ON b.shard = a.shard AND b.account_id = a.id
              WHERE (a.shard, a.id) > ({(long)(last?.Shard ?? -1)}, {last?.Id ?? Guid.Empty})
              ORDER BY a.shard, a.id LIMIT {(long)PageSize}
             """,
            row => new AccountRow(
                (short)row.Int64(0),
                row.Uuid(1),
                row.Id<MerchantId>(2),
                row.Bool(3),
                row.Text(4),
                row.Text(5),
                row.Text(6),
                row.Int64(7),
                row.Int64OrNull(8),
                row.Int64OrNull(9),
                row.TextOrNull(10),
                row.BytesOrNull(11),
                row.Int64OrNull(12),
                row.IsNull(13) ? null : new BalanceRow(row.Int64(13), row.Int64(14), row.Int64(15))));

        private ValueTask<List<AccountKey>> AccountKeysAfterAsync(AccountKey? last) => reader.QueryAsync(
            $"""
             SELECT shard, id, currency FROM ledger_accounts
              WHERE (shard, id) > ({(long)(last?.Shard ?? -1)}, {last?.Id ?? Guid.Empty}) ORDER BY shard, id LIMIT {(long)PageSize}
             """,
            row => new AccountKey((short)row.Int64(0), row.Uuid(1), row.Text(2)));

        private async ValueTask<Dictionary<(short, Guid), long>> SumsSinceLastBlockAsync()
        {
            var last = await Blocks.LastSeqAsync(reader);
            var sums = await reader.QueryAsync(
                $"""
                 SELECT p.shard, p.account_id, CAST(SUM(p.side * p.amount_minor) AS bigint)
                   FROM ledger_transactions t JOIN ledger_postings p ON p.shard = t.shard AND p.transaction_id = t.id
                  WHERE t.seq > {last} GROUP BY p.shard, p.account_id
                 """,
                row => ((short)row.Int64(0), row.Uuid(1), row.Int64(2)));
            return sums.ToDictionary(row => (row.Item1, row.Item2), row => row.Item3);
        }

        private ValueTask<List<Link>> LinksAfterAsync(Link? last) => reader.QueryAsync(
            $"SELECT seq, shard, digest FROM ledger_transactions WHERE seq > {last?.Seq ?? long.MinValue} ORDER BY seq LIMIT {(long)PageSize}",
            row => new Link(row.Int64(0), (short)row.Int64(1), row.BytesOrNull(2)));

        private ValueTask<List<Block>> BlocksAfterAsync(Block? last) => reader.QueryAsync(
            $"""
             SELECT shard, height, last_seq, transactions, head FROM ledger_blocks
              WHERE (last_seq, shard, height) > ({last?.LastSeq ?? long.MinValue}, {(long)(last?.Shard ?? -1)}, {last?.Height ?? 0})
              ORDER BY last_seq, shard, height LIMIT {(long)PageSize}
             """,
            row => new Block((short)row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3), row.Bytes(4)));

        private ValueTask<List<HoldEnd>> HoldEndsAfterAsync(HoldEnd? last) => reader.QueryAsync(
            $"""
             SELECT e.shard, e.hold_id, e.outcome, e.transaction_id, e.ended_at_ms, e.digest,
                    EXISTS (SELECT 1 FROM ledger_holds h WHERE h.shard = e.shard AND h.id = e.hold_id),
                    EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.shard = e.shard AND t.id = e.transaction_id AND t.hold = e.hold_id)
               FROM ledger_hold_ends e
              WHERE (e.shard, e.hold_id) > ({(long)(last?.Shard ?? -1)}, {last?.Hold ?? Guid.Empty})
              ORDER BY e.shard, e.hold_id LIMIT {(long)PageSize}
             """,
            row => new HoldEnd(
                (short)row.Int64(0), row.Uuid(1), row.Text(2), UuidOrNull(row, 3), row.Int64(4), row.Bytes(5), row.Bool(6), row.Bool(7)));

        private static DigestedHeader HeaderOf(ISqlRow row) => new(
            (short)row.Int64(0),
            row.Uuid(1),
            row.Uuid(2),
            row.Bool(3),
            row.Text(4),
            row.Text(5),
            row.Uuid(6),
            row.Int64(7),
            row.Int64(8),
            row.TextOrNull(9));

        private static Guid? UuidOrNull(ISqlRow row, int column) => row.IsNull(column) ? null : row.Uuid(column);

        private static string Show(Guid transaction) => new LedgerTransactionId(transaction).ToString();

        private static string ShowAccount(Guid account) => new LedgerAccountId(account).ToString();

        private void Fault(string sentence)
        {
            if (faultsOfCheck++ < MaxFaultsPerCheck) faults.Add(sentence);
        }
    }

    private sealed record HoldEnd(
        short Shard, Guid Hold, string Outcome, Guid? Transaction, long EndedAtMs, byte[] Digest, bool HasHold, bool HasTransaction);

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
