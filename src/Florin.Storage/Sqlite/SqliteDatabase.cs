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
    private volatile bool isClosed;

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
            PRAGMA cache_size = -65536;
            PRAGMA wal_autocheckpoint = 4000;
            """);
        lane = new SqliteWriteLane(writer);
    }

    public SqlEngine Engine => SqlEngine.Sqlite;

    // A deferred transaction gives all questions of this read the same snapshot.
    public Task<T> ReadAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct) => WithReaderAsync(
        async connection =>
        {
            connection.Execute("BEGIN");
            var answer = await read(new SqliteReader(connection));
            connection.Execute("COMMIT");
            return answer;
        },
        ct);

    public Task<T> AskAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct) =>
        WithReaderAsync(connection => read(new SingleQuestion(new SqliteReader(connection))), ct);

    public Task<T> WriteAsync<T>(Func<ITransaction, Task<T>> write, CancellationToken ct) => lane.RunAsync(write, ct);

    public Task RunMigrationAsync(string script, Sql record, CancellationToken ct) => lane.RunAsync<object?>(
        async tx =>
        {
            if (await tx.ExecuteAsync(record) == 1) ((SqliteTransaction)tx).ExecuteScript(script);
            return null;
        },
        ct);

    // SQLite lets one transaction write at a time; a process that waited for another one's finds its record and skips.
    public Task<IAsyncDisposable> LockMigrationsAsync(CancellationToken ct) =>
        Task.FromResult<IAsyncDisposable>(NoLock.Instance);

    public async ValueTask DisposeAsync()
    {
        // The writer last: whoever closes last folds the write-ahead log into the file, and readers may not write.
        // Each is taken out first: who still reads must not be given one that is closed, whose memory is gone.
        isClosed = true;
        CloseIdleReaders();
        await lane.DisposeAsync();
    }

    private void CloseIdleReaders()
    {
        while (idleReaders.TryTake(out var reader)) reader.Dispose();
    }

    private async Task<T> WithReaderAsync<T>(Func<SqliteConnection, Task<T>> read, CancellationToken ct)
    {
        await readers.WaitAsync(ct);
        try
        {
            var connection = idleReaders.TryTake(out var idle) ? idle : OpenReader();
            var kept = false;
            try
            {
                var answer = await read(connection);
                kept = true;
                return answer;
            }
            finally
            {
                if (kept) idleReaders.Add(connection);
                else connection.Dispose();
                if (isClosed) CloseIdleReaders();
            }
        }
        finally
        {
            readers.Release();
        }
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

    protected virtual SqliteConnection Connection => connection;

    public ValueTask<List<T>> QueryAsync<T>(Sql sql, Func<ISqlRow, T> map) =>
        ValueTask.FromResult(Connection.Query(sql.Text, sql.Values, map));

    public ValueTask<T?> FirstAsync<T>(Sql sql, Func<ISqlRow, T> map) =>
        ValueTask.FromResult(Connection.First(sql.Text, sql.Values, map));

    public ValueTask EachAsync(Sql sql, Action<ISqlRow> read)
    {
        Connection.Each(sql.Text, sql.Values, read);
        return ValueTask.CompletedTask;
    }
}

internal sealed class SqliteTransaction(SqliteConnection connection) : SqliteReader(connection), ITransaction
{
    // A write that waited for something foreign comes back on another thread, when the lane has gone on with other
    // writes; it must then not reach the connection, which serves one thread and would put its rows into their midst.
    private readonly int lane = Environment.CurrentManagedThreadId;
    private List<Action>? committed;
    private DatabaseException? failure;

    protected override SqliteConnection Connection => Environment.CurrentManagedThreadId == lane
        ? base.Connection
        : throw new InvalidOperationException("This transaction has ended: the write waited for something else.");

    public ValueTask<int> ExecuteAsync(Sql sql)
    {
        try
        {
            return ValueTask.FromResult(Connection.Execute(sql.Text, sql.Values));
        }
        catch (DatabaseException refused)
        {
            failure = refused;
            throw;
        }
    }

    public async ValueTask EnqueueAsync(Sql sql, int? expectedRows = null)
    {
        var changed = await ExecuteAsync(sql);
        if (expectedRows is { } expected && changed != expected)
        {
            throw failure = new DatabaseException($"{changed} rows changed where {expected} must: {sql.Text}");
        }
    }

    public ValueTask InsertAsync(NewRows rows)
    {
        try
        {
            Connection.Insert(rows);
            return ValueTask.CompletedTask;
        }
        catch (DatabaseException refused)
        {
            failure = refused;
            throw;
        }
    }

    public bool IsAbandoned { get; private set; }

    public void OnCommitted(Action action) => (committed ??= []).Add(action);

    public void Abandon() => IsAbandoned = true;

    // As on PostgreSQL: a statement that failed fails its transaction, also when somebody caught the exception.
    public void ThrowIfFailed()
    {
        if (failure is not null && !IsAbandoned) throw failure;
    }

    public void ExecuteScript(string script) => Connection.ExecuteScript(script);

    public void RunCommitted()
    {
        foreach (var action in committed ?? []) action();
    }
}
