using System.Threading.Channels;
using Florin.Storage.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Florin.Storage.Idempotency;

/// <summary>Ends the claims of requests that failed in this process, which lives on and would be waited for.</summary>
/// <remarks>Most of them failed because the database was away, so this is tried until it is back. What is not written down by then, or
/// is one too many, ends with its lease.</remarks>
internal sealed class GivenUpKeys(IDatabase database, Node self, TimeProvider time, ILogger<GivenUpKeys> log) : BackgroundService
{
    private const int Most = 10_000;
    private const int Batch = 1_000;

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly Channel<IdempotencyKey> waiting =
        Channel.CreateBounded<IdempotencyKey>(new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public void Add(IdempotencyKey key) => waiting.Writer.TryWrite(key);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                while (!await TryEndAsync(stoppingToken)) await Task.Delay(AfterFailure, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping; this node counts as gone from then on, and its claims with it.
        }
    }

    /// <summary>Ends the claims that wait; those that the database does not take wait on.</summary>
    internal async Task EndAsync(CancellationToken ct)
    {
        var keys = new List<IdempotencyKey>();
        while (keys.Count < Batch && waiting.Reader.TryRead(out var key)) keys.Add(key);
        try
        {
            await database.WriteAsync(tx => EndAsync(tx, keys), ct);
        }
        catch
        {
            foreach (var key in keys) Add(key);
            throw;
        }
    }

    private async Task EndAsync(ITransaction tx, List<IdempotencyKey> keys)
    {
        var now = time.GetUtcNow();
        foreach (var key in keys)
        {
            await tx.EnqueueAsync(
                $"""
                 UPDATE idempotency_keys SET lease_until_ms = {now}
                  WHERE shard = {key.Shard} AND scope = {key.Scope} AND key = {key.Key} AND state = 'started'
                    AND request_id = {key.RequestId} AND node_id = {self.Id}
                 """);
        }
    }

    private async Task<bool> TryEndAsync(CancellationToken ct)
    {
        try
        {
            await EndAsync(ct);
            return true;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            // Most likely the database is away; and nothing that fails here may end the process.
            Log.KeysNotGivenUp(log, waiting.Reader.Count, failure);
            return false;
        }
    }
}
