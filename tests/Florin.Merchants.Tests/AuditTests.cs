using Florin.Kernel;
using Florin.Storage;
using Florin.Testing;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Merchants.Tests;

public abstract class AuditTests(DatabaseFixture fixture) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly PageRequest<AuditRecordId> FirstPage = new(25);
    private static readonly AuditActor Ada = new(AuditActorKind.User, "ada@example.com", "127.0.0.1");

    private readonly ManualTime time = new();
    private readonly MerchantScope scope = new(NewMerchant(), IsLive: false);
    private ServiceProvider services = null!;

    private IAudit Audit => services.GetRequiredService<IAudit>();

    private IDatabase Database => services.GetRequiredService<IDatabase>();

    public async Task InitializeAsync() => services = await fixture.StartAsync(
        time, added => added.AddSingleton(new KeyRing(Secret.Of(new byte[KeyRing.KeyBytes]))).AddMerchants());

    public async Task DisposeAsync() => await services.DisposeAsync();

    [Fact]
    public async Task An_entry_is_found_as_it_was_by_its_own_merchant_and_mode_alone()
    {
        var entry = new AuditEntry(scope, Ada, "routing.activated", "rv_1", """{"was":3}""");
        await RecordAsync(entry);

        var found = Assert.Single((await Audit.ListAsync(scope, new AuditFilter(), FirstPage, Ct)).Items);
        Assert.Equal(entry, found.Entry);
        Assert.Equal(time.GetUtcNow().ToUnixTimeMilliseconds(), found.At.ToUnixTimeMilliseconds());
        Assert.Empty((await Audit.ListAsync(scope with { IsLive = true }, new AuditFilter(), FirstPage, Ct)).Items);
        Assert.Empty((await Audit.ListAsync(scope with { Merchant = NewMerchant() }, new AuditFilter(), FirstPage, Ct)).Items);
    }

    [Fact]
    public async Task Entries_are_listed_newest_first_by_action_subject_and_actor()
    {
        var bot = new AuditActor(AuditActorKind.ApiKey, "fsk_test_****abcd");
        await RecordAsync(new AuditEntry(scope, Ada, "routing.activated", "rv_1"));
        await RecordAsync(new AuditEntry(scope, bot, "routing.drafted", "rv_2"));
        await RecordAsync(new AuditEntry(scope, Ada, "routings.odd", "rv_1"));

        Assert.Equal(["routings.odd", "routing.drafted", "routing.activated"], await ActionsAsync(new AuditFilter()));
        Assert.Equal(["routing.drafted", "routing.activated"], await ActionsAsync(new AuditFilter(Action: "routing.")));
        Assert.Equal(["routing.activated"], await ActionsAsync(new AuditFilter(Action: "routing.activated")));
        Assert.Empty(await ActionsAsync(new AuditFilter(Action: "%.")));
        Assert.Equal(["routings.odd", "routing.activated"], await ActionsAsync(new AuditFilter(Subject: "rv_1")));
        Assert.Equal(["routing.drafted"], await ActionsAsync(new AuditFilter(ActorName: bot.Name)));
    }

    [Fact]
    public async Task An_entry_is_not_there_where_its_change_was_undone()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.WriteAsync(
            async tx =>
            {
                await Audit.RecordAsync(tx, new AuditEntry(scope, Ada, "routing.activated", "rv_1"));
                throw new InvalidOperationException("The change failed.");
            },
            Ct));

        Assert.Empty(await ActionsAsync(new AuditFilter()));
    }

    private static MerchantId NewMerchant() => new IdSource(TimeProvider.System, RandomSource.System).New<MerchantId>(DatabaseFixture.FreshShard());

    private Task RecordAsync(AuditEntry entry) => Database.WriteAsync(async tx => await Audit.RecordAsync(tx, entry), Ct);

    private async Task<IEnumerable<string>> ActionsAsync(AuditFilter filter) =>
        (await Audit.ListAsync(scope, filter, FirstPage, Ct)).Items.Select(record => record.Entry.Action);
}

public sealed class AuditOnSqlite(SqliteFixture fixture) : AuditTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class AuditOnPostgres(PostgresFixture fixture) : AuditTests(fixture), IClassFixture<PostgresFixture>;
