using Florin.Testing;

namespace Florin.Kernel.Tests;

public sealed class IdTests
{
    private readonly ManualTime time = new();
    private readonly IdSource ids;

    public IdTests() => ids = new IdSource(time, RandomSource.System);

    private readonly record struct OtherId(Guid Value) : IId<OtherId>
    {
        public static string Prefix => "oth_";

        public static OtherId From(Guid value) => new(value);
    }

    [Fact]
    public void Ids_of_one_millisecond_sort_in_the_order_they_were_made_and_are_unique()
    {
        // More than the 12 bits within a millisecond hold, so that the count runs over into the next.
        var made = Enumerable.Range(0, 10_000).Select(i => ids.NewValue(new ShardId((short)(i % ShardId.Count)))).ToList();

        Assert.Equal(made, made.Order());
        Assert.Equal(made.Order().Select(id => id.ToString("N")), made.Select(id => id.ToString("N")).Order(StringComparer.Ordinal));
        Assert.Equal(made.Count, made.Distinct().Count());
    }

    [Fact]
    public void A_clock_that_stands_still_while_many_ask_gives_no_id_twice()
    {
        var made = new System.Collections.Concurrent.ConcurrentBag<Guid>();
        Parallel.For(0, 10_000, _ => made.Add(ids.NewValue(new ShardId(1))));

        Assert.Equal(10_000, made.Distinct().Count());
    }

    [Fact]
    public void Every_shard_is_read_back_from_the_id_and_its_text()
    {
        for (short shard = 0; shard < ShardId.Count; shard++)
        {
            var id = ids.New<MerchantId>(new ShardId(shard));
            Assert.Equal(shard, id.Shard().Value);
            Assert.Equal(shard, Ids.Parse<MerchantId>(id.ToString()).Shard().Value);
        }
    }

    [Fact]
    public void An_id_is_a_uuid_of_version_7_that_tells_its_age()
    {
        var id = ids.New<MerchantId>(new ShardId(0xFFF));

        Assert.Equal(7, id.Value.Version);
        Assert.Equal(0x8, id.Value.Variant & 0xC);
        Assert.Equal(time.GetUtcNow(), id.CreatedAt());
    }

    [Fact]
    public void An_id_reads_back_from_its_text_and_no_other_kind_takes_it()
    {
        var id = ids.New<MerchantId>(new ShardId(42));

        Assert.Equal(id, Ids.Parse<MerchantId>(id.ToString()));
        Assert.StartsWith("acct_", id.ToString(), StringComparison.Ordinal);
        Assert.False(Ids.TryParse<OtherId>(id.ToString(), out _));
        Assert.Throws<FormatException>(() => Ids.Parse<OtherId>(id.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("acct_")]
    [InlineData("acct_00000000000000000000000000000000")]
    [InlineData("acct_01984F0000007000800000000000000A")]
    [InlineData("ACCT_01984f0000007000800000000000000a")]
    [InlineData("acct_01984f0000007000800000000000000")]
    [InlineData("acct_01984f0000007000800000000000000a0")]
    [InlineData("acct_ 1984f0000007000800000000000000a")]
    [InlineData("acct_01984f0000007000800000000000000g")]
    [InlineData("acct-01984f0000007000800000000000000a")]
    public void A_text_that_is_no_id_is_not_read(string? text) => Assert.False(Ids.TryParse<MerchantId>(text, out _));

    [Theory]
    [InlineData(-1)]
    [InlineData(4096)]
    public void A_shard_beyond_twelve_bits_does_not_exist(short value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardId(value));
}
