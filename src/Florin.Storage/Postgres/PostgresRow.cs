using Npgsql;

namespace Florin.Storage.Postgres;

/// <summary>The row at which a reader stands.</summary>
internal sealed class PostgresRow(NpgsqlDataReader reader) : ISqlRow
{
    // Asked once a column, since it is the same in all rows.
    private readonly Type?[] types = new Type?[reader.FieldCount];

    public bool IsNull(int column) => reader.IsDBNull(column);

    // Sums and counts come as numeric or bigint, shards as smallint.
    public long Int64(int column)
    {
        var type = types[column] ??= reader.GetFieldType(column);
        if (type == typeof(long)) return reader.GetInt64(column);
        if (type == typeof(short)) return reader.GetInt16(column);
        var value = reader.GetValue(column);
        if (value is decimal number && number != decimal.Truncate(number))
        {
            throw new DatabaseException($"Column {column} holds {number} where a whole number was expected.");
        }

        return Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture);
    }

    public bool Bool(int column) => reader.GetBoolean(column);

    public string Text(int column) => reader.GetString(column);

    public byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

    public ReadOnlySpan<byte> Span(int column) => reader.GetFieldValue<byte[]>(column);

    public ReadOnlySpan<byte> Utf8(int column) => reader.GetFieldValue<byte[]>(column);

    public Guid Uuid(int column) => reader.GetGuid(column);
}
