using Florin.Kernel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Florin.Storage.Nodes;

/// <summary>Tells the other processes that this one lives, and gives back what those held that have gone silent.</summary>
/// <remarks>
/// Silence is no proof of death: a process may be paused, or cut off from the database. So nothing may rest on a node being
/// gone but who goes on with its work; what makes an effect happen once is held by the rows themselves.
/// </remarks>
internal sealed class NodeWatch(Node self, IDatabase database, IEnumerable<INodeHoldings> holdings, TimeProvider time, ILogger<NodeWatch> log)
    : BackgroundService
{
    /// <summary>How long a node counts as alive after it was last heard of.</summary>
    internal static readonly TimeSpan AliveFor = TimeSpan.FromSeconds(15);

    // Twice may fail before anybody notices.
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    // Longer than any lease whose holder is looked up here.
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(1);

    // Before anything is claimed in its name.
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await BeatAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            await database.WriteAsync(
                async tx => await tx.ExecuteAsync($"UPDATE nodes SET alive_until_ms = {now} WHERE id = {self.Id}"), cancellationToken);
        }
        catch (DatabaseException failure)
        {
            // Then the others notice by its silence.
            Log.NodeNotRenewed(log, failure);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = BeatEvery;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested) break;
            try
            {
                await BeatAsync(CancellationToken.None);
                wait = BeatEvery;
            }
            catch (Exception failure)
            {
                // Most likely the database is away, and then nobody else can take anything either.
                Log.NodeNotRenewed(log, failure);
                wait = AfterFailure;
            }
        }
    }

    internal Task BeatAsync(CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var now = time.GetUtcNow();
            await tx.ExecuteAsync(
                $"""
                 INSERT INTO nodes (id, alive_until_ms, released) VALUES ({self.Id}, {now + AliveFor}, {false})
                 ON CONFLICT (id) DO UPDATE SET alive_until_ms = excluded.alive_until_ms, released = excluded.released
                 """);
            var silent = await tx.QueryAsync(
                $"SELECT id FROM nodes WHERE alive_until_ms <= {now} AND released = {false} ORDER BY id", row => row.Uuid(0));
            foreach (var node in silent)
            {
                // Locks the line, so that two who notice at once do it one after the other.
                var isMine = await tx.ExecuteAsync($"UPDATE nodes SET released = {true} WHERE id = {node} AND alive_until_ms <= {now} AND released = {false}");
                if (isMine == 0) continue;
                foreach (var held in holdings) await held.ReleaseAsync(tx, node, now);
            }

            await tx.ExecuteAsync($"DELETE FROM nodes WHERE alive_until_ms <= {now - KeepFor}");
        },
        ct);
}
