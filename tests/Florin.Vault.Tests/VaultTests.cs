using System.Text;
using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Jobs;
using Florin.Testing;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Vault.Tests;

public abstract class VaultTests(DatabaseFixture fixture) : IAsyncLifetime
{
    private const string Pan = "4242424242424242";
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly ManualTime time = new();
    private readonly KeyFile keys = KeyFile.InMemory(RandomSource.System);
    private ServiceProvider services = null!;

    protected IDatabase Database => services.GetRequiredService<IDatabase>();

    private IVault Vault => services.GetRequiredService<IVault>();

    public async Task InitializeAsync() => services = await StartAsync(keys);

    public async Task DisposeAsync()
    {
        // Tests of one class share a database, and each has keys of its own.
        await Database.WriteAsync(async tx => await tx.ExecuteAsync($"DELETE FROM vault_key_checks"), Ct);
        await services.DisposeAsync();
    }

    [Fact]
    public async Task A_stored_card_comes_back_as_it_was_typed()
    {
        var scope = FreshScope();
        var id = await StoreAsync(scope, Card("4242 4242-4242 4242") with { HolderName = " 김하나\tKim " });

        var card = (await Vault.RevealAsync(scope, id, Ct)).Value;

        Assert.Equal(Pan, card.Number.Reveal());
        Assert.Equal((12, 2030, "김하나\tKim"), (card.ExpiryMonth, card.ExpiryYear, card.HolderName));
    }

    [Fact]
    public async Task The_security_code_is_given_once()
    {
        var scope = FreshScope();
        var id = await StoreAsync(scope, Card(Pan));

        Assert.Equal("123", (await Vault.RevealAsync(scope, id, Ct)).Value.Cvc!.Reveal());
        Assert.Null((await Vault.RevealAsync(scope, id, Ct)).Value.Cvc);
    }

    [Fact]
    public async Task The_security_code_is_gone_within_ten_minutes_without_anybody_asking()
    {
        var scope = FreshScope();
        var id = await StoreAsync(scope, Card(Pan));
        Assert.Equal(1, services.GetRequiredService<CvcMemory>().Count);

        time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(0, services.GetRequiredService<CvcMemory>().Count);
        Assert.Null((await Vault.RevealAsync(scope, id, Ct)).Value.Cvc);
    }

    [Fact]
    public async Task The_security_code_of_a_card_that_was_not_committed_is_not_held()
    {
        var sealedCard = Vault.Seal(FreshScope(), Card(Pan)).Value;
        await Database.WriteAsync(
            async tx =>
            {
                await Vault.StoreAsync(tx, sealedCard);
                tx.Abandon();
            },
            Ct);

        Assert.Equal(0, services.GetRequiredService<CvcMemory>().Count);
    }

    [Fact]
    public async Task A_card_is_there_for_its_merchant_and_mode_alone()
    {
        var scope = FreshScope();
        var id = await StoreAsync(scope, Card(Pan));
        MerchantScope[] others = [scope with { IsLive = true }, FreshScope(), FreshScope(scope.Shard)];

        foreach (var other in others)
        {
            Assert.Equal("resource_missing", (await Vault.RevealAsync(other, id, Ct)).Refusal!.Code);
        }
    }

    [Theory]
    [InlineData("ciphertext")]
    [InlineData("wrapped_key")]
    public async Task A_changed_byte_anywhere_keeps_the_card_shut(string column)
    {
        var scope = FreshScope();
        var id = await StoreAsync(scope, Card(Pan));
        var original = await ReadAsync(id, column);

        // Algorithm, nonce, tag, first and last byte of the body.
        foreach (var place in (int[])[0, 1, 13, 29, original.Length - 1])
        {
            var changed = original.ToArray();
            changed[place] ^= 1;
            await WriteAsync(id, column, changed);
            await Assert.ThrowsAsync<VaultIntegrityException>(() => Vault.RevealAsync(scope, id, Ct));
        }

        await WriteAsync(id, column, []);
        await Assert.ThrowsAsync<VaultIntegrityException>(() => Vault.RevealAsync(scope, id, Ct));
        await WriteAsync(id, column, original);
        Assert.Equal(Pan, (await Vault.RevealAsync(scope, id, Ct)).Value.Number.Reveal());
    }

    [Fact]
    public async Task A_row_swapped_with_that_of_another_card_does_not_open()
    {
        var scope = FreshScope();
        var cheap = await StoreAsync(scope, Card(Pan));
        var dear = await StoreAsync(scope, Card("5555555555554444"));
        await WriteAsync(cheap, "ciphertext", await ReadAsync(dear, "ciphertext"));
        await WriteAsync(cheap, "wrapped_key", await ReadAsync(dear, "wrapped_key"));

        await Assert.ThrowsAsync<VaultIntegrityException>(() => Vault.RevealAsync(scope, cheap, Ct));
    }

    [Fact]
    public async Task A_row_moved_to_another_merchant_or_mode_does_not_open()
    {
        var scope = FreshScope();
        var id = await StoreAsync(scope, Card(Pan));
        var thief = FreshScope(scope.Shard);
        await Database.WriteAsync(async tx => await tx.ExecuteAsync($"UPDATE vault_cards SET merchant = {thief.Merchant} WHERE id = {id}"), Ct);

        await Assert.ThrowsAsync<VaultIntegrityException>(() => Vault.RevealAsync(thief, id, Ct));
        await Database.WriteAsync(
            async tx => await tx.ExecuteAsync($"UPDATE vault_cards SET merchant = {scope.Merchant}, is_live = {true} WHERE id = {id}"), Ct);
        await Assert.ThrowsAsync<VaultIntegrityException>(() => Vault.RevealAsync(scope with { IsLive = true }, id, Ct));
    }

    [Fact]
    public void The_same_card_never_encrypts_to_the_same_bytes()
    {
        var scope = FreshScope();
        var first = Vault.Seal(scope, Card(Pan)).Value;
        var second = Vault.Seal(scope, Card(Pan)).Value;

        Assert.NotEqual(first.Ciphertext[1..13], second.Ciphertext[1..13]);
        Assert.NotEqual(first.WrappedKey[1..13], second.WrappedKey[1..13]);
        Assert.NotEqual(first.Ciphertext[29..], second.Ciphertext[29..]);
    }

    [Fact]
    public void A_fingerprint_tells_numbers_apart_within_a_merchant_and_tells_other_merchants_nothing()
    {
        var scope = FreshScope();
        string Of(MerchantScope at, string number) => Vault.Seal(at, Card(number)).Value.Details.Fingerprint;

        Assert.Equal(Of(scope, Pan), Of(scope, "4242 4242 4242 4242"));
        Assert.NotEqual(Of(scope, Pan), Of(scope, "5555555555554444"));
        Assert.NotEqual(Of(scope, Pan), Of(FreshScope(), Pan));
    }

    [Fact]
    public async Task Rotation_wraps_every_card_anew_while_all_of_them_stay_readable()
    {
        var scope = FreshScope();
        var stored = new List<CardId>();
        for (var i = 0; i < 450; i++) stored.Add(await StoreAsync(scope, Card(Pan)));
        var broken = stored[100];
        var wrapped = await ReadAsync(broken, "wrapped_key");
        await WriteAsync(broken, "wrapped_key", [.. wrapped[..^1], (byte)(wrapped[^1] ^ 1)]);

        var rotated = WithAnotherKey(keys);
        await using var after = await StartAsync(rotated);
        await after.CheckVaultKeysAsync(Ct);
        var job = after.GetRequiredService<RewrapJob>();
        Assert.Equal(JobOutcome.Done, await job.RunAsync(new Job(new ShardId(0), job.Kind, "regular", "", 1), Ct));

        // All are under the new key but the one whose row was changed, which does not hold up the others.
        Assert.Equal(449, await CountAsync(scope, rotated.KeyIds[1]));
        Assert.Equal(1, await CountAsync(scope, rotated.KeyIds[0]));
        var vault = after.GetRequiredService<IVault>();
        foreach (var id in stored.Where(id => id != broken))
        {
            Assert.Equal(Pan, (await vault.RevealAsync(scope, id, Ct)).Value.Number.Reveal());
        }

        // The node that has not heard of the new key yet says so instead of guessing.
        await Assert.ThrowsAsync<VaultIntegrityException>(() => Vault.RevealAsync(scope, stored[0], Ct));
    }

    [Fact]
    public async Task A_start_with_another_root_key_is_refused()
    {
        await services.CheckVaultKeysAsync(Ct);
        await using var other = fixture.Compose(time, added => added.AddVault(KeyFile.InMemory(RandomSource.System)));

        var refusal = await Assert.ThrowsAsync<KeyFileException>(() => other.CheckVaultKeysAsync(Ct));
        Assert.Contains("root key", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_with_a_key_of_a_known_name_but_other_bytes_is_refused()
    {
        await services.CheckVaultKeysAsync(Ct);
        var forged = KeyFile.Parse(Secret.Of(
            $$"""
            {"root":"{{Convert.ToBase64String(keys.Root.Reveal())}}",
             "key_encryption_keys":[{"id":"{{keys.KeyIds[0]}}","key":"{{Convert.ToBase64String(new byte[32])}}"}]}
            """));
        await using var other = fixture.Compose(time, added => added.AddVault(forged));

        var refusal = await Assert.ThrowsAsync<KeyFileException>(() => other.CheckVaultKeysAsync(Ct));
        Assert.Contains(keys.KeyIds[0], refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_without_a_key_that_cards_still_need_is_refused()
    {
        await services.CheckVaultKeysAsync(Ct);
        await StoreAsync(FreshScope(), Card(Pan));
        var rotated = WithAnotherKey(keys);
        var lacking = KeyFile.Parse(Secret.Of(TextOf(rotated, rotated.Keys.Skip(1))));
        await using var other = fixture.Compose(time, added => added.AddVault(lacking));

        var refusal = await Assert.ThrowsAsync<KeyFileException>(() => other.CheckVaultKeysAsync(Ct));
        Assert.Contains(keys.KeyIds[0], refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_start_with_the_same_keys_is_fine()
    {
        await services.CheckVaultKeysAsync(Ct);
        await services.CheckVaultKeysAsync(Ct);
    }

    protected async Task<CardId> StoreAsync(MerchantScope scope, CardEntry entry)
    {
        var card = Vault.Seal(scope, entry).Value;
        await Database.WriteAsync(async tx => await Vault.StoreAsync(tx, card), Ct);
        return card.Details.Id;
    }

    protected MerchantScope FreshScope(ShardId? shard = null) => new(
        services.GetRequiredService<IdSource>().New<MerchantId>(shard ?? DatabaseFixture.FreshShard()), IsLive: false);

    protected static CardEntry Card(string number) => new(Secret.Of(number), 12, 2030, Secret.Of("123"), "Erika Mustermann");

    private Task<ServiceProvider> StartAsync(KeyFile withKeys) => fixture.StartAsync(time, added => added.AddVault(withKeys));

    private static KeyFile WithAnotherKey(KeyFile present)
    {
        var added = KeyFile.InMemory(RandomSource.System).Keys;
        return KeyFile.Parse(Secret.Of(TextOf(present, present.Keys.Concat(added))));
    }

    private static string TextOf(KeyFile file, IEnumerable<KeyEncryptionKey> withKeys) => new StringBuilder()
        .Append("{\"root\":\"").Append(Convert.ToBase64String(file.Root.Reveal())).Append("\",\"key_encryption_keys\":[")
        .AppendJoin(',', withKeys.Select(key => $$"""{"id":"{{key.Id}}","key":"{{Convert.ToBase64String(key.Key.Reveal())}}"}"""))
        .Append("]}").ToString();

    private Task<long> CountAsync(MerchantScope scope, string keyId) => Database.ReadAsync(
        async reader => await reader.CountAsync($"SELECT COUNT(*) FROM vault_cards WHERE merchant = {scope.Merchant} AND key_id = {keyId}"), Ct);

    private async Task<byte[]> ReadAsync(CardId id, string column) => (await Database.ReadAsync(
        async reader => await reader.FirstAsync($"SELECT {new SqlFragment(column)} FROM vault_cards WHERE id = {id}", row => row.Bytes(0)), Ct))!;

    private Task WriteAsync(CardId id, string column, byte[] bytes) => Database.WriteAsync(
        async tx => Assert.Equal(1, await tx.ExecuteAsync($"UPDATE vault_cards SET {new SqlFragment(column)} = {bytes} WHERE id = {id}")), Ct);
}

public sealed class VaultOnSqlite(SqliteFixture fixture) : VaultTests(fixture), IClassFixture<SqliteFixture>
{
    [Fact]
    public async Task No_byte_on_disk_tells_a_card_number()
    {
        // One that no other test stores, also with the separators people type.
        await StoreAsync(FreshScope(), Card("6011 0009 9013 9424"));
        string[] forms = ["6011000990139424", "6011 0009 9013 9424", "000990139424"];

        var disk = fixture.BytesOnDisk().ToList();

        Assert.Contains(disk, bytes => bytes.AsSpan().IndexOf("vault_cards"u8) >= 0);
        foreach (var form in forms)
        {
            Assert.All(disk, bytes => Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(form))));
        }
    }
}

[Trait("Engine", "postgres")]
public sealed class VaultOnPostgres(PostgresFixture fixture) : VaultTests(fixture), IClassFixture<PostgresFixture>;
