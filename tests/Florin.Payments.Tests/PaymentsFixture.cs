using Florin.Testing.Databases;

namespace Florin.Payments.Tests;

/// <summary>One running Florin with its sandbox, shared by the tests of a class, which run one after another.</summary>
public abstract class PaymentsFixture(DatabaseFixture database) : IAsyncLifetime
{
    private RunningFlorin? florin;

    public DatabaseFixture Database => database;

    public RunningFlorin Florin => florin ?? throw new InvalidOperationException("It is not started yet.");

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        florin = await RunningFlorin.StartAsync(database);
    }

    /// <remarks>Whatever the class did, no card number may have leaked on the way, and the books must be sound.</remarks>
    public async Task DisposeAsync()
    {
        if (florin is not null)
        {
            var proof = await florin.Ledger.VerifyAsync(progress: null, CancellationToken.None);
            var leaks = await CardDataSearch.FindAsync(florin, database);
            await florin.DisposeAsync();
            Assert.Empty(proof.Faults);
            Assert.Empty(leaks);
        }

        await database.DisposeAsync();
    }
}

public sealed class SqlitePayments() : PaymentsFixture(new SqliteFixture());

public sealed class PostgresPayments() : PaymentsFixture(new PostgresFixture());
