using Florin.Storage;
using Microsoft.Extensions.Logging;

namespace Florin.Vault.Issuers;

/// <summary>The table in memory, and the ways to it.</summary>
internal sealed class IssuerDirectory(IDatabase database, TimeProvider time, ILogger<IssuerDirectory> log) : IIssuers, IDisposable
{
    // One at a time puts another table in place, so that the later one stays.
    private readonly SemaphoreSlim replacing = new(1);
    private Loaded current = new(Version: 0, IssuerTable.Empty);

    private sealed record Loaded(long Version, IssuerTable Table);

    public void Dispose() => replacing.Dispose();

    /// <summary>What is known of a card by its number, without asking anybody.</summary>
    public IssuerFacts? Of(bool isLive, ReadOnlySpan<char> digits) =>
        (isLive ? null : TestIssuers.Table.Find(digits)) ?? Volatile.Read(ref current).Table.Find(digits);

    /// <summary>Reads the table again where it has changed.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await replacing.WaitAsync(ct);
        try
        {
            if (await CurrentAsync(ct) is not { } stored || stored.Version == current.Version) return;

            // One snapshot, so that the version is that of these ranges.
            var (info, table) = await database.ReadAsync(
                async reader =>
                {
                    var builder = new IssuerTable.Builder();
                    await IssuerStore.EachAsync(reader, row => builder.Add(row));
                    return ((await IssuerStore.FindAsync(reader))!, builder.Build());
                },
                ct);
            Volatile.Write(ref current, new Loaded(info.Version, table));
            Log.IssuersLoaded(log, info.Ranges, info.Version);
        }
        finally
        {
            replacing.Release();
        }
    }

    public async Task<IssuerImport> ImportAsync(Stream csv, bool isDryRun, Action<IssuerFault> onFault, CancellationToken ct)
    {
        var file = new IssuerFile(onFault);
        await foreach (var (number, line) in IssuerLines.ReadAsync(csv, ct))
        {
            if (!file.Read(number, line)) break;
        }

        var rows = file.Finish();
        if (file.Faults > 0 || isDryRun) return new IssuerImport(rows.Count, file.Faults, IsKept: false);
        await replacing.WaitAsync(ct);
        try
        {
            var now = time.GetUtcNow();
            var version = await database.WriteAsync(tx => IssuerStore.ReplaceAsync(tx, rows, now), ct);
            Volatile.Write(ref current, new Loaded(version, rows.Aggregate(new IssuerTable.Builder(), (builder, row) => builder.Add(row)).Build()));
        }
        finally
        {
            replacing.Release();
        }

        return new IssuerImport(rows.Count, Faults: 0, IsKept: true);
    }

    public Task<IssuerTableInfo?> CurrentAsync(CancellationToken ct) =>
        database.AskAsync(async reader => await IssuerStore.FindAsync(reader), ct);

    public async Task<IReadOnlyList<IssuerRange>> FindAsync(string bin, int most, CancellationToken ct)
    {
        if (bin.Length is < IssuerRange.LeastDigits or > IssuerRange.MostDigits || !bin.All(char.IsAsciiDigit))
        {
            throw new ArgumentException($"It is no {IssuerRange.LeastDigits} to {IssuerRange.MostDigits} digits.", nameof(bin));
        }

        var (first, last) = (IssuerRow.Filled(bin, '0'), IssuerRow.Filled(bin, '9'));
        var stored = await database.AskAsync(async reader => await IssuerStore.BetweenAsync(reader, first, last, most), ct);
        var tests = TestIssuers.Rows.Where(row => row.First <= last && row.Last >= first).OrderBy(row => row.Last - row.First).ThenBy(row => row.First);
        return [.. tests.Select(row => row.ToRange(isTest: true)).Concat(stored.Select(row => row.ToRange(isTest: false))).Take(most)];
    }
}
