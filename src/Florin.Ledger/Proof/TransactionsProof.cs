using System.Text;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>Proves parts of the transactions: each balances, is as it was recorded, and posts to accounts that are there. Adds up
/// what it reads.</summary>
/// <remarks>Parts are proved beside each other, by proofs with sums of their own. A row is read where it lies and made into the bytes
/// that its digest covers, so that hardly anything is allocated for a transaction.</remarks>
/// <param name="key">Null where indexes are not proved.</param>
internal sealed class TransactionsProof(
    ISqlReader reader, AccountSums accounts, RowKey? key, FaultsOfCheck faults, Action<int> progress, CancellationToken ct)
{
    /// <summary>How many transactions are read at a time.</summary>
    public const int PageSize = 2_000;

    // A question for each costs more than it saves where a page has few transactions of a shard.
    private const int MostRuns = 64;

    private static readonly SqlFragment LineColumns = new("p.line, p.shard, p.account_id, p.side, p.amount_minor, p.currency, p.epoch, p.transaction_id");

    private readonly Int128[] sums = new Int128[accounts.Count];
    private readonly Dictionary<string, Total> totals = new(StringComparer.Ordinal);
    private readonly Digest digest = new();
    private readonly byte[] made = new byte[Digest.Size];
    private readonly List<Header> headers = new(PageSize);
    private readonly List<Line> lines = [];
    private readonly Dictionary<long, (Part<TransactionKey> Run, int Count)> runsByShard = [];
    private byte[] headerBytes = new byte[PageSize * 256];
    private int headerLength;
    private int next;
    private bool? hasIds;
    private string lastCurrency = "";
    private string? lastTotalCurrency;
    private Total lastTotal = new();

    /// <summary>What of a transaction is needed once its postings are there; its bytes lie in a buffer of the page.</summary>
    private readonly record struct Header(long Seq, TransactionKey Key, int Start, int Length, bool HasDigest, DigestBytes Digest)
    {
        public Guid Id => Key.Id;
    }

    private readonly record struct Line(long Number, Guid Account, long Side, long AmountMinor, string Currency, long Epoch);

    public long Transactions { get; private set; }

    public long Postings { get; private set; }

    /// <summary>How many of them were posted of a hold.</summary>
    public long OfHolds { get; private set; }

    /// <summary>What the indexes must hold of this range.</summary>
    public IndexSums? Indexes { get; } = key is { } known ? new IndexSums(known) : null;

    public IReadOnlyDictionary<string, Total> Totals => totals;

    /// <summary>What was posted to the account of this number, debits positive; nothing to one that has none.</summary>
    public Int128 SumOf(int account) => account < 0 ? 0 : sums[account];

    /// <summary>Proves a part of the transactions in the order of recording.</summary>
    /// <param name="part">Numbers of transactions.</param>
    public async Task ProveAsync(Part<long> part)
    {
        var after = part.After;
        do
        {
            await ReadHeadersAsync($"WHERE seq > {after} AND seq <= {part.Until} ORDER BY seq");
            if (headers.Count == 0) return;
            var last = headers[^1].Seq;
            if (await RunsAsync() is { } runs) await ReadLinesAsync(runs);
            else await ReadLinesAsync(after, last);
            ProveRest();
            after = last;
        }
        while (headers.Count == PageSize);
    }

    private ValueTask ReadLinesAsync(long after, long last) => reader.EachAsync(
        $"""
         SELECT {LineColumns}, t.seq
           FROM ledger_transactions t JOIN ledger_postings p ON p.shard = t.shard AND p.transaction_id = t.id
          WHERE t.seq > {after} AND t.seq <= {last} ORDER BY t.seq, p.line
         """,
        ReadLineBySeq);

    private async ValueTask ReadLinesAsync(List<Part<TransactionKey>> runs)
    {
        headers.Sort((one, other) => one.Key.CompareTo(other.Key));
        foreach (var (first, last) in runs)
        {
            await reader.EachAsync(
                $"""
                 SELECT {LineColumns} FROM ledger_postings p
                  WHERE shard = {first.Shard} AND transaction_id >= {first.Id} AND transaction_id <= {last.Id} ORDER BY shard, transaction_id, line
                 """,
                ReadLineByKey);
        }
    }

    /// <summary>Where the postings of a page lie in SQLite's table, which a look for each transaction would find one by one: ids grow with
    /// time, so those of one page and shard have hardly others between them.</summary>
    /// <returns>The first and the last of each shard; null where they lie too far apart.</returns>
    private async ValueTask<List<Part<TransactionKey>>?> RunsAsync()
    {
        if (reader.Engine != SqlEngine.Sqlite) return null;
        hasIds ??= await reader.CountAsync($"SELECT COUNT(*) FROM sqlite_master WHERE type = 'index' AND name = 'ledger_transactions_id'") == 1;
        if (hasIds == false) return null;
        runsByShard.Clear();
        foreach (var header in headers)
        {
            var (run, count) = runsByShard.GetValueOrDefault(header.Key.Shard, (new Part<TransactionKey>(header.Key, header.Key), 0));
            if (header.Key.CompareTo(run.After) < 0) run = run with { After = header.Key };
            if (header.Key.CompareTo(run.Until) > 0) run = run with { Until = header.Key };
            runsByShard[header.Key.Shard] = (run, count + 1);
            if (runsByShard.Count > MostRuns) return null;
        }

        foreach (var ((first, last), count) in runsByShard.Values)
        {
            var most = (2L * count) + 1;
            var between = await reader.CountAsync(
                $"""
                 SELECT COUNT(*) FROM (SELECT 1 FROM ledger_transactions
                  WHERE shard = {first.Shard} AND id >= {first.Id} AND id <= {last.Id} LIMIT {most})
                 """);
            if (between == most) return null;
        }

        return [.. runsByShard.OrderBy(run => run.Key).Select(run => run.Value.Run)];
    }

    /// <summary>Proves those of a part of one shard whose numbers are no greater than <paramref name="until"/>, in the order of their ids.</summary>
    /// <remarks>PostgreSQL reads two tables in one order in a third of the time that it needs to look the postings of each transaction
    /// up. SQLite, which keeps transactions in the order of recording, would have to look these up.</remarks>
    public async Task ProveAsync(Part<TransactionKey> part, long until)
    {
        var after = part.After;
        do
        {
            await ReadHeadersAsync($"WHERE shard = {after.Shard} AND id > {after.Id} AND id <= {part.Until.Id} AND seq <= {until} ORDER BY shard, id");
            if (headers.Count == 0) return;
            await reader.EachAsync(
                $"""
                 SELECT {LineColumns} FROM ledger_postings p
                  WHERE shard = {after.Shard} AND transaction_id > {after.Id} AND transaction_id <= {headers[^1].Id}
                  ORDER BY shard, transaction_id, line
                 """,
                ReadLineByKey);
            ProveRest();
            after = headers[^1].Key;
        }
        while (headers.Count == PageSize);
    }

    private async Task ReadHeadersAsync(Sql which)
    {
        ct.ThrowIfCancellationRequested();
        (headerLength, next) = (0, 0);
        headers.Clear();
        await reader.EachAsync(
            $"""
             SELECT seq, shard, id, merchant, is_live, reference, kind, subject, effective_at_ms, recorded_at_ms, metadata,
                    correction, corrects, hold, digest
               FROM ledger_transactions {which} LIMIT {(long)PageSize}
             """,
            ReadHeader);
    }

    private void ProveRest()
    {
        while (next < headers.Count) ProveNext();
        progress(headers.Count);
    }

    private void ReadHeader(ISqlRow row)
    {
        digest.Restart(Digest.TransactionForm);
        var (seq, shard, id, subject) = (row.Int64(0), row.Int64(1), row.Uuid(2), row.Uuid(7));
        Indexes?.AddTransaction(seq, shard, id, row.Utf8(5), subject);
        digest.Add(shard).Add(id).Add(row.Uuid(3)).Add(row.Bool(4)).AddUtf8(row.Utf8(5)).AddUtf8(row.Utf8(6)).Add(subject);
        digest.Add(row.Int64(8)).Add(row.Int64(9));
        AddTextOrNull(row, 10);
        AddTextOrNull(row, 11);
        AddUuidOrNull(row, 12);
        AddUuidOrNull(row, 13);
        if (!row.IsNull(13)) OfHolds++;
        if (!row.IsNull(11) && row.Utf8(11).SequenceEqual("reversal"u8)) Indexes?.AddReversal(seq, shard, row.IsNull(12) ? Guid.Empty : row.Uuid(12));
        var bytes = digest.Bytes;
        if (headerLength + bytes.Length > headerBytes.Length) Array.Resize(ref headerBytes, Math.Max(headerBytes.Length * 2, headerLength + bytes.Length));
        bytes.CopyTo(headerBytes.AsSpan(headerLength));
        var hasDigest = !row.IsNull(14);
        headers.Add(new Header(seq, new TransactionKey(shard, id), headerLength, bytes.Length, hasDigest, hasDigest ? DigestBytes.Of(row.Span(14)) : default));
        headerLength += bytes.Length;
        Transactions++;
    }

    private void AddTextOrNull(ISqlRow row, int column)
    {
        if (row.IsNull(column)) digest.Add((string?)null);
        else digest.AddUtf8(row.Utf8(column));
    }

    private void AddUuidOrNull(ISqlRow row, int column)
    {
        if (row.IsNull(column)) digest.Add((Guid?)null);
        else digest.Add((Guid?)row.Uuid(column));
    }

    // Headers and postings come in the same order, so they are put together like two decks of cards.
    private void ReadLineBySeq(ISqlRow row)
    {
        var seq = row.Int64(8);
        while (next < headers.Count && headers[next].Seq < seq) ProveNext();
        var owner = new TransactionKey(row.Int64(1), row.Uuid(7));
        ReadLine(row, owner);

        // SQLite does not look at the first row that it finds by an index again, which may have been changed where it lies.
        if (owner.Id != headers[next].Id)
        {
            faults.Add($"Posting {lines[^1].Number} of {FaultsOfCheck.Show(headers[next].Id)} names {FaultsOfCheck.Show(owner.Id)} as its transaction.");
        }
    }

    private void ReadLineByKey(ISqlRow row)
    {
        var owner = new TransactionKey(row.Int64(1), row.Uuid(7));
        var order = 1;
        while (next < headers.Count && (order = headers[next].Key.CompareTo(owner)) < 0) ProveNext();

        // Between them lie postings of transactions that are not of this part, and such as have none, which are counted elsewhere.
        if (order == 0) ReadLine(row, owner);
    }

    private void ReadLine(ISqlRow row, TransactionKey owner)
    {
        lastCurrency = CurrencyText.Of(row.Utf8(5), lastCurrency);
        var line = new Line(row.Int64(0), row.Uuid(2), row.Int64(3), row.Int64(4), lastCurrency, row.Int64(6));
        lines.Add(line);
        Indexes?.AddPosting(line.Epoch, owner.Shard, line.Account, owner.Id, line.Number, line.Side, line.AmountMinor);
        Count(line, owner.Shard);
    }

    private void Count(in Line line, long shard)
    {
        Postings++;
        var total = TotalOf(line.Currency);
        if (line.Side > 0) total.Debits += line.AmountMinor;
        else total.Credits += line.AmountMinor;
        var account = accounts.NumberOf(shard, line.Account);
        if (account >= 0) sums[account] += (Int128)line.Side * line.AmountMinor;
        if (line is { AmountMinor: > 0, Side: 1 or -1 } && account >= 0 && accounts.CurrencyOf(account) == line.Currency) return;
        FaultLine(line, account < 0 ? null : accounts.CurrencyOf(account));
    }

    private void FaultLine(in Line line, string? accountCurrency)
    {
        var where = $"Posting {line.Number} of {FaultsOfCheck.Show(headers[next].Id)}";
        if (line.AmountMinor <= 0) faults.Add($"{where} has the amount {line.AmountMinor}, which is not positive.");
        if (line.Side is not (1 or -1)) faults.Add($"{where} has the side {line.Side}, which is neither debit nor credit.");
        if (accountCurrency is null) faults.Add($"{where} names account {FaultsOfCheck.ShowAccount(line.Account)}, which is not there.");
        else if (accountCurrency != line.Currency)
        {
            faults.Add($"{where} is in {line.Currency}, but its account {FaultsOfCheck.ShowAccount(line.Account)} is kept in {accountCurrency}.");
        }
    }

    private Total TotalOf(string currency)
    {
        if (currency == lastTotalCurrency) return lastTotal;
        if (!totals.TryGetValue(currency, out var total)) totals.Add(currency, total = new Total());
        (lastTotalCurrency, lastTotal) = (currency, total);
        return total;
    }

    private void ProveNext()
    {
        var header = headers[next++];
        var before = faults.Count;
        if (lines.Count < 2) faults.Add($"{Named(header)} has {lines.Count} postings; it needs two or more.");
        ProveSums(header);

        // Whoever reads by account looks into epochs that are there, so a posting filed elsewhere would be overlooked. A
        // transaction from before there were epochs and digests is in the first and has none.
        var epoch = !header.HasDigest || lines.Count == 0 ? 0 : lines[0].Epoch;
        foreach (var line in lines)
        {
            if (line.Epoch != epoch) faults.Add($"Posting {line.Number} of {FaultsOfCheck.Show(header.Id)} is filed in epoch {line.Epoch}, not {epoch}.");
        }

        // One that is off has been named already.
        if (faults.Count == before && header.HasDigest) ProveDigest(header, epoch);
        lines.Clear();
    }

    private void ProveDigest(in Header header, long epoch)
    {
        digest.Restart(headerBytes.AsSpan(header.Start, header.Length));
        digest.Add(epoch);
        foreach (var line in lines) digest.AddLine(line.Number, line.Account, line.Side, line.AmountMinor, line.Currency);
        digest.Finish(made);
        if (header.Digest == DigestBytes.Of(made)) return;
        faults.Add($"{Named(header)} or a posting of it is not as it was recorded: its digest differs.");
    }

    private void ProveSums(in Header header)
    {
        Int128 sum = 0;
        foreach (var line in lines)
        {
            if (line.Currency != lines[0].Currency)
            {
                ProveSumsOfEach(header);
                return;
            }

            sum += (Int128)line.Side * line.AmountMinor;
        }

        if (sum != 0) FaultSum(header, sum, lines[0].Currency);
    }

    private void ProveSumsOfEach(in Header header)
    {
        foreach (var currency in lines.GroupBy(line => line.Currency))
        {
            var sum = currency.Aggregate(Int128.Zero, (sum, line) => sum + ((Int128)line.Side * line.AmountMinor));
            if (sum != 0) FaultSum(header, sum, currency.Key);
        }
    }

    private void FaultSum(in Header header, Int128 sum, string currency) =>
        faults.Add($"{Named(header)} is out of balance by {sum} minor units of {currency}.");

    private string Named(in Header header)
    {
        // The reference lies behind form, shard, id, merchant, mode and its own length.
        const int Length = 1 + 8 + 16 + 16 + 1;
        var bytes = headerBytes.AsSpan(header.Start, header.Length);
        var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes[Length..]);
        return $"Transaction {FaultsOfCheck.Show(header.Id)} ({Encoding.UTF8.GetString(bytes.Slice(Length + 4, length))})";
    }
}

/// <summary>What a transaction is found by, in the order in which both engines keep it.</summary>
internal readonly record struct TransactionKey(long Shard, Guid Id) : IComparable<TransactionKey>
{
    public int CompareTo(TransactionKey other) => Shard == other.Shard ? Id.CompareTo(other.Id) : Shard.CompareTo(other.Shard);
}

/// <summary>A SHA-256 by value.</summary>
internal readonly record struct DigestBytes(Int128 Upper, Int128 Lower)
{
    /// <summary>Of bytes that are no digest at all, what no digest is equal to but by a chance of one in 2^256.</summary>
    public static DigestBytes Of(ReadOnlySpan<byte> bytes) => bytes.Length == Digest.Size
        ? new DigestBytes(
            System.Buffers.Binary.BinaryPrimitives.ReadInt128BigEndian(bytes),
            System.Buffers.Binary.BinaryPrimitives.ReadInt128BigEndian(bytes[16..]))
        : default;
}
