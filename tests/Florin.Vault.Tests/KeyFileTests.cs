using System.Runtime.Versioning;
using Florin.Kernel;

namespace Florin.Vault.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class KeyFileTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("florin-keys-");

    private string FilePath => Path.Combine(directory.FullName, "florin.keys");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void A_first_start_makes_a_file_that_only_its_owner_may_read()
    {
        KeyFile.LoadOrCreate(FilePath, RandomSource.System);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Single(directory.GetFiles());
    }

    [Fact]
    public void The_next_start_reads_the_same_keys()
    {
        var first = KeyFile.LoadOrCreate(FilePath, RandomSource.System);
        var second = KeyFile.LoadOrCreate(FilePath, RandomSource.System);

        Assert.Equal(first.Root.Reveal(), second.Root.Reveal());
        Assert.Equal(first.Active.Key.Reveal(), second.Active.Key.Reveal());
        Assert.Equal(first.Ring.Derive("any").Reveal(), second.Ring.Derive("any").Reveal());
    }

    [Fact]
    public async Task Many_first_starts_at_once_agree_on_one_set_of_keys()
    {
        var started = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => KeyFile.LoadOrCreate(FilePath, RandomSource.System))));

        Assert.Single(started.Select(file => Convert.ToBase64String(file.Root.Reveal())).Distinct());
        Assert.Single(directory.GetFiles());
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_file_that_is_open_to_others_is_refused(UnixFileMode extra)
    {
        KeyFile.LoadOrCreate(FilePath, RandomSource.System);
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | extra);

        var refusal = Assert.Throws<KeyFileException>(() => KeyFile.LoadOrCreate(FilePath, RandomSource.System));
        Assert.Contains("chmod 600", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_added_key_encrypts_and_the_older_one_stays()
    {
        var before = KeyFile.LoadOrCreate(FilePath, RandomSource.System);
        var added = KeyFile.AddKey(FilePath, RandomSource.System);
        var after = KeyFile.LoadOrCreate(FilePath, RandomSource.System);

        Assert.Equal([before.KeyIds[0], added], after.KeyIds);
        Assert.Equal(added, after.Active.Id);
        Assert.Equal(before.Root.Reveal(), after.Root.Reveal());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void The_text_of_a_file_serves_as_configuration()
    {
        var file = KeyFile.LoadOrCreate(FilePath, RandomSource.System);
        var configured = KeyFile.Parse(Secret.Of(File.ReadAllText(FilePath)));

        Assert.Equal(file.Root.Reveal(), configured.Root.Reveal());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"root":"c2hvcnQ=","key_encryption_keys":[]}""")]
    [InlineData("""{"root":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","key_encryption_keys":[]}""")]
    [InlineData("""{"root":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","key_encryption_keys":[{"id":"a","key":"c2VjcmV0"}]}""")]
    [InlineData("""{"root":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","key_encryption_keys":null}""")]
    public void A_text_that_is_no_key_file_is_refused_without_quoting_it(string text)
    {
        var refusal = Assert.Throws<KeyFileException>(() => KeyFile.Parse(Secret.Of(text)));

        Assert.DoesNotContain("c2", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_where_no_file_can_be_made_is_named()
    {
        var refusal = Assert.Throws<KeyFileException>(() => KeyFile.LoadOrCreate("/proc/florin.keys", RandomSource.System));

        Assert.Contains("/proc/florin.keys", refusal.Message, StringComparison.Ordinal);
    }
}
