using System.Text;
using SQLitePCL;

namespace Florin.Storage.Sqlite;

/// <summary>The row at which a statement stands.</summary>
internal sealed class SqliteRow(sqlite3_stmt statement) : ISqlRow
{
    // Alive as long as the statement, which the connection keeps prepared.
    private readonly nint handle = statement.DangerousGetHandle();

    public bool IsNull(int column) => SqliteNative.ColumnType(handle, column) == raw.SQLITE_NULL;

    public long Int64(int column)
    {
        Require(column, raw.SQLITE_INTEGER);
        return SqliteNative.ColumnInt64(handle, column);
    }

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
        Require(column, raw.SQLITE_BLOB);
        return At(SqliteNative.ColumnBlob(handle, column), column);
    }

    public ReadOnlySpan<byte> Utf8(int column)
    {
        Require(column, raw.SQLITE_TEXT);
        return At(SqliteNative.ColumnText(handle, column), column);
    }

    public Guid Uuid(int column)
    {
        var bytes = Span(column);
        return bytes.Length == 16
            ? new Guid(bytes, bigEndian: true)
            : throw new DatabaseException($"Column {column} holds {bytes.Length} bytes where an id has 16.");
    }

    // How many there are is asked after where they lie, since SQLite may convert what is stored to give that.
    private unsafe ReadOnlySpan<byte> At(nint bytes, int column) => new((void*)bytes, SqliteNative.ColumnBytes(handle, column));

    // SQLite turns an integer that overflows into a float without a word; that must not pass for an amount.
    private void Require(int column, int expected)
    {
        var found = SqliteNative.ColumnType(handle, column);
        if (found == expected) return;
        throw new DatabaseException($"Column {column} holds SQLite type {found} where {expected} was expected.");
    }
}
