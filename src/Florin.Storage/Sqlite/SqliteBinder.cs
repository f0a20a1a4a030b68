using System.Runtime.InteropServices;
using System.Text;
using SQLitePCL;

namespace Florin.Storage.Sqlite;

/// <summary>Binds the values of one statement at a time.</summary>
internal sealed class SqliteBinder
{
    private const int Room = 64 * 1024;

    // What SQLite calls SQLITE_STATIC (it stays where it is until other values are bound) and SQLITE_TRANSIENT (make a copy).
    private const nint Stays = 0;
    private const nint MakeCopy = -1;

    // Texts and bytes are laid side by side in memory that does not move.
    private readonly byte[] memory = GC.AllocateUninitializedArray<byte>(Room, pinned: true);
    private nint statement;
    private nint destructor;
    private int used;

    /// <summary>Begins with another statement, or another row of the same.</summary>
    /// <param name="isRunAlone">Whether this statement ends before any other one is bound, so that SQLite need not copy what lies
    /// in this memory.</param>
    public void Begin(sqlite3_stmt next, bool isRunAlone)
    {
        statement = next.DangerousGetHandle();
        destructor = isRunAlone ? Stays : MakeCopy;
        used = 0;
    }

    /// <returns>SQLite's result code.</returns>
    public int Bind(int parameter, in SqlValue value)
    {
        if (value.IsNull) return SqliteNative.BindNull(statement, parameter);
        switch (value.Kind)
        {
            case SqlKind.Int64 or SqlKind.Int16 or SqlKind.Bool:
                return SqliteNative.BindInt64(statement, parameter, value.Int64);
            case SqlKind.Text or SqlKind.Json:
                return BindText(parameter, (string)value.Reference!);
            case SqlKind.Bytes:
                return BindBytes(parameter, (byte[])value.Reference!);
            case SqlKind.Uuid:
                Span<byte> uuid = stackalloc byte[16];
                value.Uuid.TryWriteBytes(uuid, bigEndian: true, out _);
                return BindBytes(parameter, uuid);
            case SqlKind.Array:
            default:
                throw new NotSupportedException("SQLite has no arrays.");
        }
    }

    private int BindText(int parameter, string text)
    {
        if (Encoding.UTF8.GetMaxByteCount(text.Length) > Room - used)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            return BindCopy(parameter, bytes, isText: true);
        }

        var length = Encoding.UTF8.GetBytes(text, memory.AsSpan(used));
        var at = Marshal.UnsafeAddrOfPinnedArrayElement(memory, used);
        used += length;
        return SqliteNative.BindText(statement, parameter, at, length, destructor);
    }

    private int BindBytes(int parameter, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Room - used - 1) return BindCopy(parameter, bytes, isText: false);
        bytes.CopyTo(memory.AsSpan(used));
        var at = Marshal.UnsafeAddrOfPinnedArrayElement(memory, used);
        used += bytes.Length;
        return SqliteNative.BindBlob(statement, parameter, at, bytes.Length, destructor);
    }

    // Longer than the memory: nothing of that length is on a path where a copy counts.
    private unsafe int BindCopy(int parameter, ReadOnlySpan<byte> bytes, bool isText)
    {
        fixed (byte* at = bytes)
        {
            return isText
                ? SqliteNative.BindText(statement, parameter, (nint)at, bytes.Length, MakeCopy)
                : SqliteNative.BindBlob(statement, parameter, (nint)at, bytes.Length, MakeCopy);
        }
    }
}
