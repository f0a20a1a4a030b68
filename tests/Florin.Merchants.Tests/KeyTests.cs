using System.Net;
using Florin.Kernel;
using Florin.Storage;
using Florin.Testing;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Merchants.Tests;

public abstract class KeyTests(DatabaseFixture fixture) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly IPAddress Office = IPAddress.Parse("203.0.113.7");

    private static readonly ApiKeyPermissions RefundsAndLooking = new(
        new Dictionary<ApiResource, ApiRight> { [ApiResource.Refunds] = ApiRight.Write, [ApiResource.Charges] = ApiRight.Read });

    private readonly ManualTime time = new();
    private readonly KeyRing ring = new(Secret.Of(RandomSource.System.Bytes(KeyRing.KeyBytes)));
    private ServiceProvider services = null!;

    private IMerchants Merchants => services.GetRequiredService<IMerchants>();

    public async Task InitializeAsync() => services = await StartNodeAsync();

    public async Task DisposeAsync() => await services.DisposeAsync();

    [Theory]
    [InlineData(false, "frk_test_")]
    [InlineData(true, "frk_live_")]
    public async Task A_restricted_key_may_do_what_it_names_and_nothing_else(bool isLive, string prefix)
    {
        var scope = await NewScopeAsync(isLive);
        var made = await Merchants.CreateKeyAsync(scope, Restricted("support desk"), Ct);

        Assert.StartsWith(prefix, made.Text.Reveal(), StringComparison.Ordinal);
        var caller = (await AuthenticateAsync(made)).Value;
        Assert.Equal((ApiKeyKind.Restricted, scope), (caller.Kind, caller.Scope));
        var allowed = from resource in Enum.GetValues<ApiResource>()
                      from right in Enum.GetValues<ApiRight>()
                      where caller.Allows(resource, right)
                      select (resource, right);
        Assert.Equal(
            [(ApiResource.Charges, ApiRight.Read), (ApiResource.Refunds, ApiRight.Read), (ApiResource.Refunds, ApiRight.Write)], allowed);
        var listed = Assert.Single(await Merchants.ListKeysAsync(scope, Ct));
        Assert.Equal("charges:read, refunds:write", listed.Permissions!.ToString());
    }

    [Fact]
    public async Task A_secret_key_may_do_everything()
    {
        var made = await Merchants.CreateKeyAsync(await NewScopeAsync(), ApiKeyKind.Secret, "till", Ct);
        var caller = (await AuthenticateAsync(made)).Value;
        Assert.All(Enum.GetValues<ApiResource>(), resource => Assert.True(caller.Allows(resource, ApiRight.Write)));
    }

    [Fact]
    public async Task A_key_that_makes_no_sense_is_not_made()
    {
        var scope = await NewScopeAsync();
        ApiKeyDraft[] wrong =
        [
            new(ApiKeyKind.Restricted, "nothing named"),
            Restricted(" "),
            Restricted(new string('x', 101)),
            Restricted("zero \0"),
            Restricted("secret") with { Kind = ApiKeyKind.Secret },
            new(ApiKeyKind.Publishable, "page") { AllowedFrom = From("203.0.113.0/24") },
        ];
        foreach (var draft in wrong) await Assert.ThrowsAsync<ArgumentException>(() => Merchants.CreateKeyAsync(scope, draft, Ct));
        Assert.Empty(await Merchants.ListKeysAsync(scope, Ct));
    }

    [Theory]
    [InlineData("203.0.113.7", true)]
    [InlineData("::ffff:203.0.113.7", true)]
    [InlineData("203.0.114.1", false)]
    [InlineData("198.51.100.4", true)]
    [InlineData("198.51.100.5", false)]
    [InlineData("2001:db8:1::9", true)]
    [InlineData("2001:db8:2::9", false)]
    [InlineData(null, false)]
    public async Task A_key_with_an_allow_list_opens_from_there_alone(string? source, bool isAllowed)
    {
        var made = await Merchants.CreateKeyAsync(
            await NewScopeAsync(),
            new ApiKeyDraft(ApiKeyKind.Secret, "till") { AllowedFrom = From("203.0.113.0/24", "198.51.100.4", "2001:db8:1::/48") },
            Ct);
        Assert.True((await AuthenticateAsync(made)).IsSuccess);

        // The second time it is answered from memory, which must ask as well.
        var answer = await Merchants.AuthenticateAsync(made.Text.Reveal(), source is null ? null : IPAddress.Parse(source), Ct);

        Assert.Equal(isAllowed, answer.IsSuccess);
        if (!isAllowed) Assert.Equal((RefusalKind.Forbidden, "ip_address_not_allowed"), (answer.Refusal!.Kind, answer.Refusal.Code));
    }

    [Fact]
    public async Task Both_keys_work_while_a_roll_lasts_and_afterwards_the_new_one_alone()
    {
        var scope = await NewScopeAsync(isLive: true);
        var old = await Merchants.CreateKeyAsync(scope, Restricted("desk") with { AllowedFrom = From("203.0.113.0/24") }, Ct);
        Assert.True((await AuthenticateAsync(old)).IsSuccess);

        var fresh = (await Merchants.RollKeyAsync(scope, old.Key.Id, time.GetUtcNow().AddHours(1), Ct)).Value;

        Assert.Equal((old.Key.Name, RefundsAndLooking, old.Key.AllowedFrom), (fresh.Key.Name, fresh.Key.Permissions, fresh.Key.AllowedFrom));
        Assert.NotEqual(old.Text.Reveal(), fresh.Text.Reveal());
        Assert.Equal(old.Key.Id, (await AuthenticateAsync(old)).Value.Key);
        Assert.Equal(fresh.Key.Id, (await AuthenticateAsync(fresh)).Value.Key);
        time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        Assert.True((await AuthenticateAsync(old)).IsSuccess);

        // The key is remembered for two seconds; it ends on time all the same.
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("api_key_expired", (await AuthenticateAsync(old)).Refusal!.Code);
        Assert.True((await AuthenticateAsync(fresh)).IsSuccess);
    }

    [Fact]
    public async Task A_key_rolled_at_once_is_refused_from_the_next_request_on()
    {
        var scope = await NewScopeAsync();
        var old = await Merchants.CreateKeyAsync(scope, ApiKeyKind.Secret, "till", Ct);
        Assert.True((await AuthenticateAsync(old)).IsSuccess);

        Assert.True((await Merchants.RollKeyAsync(scope, old.Key.Id, time.GetUtcNow(), Ct)).IsSuccess);

        Assert.Equal("api_key_expired", (await AuthenticateAsync(old)).Refusal!.Code);
    }

    [Fact]
    public async Task A_key_is_rolled_once_by_its_own_merchant_and_mode_and_not_for_longer_than_thirty_days()
    {
        var scope = await NewScopeAsync();
        var key = (await Merchants.CreateKeyAsync(scope, ApiKeyKind.Secret, "till", Ct)).Key.Id;
        var now = time.GetUtcNow();

        Assert.Equal("resource_missing", await RollAsync(await NewScopeAsync(), now));
        Assert.Equal("resource_missing", await RollAsync(scope with { IsLive = true }, now));
        Assert.Equal("parameter_invalid", await RollAsync(scope, now.AddDays(30).AddSeconds(1)));
        Assert.Equal("parameter_invalid", await RollAsync(scope, now.AddMinutes(-1)));
        Assert.Null(await RollAsync(scope, now.AddDays(30)));
        Assert.Equal("api_key_not_in_use", await RollAsync(scope, now));
        Assert.Equal(2, (await Merchants.ListKeysAsync(scope, Ct)).Count);

        async Task<string?> RollAsync(MerchantScope by, DateTimeOffset until) =>
            (await Merchants.RollKeyAsync(by, key, until, Ct)).Refusal?.Code;
    }

    [Fact]
    public async Task A_hundred_uses_are_one_write_and_the_latest_is_kept_also_for_other_nodes()
    {
        var scope = await NewScopeAsync();
        var made = await Merchants.CreateKeyAsync(scope, ApiKeyKind.Secret, "till", Ct);
        await using var other = await StartNodeAsync();
        var first = time.GetUtcNow();
        for (var i = 0; i < 100; i++)
        {
            await AuthenticateAsync(made);
            time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Null(await StoredUseAsync(other, scope));
        Assert.Equal(first.AddMilliseconds(990), Assert.Single(await Merchants.ListKeysAsync(scope, Ct)).LastUsedAt);
        await services.GetRequiredService<KeyUses>().WriteDownAsync(Ct);
        Assert.Equal(first.AddMilliseconds(990), await StoredUseAsync(other, scope));
    }

    [Fact]
    public async Task An_earlier_use_does_not_replace_a_later_one_of_another_node()
    {
        var scope = await NewScopeAsync();
        var made = await Merchants.CreateKeyAsync(scope, ApiKeyKind.Secret, "till", Ct);
        await using var other = await StartNodeAsync();
        await AuthenticateAsync(made);
        time.Advance(TimeSpan.FromSeconds(10));
        await other.GetRequiredService<IMerchants>().AuthenticateAsync(made.Text.Reveal(), Office, Ct);
        var later = time.GetUtcNow();

        await other.GetRequiredService<KeyUses>().WriteDownAsync(Ct);
        await services.GetRequiredService<KeyUses>().WriteDownAsync(Ct);

        Assert.Equal(later, await StoredUseAsync(services, scope));
    }

    [Fact]
    public async Task A_key_that_was_refused_was_not_used()
    {
        var scope = await NewScopeAsync();
        var made = await Merchants.CreateKeyAsync(
            scope, new ApiKeyDraft(ApiKeyKind.Secret, "till") { AllowedFrom = From("198.51.100.4") }, Ct);
        await AuthenticateAsync(made);
        Assert.Null(Assert.Single(await Merchants.ListKeysAsync(scope, Ct)).LastUsedAt);
    }

    private static async Task<DateTimeOffset?> StoredUseAsync(ServiceProvider node, MerchantScope scope) =>
        await node.GetRequiredService<IDatabase>().ReadAsync(
            async reader => await reader.FirstAsync(
                $"SELECT last_used_at_ms FROM api_keys WHERE merchant = {scope.Merchant}", row => row.InstantOrNull(0)),
            Ct);

    private static ApiKeyDraft Restricted(string name) => new(ApiKeyKind.Restricted, name) { Permissions = RefundsAndLooking };

    private static AllowedNetworks From(params string[] networks) => AllowedNetworks.Parse(networks, out _)!;

    private Task<Result<ApiCaller>> AuthenticateAsync(NewApiKey key) => Merchants.AuthenticateAsync(key.Text.Reveal(), Office, Ct);

    private Task<ServiceProvider> StartNodeAsync() => fixture.StartAsync(time, added => added.AddSingleton(ring).AddMerchants());

    private async Task<MerchantScope> NewScopeAsync(bool isLive = false)
    {
        var fees = new MerchantFees(290, new Dictionary<string, long>());
        var merchant = await Merchants.CreateAsync(new NewMerchant(DatabaseFixture.FreshShard(), "Shop", "KR", fees), Ct);
        return new MerchantScope(merchant.Id, isLive);
    }
}

public sealed class KeysOnSqlite(SqliteFixture fixture) : KeyTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class KeysOnPostgres(PostgresFixture fixture) : KeyTests(fixture), IClassFixture<PostgresFixture>;

public sealed class AllowedNetworksTests
{
    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.0/24")]
    [InlineData("203.0.113.7", "203.0.113.7/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("2001:DB8::/32", "2001:db8::/32")]
    [InlineData("::1", "::1/128")]
    public void A_network_or_an_address_is_read(string text, string network) =>
        Assert.Equal([network], AllowedNetworks.Parse([text], out _)!.Texts);

    [Theory]
    [InlineData("")]
    [InlineData("shop.example")]
    [InlineData("203.0.113.0/33")]
    [InlineData("203.0.113.0/-1")]
    [InlineData("203.0.113.0/")]
    [InlineData("2001:db8::/129")]
    [InlineData("203.0.113.1/24")]
    [InlineData("2001:db8::1/32")]
    [InlineData("::ffff:203.0.113.7")]
    [InlineData("fe80::1%eth0")]
    [InlineData("1")]
    [InlineData("203.0.113.0/24, 198.51.100.0/24")]
    public void What_is_no_network_is_answered_with_a_sentence(string text)
    {
        Assert.Null(AllowedNetworks.Parse([text], out var problem));
        Assert.False(string.IsNullOrEmpty(problem));
    }

    [Fact]
    public void A_list_has_an_end()
    {
        Assert.NotNull(AllowedNetworks.Parse([.. Enumerable.Range(0, 50).Select(i => $"10.0.0.{i}")], out _));
        Assert.Null(AllowedNetworks.Parse([.. Enumerable.Range(0, 51).Select(i => $"10.0.0.{i}")], out _));
    }
}
