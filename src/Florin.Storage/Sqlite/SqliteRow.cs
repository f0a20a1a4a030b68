using System.Text;
using SQLitePCL;

namespace Florin.Storage.Sqlite;

/// <summary>The row at which a statement stands.</summary>
internal sealed class SqliteRow(sqlite3_stmt statement) : ISqlRow
{
    // Alive as long as the statement, which the connection keeps prepared.
    private readonly nint handle = statement.DangerousGetHandle();

    public bool IsNull(int column) => SqliteNative.ValueType(SqliteNative.ColumnValue(handle, column)) == raw.SQLITE_NULL;

    public long Int64(int column) => SqliteNative.ValueInt64(Required(column, raw.SQLITE_INTEGER));

    public bool Bool(int column) => Int64(column) switch
    {
        0 => false,
        1 => true,
        var other => throw new DatabaseException($"Column {column} holds {other} where yes (1) or no (0) was expected."),
    };

    public string Text(int column) => Encoding.UTF8.GetString(Utf8(column));

    public byte[] Bytes(int column) => Span(column).ToArray();

    public ReadOnlySpan<byte> Span(int column)
    {
        var value = Required(column, raw.SQLITE_BLOB);
        return At(SqliteNative.ValueBlob(value), value);
    }

    public ReadOnlySpan<byte> Utf8(int column)
    {
        var value = Required(column, raw.SQLITE_TEXT);
        return At(SqliteNative.ValueText(value), value);
    }

    public Guid Uuid(int column)
    {
        var bytes = Span(column);
        return bytes.Length == 16
            ? new Guid(bytes, bigEndian: true)
            : throw new DatabaseException($"Column {column} holds {bytes.Length} bytes where an id has 16.");
    }

    // How many there are is asked after where they lie, since SQLite may convert what is stored to give that.
    private static unsafe ReadOnlySpan<byte> At(nint bytes, nint value) => new((void*)bytes, SqliteNative.ValueBytes(value));

    // SQLite turns an integer that overflows into a float without a word; that must not pass for an amount.
    private nint Required(int column, int expected)
    {
        var value = SqliteNative.ColumnValue(handle, column);
        var found = SqliteNative.ValueType(value);
        if (found == expected) return value;
        throw new DatabaseException($"Column {column} holds SQLite type {found} where {expected} was expected.");
    }
}
