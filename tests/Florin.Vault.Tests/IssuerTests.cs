using System.Text;
using Florin.Kernel;
using Florin.Storage;
using Florin.Testing;
using Florin.Testing.Databases;
using Florin.Vault.Issuers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Florin.Vault.Tests;

/// <summary>The table of issuers in a database: how it is replaced, and who sees it.</summary>
public abstract class IssuerTests(DatabaseFixture fixture) : IAsyncLifetime
{
    private const string Header = "first,last,country,brand,funding,issuer\n";
    private static readonly CancellationToken Ct = CancellationToken.None;

    // 4539 5780 ... is a number with a right check digit and of no test card.
    private const string Pan = "4539578763621486";

    private readonly ManualTime time = new();
    private ServiceProvider services = null!;

    private IIssuers Issuers => services.GetRequiredService<IIssuers>();

    public async Task InitializeAsync()
    {
        services = await StartAsync();
        await services.GetRequiredService<IDatabase>().WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync($"DELETE FROM issuer_ranges");
                await tx.ExecuteAsync($"DELETE FROM issuer_tables");
            },
            Ct);
    }

    public async Task DisposeAsync() => await services.DisposeAsync();

    [Fact]
    public async Task A_card_keeps_what_the_table_said_when_it_came_in()
    {
        Assert.Equal((null, CardFunding.Unknown), Said(Seal(Pan, isLive: true)));

        await ImportAsync("453957,453957,KR,visa,debit,A bank\n");
        Assert.Equal(("KR", CardFunding.Debit), Said(Seal(Pan, isLive: true)));
        Assert.Equal(("KR", CardFunding.Debit), Said(Seal(Pan, isLive: false)));

        await ImportAsync("453957,453957,JP,,,\n");
        Assert.Equal(("JP", CardFunding.Unknown), Said(Seal(Pan, isLive: true)));
    }

    [Fact]
    public async Task The_table_names_a_brand_only_where_the_number_itself_does_not()
    {
        await ImportAsync("675964,675964,GB,mastercard,debit,\n453957,453957,KR,mastercard,debit,\n");

        Assert.Equal(CardBrand.Mastercard, Seal("6759649826438453", isLive: true).Brand);
        Assert.Equal(CardBrand.Visa, Seal(Pan, isLive: true).Brand);
    }

    [Fact]
    public async Task Test_cards_are_known_in_test_mode_alone_and_whatever_the_table_says()
    {
        await ImportAsync("400000,400000,FR,,,\n");

        Assert.Equal(("GB", CardFunding.Credit), Said(Seal("4000008260000000", isLive: false)));
        Assert.Equal("FR", services.GetRequiredService<IssuerDirectory>().Of(isLive: true, "4000008260000000")!.Country);
    }

    [Fact]
    public async Task A_faulty_file_changes_nothing_and_neither_does_a_dry_run()
    {
        await ImportAsync("453957,453957,KR,,,\n");

        var (faulty, faults) = await TryAsync(Header + "453957,453957,JP,,,\n453958,453958,Japan,,,\n");
        Assert.Equal((1, false), (faulty.Faults, faulty.IsKept));
        Assert.Equal(3, Assert.Single(faults).Line);
        var (tried, _) = await TryAsync(Header + "453957,453957,JP,,,\n", isDryRun: true);
        Assert.Equal(new IssuerImport(Ranges: 1, Faults: 0, IsKept: false), tried);

        Assert.Equal("KR", Seal(Pan, isLive: true).Country);
        Assert.Equal(new IssuerTableInfo(1, 1, time.GetUtcNow()), await Issuers.CurrentAsync(Ct));
    }

    [Fact]
    public async Task A_new_table_replaces_the_whole_of_the_old_one()
    {
        await ImportAsync("453957,453957,KR,,,\n510000,519999,US,,,\n");
        await ImportAsync("510000,519999,CA,,,\n");

        Assert.Null(Seal(Pan, isLive: true).Country);
        Assert.Equal("CA", Assert.Single(await Issuers.FindAsync("512345", 10, Ct)).Country);
        Assert.Empty(await Issuers.FindAsync("453957", 10, Ct));
        Assert.Equal((2, 1), ((await Issuers.CurrentAsync(Ct))!.Version, (await Issuers.CurrentAsync(Ct))!.Ranges));
    }

    [Fact]
    public async Task Another_node_has_the_table_at_its_start_and_follows_what_is_imported_elsewhere()
    {
        await ImportAsync("453957,453957,KR,,,\n");
        await using var other = await StartAsync();
        var watch = Assert.Single(other.GetServices<IHostedService>().OfType<IssuerWatch>());
        await watch.StartAsync(Ct);
        var directory = other.GetRequiredService<IssuerDirectory>();
        Assert.Equal("KR", directory.Of(isLive: true, Pan)!.Country);

        await ImportAsync("453957,453957,JP,,,\n");
        Assert.Equal("KR", directory.Of(isLive: true, Pan)!.Country);

        // Real time passes while the other node reads; the clock that it waits by is moved until it has.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (directory.Of(isLive: true, Pan)!.Country != "JP")
        {
            patience.Token.ThrowIfCancellationRequested();
            time.Advance(IssuerWatch.LookEvery);
            await Task.Yield();
        }

        await watch.StopAsync(Ct);
    }

    [Fact]
    public async Task Of_several_imports_at_once_one_is_the_whole_table_in_the_end()
    {
        var countries = new[] { "KR", "JP", "US", "GB" };
        await Task.WhenAll(countries.Select(country => ImportAsync(string.Concat(
            Enumerable.Range(0, 2_000).Select(i => $"{510_000 + i},{510_000 + i},{country},,,\n")))));

        var found = (await Issuers.FindAsync("511234", 10, Ct)).Single().Country;
        for (var i = 0; i < 2_000; i += 100) Assert.Equal(found, (await Issuers.FindAsync($"{510_000 + i}", 10, Ct)).Single().Country);
        Assert.Equal(found, services.GetRequiredService<IssuerDirectory>().Of(isLive: true, "5110000000000000")!.Country);
        Assert.Equal((4, 2_000), ((await Issuers.CurrentAsync(Ct))!.Version, (await Issuers.CurrentAsync(Ct))!.Ranges));
    }

    [Fact]
    public async Task Ranges_are_shown_as_they_were_written_the_narrowest_first()
    {
        await ImportAsync("453957,453959,KR,visa,,A bank\n45395787,45395787,JP,,prepaid,\"Bank, the other\"\n45395800,45395899,US,,,\n");

        var found = await Issuers.FindAsync("453957876", 10, Ct);

        Assert.Equal(
            [
                new IssuerRange("45395787", "45395787", "JP", null, CardFunding.Prepaid, "Bank, the other", IsTest: false),
                new IssuerRange("453957", "453959", "KR", CardBrand.Visa, CardFunding.Unknown, "A bank", IsTest: false),
            ],
            found);
        Assert.Equal(3, (await Issuers.FindAsync("453958", 10, Ct)).Count + (await Issuers.FindAsync("453957", 1, Ct)).Count);
        Assert.True((await Issuers.FindAsync("400000826", 10, Ct))[0].IsTest);
        await Assert.ThrowsAsync<ArgumentException>(() => Issuers.FindAsync("45395", 10, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Issuers.FindAsync(Pan, 10, Ct));
    }

    private Task<ServiceProvider> StartAsync() =>
        fixture.StartAsync(time, added => added.AddVault(KeyFile.InMemory(RandomSource.System)));

    private async Task ImportAsync(string lines)
    {
        var (imported, faults) = await TryAsync(Header + lines);
        Assert.Empty(faults);
        Assert.True(imported.IsKept);
    }

    private async Task<(IssuerImport Imported, List<IssuerFault> Faults)> TryAsync(string text, bool isDryRun = false)
    {
        var faults = new List<IssuerFault>();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return (await Issuers.ImportAsync(stream, isDryRun, faults.Add, Ct), faults);
    }

    private CardDetails Seal(string number, bool isLive)
    {
        var scope = new MerchantScope(services.GetRequiredService<IdSource>().New<MerchantId>(DatabaseFixture.FreshShard()), isLive);
        return services.GetRequiredService<IVault>().Seal(scope, new CardEntry(Secret.Of(number), 12, 2030, Secret.Of("123"), "Kim")).Value.Details;
    }

    private static (string? Country, CardFunding Funding) Said(CardDetails card) => (card.Country, card.Funding);
}

public sealed class IssuersOnSqlite(SqliteFixture fixture) : IssuerTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class IssuersOnPostgres(PostgresFixture fixture) : IssuerTests(fixture), IClassFixture<PostgresFixture>;
