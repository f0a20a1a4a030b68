using System.Collections.Concurrent;

namespace Florin.Storage.Sqlite;

/// <summary>The embedded engine: one file in WAL mode, one write lane, a few reading connections.</summary>
internal sealed class SqliteDatabase : IDatabase, IMigrationTarget, IAsyncDisposable
{
    private readonly string path;
    private readonly SqliteWriteLane lane;
    private readonly ConcurrentBag<SqliteConnection> idleReaders = [];
    private readonly SemaphoreSlim readers = new(MaxReaders);
    private const int MaxReaders = 16;

    public SqliteDatabase(string path)
    {
        this.path = path;
        var writer = new SqliteConnection(path, readOnly: false);
        writer.ExecuteScript(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = ON;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -16384;
            PRAGMA wal_autocheckpoint = 4000;
            """);
        lane = new SqliteWriteLane(writer);
    }

    public SqlEngine Engine => SqlEngine.Sqlite;

    public async Task<T> ReadAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct)
    {
        await readers.WaitAsync(ct);
        try
        {
            var connection = idleReaders.TryTake(out var idle) ? idle : OpenReader();
            var kept = false;
            try
            {
                // A deferred transaction gives all questions of this read the same snapshot.
                connection.Execute("BEGIN");
                var answer = await read(new SqliteReader(connection));
                connection.Execute("COMMIT");
                kept = true;
                return answer;
            }
            finally
            {
                if (kept) idleReaders.Add(connection);
                else connection.Dispose();
            }
        }
        finally
        {
            readers.Release();
        }
    }

    public Task<T> WriteAsync<T>(Func<ITransaction, Task<T>> write, CancellationToken ct) => lane.RunAsync(write, ct);

    public Task RunMigrationAsync(string script, Sql record, CancellationToken ct) => lane.RunAsync<object?>(
        async tx =>
        {
            ((SqliteTransaction)tx).ExecuteScript(script);
            await tx.ExecuteAsync(record);
            return null;
        },
        ct);

    // The lane of this process is the lock; another process meets SQLite's own lock and waits for it.
    public Task<IAsyncDisposable> LockMigrationsAsync(CancellationToken ct) =>
        Task.FromResult<IAsyncDisposable>(NoLock.Instance);

    public async ValueTask DisposeAsync()
    {
        await lane.DisposeAsync();
        foreach (var reader in idleReaders) reader.Dispose();
        readers.Dispose();
    }

    private SqliteConnection OpenReader()
    {
        var reader = new SqliteConnection(path, readOnly: true);
        reader.ExecuteScript("PRAGMA query_only = ON; PRAGMA cache_size = -4096;");
        return reader;
    }

    private sealed class NoLock : IAsyncDisposable
    {
        public static readonly NoLock Instance = new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

internal class SqliteReader(SqliteConnection connection) : ISqlReader
{
    public SqlEngine Engine => SqlEngine.Sqlite;

    protected SqliteConnection Connection => connection;

    public ValueTask<List<T>> QueryAsync<T>(Sql sql, Func<ISqlRow, T> map) =>
        ValueTask.FromResult(connection.Query(sql.Text, sql.Values, map));

    public ValueTask<T?> FirstAsync<T>(Sql sql, Func<ISqlRow, T> map) =>
        ValueTask.FromResult(connection.First(sql.Text, sql.Values, map));
}

internal sealed class SqliteTransaction(SqliteConnection connection) : SqliteReader(connection), ITransaction
{
    private List<Action>? committed;

    public ValueTask<int> ExecuteAsync(Sql sql) => ValueTask.FromResult(Connection.Execute(sql.Text, sql.Values));

    public ValueTask EnqueueAsync(Sql sql, int? expectedRows = null)
    {
        var changed = Connection.Execute(sql.Text, sql.Values);
        if (expectedRows is { } expected && changed != expected)
        {
            throw new DatabaseException($"{changed} rows changed where {expected} must: {sql.Text}");
        }

        return ValueTask.CompletedTask;
    }

    public bool IsAbandoned { get; private set; }

    public void OnCommitted(Action action) => (committed ??= []).Add(action);

    public void Abandon() => IsAbandoned = true;

    public void ExecuteScript(string script) => Connection.ExecuteScript(script);

    public void RunCommitted()
    {
        foreach (var action in committed ?? []) action();
    }
}
