using Florin.Kernel;
using Florin.Sandbox;

namespace Florin.Payments.Tests;

public abstract class LedgerEntryTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    [Theory]
    [InlineData(290, 30, 10_000, "USD", 320)]
    [InlineData(290, 30, 1, "USD", 30)]
    [InlineData(0, 0, 10_000, "USD", 0)]
    [InlineData(10_000, 0, 10_000, "USD", 10_000)]
    [InlineData(250, 500, 100, "USD", 503)]
    [InlineData(290, 300, 12_345, "KRW", 658)]
    [InlineData(125, 7, 12_345, "KWD", 161)]
    [InlineData(290, 30, 999_999_999_999, "USD", 29_000_000_030)]
    public async Task The_merchant_is_owed_what_the_fee_leaves(int basisPoints, long fixedMinor, long amount, string currency, long fee)
    {
        foreach (var acquirer in AcquirerNames.All)
        {
            var scope = await Florin.NewMerchantAsync(new(basisPoints, new Dictionary<string, long> { [currency] = fixedMinor }));

            var paid = await PaidAsync(acquirer, amount, currency, scope: scope);

            Assert.Equal(fee, (await AgreementAsync(paid)).Charges[0].Fee.Minor);
            await RefundAsync(paid);
            await AgreementAsync(paid);

            // The gateway owes nothing more; the fee stays the merchant's debt.
            var balances = (await Florin.Ledger.BalancesAsync(scope, Ct)).ToDictionary(each => each.AccountCode, each => each.Amount.Minor);
            Assert.Equal(0, balances[$"gateway_receivable:{acquirer}"]);
            Assert.Equal(-fee, balances["merchant_pending"]);
            Assert.Equal(fee, balances.GetValueOrDefault("fee_income"));
        }
    }

    [Fact]
    public void A_fee_in_another_currency_than_its_fixed_part_has_none() =>
        Assert.Equal(29, LedgerEntries.Fee(new Money(1_000, Currency.Eur), new(290, new Dictionary<string, long> { ["USD"] = 30 })).Minor);
}

public sealed class LedgerEntriesOnSqlite(SqlitePayments fixture) : LedgerEntryTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class LedgerEntriesOnPostgres(PostgresPayments fixture) : LedgerEntryTests(fixture), IClassFixture<PostgresPayments>;
