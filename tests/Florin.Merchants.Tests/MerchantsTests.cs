using System.Net;
using Florin.Kernel;
using Florin.Storage;
using Florin.Testing;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Merchants.Tests;

public abstract class MerchantsTests(DatabaseFixture fixture) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static IPAddress? Anywhere => null;
    private static readonly MerchantFees Fees = new(290, new Dictionary<string, long> { ["EUR"] = 30, ["KRW"] = 0 });

    private readonly ManualTime time = new();
    private readonly KeyRing ring = new(Secret.Of(RandomSource.System.Bytes(KeyRing.KeyBytes)));
    private ServiceProvider services = null!;

    private IMerchants Merchants => services.GetRequiredService<IMerchants>();

    private IDatabase Database => services.GetRequiredService<IDatabase>();

    public async Task InitializeAsync() => services = await StartNodeAsync();

    public async Task DisposeAsync() => await services.DisposeAsync();

    [Fact]
    public async Task A_merchant_is_found_as_it_was_made_also_by_another_node()
    {
        var made = await NewMerchantAsync();
        await using var other = await StartNodeAsync();

        foreach (var node in (IMerchants[])[Merchants, other.GetRequiredService<IMerchants>()])
        {
            var found = (await node.FindAsync(made.Id, Ct))!;
            Assert.Equal((made.Id, "Café 花", "KR", 290, made.CreatedAt), (found.Id, found.Name, found.Country, found.Fees.BasisPoints, found.CreatedAt));
            Assert.Equal(Fees.FixedMinor, found.Fees.FixedMinor);
        }

        Assert.Contains(await Merchants.ListAsync(Ct), merchant => merchant.Id == made.Id);
        Assert.Null(await Merchants.FindAsync(services.GetRequiredService<IdSource>().New<MerchantId>(new ShardId(1)), Ct));
    }

    [Fact]
    public async Task A_merchant_that_makes_no_sense_is_not_made()
    {
        var sound = new NewMerchant(new ShardId(7), "Shop", "DE", Fees);
        NewMerchant[] wrong =
        [
            sound with { Name = " " }, sound with { Country = "de" }, sound with { Country = "DEU" },
            sound with { Fees = Fees with { BasisPoints = -1 } }, sound with { Fees = Fees with { BasisPoints = 10_001 } },
            sound with { Fees = new MerchantFees(0, new Dictionary<string, long> { ["eur"] = 1 }) },
            sound with { Fees = new MerchantFees(0, new Dictionary<string, long> { ["EUR"] = -1 }) },
            sound with { Id = services.GetRequiredService<IdSource>().New<MerchantId>(new ShardId(8)) },
        ];

        foreach (var merchant in wrong) await Assert.ThrowsAsync<ArgumentException>(() => Merchants.CreateAsync(merchant, Ct));
    }

    [Theory]
    [InlineData(ApiKeyKind.Secret, false, "fsk_test_")]
    [InlineData(ApiKeyKind.Secret, true, "fsk_live_")]
    [InlineData(ApiKeyKind.Publishable, false, "fpk_test_")]
    [InlineData(ApiKeyKind.Publishable, true, "fpk_live_")]
    public async Task A_new_key_says_whose_it_is(ApiKeyKind kind, bool isLive, string prefix)
    {
        var scope = new MerchantScope((await NewMerchantAsync()).Id, isLive);
        var made = await Merchants.CreateKeyAsync(scope, kind, "till 4", Ct);
        var text = made.Text.Reveal();

        Assert.StartsWith(prefix, text, StringComparison.Ordinal);
        Assert.True(text.Length >= prefix.Length + 32);
        Assert.Equal(text[^4..], made.Key.Hint);
        Assert.Equal(new ApiCaller(made.Key.Id, kind, scope), (await Merchants.AuthenticateAsync(text, Anywhere, Ct)).Value);
        Assert.Equal(made.Key with { LastUsedAt = time.GetUtcNow() }, Assert.Single(await Merchants.ListKeysAsync(scope, Ct)));
        Assert.Empty(await Merchants.ListKeysAsync(scope with { IsLive = !isLive }, Ct));
    }

    [Fact]
    public async Task The_text_of_a_key_is_nowhere_in_the_database()
    {
        var scope = await NewScopeAsync();
        var text = (await Merchants.CreateKeyAsync(scope, ApiKeyKind.Secret, "till", Ct)).Text.Reveal();

        var stored = await Database.ReadAsync(
            async reader => await reader.QueryAsync($"SELECT name, hint, key_hash FROM api_keys", row => row.Text(0) + row.Text(1) + Convert.ToHexStringLower(row.Bytes(2))), Ct);

        Assert.All(stored, row => Assert.DoesNotContain(text[9..], row, StringComparison.Ordinal));
        Assert.DoesNotContain(text, $"{await Merchants.CreateKeyAsync(scope, ApiKeyKind.Secret, "till", Ct)}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "api_key_missing", "You did not provide an API key")]
    [InlineData("  ", "api_key_missing", "You did not provide an API key")]
    [InlineData("fsk_test_0123456789abcdef", "api_key_invalid", "Invalid API Key provided: fsk_test_****cdef")]
    [InlineData("sk_test_4eC39HqLyjWDarjtT1zdp7dc", "api_key_invalid", "Invalid API Key provided: ****p7dc. Keys begin with fsk_test_")]
    [InlineData("fsk_test_ab;--", "api_key_invalid", "Invalid API Key provided: fsk_test_****.")]
    [InlineData("x", "api_key_invalid", "Invalid API Key provided: ****.")]
    public async Task A_key_that_opens_nothing_is_refused_with_a_reason(string? presented, string code, string message)
    {
        var refusal = (await Merchants.AuthenticateAsync(presented, Anywhere, Ct)).Refusal!;

        Assert.Equal((RefusalKind.Unauthenticated, code), (refusal.Kind, refusal.Code));
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_revoked_here_is_refused_from_the_next_request_on()
    {
        var scope = await NewScopeAsync();
        var made = await Merchants.CreateKeyAsync(scope, ApiKeyKind.Secret, "till", Ct);
        Assert.True((await Merchants.AuthenticateAsync(made.Text.Reveal(), Anywhere, Ct)).IsSuccess);

        Assert.True(await Merchants.RevokeKeyAsync(scope, made.Key.Id, Ct));

        Assert.Equal("api_key_revoked", (await Merchants.AuthenticateAsync(made.Text.Reveal(), Anywhere, Ct)).Refusal!.Code);
        Assert.NotNull(Assert.Single(await Merchants.ListKeysAsync(scope, Ct)).RevokedAt);
    }

    [Fact]
    public async Task A_key_revoked_at_another_node_is_refused_two_seconds_later()
    {
        var scope = await NewScopeAsync();
        var made = await Merchants.CreateKeyAsync(scope, ApiKeyKind.Secret, "till", Ct);
        await using var other = await StartNodeAsync();
        Assert.True((await Merchants.AuthenticateAsync(made.Text.Reveal(), Anywhere, Ct)).IsSuccess);
        await other.GetRequiredService<IMerchants>().RevokeKeyAsync(scope, made.Key.Id, Ct);

        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("api_key_revoked", (await Merchants.AuthenticateAsync(made.Text.Reveal(), Anywhere, Ct)).Refusal!.Code);
    }

    [Fact]
    public async Task A_key_is_revoked_by_its_own_merchant_and_mode_alone()
    {
        var scope = await NewScopeAsync();
        var made = await Merchants.CreateKeyAsync(scope, ApiKeyKind.Secret, "till", Ct);

        Assert.False(await Merchants.RevokeKeyAsync(await NewScopeAsync(), made.Key.Id, Ct));
        Assert.False(await Merchants.RevokeKeyAsync(scope with { IsLive = true }, made.Key.Id, Ct));
        Assert.True((await Merchants.AuthenticateAsync(made.Text.Reveal(), Anywhere, Ct)).IsSuccess);
    }

    [Fact]
    public async Task A_node_with_another_root_key_knows_no_key()
    {
        var made = await Merchants.CreateKeyAsync(await NewScopeAsync(), ApiKeyKind.Secret, "till", Ct);
        await using var other = await StartNodeAsync(new KeyRing(Secret.Of(RandomSource.System.Bytes(KeyRing.KeyBytes))));

        var answer = await other.GetRequiredService<IMerchants>().AuthenticateAsync(made.Text.Reveal(), Anywhere, Ct);

        Assert.Equal("api_key_invalid", answer.Refusal!.Code);
    }

    [Fact]
    public async Task A_documented_test_key_is_stored_once_and_never_in_live_mode()
    {
        var scope = await NewScopeAsync();
        var text = $"fsk_test_florin_demo_{RandomSource.System.HexToken(4)}";
        await Merchants.EnsureTestKeyAsync(scope, ApiKeyKind.Secret, "demo", text, Ct);
        await Merchants.EnsureTestKeyAsync(scope, ApiKeyKind.Secret, "demo", text, Ct);

        Assert.Equal(scope, (await Merchants.AuthenticateAsync(text, Anywhere, Ct)).Value.Scope);
        Assert.Single(await Merchants.ListKeysAsync(scope, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Merchants.EnsureTestKeyAsync(scope with { IsLive = true }, ApiKeyKind.Secret, "demo", text, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Merchants.EnsureTestKeyAsync(scope, ApiKeyKind.Publishable, "demo", text, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Merchants.EnsureTestKeyAsync(scope, ApiKeyKind.Secret, "demo", "fsk_live_florin_demo", Ct));
        var thief = await NewScopeAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => Merchants.EnsureTestKeyAsync(thief, ApiKeyKind.Secret, "demo", text, Ct));
    }

    [Theory]
    [InlineData("fsk_test_florin_demo", ApiKeyKind.Secret)]
    [InlineData("fpk_test_florin_demo", ApiKeyKind.Publishable)]
    public void The_demo_keys_have_the_form_of_keys(string text, ApiKeyKind kind)
    {
        Assert.True(ApiKeyText.HasTheForm(text));
        Assert.StartsWith(ApiKeyText.Prefix(kind, isLive: false), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_signs_in_with_the_right_password_in_any_case_of_the_address()
    {
        var (user, email) = await NewUserAsync();

        Assert.Equal(user, (await Merchants.SignInAsync($" {email.ToUpperInvariant()}", Password, Ct)).Value);
        Assert.Equal(user, await Merchants.FindUserAsync(user.Id, Ct));
        Assert.Equal(user, await Merchants.EnsureUserAsync(user.Merchant, email, "Other", Secret.Of("another password"), Ct));
        Assert.True((await Merchants.SignInAsync(email, Password, Ct)).IsSuccess);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_user_get_the_same_answer()
    {
        var (_, email) = await NewUserAsync();

        var wrong = (await Merchants.SignInAsync(email, Secret.Of("wrong password"), Ct)).Refusal;
        var unknown = (await Merchants.SignInAsync("nobody@example.com", Secret.Of("wrong password"), Ct)).Refusal;

        Assert.NotNull(wrong);
        Assert.Equal(wrong, unknown);
    }

    [Fact]
    public async Task Ten_wrong_passwords_lock_a_user_for_thirty_minutes_and_say_no_more_than_one_does()
    {
        var (user, email) = await NewUserAsync();
        var first = (await Merchants.SignInAsync(email, Secret.Of("wrong password"), Ct)).Refusal;
        for (var i = 0; i < 9; i++) await Merchants.SignInAsync(email, Secret.Of("wrong password"), Ct);

        Assert.Equal(first, (await Merchants.SignInAsync(email, Password, Ct)).Refusal);
        time.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(1));
        Assert.False((await Merchants.SignInAsync(email, Password, Ct)).IsSuccess);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(user, (await Merchants.SignInAsync(email, Password, Ct)).Value);
    }

    [Fact]
    public async Task A_right_password_begins_the_count_anew()
    {
        var (_, email) = await NewUserAsync();
        for (var i = 0; i < 9; i++) await Merchants.SignInAsync(email, Secret.Of("wrong password"), Ct);
        Assert.True((await Merchants.SignInAsync(email, Password, Ct)).IsSuccess);
        await Merchants.SignInAsync(email, Secret.Of("wrong password"), Ct);

        Assert.True((await Merchants.SignInAsync(email, Password, Ct)).IsSuccess);
    }

    [Fact]
    public async Task Guesses_that_come_all_at_once_pass_no_bound()
    {
        var (_, email) = await NewUserAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Merchants.SignInAsync(email, Secret.Of("wrong password"), Ct)));

        Assert.False((await Merchants.SignInAsync(email, Password, Ct)).IsSuccess);
    }

    [Fact]
    public async Task A_user_that_makes_no_sense_is_not_made()
    {
        var (_, email) = await NewUserAsync();
        var other = await NewMerchantAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => Merchants.EnsureUserAsync(other.Id, "no address", "X", Password, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Merchants.EnsureUserAsync(other.Id, "a@example.com", "X", Secret.Of("short"), Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Merchants.EnsureUserAsync(other.Id, email, "X", Password, Ct));
    }

    [Fact]
    public async Task A_new_user_needs_an_address_of_its_own_and_a_password_of_some_length()
    {
        var (_, taken) = await NewUserAsync();
        var merchant = await NewMerchantAsync();

        var made = await Merchants.CreateUserAsync(merchant.Id, " Other@Example.com ", "Other", Password, Ct);

        Assert.Equal("other@example.com", made.Value.Email);
        Assert.Equal(made.Value, (await Merchants.SignInAsync("other@example.com", Password, Ct)).Value);
        Assert.Equal("email_taken", (await Merchants.CreateUserAsync(merchant.Id, taken, "X", Password, Ct)).Refusal!.Code);
        Assert.Equal("email_invalid", (await Merchants.CreateUserAsync(merchant.Id, "nobody", "X", Password, Ct)).Refusal!.Code);
        Assert.Equal(
            "password_too_short", (await Merchants.CreateUserAsync(merchant.Id, "b@example.com", "X", Secret.Of("short"), Ct)).Refusal!.Code);
    }

    private static Secret<string> Password => Secret.Of("correct horse battery");

    private Task<ServiceProvider> StartNodeAsync(KeyRing? withRing = null) =>
        fixture.StartAsync(time, added => added.AddSingleton(withRing ?? ring).AddMerchants());

    private Task<Merchant> NewMerchantAsync() =>
        Merchants.CreateAsync(new NewMerchant(DatabaseFixture.FreshShard(), "Café 花", "KR", Fees), Ct);

    private async Task<MerchantScope> NewScopeAsync() => new((await NewMerchantAsync()).Id, IsLive: false);

    private async Task<(BackOfficeUser User, string Email)> NewUserAsync()
    {
        var merchant = await NewMerchantAsync();
        var email = $"{RandomSource.System.HexToken(6)}@example.com";
        return (await Merchants.EnsureUserAsync(merchant.Id, email, "Mina", Password, Ct), email);
    }
}

public sealed class MerchantsOnSqlite(SqliteFixture fixture) : MerchantsTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class MerchantsOnPostgres(PostgresFixture fixture) : MerchantsTests(fixture), IClassFixture<PostgresFixture>;
