using System.Text.Json;

namespace Florin.Kernel.Tests;

public sealed class SecretAndResultTests
{
    private const string Pan = "4242424242424242";

    private sealed record Holder(string Name, Secret<string> Number, Secret<byte[]>? Key = null);

    [Fact]
    public void A_secret_shows_in_no_text_and_no_json()
    {
        var holder = new Holder("Erika", Secret.Of(Pan), Secret.Of("4242"u8.ToArray()));
        string[] shown =
        [
            $"{holder}", $"{holder.Number}", string.Concat(holder.Number), JsonSerializer.Serialize(holder),
            JsonSerializer.Serialize(holder.Number), JsonSerializer.Serialize<object>(holder),
            JsonSerializer.Serialize(new Dictionary<string, Secret<string>> { ["card"] = holder.Number }),
        ];

        Assert.All(shown, text => Assert.DoesNotContain("4242", text, StringComparison.Ordinal));
        Assert.Contains("Erika", shown[3], StringComparison.Ordinal);
        Assert.Equal(Pan, holder.Number.Reveal());
    }

    [Fact]
    public void A_secret_is_not_read_from_json() =>
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Deserialize<Secret<string>>("\"x\""));

    [Fact]
    public void Keys_of_single_purposes_differ_and_stay()
    {
        var ring = new KeyRing(Secret.Of(Enumerable.Repeat((byte)1, KeyRing.KeyBytes).ToArray()));

        Assert.Equal(ring.Derive("a").Reveal(), ring.Derive("a").Reveal());
        Assert.NotEqual(ring.Derive("a").Reveal(), ring.Derive("b").Reveal());
        Assert.Throws<ArgumentException>(() => new KeyRing(Secret.Of(new byte[31])));
    }

    [Fact]
    public void A_result_is_a_value_or_a_refusal_and_never_both()
    {
        var refusal = new Refusal(RefusalKind.Conflict, "taken", "It is taken.");
        Result<int> good = 7;
        Result<int> bad = refusal;

        Assert.True(good.IsSuccess);
        Assert.Equal(7, good.Value);
        Assert.Equal(8, good.Map(value => value + 1).Value);
        Assert.Equal("7", good.Match(value => $"{value}", refused => refused.Code));
        Assert.False(bad.IsSuccess);
        Assert.Same(refusal, bad.Map(value => value + 1).Refusal);
        Assert.Equal("taken", bad.Match(value => $"{value}", refused => refused.Code));
        Assert.False(bad.TryGet(out _, out var found));
        Assert.Same(refusal, found);
        Assert.Throws<InvalidOperationException>(() => bad.Value);
    }
}
