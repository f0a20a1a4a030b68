using Florin.Testing.Processes;

namespace Florin.Scenarios.Tests;

public abstract class RefundRaceTests(FlorinFixture fixture)
{
    private const int Rounds = 200;

    [Fact]
    public async Task Of_two_refunds_of_60_on_a_payment_of_100_exactly_one_is_given()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, Rounds), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (_, _) =>
        {
            var payment = await fixture.Florin.PostAsync("/v1/payment_intents", null, ("amount", "100"), ("currency", "usd"), ("payment_method", "pm_card_visa"), ("confirm", "true"));
            Assert.Equal("succeeded", payment["status"]);
            var answers = await Task.WhenAll(RefundAsync(payment["id"]), RefundAsync(payment["id"]));
            Assert.Equal(["200", "400 amount_too_large"], answers.Select(answer => $"{answer.Status} {answer.ErrorCode}".TrimEnd()).Order());
            Assert.Equal(60, (await fixture.Florin.BookedAsync(payment.Key))!.Refunded);
        });
        await fixture.ProveLedgerAsync();
    }

    private Task<Answer> RefundAsync(string payment) =>
        fixture.Florin.PostAsync("/v1/refunds", null, ("payment_intent", payment), ("amount", "60"));
}

public sealed class RefundRaceOnSqlite(FlorinOnSqlite fixture) : RefundRaceTests(fixture), IClassFixture<FlorinOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class RefundRaceOnPostgres(FlorinOnPostgres fixture) : RefundRaceTests(fixture), IClassFixture<FlorinOnPostgres>;
