using System.Reflection;
using Florin.Host.Demo;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Storage;
using Florin.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Florin.Host.Tests;

public sealed class DemoBooksTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTimeOffset Today = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory directory = new();
    private readonly ManualTime time = new(Today);
    private ServiceProvider services = null!;

    private IMerchantBooks Books => services.GetRequiredService<IMerchantBooks>();

    public async Task InitializeAsync()
    {
        var modules = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        modules.AddStorage(new DatabaseUrl("sqlite:" + directory.At("florin.db")));
        modules.AddLedger();
        modules.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
        services = modules.BuildServiceProvider();
        await services.MigrateAsync(CancellationToken.None);
    }

    public async Task DisposeAsync() => await services.DisposeAsync();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task They_have_a_reversal_an_adjustment_an_open_hold_and_a_closed_month_and_no_account_is_below_zero()
    {
        await new DemoBooks(Books, time).EnsureAsync(CancellationToken.None);

        var entries = await EntriesAsync();
        Assert.Equal(1, entries.Count(entry => entry.Correction == Correction.Reversal));
        Assert.Equal(1, entries.Count(entry => entry.Correction == Correction.Adjustment));
        Assert.InRange(entries.Count, 60, 100);
        Assert.All(entries, entry => Assert.InRange(entry.EffectiveAt, new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero), Today));
        var open = Assert.Single((await Books.HoldsAsync(DemoShop.Scope, HoldState.Open, new PageRequest<LedgerHoldId>(10), CancellationToken.None)).Items);
        Assert.True(open.LapsesAt > Today.AddDays(20));
        var closed = Assert.Single(await Books.PeriodEventsAsync(DemoShop.Scope, CancellationToken.None));
        Assert.Equal((8, 9), (closed.Period.Starts.Month, closed.Period.Ends.Month));
        Assert.All(await AccountsAsync(), account => Assert.True(account.Available.Minor >= 0, $"{account.Name.Code}: {account.Available}"));
        var sheet = Assert.Single(await services.GetRequiredService<ILedgerReports>().BalanceSheetAsync(DemoShop.Scope, default, CancellationToken.None));
        Assert.True(sheet.IsBalanced && sheet.Result.IsPositive, $"{sheet}");
        Assert.True((await services.GetRequiredService<ILedger>().VerifyAsync(progress: null, CancellationToken.None)).IsSound);
    }

    [Fact]
    public async Task A_start_that_was_cut_off_anywhere_is_finished_by_the_next_one_also_in_another_month()
    {
        var calls = 0;
        await Assert.ThrowsAsync<CutOffException>(CutAfterAsync(calls));
        while (await IsCutOffAsync(++calls))
        {
            if ((await EntriesAsync()).Count > 0) time.Advance(TimeSpan.FromDays(20));
        }

        Assert.True(calls > 25, $"{calls} calls");
        var entries = await EntriesAsync();
        Assert.Equal(new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero), entries.Min(entry => entry.EffectiveAt));
        Assert.Equal(1, entries.Count(entry => entry.Correction == Correction.Reversal));
        Assert.Single(await Books.PeriodEventsAsync(DemoShop.Scope, CancellationToken.None));
        Assert.Single((await Books.HoldsAsync(DemoShop.Scope, state: null, new PageRequest<LedgerHoldId>(10), CancellationToken.None)).Items);
    }

    [Fact]
    public async Task Another_start_changes_nothing_also_when_months_have_passed_and_the_period_is_open_again()
    {
        await new DemoBooks(Books, time).EnsureAsync(CancellationToken.None);
        var before = (await EntriesAsync()).Count;
        var closed = (await Books.PeriodEventsAsync(DemoShop.Scope, CancellationToken.None))[0].Period;
        _ = (await Books.ReopenPeriodAsync(DemoShop.Scope, new PeriodChange(closed.Starts, null, "mina", "forgot one"), answer: null, CancellationToken.None)).Value;
        time.Advance(TimeSpan.FromDays(70));

        await new DemoBooks(Books, time).EnsureAsync(CancellationToken.None);

        Assert.Equal(before, (await EntriesAsync()).Count);
    }

    [Fact]
    public async Task Where_the_owner_has_begun_books_nothing_is_added_to_them()
    {
        var cash = new NewOwnAccount("own:cash", AccountKind.Asset, Currency.Krw, MinMinor: 0, MaxMinor: null, new Dictionary<string, string>());
        _ = (await Books.OpenAccountAsync(DemoShop.Scope, cash, answer: null, CancellationToken.None)).Value;

        await new DemoBooks(Books, time).EnsureAsync(CancellationToken.None);

        Assert.Equal("own:cash", Assert.Single(await AccountsAsync()).Name.Code);
    }

    private async Task<bool> IsCutOffAsync(int calls)
    {
        try
        {
            await CutAfterAsync(calls)();
            return false;
        }
        catch (CutOffException)
        {
            return true;
        }
    }

    private Func<Task> CutAfterAsync(int calls) => () => new DemoBooks(CutOff.After(Books, calls), time).EnsureAsync(CancellationToken.None);

    private async Task<IReadOnlyList<TransactionDetail>> EntriesAsync() => (await Books.TransactionsAsync(
        DemoShop.Scope, new TransactionFilter(), new PageRequest<LedgerTransactionId>(1_000), CancellationToken.None)).Items;

    private async Task<IReadOnlyList<AccountStanding>> AccountsAsync() => (await Books.AccountsAsync(
        DemoShop.Scope, new AccountFilter(""), at: null, new PageRequest<LedgerAccountId>(100), CancellationToken.None)).Items;

    private sealed class CutOffException() : Exception("The process is gone.");

    /// <summary>Books that do what they are asked a number of times, and then nothing any more, as a process that was killed.</summary>
    public class CutOff : DispatchProxy
    {
        private IMerchantBooks books = null!;
        private int left;

        internal static IMerchantBooks After(IMerchantBooks books, int calls)
        {
            var cut = Create<IMerchantBooks, CutOff>();
            ((CutOff)(object)cut).books = books;
            ((CutOff)(object)cut).left = calls;
            return cut;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            Interlocked.Decrement(ref left) < 0 ? throw new CutOffException() : targetMethod!.Invoke(books, args);
    }
}
