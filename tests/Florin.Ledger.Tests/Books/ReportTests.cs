using Florin.Kernel;
using Florin.Testing.Databases;

namespace Florin.Ledger.Tests.Books;

/// <summary>Income statements and balance sheets, against the trial balance that they are views of and against each other.</summary>
public abstract class ReportTests(DatabaseFixture fixture) : BookTests(fixture)
{
    [Theory]
    [InlineData(LedgerDate.Effective)]
    [InlineData(LedgerDate.Recorded)]
    public async Task Reports_of_random_books_balance_and_agree_with_the_trial_balance(LedgerDate by)
    {
        await PostRandomAsync(seed: 20, 3_000);
        var now = Time.GetUtcNow();
        LedgerSpan[] spans =
        [
            new(by, null, null), new(by, now.AddDays(-300), now.AddDays(-20)), new(by, now.AddDays(-2), null), new(by, null, now.AddDays(-1)),
        ];
        foreach (var span in spans)
        {
            var trial = await Queries.TrialBalanceAsync(Scope, span, Ct);
            var statements = await Reports.IncomeStatementAsync(Scope, span, Ct);
            var sheets = await Reports.BalanceSheetAsync(Scope, span, Ct);
            Assert.Equal(["EUR", "KRW", "KWD"], sheets.Select(sheet => sheet.Currency.Code));
            foreach (var (statement, sheet) in statements.Zip(sheets))
            {
                long Sum(AccountKind kind, Func<TrialBalanceLine, long> amountOf) =>
                    trial.Where(line => line.Kind == kind && line.Closing.Currency == sheet.Currency).Sum(amountOf);

                Assert.True(sheet.IsBalanced);
                Assert.Equal(sheet.Assets.Total, sheet.Liabilities.Total + sheet.TotalEquity);
                Assert.Equal(Sum(AccountKind.Asset, line => line.Closing.Minor), sheet.Assets.Total.Minor);
                Assert.Equal(Sum(AccountKind.Liability, line => line.Closing.Minor), sheet.Liabilities.Total.Minor);
                Assert.Equal(Sum(AccountKind.Equity, line => line.Closing.Minor), sheet.Equity.Total.Minor);
                Assert.Equal(Sum(AccountKind.Income, line => line.Credits.Minor - line.Debits.Minor), statement.Income.Total.Minor);
                Assert.Equal(Sum(AccountKind.Expense, line => line.Debits.Minor - line.Credits.Minor), statement.Expenses.Total.Minor);
                Assert.Equal(
                    Sum(AccountKind.Income, line => line.Opening.Minor) - Sum(AccountKind.Expense, line => line.Opening.Minor), sheet.EarlierResults.Minor);
                Assert.Equal(statement.Result, sheet.Result);
                Assert.All(sheet.Assets.Lines, line => Assert.Contains(trial, one => one.Id == line.Account && one.Closing == line.Amount));
                Assert.Equal(sheet.Liabilities.Total.Minor, sheet.Liabilities.Lines.Sum(line => line.Amount.Minor));
            }
        }
    }

    [Fact]
    public async Task What_was_earned_in_a_period_is_its_result_and_afterwards_an_earlier_one()
    {
        var (january, february, march) = (new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        AccountName bank = new(Scope, "cash", AccountKind.Asset, Currency.Eur), sales = new(Scope, "sales", AccountKind.Income, Currency.Eur);
        AccountName rent = new(Scope, "rent", AccountKind.Expense, Currency.Eur), capital = new(Scope, "capital", AccountKind.Equity, Currency.Eur);
        foreach (var transaction in (NewLedgerTransaction[])
            [Move(bank, capital, 10_000, january), Move(bank, sales, 500, january), Move(rent, bank, 200, february), Move(bank, sales, 900, february)])
        {
            Assert.Null((await Ledger.PostAsync(transaction, Ct)).Refusal);
        }

        var first = Assert.Single(await Reports.BalanceSheetAsync(Scope, new LedgerSpan(LedgerDate.Effective, january, february), Ct));
        var second = Assert.Single(await Reports.BalanceSheetAsync(Scope, new LedgerSpan(LedgerDate.Effective, february, march), Ct));
        var statement = Assert.Single(await Reports.IncomeStatementAsync(Scope, new LedgerSpan(LedgerDate.Effective, february, march), Ct));

        Assert.Equal((10_500L, 0L, 500L, 10_500L), (first.Assets.Total.Minor, first.EarlierResults.Minor, first.Result.Minor, first.TotalEquity.Minor));
        Assert.Equal((11_200L, 500L, 700L, 11_200L), (second.Assets.Total.Minor, second.EarlierResults.Minor, second.Result.Minor, second.TotalEquity.Minor));
        Assert.Equal(("sales", 900L), (statement.Income.Lines[0].Code, statement.Income.Total.Minor));
        Assert.Equal(("rent", 200L, 700L), (statement.Expenses.Lines[0].Code, statement.Expenses.Total.Minor, statement.Result.Minor));
    }

    [Fact]
    public async Task A_report_shows_one_merchant_in_one_mode()
    {
        var live = Scope with { IsLive = true };
        AccountName Of(MerchantScope scope, string code, AccountKind kind) => new(scope, code, kind, Currency.Eur);
        await Ledger.PostAsync(Move(Of(Scope, "cash", AccountKind.Asset), Of(Scope, "sales", AccountKind.Income), 5), Ct);
        await Ledger.PostAsync(Move(Of(live, "cash", AccountKind.Asset), Of(live, "sales", AccountKind.Income), 7) with { Scope = live }, Ct);

        Assert.Equal(5, Assert.Single(await Reports.IncomeStatementAsync(Scope, default, Ct)).Result.Minor);
        Assert.Equal(7, Assert.Single(await Reports.IncomeStatementAsync(live, default, Ct)).Result.Minor);
        Assert.Empty(await Reports.BalanceSheetAsync(NewScope(Scope.Shard), default, Ct));
    }
}

public sealed class ReportsOnSqlite(SqliteFixture fixture) : ReportTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class ReportsOnPostgres(PostgresFixture fixture) : ReportTests(fixture), IClassFixture<PostgresFixture>;
