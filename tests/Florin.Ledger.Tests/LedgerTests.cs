using Florin.Kernel;
using Florin.Storage;
using Florin.Testing.Databases;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

public abstract class LedgerTests(DatabaseFixture fixture) : IAsyncLifetime
{
    private static readonly Money Greatest = new(1_000_000_000_000_000, Currency.Eur);
    private static readonly CancellationToken Ct = CancellationToken.None;

    private ServiceProvider services = null!;

    private ILedger Ledger => services.GetRequiredService<ILedger>();

    private IDatabase Database => services.GetRequiredService<IDatabase>();

    private IdSource Ids => services.GetRequiredService<IdSource>();

    public async Task InitializeAsync() => services = await fixture.StartAsync(add: added => added.AddLedger());

    public async Task DisposeAsync() => await services.DisposeAsync();

    [Fact]
    public async Task What_is_posted_shows_in_balances_and_under_its_subject()
    {
        var scope = FreshScope();
        var subject = Ids.NewValue(scope.Shard);
        var id = await PostAsync(Capture(scope, "capture:1", 10_000, 290) with { Subject = subject });

        var balances = await Ledger.BalancesAsync(scope, Ct);
        var shown = Assert.Single(await Ledger.ForSubjectsAsync(scope.Shard, [subject, Ids.NewValue(scope.Shard)], Ct));

        Assert.Equal(
            [("fee_income", 290L), ("gateway_receivable:aurora", 10_000L), ("merchant_pending", 9_710L)],
            balances.Select(balance => (balance.AccountCode, balance.Amount.Minor)));
        Assert.Equal(id, shown.Id);
        Assert.Equal(["gateway_receivable:aurora", "merchant_pending", "fee_income"], shown.Postings.Select(posting => posting.AccountCode));
        Assert.Equal(PostingSide.Debit, shown.Postings[0].Side);
        Assert.Equal(new Money(9_710, Currency.Eur), shown.Postings[1].Amount);
    }

    [Fact]
    public async Task Test_and_live_books_of_a_merchant_never_meet()
    {
        var scope = FreshScope();
        await PostAsync(Capture(scope, "capture:1", 500, 10));

        Assert.Empty(await Ledger.BalancesAsync(scope with { IsLive = true }, Ct));
    }

    [Fact]
    public async Task A_reference_posts_once_and_the_second_leaves_no_trace()
    {
        var scope = FreshScope();
        await PostAsync(Capture(scope, "capture:1", 500, 10));

        await Assert.ThrowsAsync<UniqueViolationException>(() => PostAsync(Capture(scope, "capture:1", 700, 10)));

        var pending = (await Ledger.BalancesAsync(scope, Ct)).Single(balance => balance.AccountCode == "merchant_pending");
        Assert.Equal(490, pending.Amount.Minor);
    }

    [Fact]
    public async Task Postings_that_do_not_sum_to_zero_in_each_currency_are_refused()
    {
        var scope = FreshScope();
        var balanced = Capture(scope, "capture:1", 500, 10);
        NewPosting first = balanced.Postings[0], second = balanced.Postings[1];
        var dollars = first.Account with { Currency = Currency.Usd };
        IReadOnlyList<NewPosting>[] wrong =
        [
            [],
            [first],
            [first, second],
            [first, second with { Amount = new Money(500, Currency.Usd), Account = dollars }],
            [first, second with { Amount = new Money(500, Currency.Usd) }],
            [first, first with { Side = PostingSide.Credit }, second with { Amount = Money.Zero(Currency.Eur) }],
            [first with { Amount = new Money(-5, Currency.Eur) }, first with { Side = PostingSide.Credit, Amount = new Money(-5, Currency.Eur) }],
            [.. Enumerable.Range(0, 1_002).Select(i => first with { Side = i % 2 == 0 ? PostingSide.Debit : PostingSide.Credit })],
        ];

        foreach (var postings in wrong)
        {
            await Assert.ThrowsAsync<UnbalancedTransactionException>(() => PostAsync(balanced with { Postings = postings }));
        }

        Assert.Empty(await Ledger.BalancesAsync(scope, Ct));
    }

    [Fact]
    public async Task Postings_beyond_what_a_long_can_sum_still_have_to_balance()
    {
        var scope = FreshScope();
        var huge = Capture(scope, "capture:1", 500, 10).Postings[0] with { Amount = new Money(long.MaxValue, Currency.Eur) };

        // Two of these wrap to -2 in 64 bits, which 2 would seem to even out.
        var wrapping = Capture(scope, "capture:1", 500, 10) with { Postings = [huge, huge, huge with { Amount = new Money(2, Currency.Eur) }] };

        await Assert.ThrowsAsync<UnbalancedTransactionException>(() => PostAsync(wrapping));
    }

    [Fact]
    public async Task An_amount_of_which_few_would_overflow_a_balance_is_refused()
    {
        var posted = Capture(FreshScope(), "capture:1", 500, 10);
        var (debit, credit) = (posted.Postings[0] with { Amount = Greatest }, posted.Postings[1] with { Amount = Greatest });
        await PostAsync(posted with { Postings = [debit, credit] });
        var more = new Money(Greatest.Minor + 1, Currency.Eur);

        await Assert.ThrowsAsync<UnbalancedTransactionException>(
            () => PostAsync(posted with { Reference = "capture:2", Postings = [debit with { Amount = more }, credit with { Amount = more }] }));
    }

    [Fact]
    public async Task A_balance_beyond_64_bits_is_an_error_and_not_a_wrong_number()
    {
        var scope = FreshScope();
        var huge = Capture(scope, "capture:1", 500, 10);

        // A thousand postings of the greatest amount move half of 10^18 minor units, of which 19 are more than 64 bits hold.
        var (debit, credit) = (huge.Postings[0] with { Amount = Greatest }, huge.Postings[1] with { Amount = Greatest });
        huge = huge with { Postings = [.. Enumerable.Repeat(debit, 500), .. Enumerable.Repeat(credit, 500)] };
        for (var i = 0; i < 19; i++) await PostAsync(huge with { Reference = $"capture:{i}" });

        var refused = await Assert.ThrowsAsync<LedgerRefusedException>(() => Ledger.BalancesAsync(scope, Ct));
        Assert.Equal("ledger_balance_too_great", refused.Refusal.Code);

        // What only adds postings up says the same, and neither fails in the database nor shows another number.
        var queries = services.GetRequiredService<ILedgerQueries>();
        var account = AccountIds.Of(debit.Account);
        var day = new LedgerSpan(LedgerDate.Effective, huge.EffectiveAt.AddDays(1), Until: null);
        var trial = await Assert.ThrowsAsync<LedgerRefusedException>(() => queries.TrialBalanceAsync(scope, day, Ct));
        Assert.Equal("ledger_balance_too_great", trial.Refusal.Code);
        var statement = await Assert.ThrowsAsync<LedgerRefusedException>(
            () => queries.StatementAsync(new StatementQuestion(account, day, 10), Ct));
        Assert.Equal("ledger_balance_too_great", statement.Refusal.Code);
    }

    [Fact]
    public async Task An_account_of_a_transaction_that_was_undone_is_made_by_the_next_one()
    {
        var scope = FreshScope();
        await Database.WriteAsync(
            async tx =>
            {
                await Ledger.PostAsync(tx, Capture(scope, "capture:1", 500, 10));
                tx.Abandon();
            },
            Ct);
        await PostAsync(Capture(scope, "capture:1", 500, 10));

        Assert.Equal(3, (await Ledger.BalancesAsync(scope, Ct)).Count);
    }

    [Fact]
    public async Task Rows_can_be_neither_changed_nor_deleted()
    {
        await PostAsync(Capture(FreshScope(), "capture:1", 500, 10));
        SqlFragment[] tamperings =
        [
            new("UPDATE ledger_postings SET amount_minor = amount_minor + 1"),
            new("DELETE FROM ledger_postings"),
            new("UPDATE ledger_transactions SET reference = reference || 'x'"),
            new("DELETE FROM ledger_transactions"),
            new("UPDATE ledger_accounts SET currency = 'USD'"),
            new("DELETE FROM ledger_accounts"),
        ];

        foreach (var tampering in tamperings)
        {
            await Assert.ThrowsAsync<DatabaseException>(
                () => Database.WriteAsync(async tx => await tx.ExecuteAsync(Sql.Of(tampering)), Ct));
        }
    }

    [Fact]
    public async Task Many_at_once_on_the_same_new_accounts_all_post()
    {
        var scope = FreshScope();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => PostAsync(Capture(scope, $"capture:{i}", 1_000, 30))));

        Assert.Equal(64_000, (await Ledger.BalancesAsync(scope, Ct)).Single(balance => balance.Kind == AccountKind.Asset).Amount.Minor);
    }

    [Fact]
    public async Task A_random_book_holds_what_a_model_of_it_holds_and_proves_sound()
    {
        var scope = FreshScope();
        var model = new Dictionary<(string Code, Currency Currency), long>();
        var number = 0;
        foreach (var drawn in Gen.Sample(RandomPostings(scope), 100, 60))
        {
            await PostAsync(Capture(scope, $"random:{number++}", 1, 0) with { Postings = drawn });
            foreach (var (account, side, amount) in drawn)
            {
                var grows = side == (account.Kind is AccountKind.Asset or AccountKind.Expense ? PostingSide.Debit : PostingSide.Credit);
                var key = (account.Code, account.Currency);
                model[key] = model.GetValueOrDefault(key) + (grows ? amount.Minor : -amount.Minor);
            }
        }

        var balances = await Ledger.BalancesAsync(scope, Ct);
        Assert.Equal(
            model.OrderBy(entry => entry.Key.Code, StringComparer.Ordinal).ThenBy(entry => entry.Key.Currency.Code, StringComparer.Ordinal)
                .Select(entry => (entry.Key.Code, entry.Key.Currency, entry.Value)),
            balances.Select(balance => (balance.AccountCode, balance.Amount.Currency, balance.Amount.Minor)));
    }

    [Fact]
    public void An_account_id_is_derived_from_its_name_and_carries_its_shard()
    {
        var scope = new MerchantScope(Ids.New<MerchantId>(new ShardId(0xABC)), IsLive: false);
        var name = new AccountName(scope, "merchant_pending", AccountKind.Liability, Currency.Eur);
        AccountName[] others =
        [
            name with { Scope = scope with { IsLive = true } }, name with { Code = "merchant_available" },
            name with { Currency = Currency.Usd }, name with { Scope = new MerchantScope(Ids.New<MerchantId>(new ShardId(0xABC)), false) },
        ];

        Assert.Equal(AccountIds.Of(name), AccountIds.Of(name with { }));
        Assert.Equal(0xABC, AccountIds.Of(name).Shard().Value);
        Assert.Equal('8', AccountIds.Of(name).Value.ToString("N")[12]);
        Assert.DoesNotContain(AccountIds.Of(name), others.Select(AccountIds.Of));
    }

    private static Gen<IReadOnlyList<NewPosting>> RandomPostings(MerchantScope scope)
    {
        AccountName[] accounts =
        [
            .. from currency in (Currency[])[Currency.Eur, Currency.Krw]
               from kind in Enum.GetValues<AccountKind>()
               select new AccountName(scope, kind.ToString().ToLowerInvariant(), kind, currency),
        ];

        // Pairs balance in themselves; shuffled together they make transactions of several currencies and many lines.
        var pair = from amount in Gen.Choose(1, 1_000_000)
                   from currency in Gen.Elements(Currency.Eur, Currency.Krw)
                   from debited in Gen.Elements(accounts.Where(account => account.Currency == currency))
                   from credited in Gen.Elements(accounts.Where(account => account.Currency == currency))
                   select new[]
                   {
                       new NewPosting(debited, PostingSide.Debit, new Money(amount, currency)),
                       new NewPosting(credited, PostingSide.Credit, new Money(amount, currency)),
                   };
        return from pairs in Gen.NonEmptyListOf(pair)
               from shuffled in Gen.Shuffle(pairs.SelectMany(both => both).ToArray())
               select (IReadOnlyList<NewPosting>)shuffled;
    }

    private MerchantScope FreshScope() => new(Ids.New<MerchantId>(DatabaseFixture.FreshShard()), IsLive: false);

    private NewLedgerTransaction Capture(MerchantScope scope, string reference, long gross, long fee)
    {
        AccountName Account(string code, AccountKind kind) => new(scope, code, kind, Currency.Eur);
        return new NewLedgerTransaction(
            scope,
            reference,
            "capture",
            Ids.NewValue(scope.Shard),
            DateTimeOffset.UnixEpoch,
            [
                new(Account("gateway_receivable:aurora", AccountKind.Asset), PostingSide.Debit, new Money(gross, Currency.Eur)),
                new(Account("merchant_pending", AccountKind.Liability), PostingSide.Credit, new Money(gross - fee, Currency.Eur)),
                new(Account("fee_income", AccountKind.Income), PostingSide.Credit, new Money(fee, Currency.Eur)),
            ]);
    }

    private Task<LedgerTransactionId> PostAsync(NewLedgerTransaction transaction) =>
        Database.WriteAsync(async tx => await Ledger.PostAsync(tx, transaction), Ct);
}


public sealed class LedgerOnSqlite(SqliteFixture fixture) : LedgerTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class LedgerOnPostgres(PostgresFixture fixture) : LedgerTests(fixture), IClassFixture<PostgresFixture>;
