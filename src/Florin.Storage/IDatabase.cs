using Florin.Kernel;

namespace Florin.Storage;

public enum SqlEngine
{
    Sqlite,
    Postgres,
}

/// <summary>The one door to the database, the same on both engines.</summary>
public interface IDatabase
{
    SqlEngine Engine { get; }

    /// <summary>Reads from one consistent snapshot.</summary>
    Task<T> ReadAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct);

    /// <summary>Asks one question, without a transaction around it: one round trip to a server instead of two.</summary>
    /// <exception cref="InvalidOperationException">A second question was asked, which would see another moment.</exception>
    Task<T> AskAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct);

    /// <summary>Runs one transaction: when the task completes, what it wrote is on disk.</summary>
    /// <param name="write">May be run again after a conflict, so it has no effect outside of its transaction (see
    /// <see cref="ITransaction.OnCommitted"/>), and it waits for nothing but its transaction.
    /// Use it from one place at a time.</param>
    /// <param name="ct">Heeded until the transaction begins; from then on it runs to its end.</param>
    /// <exception cref="DatabaseBusyException">Too many writes wait already; nothing was done.</exception>
    /// <exception cref="CommitUncertainException">The connection was lost while committing: it may or may not be done.</exception>
    /// <exception cref="DatabaseException">The engine refused; nothing was changed.</exception>
    Task<T> WriteAsync<T>(Func<ITransaction, Task<T>> write, CancellationToken ct);
}

/// <summary>Asks questions of one snapshot. Not for use by two callers at once.</summary>
public interface ISqlReader
{
    SqlEngine Engine { get; }

    ValueTask<List<T>> QueryAsync<T>(Sql sql, Func<ISqlRow, T> map);

    /// <returns>The first row, or <c>default</c> where there is none.</returns>
    ValueTask<T?> FirstAsync<T>(Sql sql, Func<ISqlRow, T> map);

    /// <summary>Reads row after row without keeping them, for answers that are long.</summary>
    ValueTask EachAsync(Sql sql, Action<ISqlRow> read);
}

/// <summary>One transaction that is open.</summary>
/// <remarks>A statement that failed fails the whole transaction, also when its exception is caught.</remarks>
public interface ITransaction : ISqlReader
{
    /// <returns>How many rows were changed.</returns>
    ValueTask<int> ExecuteAsync(Sql sql);

    /// <summary>A statement whose outcome is not waited for: PostgreSQL gets it together with the next question, or with
    /// the commit, which saves a round trip; SQLite runs it at once.</summary>
    /// <param name="expectedRows">How many rows it must change; another number fails the transaction.</param>
    ValueTask EnqueueAsync(Sql sql, int? expectedRows = null);

    /// <summary>Inserts many rows of one table, in the way that costs this engine least; its outcome may be waited for or not,
    /// as with <see cref="EnqueueAsync"/>.</summary>
    ValueTask InsertAsync(NewRows rows);

    /// <summary>Something to do once the transaction is on disk, such as waking a worker.</summary>
    /// <remarks>Short and without waiting: it runs where all writes run. If it throws, the caller of
    /// <see cref="IDatabase.WriteAsync"/> gets that exception although the transaction stands.</remarks>
    void OnCommitted(Action action);

    /// <summary>Undoes the transaction at its end instead of committing it; its answer is still given.</summary>
    /// <remarks>For a refusal that is found after something was written.</remarks>
    void Abandon();
}

/// <summary>One row of an answer; columns are read by position.</summary>
public interface ISqlRow
{
    bool IsNull(int column);

    long Int64(int column);

    bool Bool(int column);

    string Text(int column);

    byte[] Bytes(int column);

    /// <summary>Bytes where they lie: good until the next row or column is read.</summary>
    ReadOnlySpan<byte> Span(int column);

    /// <summary>The same of a text, in UTF-8.</summary>
    ReadOnlySpan<byte> Utf8(int column);

    Guid Uuid(int column);
}

public static class SqlRows
{
    public static string? TextOrNull(this ISqlRow row, int column) => row.IsNull(column) ? null : row.Text(column);

    public static long? Int64OrNull(this ISqlRow row, int column) => row.IsNull(column) ? null : row.Int64(column);

    public static byte[]? BytesOrNull(this ISqlRow row, int column) => row.IsNull(column) ? null : row.Bytes(column);

    public static int Int32(this ISqlRow row, int column) => (int)row.Int64(column);

    public static T Id<T>(this ISqlRow row, int column) where T : struct, IId<T> => T.From(row.Uuid(column));

    public static T? IdOrNull<T>(this ISqlRow row, int column) where T : struct, IId<T> =>
        row.IsNull(column) ? null : T.From(row.Uuid(column));

    public static DateTimeOffset Instant(this ISqlRow row, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(column));

    public static DateTimeOffset? InstantOrNull(this ISqlRow row, int column) =>
        row.IsNull(column) ? null : row.Instant(column);

    public static Currency Currency(this ISqlRow row, int column) => Kernel.Currency.Get(row.Text(column));

    public static Money Money(this ISqlRow row, int minorColumn, int currencyColumn) =>
        new(row.Int64(minorColumn), row.Currency(currencyColumn));
}

public static class Databases
{
    public static Task WriteAsync(this IDatabase database, Func<ITransaction, Task> write, CancellationToken ct) =>
        database.WriteAsync<object?>(
            async tx =>
            {
                await write(tx);
                return null;
            },
            ct);

    public static async ValueTask<long> CountAsync(this ISqlReader reader, Sql sql) =>
        await reader.FirstAsync(sql, static row => row.Int64(0));
}

/// <summary>The engine refused a statement or a commit; the transaction left no trace.</summary>
public class DatabaseException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A row with the same unique key is there already. Code that expects this says <c>ON CONFLICT</c>.</summary>
public sealed class UniqueViolationException(string message, Exception? inner = null) : DatabaseException(message, inner);

/// <summary>The server went away while the commit was on its way, so whether it was done is not known. What must not be
/// done twice is guarded by a unique key.</summary>
public sealed class CommitUncertainException(string message, Exception? inner = null) : DatabaseException(message, inner);

/// <summary>The server cannot be reached, or did not answer in time. What was under way left no trace.</summary>
public sealed class DatabaseLostException(string message, Exception inner) : DatabaseException(message, inner);

/// <summary>Too many writes are waiting: shed before anything was done.</summary>
public sealed class DatabaseBusyException(string message) : DatabaseException(message);
