using System.Collections.Concurrent;
using Florin.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Florin.Merchants;

/// <summary>When each key was last used: noted in memory with every request, and written down once a minute for all.</summary>
/// <remarks>A process that is killed forgets the last minute, which for this purpose is near enough.</remarks>
internal sealed class KeyUses(IDatabase database)
{
    private readonly ConcurrentDictionary<ApiKeyId, DateTimeOffset> noted = [];

    public void Note(ApiKeyId key, DateTimeOffset at) => noted[key] = at;

    /// <summary>A use that is not written down yet.</summary>
    public DateTimeOffset? LatestOf(ApiKeyId key) => noted.TryGetValue(key, out var at) ? at : null;

    public async Task WriteDownAsync(CancellationToken ct)
    {
        var latest = noted.ToArray();
        if (latest.Length == 0) return;
        await database.WriteAsync(
            async tx =>
            {
                // Another node may have written a later use down.
                foreach (var (key, at) in latest)
                {
                    await tx.EnqueueAsync(
                        $"UPDATE api_keys SET last_used_at_ms = {at} WHERE id = {key} AND (last_used_at_ms IS NULL OR last_used_at_ms < {at})");
                }
            },
            ct);

        // A use that was noted meanwhile stays, with its own time.
        foreach (var use in latest) noted.TryRemove(use);
    }
}

internal sealed class KeyUseWriter(KeyUses uses, TimeProvider time, ILogger<KeyUseWriter> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryWriteDownAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TryWriteDownAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping; what is left is written down by StopAsync.
        }
    }

    // A database that is away must not end the worker, and with it the server.
    private async Task TryWriteDownAsync(CancellationToken ct)
    {
        try
        {
            await uses.WriteDownAsync(ct);
        }
        catch (DatabaseException failure)
        {
            Log.KeyUsesNotWritten(log, failure);
        }
    }
}
