using Florin.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace Florin.Storage.Postgres;

/// <summary>The server engine: pooled connections, statements prepared by use, conflicts tried again.</summary>
internal sealed class PostgresDatabase : IDatabase, IMigrationTarget, IAsyncDisposable
{
    // A conflict means that another transaction won; after this many there is something wrong that waiting will not mend.
    private const int MaxTries = 8;

    // Any number that nothing else on the server uses for an advisory lock: "florin" in ASCII.
    private const long MigrationLock = 0x666c6f72696e;

    private readonly NpgsqlDataSource source;
    private readonly TimeProvider time;
    private readonly RandomSource random;

    public PostgresDatabase(string connectionString, TimeProvider time, RandomSource random)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 500,
            AutoPrepareMinUsages = 2,

            // Nothing here changes the state of a session but the migrations' lock, which is released by name; resetting
            // it all the same was seven statements for the server before the first of every transaction.
            NoResetOnClose = true,
            ApplicationName = "florin",
            IncludeErrorDetail = false,
        };
        source = NpgsqlDataSource.Create(settings);
        this.time = time;
        this.random = random;
    }

    public SqlEngine Engine => SqlEngine.Postgres;

    public async Task<T> ReadAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct)
    {
        try
        {
            await using var connection = await OpenAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
            var session = new PostgresSession(connection, ct);
            var answer = await read(session);
            await transaction.CommitAsync(ct);
            return answer;
        }
        catch (NpgsqlException failure)
        {
            throw new DatabaseException($"PostgreSQL was lost: {failure.Message}", failure);
        }
    }

    public async Task<T> AskAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct)
    {
        try
        {
            await using var connection = await OpenAsync(ct);
            return await read(new SingleQuestion(new PostgresSession(connection, ct)));
        }
        catch (NpgsqlException failure)
        {
            throw new DatabaseException($"PostgreSQL was lost: {failure.Message}", failure);
        }
    }

    public async Task<T> WriteAsync<T>(Func<ITransaction, Task<T>> write, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            ct.ThrowIfCancellationRequested();
            T answer;
            PostgresSession session;
            try
            {
                (answer, session) = await TryWriteAsync(write, ct);
            }
            catch (DatabaseException failure) when (tries < MaxTries && IsConflict(failure.InnerException))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Fraction() * 5 * tries), time, ct);
                continue;
            }

            session.RunCommitted();
            return answer;
        }
    }

    public async Task RunMigrationAsync(string script, Sql record, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await new PostgresSession(connection, ct).ExecuteAsync(record) == 1)
        {
            await using var command = new NpgsqlCommand(script, connection, transaction);
            await command.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
    }

    public async Task<IAsyncDisposable> LockMigrationsAsync(CancellationToken ct)
    {
        var connection = await OpenAsync(ct);
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = MigrationLock });
        await command.ExecuteNonQueryAsync(ct);
        return new MigrationLockHeld(connection);
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    // 40001 serialization_failure, 40P01 deadlock_detected: the server undid everything, so it can be done again.
    private static bool IsConflict(Exception? failure) => failure is PostgresException { SqlState: "40001" or "40P01" };

    private async Task<(T Answer, PostgresSession Session)> TryWriteAsync<T>(Func<ITransaction, Task<T>> write, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var session = new PostgresSession(connection, CancellationToken.None);
        var answer = await write(session);

        // What is not committed is undone as the transaction is disposed of.
        if (session.IsAbandoned) return (answer, session);
        session.ThrowIfFailed();
        await session.FlushAsync();
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (PostgresException failure)
        {
            throw PostgresSession.Translate(failure, "COMMIT");
        }
        catch (NpgsqlException failure)
        {
            throw new CommitUncertainException($"PostgreSQL was lost while committing: {failure.Message}", failure);
        }

        return (answer, session);
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken ct)
    {
        try
        {
            return await source.OpenConnectionAsync(ct);
        }
        catch (NpgsqlException failure) when (failure.InnerException is TimeoutException
            && failure.Message.Contains("pool", StringComparison.Ordinal))
        {
            throw new DatabaseBusyException("Every connection to PostgreSQL has been in use for too long.");
        }
        catch (NpgsqlException failure)
        {
            throw new DatabaseException($"PostgreSQL cannot be reached: {failure.Message}", failure);
        }
    }

    private sealed class MigrationLockHeld(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = MigrationLock });
            await command.ExecuteNonQueryAsync();
            await connection.DisposeAsync();
        }
    }
}

/// <summary>One transaction on a PostgreSQL connection.</summary>
internal sealed class PostgresSession(NpgsqlConnection connection, CancellationToken ct) : ITransaction
{
    private readonly List<(Sql Sql, int? ExpectedRows)> queued = [];
    private List<Action>? committed;
    private DatabaseException? failure;

    public SqlEngine Engine => SqlEngine.Postgres;

    public async ValueTask<List<T>> QueryAsync<T>(Sql sql, Func<ISqlRow, T> map)
    {
        var rows = new List<T>();
        await RunAsync(
            sql,
            async reader =>
            {
                var row = new PostgresRow(reader);
                while (await reader.ReadAsync(ct)) rows.Add(map(row));
            });
        return rows;
    }

    public async ValueTask<T?> FirstAsync<T>(Sql sql, Func<ISqlRow, T> map)
    {
        T? first = default;
        await RunAsync(
            sql,
            async reader =>
            {
                if (await reader.ReadAsync(ct)) first = map(new PostgresRow(reader));
            });
        return first;
    }

    public async ValueTask<int> ExecuteAsync(Sql sql) => await RunAsync(sql, read: null);

    public ValueTask EnqueueAsync(Sql sql, int? expectedRows = null)
    {
        queued.Add((sql, expectedRows));
        return ValueTask.CompletedTask;
    }

    public bool IsAbandoned { get; private set; }

    public void OnCommitted(Action action) => (committed ??= []).Add(action);

    public void Abandon() => IsAbandoned = true;

    public void RunCommitted()
    {
        if (IsAbandoned) return;
        foreach (var action in committed ?? []) action();
    }

    public async ValueTask FlushAsync()
    {
        if (queued.Count == 0) return;
        var (last, expectedRows) = queued[^1];
        queued.RemoveAt(queued.Count - 1);
        CheckRows(await RunAsync(last, read: null), expectedRows, last);
    }

    // The server answers COMMIT with a silent ROLLBACK after a statement failed, so a caught failure must be thrown anew.
    public void ThrowIfFailed()
    {
        if (failure is not null) throw failure;
    }

    public static DatabaseException Translate(PostgresException failure, string text)
    {
        var message = $"PostgreSQL says {failure.SqlState}: {failure.MessageText}, at: {text}";
        return failure.SqlState == PostgresErrorCodes.UniqueViolation
            ? new UniqueViolationException(message, failure)
            : new DatabaseException(message, failure);
    }

    // Sends what was enqueued and the statement itself in one go; returns how many rows the statement changed.
    private async Task<int> RunAsync(Sql sql, Func<NpgsqlDataReader, Task>? read)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (waiting, _) in queued) batch.BatchCommands.Add(CommandOf(waiting));
        batch.BatchCommands.Add(CommandOf(sql));
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(ct);
            if (read is not null)
            {
                // Results come one a statement; the enqueued ones return no rows and so show no result of their own.
                await read(reader);
            }

            while (await reader.NextResultAsync(ct))
            {
            }
        }
        catch (PostgresException refused)
        {
            queued.Clear();
            throw failure = Translate(refused, refused.BatchCommand?.CommandText ?? sql.Text);
        }
        catch (NpgsqlException lost)
        {
            queued.Clear();
            throw failure = new DatabaseException($"PostgreSQL was lost: {lost.Message}", lost);
        }

        for (var i = 0; i < queued.Count; i++) CheckRows((int)batch.BatchCommands[i].RecordsAffected, queued[i].ExpectedRows, queued[i].Sql);
        queued.Clear();
        return (int)batch.BatchCommands[^1].RecordsAffected;
    }

    private void CheckRows(int changed, int? expectedRows, Sql sql)
    {
        if (expectedRows is { } expected && changed != expected)
        {
            throw failure = new DatabaseException($"{changed} rows changed where {expected} must: {sql.Text}");
        }
    }

    private static NpgsqlBatchCommand CommandOf(Sql sql)
    {
        var command = new NpgsqlBatchCommand(sql.Text);
        foreach (var value in sql.Values) command.Parameters.Add(ParameterOf(value));
        return command;
    }

    private static NpgsqlParameter ParameterOf(SqlValue value)
    {
        if (value.IsNull) return new NpgsqlParameter { NpgsqlDbType = TypeOf(value.Kind), Value = DBNull.Value };
        return value.Kind switch
        {
            SqlKind.Int64 => new NpgsqlParameter<long> { TypedValue = value.Int64, NpgsqlDbType = NpgsqlDbType.Bigint },
            SqlKind.Int16 => new NpgsqlParameter<short> { TypedValue = (short)value.Int64, NpgsqlDbType = NpgsqlDbType.Smallint },
            SqlKind.Bool => new NpgsqlParameter<bool> { TypedValue = value.Int64 != 0, NpgsqlDbType = NpgsqlDbType.Boolean },
            SqlKind.Uuid => new NpgsqlParameter<Guid> { TypedValue = value.Uuid, NpgsqlDbType = NpgsqlDbType.Uuid },
            SqlKind.Text => new NpgsqlParameter<string> { TypedValue = (string)value.Reference!, NpgsqlDbType = NpgsqlDbType.Text },
            SqlKind.Json => new NpgsqlParameter<string> { TypedValue = (string)value.Reference!, NpgsqlDbType = NpgsqlDbType.Jsonb },
            SqlKind.Bytes => new NpgsqlParameter<byte[]> { TypedValue = (byte[])value.Reference!, NpgsqlDbType = NpgsqlDbType.Bytea },
            SqlKind.Array => ParameterOf((SqlArray)value.Reference!),
        };
    }

    private static NpgsqlParameter ParameterOf(SqlArray array) =>
        new() { Value = array.Values, NpgsqlDbType = NpgsqlDbType.Array | TypeOf(array.Element) };

    private static NpgsqlDbType TypeOf(SqlKind kind) => kind switch
    {
        SqlKind.Int64 => NpgsqlDbType.Bigint,
        SqlKind.Int16 => NpgsqlDbType.Smallint,
        SqlKind.Bool => NpgsqlDbType.Boolean,
        SqlKind.Text => NpgsqlDbType.Text,
        SqlKind.Bytes => NpgsqlDbType.Bytea,
        SqlKind.Uuid => NpgsqlDbType.Uuid,
        SqlKind.Json => NpgsqlDbType.Jsonb,
        SqlKind.Array => NpgsqlDbType.Array,
    };

    private sealed class PostgresRow(NpgsqlDataReader reader) : ISqlRow
    {
        public bool IsNull(int column) => reader.IsDBNull(column);

        // Sums and counts come as numeric or bigint, shards as smallint.
        public long Int64(int column)
        {
            if (reader.GetFieldType(column) == typeof(long)) return reader.GetInt64(column);
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

        public Guid Uuid(int column) => reader.GetGuid(column);
    }
}
