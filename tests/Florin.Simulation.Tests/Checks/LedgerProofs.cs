using Florin.Ledger;
using Florin.Simulation.Tests.Database;
using Florin.Simulation.Tests.Scheduling;
using Florin.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Simulation.Tests.Checks;

/// <summary>What <c>florin ledger verify</c> says of the book at the end.</summary>
internal static class LedgerProofs
{
    // It reads every index too, so that it takes as long as the rest of a seed.
    private const ulong ProvedEvery = 8;

    public static IEnumerable<string> FaultsOf(World world)
    {
        if (world.Seed % ProvedEvery != 0) return [];
        using var services = Node.Compose(TimeProvider.System, new SeededBytes(new Dice(world.Seed)), SimulatedLog.Deaf, added =>
            added.AddSingleton<IDatabase>(new DatabaseAtRest(world.Engine)));
        var proof = services.GetRequiredService<ILedger>().VerifyAsync(progress: null, CancellationToken.None).GetAwaiter().GetResult();
        return proof.Faults.Select(fault => $"the ledger's own proof says: {fault}");
    }

    /// <summary>For reading when all is over. The proof reads from two threads, one after another here.</summary>
    private sealed class DatabaseAtRest(SimulatedEngine engine) : IDatabase
    {
        private readonly Lock gate = new();

        public SqlEngine Engine => SqlEngine.Sqlite;

        public Task<T> ReadAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct)
        {
            lock (gate) return Task.FromResult(engine.Read(read, isOneQuestion: false));
        }

        public Task<T> AskAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct)
        {
            lock (gate) return Task.FromResult(engine.Read(read, isOneQuestion: true));
        }

        public Task<T> WriteAsync<T>(Func<ITransaction, Task<T>> write, CancellationToken ct) =>
            throw new NotSupportedException("All is over: nothing is written any more.");
    }
}
