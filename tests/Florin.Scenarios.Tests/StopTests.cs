using Florin.Testing.Processes;

namespace Florin.Scenarios.Tests;

public abstract class StopTests(FlorinFixture fixture)
{
    [Fact]
    public async Task A_payment_in_flight_is_finished_before_the_process_ends()
    {
        using var asked = await fixture.Florin.Sandbox.PostAsync(
            "/control/fault", new StringContent("""{"operation":"authorize","kind":"delay","when":"after","delay_ms":1500}"""));
        asked.EnsureSuccessStatusCode();
        var paying = fixture.Florin.PostAsync("/v1/payment_intents", null, Talking.Card("4242424242424242", 1_000, "usd"));
        await BookedAsync();
        await fixture.Florin.TerminateAsync();
        var paid = await paying;
        Assert.Equal((200, "succeeded"), (paid.Status, paid["status"]));
        Assert.Equal(0, await fixture.Florin.ExitCodeAsync());
        await fixture.ProveLedgerAsync();
    }

    // The acquirer has it, and only the answer is late.
    private async Task BookedAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!(await fixture.Florin.Sandbox.GetStringAsync("/book.json", patience.Token)).Contains("\"amount\":1000", StringComparison.Ordinal))
        {
            await Task.Delay(10, patience.Token);
        }
    }
}

public sealed class StopOnSqlite(FlorinOnSqlite fixture) : StopTests(fixture), IClassFixture<FlorinOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class StopOnPostgres(FlorinOnPostgres fixture) : StopTests(fixture), IClassFixture<FlorinOnPostgres>;
