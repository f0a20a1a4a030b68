using System.Text;
using Florin.Sandbox;
using Florin.Storage;
using Florin.Testing.Databases;

namespace Florin.Payments.Tests;

/// <summary>Every class of this suite looks for card data at its end; this one uses every card first.</summary>
public abstract class CardDataTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    [Fact]
    public async Task No_card_number_or_code_is_outside_of_the_vaults_ciphertext()
    {
        foreach (var card in TestCards.All.Where(card => card.Behavior is not (TestCardBehavior.SlowAnswer or TestCardBehavior.SilentAfterApproving or TestCardBehavior.SilentWithoutApproving)))
        {
            foreach (var acquirer in AcquirerNames.All) await PayAsync(card.Number, acquirer);
        }

        // What goes wrong is logged, and a log line is where card data likes to hide.
        Florin.Options.QuerySchedule = [TimeSpan.Zero];
        await Florin.FaultAsync(AcquirerNames.Aurora, "authorize", "malformed", "after");
        await Florin.FaultAsync(AcquirerNames.Aurora, "query", "malformed", "before");
        var unknown = (await PayAsync(Cards.Approved, AcquirerNames.Aurora)).Value;
        await RunningFlorin.EventuallyAsync(async () => (await Florin.DeadJobsAsync(unknown)).Count == 1);
        await Florin.Methods.CreateTokenAsync(Florin.Request(), new NewCard(Cards.Entry(Cards.Approved), BillingDetails.None), answer: null, Ct);

        Assert.Empty(await CardDataSearch.FindAsync(Florin, Fixture.Database));
        Assert.NotEmpty(Florin.LogLines);
    }
}

public sealed class CardDataOnSqlite(SqlitePayments fixture) : CardDataTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class CardDataOnPostgres(PostgresPayments fixture) : CardDataTests(fixture), IClassFixture<PostgresPayments>;

/// <summary>The search would find what should not be there.</summary>
public abstract class CardDataSearchTests(DatabaseFixture database)
{
    [Fact]
    public async Task What_is_planted_is_found()
    {
        await using var florin = await RunningFlorin.StartAsync(database);
        var number = Encoding.ASCII.GetBytes(Cards.Approved);
        var now = TimeProvider.System.GetUtcNow();
        await florin.Database.WriteAsync(
            async tx => await tx.ExecuteAsync(
                $"""
                 INSERT INTO idempotency_keys (shard, scope, key, fingerprint, state, request_id, lease_until_ms, created_at_ms)
                 VALUES ({florin.Scope.Shard}, 'planted', 'planted', {number}, 'started', {Cards.Cvc}, 0, {now})
                 """),
            CancellationToken.None);
        florin.LogLines.Enqueue($"declined {Cards.Declined}");

        var found = await CardDataSearch.FindAsync(florin, database);

        Assert.Contains("table idempotency_keys holds the number ending in 4242", found);
        Assert.Contains("table idempotency_keys holds a security code", found);
        Assert.Contains("the log holds the number ending in 9995", found);
        Assert.Equal(database is SqliteFixture, found.Contains("the database's files holds the number ending in 4242"));
    }
}

public sealed class CardDataSearchOnSqlite(SqliteFixture database) : CardDataSearchTests(database), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class CardDataSearchOnPostgres(PostgresFixture database) : CardDataSearchTests(database), IClassFixture<PostgresFixture>;
