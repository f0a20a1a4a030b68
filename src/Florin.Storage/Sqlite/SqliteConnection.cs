using SQLitePCL;

namespace Florin.Storage.Sqlite;

/// <summary>One connection of the C library, with every statement it has seen kept prepared.</summary>
/// <remarks>Used by one thread at a time. Speaks to the library itself, since a payment is some thirty statements and
/// preparing them anew costs more than running them.</remarks>
internal sealed class SqliteConnection : IDisposable
{
    // More texts than this come only from lists of ids of many lengths; then the oldest habit is dropped whole.
    private const int KeptStatements = 1_000;

    private readonly sqlite3 handle;
    private readonly Dictionary<string, sqlite3_stmt> prepared = new(StringComparer.Ordinal);

    static SqliteConnection() => Batteries_V2.Init();

    public SqliteConnection(string path, bool readOnly)
    {
        // One thread at a time uses a connection, so the library's own mutex is left out.
        var flags = raw.SQLITE_OPEN_NOMUTEX | (readOnly
            ? raw.SQLITE_OPEN_READONLY
            : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        var code = raw.sqlite3_open_v2(path, out handle, flags, null);
        if (code != raw.SQLITE_OK)
        {
            var message = handle is null ? raw.sqlite3_errstr(code).utf8_to_string() : raw.sqlite3_errmsg(handle).utf8_to_string();
            handle?.Dispose();
            throw new DatabaseException($"SQLite cannot open '{path}': {message}.");
        }

        raw.sqlite3_busy_timeout(handle, 10_000);
        raw.sqlite3_extended_result_codes(handle, 1);
    }

    /// <summary>Whether no transaction is open; the library closes one by itself when the disk is full or fails.</summary>
    public bool IsAutocommit => raw.sqlite3_get_autocommit(handle) != 0;

    public int Execute(string text) => Execute(text, []);

    public int Execute(string text, IReadOnlyList<SqlValue> values)
    {
        var statement = Prepare(text);
        try
        {
            Bind(statement, values, text);
            while (Step(statement, text))
            {
            }

            return raw.sqlite3_changes(handle);
        }
        finally
        {
            raw.sqlite3_reset(statement);
            raw.sqlite3_clear_bindings(statement);
        }
    }

    /// <summary>Runs a text of several statements without values, as migrations are.</summary>
    public void ExecuteScript(string script)
    {
        if (raw.sqlite3_exec(handle, script, out var message) != raw.SQLITE_OK)
        {
            throw new DatabaseException($"SQLite refused a script: {message}.");
        }
    }

    public List<T> Query<T>(string text, IReadOnlyList<SqlValue> values, Func<ISqlRow, T> map)
    {
        var rows = new List<T>();
        var statement = Prepare(text);
        try
        {
            Bind(statement, values, text);
            var row = new SqliteRow(statement);
            while (Step(statement, text)) rows.Add(map(row));
            return rows;
        }
        finally
        {
            raw.sqlite3_reset(statement);
            raw.sqlite3_clear_bindings(statement);
        }
    }

    public T? First<T>(string text, IReadOnlyList<SqlValue> values, Func<ISqlRow, T> map)
    {
        var statement = Prepare(text);
        try
        {
            Bind(statement, values, text);
            if (!Step(statement, text)) return default;
            var first = map(new SqliteRow(statement));

            // Run to the end: an INSERT or UPDATE with RETURNING must not be left half done.
            while (Step(statement, text))
            {
            }

            return first;
        }
        finally
        {
            raw.sqlite3_reset(statement);
            raw.sqlite3_clear_bindings(statement);
        }
    }

    public void Dispose()
    {
        ForgetStatements();
        handle.Dispose();
    }

    private sqlite3_stmt Prepare(string text)
    {
        if (prepared.TryGetValue(text, out var known)) return known;
        if (prepared.Count >= KeptStatements) ForgetStatements();
        if (raw.sqlite3_prepare_v2(handle, text, out var statement) != raw.SQLITE_OK) throw Failure(text);
        prepared.Add(text, statement);
        return statement;
    }

    private void ForgetStatements()
    {
        foreach (var statement in prepared.Values) statement.Dispose();
        prepared.Clear();
    }

    private bool Step(sqlite3_stmt statement, string text) => raw.sqlite3_step(statement) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        _ => throw Failure(text),
    };

    private DatabaseException Failure(string text)
    {
        var code = raw.sqlite3_extended_errcode(handle);
        var message = $"SQLite says {code}: {raw.sqlite3_errmsg(handle).utf8_to_string()}, at: {text}";
        return code is raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY
            ? new UniqueViolationException(message)
            : new DatabaseException(message);
    }

    private void Bind(sqlite3_stmt statement, IReadOnlyList<SqlValue> values, string text)
    {
        Span<byte> uuid = stackalloc byte[16];
        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i];
            var code = raw.SQLITE_OK;
            if (value.IsNull)
            {
                code = raw.sqlite3_bind_null(statement, i + 1);
            }
            else
            {
                switch (value.Kind)
                {
                    case SqlKind.Int64 or SqlKind.Int16 or SqlKind.Bool:
                        code = raw.sqlite3_bind_int64(statement, i + 1, value.Int64);
                        break;
                    case SqlKind.Text or SqlKind.Json:
                        code = raw.sqlite3_bind_text(statement, i + 1, (string)value.Reference!);
                        break;
                    case SqlKind.Bytes:
                        code = raw.sqlite3_bind_blob(statement, i + 1, (byte[])value.Reference!);
                        break;
                    case SqlKind.Uuid:
                        value.Uuid.TryWriteBytes(uuid, bigEndian: true, out _);
                        code = raw.sqlite3_bind_blob(statement, i + 1, uuid);
                        break;
                    case SqlKind.Array:
                        throw new NotSupportedException("SQLite has no arrays.");
                }
            }

            if (code != raw.SQLITE_OK) throw Failure(text);
        }
    }

    private sealed class SqliteRow(sqlite3_stmt statement) : ISqlRow
    {
        public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

        public long Int64(int column)
        {
            Require(column, raw.SQLITE_INTEGER);
            return raw.sqlite3_column_int64(statement, column);
        }

        public bool Bool(int column) => Int64(column) != 0;

        public string Text(int column)
        {
            Require(column, raw.SQLITE_TEXT);
            return raw.sqlite3_column_text(statement, column).utf8_to_string();
        }

        public byte[] Bytes(int column) => IsNull(column)
            ? throw new DatabaseException($"Column {column} is null where bytes were expected.")
            : raw.sqlite3_column_blob(statement, column).ToArray();

        public Guid Uuid(int column)
        {
            var bytes = raw.sqlite3_column_blob(statement, column);
            return bytes.Length == 16
                ? new Guid(bytes, bigEndian: true)
                : throw new DatabaseException($"Column {column} holds {bytes.Length} bytes where an id has 16.");
        }

        // SQLite turns an integer that overflows into a float without a word; that must not pass for an amount.
        private void Require(int column, int expected)
        {
            var found = raw.sqlite3_column_type(statement, column);
            if (found == expected) return;
            throw new DatabaseException($"Column {column} holds SQLite type {found} where {expected} was expected.");
        }
    }
}
