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
    private readonly SqliteBinder binder = new();
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
        Each(text, values, row => rows.Add(map(row)));
        return rows;
    }

    public void Each(string text, IReadOnlyList<SqlValue> values, Action<ISqlRow> read)
    {
        var statement = Prepare(text);
        try
        {
            Bind(statement, values, text);
            var row = new SqliteRow(statement);
            while (Step(statement, text)) read(row);
        }
        finally
        {
            raw.sqlite3_reset(statement);
            raw.sqlite3_clear_bindings(statement);
        }
    }

    /// <summary>Inserts row after row with one prepared statement: one for several rows keeps a journal and walks it at its
    /// end, which in a batch of thousands is a quarter of the time.</summary>
    public void Insert(NewRows rows)
    {
        var parameters = string.Join(", ", Enumerable.Range(1, rows.Columns.Count).Select(SqlPlaceholders.Name));
        var text = $"INSERT INTO {rows.Table.Text} ({rows.ColumnNames}) VALUES ({parameters}) {rows.OnConflict?.Text}";
        var statement = Prepare(text);
        try
        {
            for (var row = 0; row < rows.Count; row++)
            {
                binder.Begin(statement, isRunAlone: true);
                for (var i = 0; i < rows.Columns.Count; i++)
                {
                    // What is the same in all rows stays bound from the first.
                    var column = rows.Columns[i];
                    if ((column.Values is not null || row == 0) && binder.Bind(i + 1, column.Of(row)) != raw.SQLITE_OK) throw Failure(text);
                }

                Step(statement, text);

                // It says again what the step said.
                _ = SqliteNative.Reset(statement.DangerousGetHandle());
            }
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

    private bool Step(sqlite3_stmt statement, string text) => SqliteNative.Step(statement.DangerousGetHandle()) switch
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
        binder.Begin(statement, isRunAlone: false);
        for (var i = 0; i < values.Count; i++)
        {
            if (binder.Bind(i + 1, values[i]) != raw.SQLITE_OK) throw Failure(text);
        }
    }
}
