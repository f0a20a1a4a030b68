using System.Runtime.InteropServices;

namespace Florin.Storage.Sqlite;

/// <summary>The functions of SQLite's C interface that are called for each value of each row.</summary>
/// <remarks>The package's own declarations count references of a handle at each call, which costs several times what the
/// function itself does; these take the pointer, which its owner keeps alive. None of them waits or calls back, so the
/// runtime need not make ready for a collection either.</remarks>
internal static partial class SqliteNative
{
    private const string Library = "e_sqlite3";

    /// <summary>The value of a column where it lies. Good until the next row, for the thread that uses the connection.</summary>
    /// <remarks>The functions below are called on it several times; those on a column look it up anew at each call.</remarks>
    [LibraryImport(Library, EntryPoint = "sqlite3_column_value")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [SuppressGCTransition]
    public static partial nint ColumnValue(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_type")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [SuppressGCTransition]
    public static partial int ValueType(nint value);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_int64")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [SuppressGCTransition]
    public static partial long ValueInt64(nint value);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_blob")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [SuppressGCTransition]
    public static partial nint ValueBlob(nint value);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_text")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [SuppressGCTransition]
    public static partial nint ValueText(nint value);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_bytes")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [SuppressGCTransition]
    public static partial int ValueBytes(nint value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [SuppressGCTransition]
    public static partial int BindInt64(nint statement, int parameter, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [SuppressGCTransition]
    public static partial int BindNull(nint statement, int parameter);

    /// <param name="destructor">0: the bytes stay where they are until other ones are bound. -1: SQLite makes a copy.</param>
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [SuppressGCTransition]
    public static partial int BindBlob(nint statement, int parameter, nint bytes, int length, nint destructor);

    /// <inheritdoc cref="BindBlob"/>
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [SuppressGCTransition]
    public static partial int BindText(nint statement, int parameter, nint bytes, int length, nint destructor);

    // These run statements, and so may take long.
    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    public static partial int Reset(nint statement);
}
