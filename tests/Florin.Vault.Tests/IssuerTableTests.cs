using System.Globalization;
using Florin.Vault.Issuers;

namespace Florin.Vault.Tests;

/// <summary>Which range a number belongs to.</summary>
public sealed class IssuerTableTests
{
    private static readonly IssuerTable Table = Of(
        ("400000", "499999", "US"),
        ("41000000", "41000099", "GB"),
        ("41000050", "41000050", "FR"),
        ("410000501", "410000502", "DE"),
        ("41000050110", "41000050119", "AT"),
        ("41000100", "41000199", "IT"),
        ("500000", "500000", "JP"),
        ("500001", "500001", "KR"));

    [Theory]
    [InlineData("3999999999999999", null)]
    [InlineData("4000000000000000", "US")]
    [InlineData("4099999999999999", "US")]
    [InlineData("4100000000000000", "GB")]
    [InlineData("4100004999999999", "GB")]
    [InlineData("4100005000000000", "FR")]
    [InlineData("4100005009999999", "FR")]
    [InlineData("4100005010000000", "DE")]
    [InlineData("4100005011000000", "AT")]
    [InlineData("4100005011999999", "AT")]
    [InlineData("4100005012000000", "DE")]
    [InlineData("4100005029999999", "DE")]
    [InlineData("4100005030000000", "FR")]
    [InlineData("4100005099999999", "FR")]
    [InlineData("4100005100000000", "GB")]
    [InlineData("4100009999999999", "GB")]
    [InlineData("4100010000000000", "IT")]
    [InlineData("4100019999999999", "IT")]
    [InlineData("4100020000000000", "US")]
    [InlineData("4999999999999999", "US")]
    [InlineData("5000000000000000", "JP")]
    [InlineData("5000019999999999", "KR")]
    [InlineData("5000020000000000", null)]
    [InlineData("410000501100", "AT")]
    [InlineData("4100005011000000000", "AT")]
    public void The_narrowest_range_counts_from_its_first_number_to_its_last(string number, string? country) =>
        Assert.Equal(country, Table.Find(number)?.Country);

    [Fact]
    public void An_empty_table_knows_nobody() => Assert.Null(IssuerTable.Empty.Find("4242424242424242"));

    [Fact]
    public void A_range_that_ends_where_the_one_around_it_ends_gives_way_to_what_comes_after_both()
    {
        var table = Of(("600000", "600009", "US"), ("600009", "600009", "GB"), ("600010", "600010", "FR"));

        Assert.Equal(
            ["US", "GB", "FR", null], new[] { "6000080000000000", "6000099999999999", "6000100000000000", "6000110000000000" }.Select(number => table.Find(number)?.Country));
    }

    [Fact]
    public void The_list_finds_for_every_number_what_a_look_at_each_range_would_find()
    {
        string[] countries = ["US", "GB", "FR", "DE", "KR"];
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var rows = new List<IssuerRow>();
            Fill(10_000_000_000, 10_000_999_999, depth: 0);
            rows.Sort(IssuerRow.Outwards);
            var table = rows.Aggregate(new IssuerTable.Builder(), (builder, row) => builder.Add(row)).Build();

            var edges = rows.SelectMany(row => new[] { row.First - 1, row.First, row.Last, row.Last + 1 });
            foreach (var number in edges.Concat(Enumerable.Range(0, 50).Select(_ => 10_000_000_000 + random.Next(1_000_000))))
            {
                var narrowest = rows.Where(row => row.First <= number && row.Last >= number).OrderBy(row => row.Last - row.First).FirstOrDefault();
                Assert.True(
                    narrowest.Country == table.Find(number.ToString(CultureInfo.InvariantCulture) + "00000")?.Country, $"Seed {seed}: {number}");
            }

            // Ranges beside and within each other, never the same one twice.
            void Fill(long from, long until, int depth)
            {
                while (from <= until && rows.Count < 200)
                {
                    var first = random.Next(2) == 0 ? from : random.NextInt64(from, until + 1);
                    var last = random.Next(4) switch { 0 => until, 1 => first, _ => random.NextInt64(first, until + 1) };
                    if (depth == 0 || (first, last) != (from, until))
                    {
                        rows.Add(new IssuerRow(first, last, 11, countries[random.Next(countries.Length)], null, CardFunding.Unknown, null));
                        if (depth < 4) Fill(first + random.Next(2), last - random.Next(2), depth + 1);
                    }

                    from = last + 1;
                }
            }
        }
    }

    private static IssuerTable Of(params (string First, string Last, string Country)[] ranges)
    {
        var rows = ranges
            .Select(range => new IssuerRow(
                IssuerRow.Filled(range.First, '0'), IssuerRow.Filled(range.Last, '9'), range.First.Length, range.Country, null, CardFunding.Unknown, null))
            .ToList();
        rows.Sort(IssuerRow.Outwards);
        return rows.Aggregate(new IssuerTable.Builder(), (builder, row) => builder.Add(row)).Build();
    }
}
