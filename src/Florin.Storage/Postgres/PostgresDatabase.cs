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

    // Florin asks for few rows many times. A server that takes a question for a large one starts a process or two to help with
    // it, or compiles it, which takes it longer (10 to 20 ms) than nearly all of the questions themselves.
    private const string Alone = "SET max_parallel_workers_per_gather = 0; SET jit = off";

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
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var alone = new NpgsqlCommand(Alone, connection);
                alone.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var alone = new NpgsqlCommand(Alone, connection);
                await alone.ExecuteNonQueryAsync();
            });
        source = builder.Build();
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
            throw new DatabaseLostException($"PostgreSQL was lost: {failure.Message}", failure);
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
            throw new DatabaseLostException($"PostgreSQL was lost: {failure.Message}", failure);
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
            throw new DatabaseLostException($"PostgreSQL cannot be reached: {failure.Message}", failure);
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
