using Florin.Kernel;

namespace Florin.Storage.Tests;

public sealed class SqlTests
{
    [Fact]
    public void Each_hole_is_a_parameter_and_never_text()
    {
        Sql sql = $"SELECT 1 FROM t WHERE a = {"x'; DROP TABLE t; --"} AND b = {7L}";

        Assert.Equal("SELECT 1 FROM t WHERE a = $1 AND b = $2", sql.Text);
        Assert.Equal(["x'; DROP TABLE t; --", null], sql.Values.Select(value => value.Reference));
    }

    [Fact]
    public void A_piece_that_is_spliced_in_has_its_parameters_renumbered()
    {
        Sql inner = $"a = {1L} AND b = {2L}";
        Sql outer = $"x = {0L} AND ({inner}) AND y = {3L}";
        for (var i = 0; i < 10; i++) outer.Append($" AND z{new SqlFragment("")} = {4L}");

        Assert.StartsWith("x = $1 AND (a = $2 AND b = $3) AND y = $4 AND z = $5", outer.Text, StringComparison.Ordinal);
        Assert.EndsWith("z = $14", outer.Text, StringComparison.Ordinal);
        Assert.Equal([0L, 1, 2, 3], outer.Values.Take(4).Select(value => value.Int64));
        Assert.Equal(14, outer.Values.Count);
    }

    [Fact]
    public void A_list_has_one_parameter_a_member()
    {
        IReadOnlyCollection<string> names = ["a", "b"];
        IReadOnlyCollection<Guid> ids = [Guid.Parse("01984f00-0000-7000-8000-000000000001")];
        Sql sql = $"name IN ({names}) AND id IN ({ids})";

        Assert.Equal("name IN ($1, $2) AND id IN ($3)", sql.Text);
    }

    [Fact]
    public void An_id_that_nobody_set_is_refused()
    {
        Assert.Throws<ArgumentException>(() => (Sql)$"id = {default(MerchantId)}");
        Assert.Throws<ArgumentException>(() => (Sql)$"id = {(MerchantId?)default(MerchantId)}");
        IReadOnlyCollection<MerchantId> ids = [default];
        Assert.Throws<ArgumentException>(() => (Sql)$"id IN ({ids})");
    }

    [Fact]
    public void Text_that_the_engines_would_cut_or_refuse_is_refused() =>
        Assert.Throws<ArgumentException>(() => (Sql)$"name = {"a\0b"}");
}
