namespace Florin.Scenarios.Tests;

public abstract class DemoBooksTests(FlorinFixture fixture)
{
    [Fact]
    public async Task The_demo_shop_begins_with_books_of_its_own_that_are_in_balance_and_another_start_adds_nothing()
    {
        var before = await BalancesAsync();
        Assert.True(before.Count > 15, $"{before.Count} accounts");
        var (_, balance, available) = before.Single(account => account.Code == "own:bank:current");
        Assert.True(available < balance, $"{available} of {balance}");
        var won = (await fixture.Florin.GetAsync("/v1/florin/ledger/reports/balance_sheet")).Body.GetProperty("currencies")[0];
        long TotalOf(string section) => won.GetProperty(section).GetProperty("total").GetInt64();
        Assert.Equal(TotalOf("assets"), TotalOf("liabilities") + won.GetProperty("total_equity").GetInt64());

        await fixture.RestartAsync(FlorinFixture.GatewayTimeoutSeconds);

        Assert.Equal(before, await BalancesAsync());
        await fixture.ProveLedgerAsync();
    }

    private async Task<List<(string Code, long Balance, long Available)>> BalancesAsync()
    {
        var answer = await fixture.Florin.GetAsync("/v1/florin/ledger/balances?code_prefix=own:&limit=100");
        return [.. answer.Body.GetProperty("data").EnumerateArray().Select(balance => (
            balance.GetProperty("code").GetString()!, balance.GetProperty("balance").GetInt64(), balance.GetProperty("available").GetInt64()))];
    }
}

public sealed class DemoBooksOnSqlite(FlorinOnSqlite fixture) : DemoBooksTests(fixture), IClassFixture<FlorinOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class DemoBooksOnPostgres(FlorinOnPostgres fixture) : DemoBooksTests(fixture), IClassFixture<FlorinOnPostgres>;
