using Florin.Kernel;

namespace Florin.Storage;

/// <summary>Rows of one table that are inserted together, given column by column.</summary>
/// <param name="table">The table that they go to.</param>
/// <param name="count">How many rows; each column has as many values.</param>
public sealed class NewRows(SqlFragment table, int count)
{
    private readonly List<NewColumn> columns = [];

    public SqlFragment Table => table;

    public int Count => count;

    public IReadOnlyList<NewColumn> Columns => columns;

    /// <summary>What is done where a row is there already: an ON CONFLICT clause. Without one, such a row fails the statement.</summary>
    public SqlFragment? OnConflict { get; init; }

    /// <summary>A column with a value for each row.</summary>
    public NewRows With(string column, SqlArray values)
    {
        if (values.Values.Length != count) throw new ArgumentException($"{column} has {values.Values.Length} values for {count} rows.");
        columns.Add(new NewColumn(column, values, default));
        return this;
    }

    /// <summary>A column that is the same in each row.</summary>
    public NewRows With(string column, ShardId shard)
    {
        columns.Add(new NewColumn(column, null, SqlValue.Of(shard)));
        return this;
    }

    internal string ColumnNames => string.Join(", ", columns.Select(column => column.Name));
}

/// <param name="Values">One for each row; null where all have the same.</param>
/// <param name="Same">What all rows have, where there are no values.</param>
public sealed record NewColumn(string Name, SqlArray? Values, SqlValue Same)
{
    internal SqlKind Kind => Values?.Element ?? Same.Kind;

    /// <summary>The value of one row; ids that nobody set are refused here as everywhere.</summary>
    internal SqlValue Of(int row) => Values is not { } values ? Same : values.Values switch
    {
        long[] numbers => SqlValue.Of(numbers[row]),
        short[] numbers => SqlValue.Of(numbers[row]),
        bool[] flags => SqlValue.Of(flags[row]),
        Guid[] ids => SqlValue.Of(Sql.RequireSet(ids[row])),
        Guid?[] ids => ids[row] is { } id ? SqlValue.Of(Sql.RequireSet(id)) : SqlValue.Null(SqlKind.Uuid),
        string?[] texts => SqlValue.Of(texts[row]),
        byte[]?[] blobs => SqlValue.Of(blobs[row]),
        _ => throw new NotSupportedException($"{Name} has values of a type that no column has."),
    };
}
