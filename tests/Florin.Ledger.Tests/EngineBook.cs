using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;
using Florin.Testing;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

/// <summary>Two wallets, of which one may hold 10.00 at most, a bank, and the sentences in which tests of the engine post to them.</summary>
public abstract class EngineBook(DatabaseFixture fixture) : IAsyncLifetime
{
    protected static readonly CancellationToken Ct = CancellationToken.None;

    protected DatabaseFixture Fixture => fixture;

    protected ManualTime Time { get; } = new();

    protected ServiceProvider Services { get; private set; } = null!;

    protected MerchantScope Scope { get; private set; }

    protected ILedger Ledger => Services.GetRequiredService<ILedger>();

    protected IDatabase Database => Services.GetRequiredService<IDatabase>();

    protected IdSource Ids => Services.GetRequiredService<IdSource>();

    protected AccountName Wallet => new(Scope, "wallet:a", AccountKind.Liability, Currency.Eur);

    protected AccountName Other => new(Scope, "wallet:b", AccountKind.Liability, Currency.Eur);

    protected AccountName Bank => new(Scope, "bank", AccountKind.Asset, Currency.Eur);

    public async Task InitializeAsync()
    {
        Services = await fixture.StartAsync(Time, added => added.AddLedger());
        Scope = new MerchantScope(Ids.New<MerchantId>(DatabaseFixture.FreshShard()), IsLive: false);
        await OpenAsync(Wallet, 0, 1_000);
        await OpenAsync(Other, 0, null);
    }

    public async Task DisposeAsync() => await Services.DisposeAsync();

    // PostgreSQL is certain of a number only when all who were writing as it was drawn have ended, in other tests too.
    protected async Task FoldAsync()
    {
        for (var visit = 0; visit < 1_000; visit++)
        {
            await Services.GetRequiredService<Blocks>().MakeAsync(Ct);
            var left = await Database.ReadAsync(
                async reader => await reader.CountAsync(
                    $"SELECT COUNT(*) FROM ledger_transactions WHERE seq > (SELECT COALESCE(MAX(last_seq), 0) FROM ledger_blocks)"),
                Ct);
            if (left == 0) return;
        }

        Assert.Fail("The blocks never caught up.");
    }

    protected NewLedgerTransaction TopUp(string reference, long minor) => Move(reference, Bank, Wallet, minor);

    protected NewLedgerTransaction Transfer(string reference, long minor) => Move(reference, Wallet, Other, minor);

    protected NewLedgerTransaction Move(string reference, AccountName debited, AccountName credited, long minor) => new(
        Scope,
        reference,
        "move",
        Scope.Merchant.Value,
        DateTimeOffset.UnixEpoch,
        [
            new NewPosting(debited, PostingSide.Debit, new Money(minor, Currency.Eur)),
            new NewPosting(credited, PostingSide.Credit, new Money(minor, Currency.Eur)),
        ]);

    protected async Task OpenAsync(AccountName name, long? min, long? max) =>
        Assert.True((await Database.WriteAsync(async tx => await Ledger.OpenAccountAsync(tx, new NewLedgerAccount(name, min, max)), Ct)).IsSuccess);

    protected async Task<string> BalanceAsync(AccountName name) =>
        (await Ledger.BalancesAsync(Scope, Ct)).SingleOrDefault(balance => balance.AccountCode == name.Code)?.Amount.Minor
            .ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none";

    protected Task<Result<PostedTransaction>> TryAsync(NewLedgerTransaction transaction) =>
        Database.WriteAsync(async tx => await Ledger.TryPostAsync(tx, transaction), Ct);

    protected Task<Result<LedgerHold>> HoldAsync(NewLedgerTransaction transaction, DateTimeOffset? lapsesAt = null) =>
        Database.WriteAsync(async tx => await Ledger.HoldAsync(tx, new NewLedgerHold(transaction, lapsesAt)), Ct);

    protected Task<Result<LedgerHold>> VoidAsync(LedgerHoldId id) => Database.WriteAsync(async tx => await Ledger.VoidHoldAsync(tx, id), Ct);

    protected Task<Result<AccountState>> StateAsync(AccountName name, AccountState state) =>
        Database.WriteAsync(async tx => await Ledger.SetAccountStateAsync(tx, name, state), Ct);
}
