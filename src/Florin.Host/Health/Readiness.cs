using Florin.Storage;

namespace Florin.Host.Health;

/// <summary>Something that must hold for requests to be welcome here.</summary>
internal abstract class ReadinessCheck
{
    /// <summary>In snake case, as the answer shows it.</summary>
    public abstract string Name { get; }

    /// <returns>Null when it holds, else what is wrong, in words that any caller may read.</returns>
    public abstract Task<string?> FaultAsync(CancellationToken ct);
}

/// <summary>The database gives an answer.</summary>
internal sealed class DatabaseAnswers(IDatabase database) : ReadinessCheck
{
    public override string Name => "database";

    public override async Task<string?> FaultAsync(CancellationToken ct)
    {
        try
        {
            await database.ReadAsync(async reader => await reader.CountAsync($"SELECT count(*) FROM schema_migrations"), ct);
            return null;
        }
        catch (DatabaseException)
        {
            // The reason names hosts and files; the operator finds it in the log of whatever met it first.
            return "does not answer";
        }
    }
}

/// <summary>Whether requests are welcome: the process has started, is not stopping, and every check holds.</summary>
internal sealed class Readiness(IEnumerable<ReadinessCheck> checks, TimeProvider time)
{
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(2);

    private volatile string? lifeFault = "starting";

    public void Started() => lifeFault = null;

    public void Draining() => lifeFault = "stopping";

    /// <returns>By name, null or what is wrong.</returns>
    public async Task<IReadOnlyDictionary<string, string?>> CheckAsync()
    {
        var faults = new Dictionary<string, string?> { ["process"] = lifeFault };
        using var deadline = new CancellationTokenSource(CheckTimeout, time);
        foreach (var check in checks)
        {
            try
            {
                faults[check.Name] = await check.FaultAsync(deadline.Token).WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                faults[check.Name] = "took too long";
            }
        }

        return faults;
    }
}
