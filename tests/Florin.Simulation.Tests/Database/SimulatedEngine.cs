using System.Collections.Concurrent;
using Florin.Storage;
using Florin.Storage.Sqlite;

namespace Florin.Simulation.Tests.Database;

/// <summary>One database, in memory or in a file, that all nodes of a simulation share.</summary>
/// <remarks>A transaction runs in one go, as in the write lane: others come before it or after it. The connections, the
/// statements and the engine beneath are the program's own.</remarks>
internal sealed class SimulatedEngine : IDisposable
{
    // Databases in memory that wait for the next seed: a seed leaves nothing behind in one, and its statements stay prepared.
    private static readonly ConcurrentBag<SqliteConnection> Spare = [];

    private readonly SqliteConnection writer;
    private readonly SqliteConnection reader;
    private readonly DirectoryInfo? directory;
    private readonly Func<string, string> rewrite;
    private long movesSeen;

    /// <param name="inFile">In a file as in production, or in memory, which is faster.</param>
    /// <param name="rewrite">What is made of each statement before it runs; a planted bug is one.</param>
    public SimulatedEngine(bool inFile, Func<string, string> rewrite)
    {
        this.rewrite = rewrite;
        if (!inFile)
        {
            writer = reader = Spare.TryTake(out var spare) ? spare : NewInMemory();

            // All of the seed is one transaction, undone at its end; what are transactions to it are savepoints within.
            writer.Execute("BEGIN");
        }
        else
        {
            directory = Template.Scratch();
            var path = Path.Combine(directory.FullName, "florin.db");
            Template.Instance.CopyTo(path);
            writer = new SqliteConnection(path, readOnly: false);
            writer.ExecuteScript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            reader = new SqliteConnection(path, readOnly: true);
            reader.ExecuteScript("PRAGMA query_only = ON;");
            writer.ExecuteScript("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;");
        }
    }

    private bool IsInMemory => directory is null;

    public long Writes { get; private set; }

    public long Reads { get; private set; }

    /// <summary>Called when jobs may have become due earlier than they were.</summary>
    public event Action? JobsChanged;

    /// <param name="keep">Whether it is committed; false runs it and undoes it, as a conflict between two servers does.</param>
    public (T Answer, SimulatedTransaction Transaction) Write<T>(Func<ITransaction, Task<T>> write, bool keep)
    {
        Writes++;
        writer.Execute(IsInMemory ? "SAVEPOINT one_write" : "BEGIN IMMEDIATE");
        try
        {
            var transaction = new SimulatedTransaction(writer, rewrite);
            var task = write(transaction);
            if (!task.IsCompleted) throw new InvalidOperationException("A write waited for something other than its transaction.");
            var answer = task.GetAwaiter().GetResult();
            transaction.ThrowIfFailed();
            var isKept = keep && !transaction.IsAbandoned;
            End(isKept);
            if (isKept && transaction.ChangedJobs) JobsChanged?.Invoke();
            return (answer, transaction);
        }
        catch
        {
            End(isKept: false);
            throw;
        }
    }

    public T Read<T>(Func<ISqlReader, Task<T>> read, bool isOneQuestion)
    {
        Reads++;
        var all = new SqliteReader(reader);
        if (isOneQuestion) return Answer(read(new SingleQuestion(all)));
        if (IsInMemory) return Answer(read(all));
        reader.Execute("BEGIN");
        try
        {
            return Answer(read(all));
        }
        finally
        {
            reader.Execute("COMMIT");
        }
    }

    /// <summary>Asks on behalf of nobody, at no cost of time: for the checks and the history.</summary>
    public List<T> Look<T>(string statement, Func<ISqlRow, T> map) => writer.Query(statement, [], map);

    /// <summary>The changes of states since this was last asked for.</summary>
    public List<Move> NewMoves()
    {
        var moves = writer.Query(
            "SELECT number, kind, id, was, became FROM simulation_moves WHERE number > $1 ORDER BY number",
            [SqlValue.Of(movesSeen)],
            Move.Read);
        if (moves.Count > 0) movesSeen = moves[^1].Number;
        return moves;
    }

    public void Dispose()
    {
        if (IsInMemory)
        {
            writer.Execute("ROLLBACK");
            Spare.Add(writer);
            return;
        }

        reader.Dispose();
        writer.Dispose();
        directory?.Delete(recursive: true);
    }

    private static SqliteConnection NewInMemory()
    {
        var made = new SqliteConnection(":memory:", readOnly: false);
        Template.Instance.CopyTo(made);
        made.ExecuteScript("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;");
        return made;
    }

    private void End(bool isKept)
    {
        if (!IsInMemory)
        {
            writer.Execute(isKept ? "COMMIT" : "ROLLBACK");
            return;
        }

        if (!isKept) writer.Execute("ROLLBACK TO one_write");
        writer.Execute("RELEASE one_write");
    }

    private static T Answer<T>(Task<T> task) => task.IsCompleted
        ? task.GetAwaiter().GetResult()
        : throw new InvalidOperationException("A read waited for something other than its snapshot.");
}

/// <param name="Was">Empty for what came to be.</param>
internal sealed record Move(long Number, string Table, Guid Id, string Was, string Became)
{
    /// <summary>All of them, in the order in which they were made.</summary>
    public static List<Move> AllOf(SimulatedEngine engine) => engine.Look("SELECT number, kind, id, was, became FROM simulation_moves ORDER BY number", Read);

    public static Move Read(ISqlRow row) => new(row.Int64(0), row.Text(1), row.Uuid(2), row.Text(3), row.Text(4));

    public string ToText() => Was.Length == 0 ? $"{Kind} {Short(Id)} begins {Became}" : $"{Kind} {Short(Id)}: {Was} -> {Became}";

    /// <summary>Enough of an id to tell it from the others of its simulation: when it was made, and some of its chance.</summary>
    public static string Short(Guid id)
    {
        var hex = id.ToString("N");
        return $"{hex[6..12]}-{hex[20..24]}";
    }

    private string Kind => Table switch
    {
        "payment_intents" => "payment",
        "payment_attempts" => "attempt",
        "charges" => "charge",
        "charge_operations" => "operation",
        "refunds" => "refund",
        "disputes" => "dispute",
        "dispute_responses" => "response",
        "checkout_sessions" => "session",
        _ => Table,
    };
}

/// <summary>One transaction; as that of SQLite's write lane, except that its statements may be tampered with.</summary>
internal sealed class SimulatedTransaction(SqliteConnection connection, Func<string, string> rewrite) : ITransaction
{
    private readonly List<Action> committed = [];
    private DatabaseException? failure;

    public SqlEngine Engine => SqlEngine.Sqlite;

    public bool IsAbandoned { get; private set; }

    public bool ChangedJobs { get; private set; }

    public ValueTask<List<T>> QueryAsync<T>(Sql sql, Func<ISqlRow, T> map) =>
        ValueTask.FromResult(Run(sql, text => connection.Query(text, sql.Values, map)));

    public ValueTask<T?> FirstAsync<T>(Sql sql, Func<ISqlRow, T> map) =>
        ValueTask.FromResult(Run(sql, text => connection.First(text, sql.Values, map)));

    public ValueTask EachAsync(Sql sql, Action<ISqlRow> read)
    {
        Run(sql, text =>
        {
            connection.Each(text, sql.Values, read);
            return 0;
        });
        return ValueTask.CompletedTask;
    }

    // No bound is in these statements, so no plant is either.
    public ValueTask InsertAsync(NewRows rows)
    {
        try
        {
            connection.Insert(rows);
            return ValueTask.CompletedTask;
        }
        catch (DatabaseException refused)
        {
            failure = refused;
            throw;
        }
    }

    public ValueTask<int> ExecuteAsync(Sql sql) => ValueTask.FromResult(Run(sql, text => connection.Execute(text, sql.Values)));

    public async ValueTask EnqueueAsync(Sql sql, int? expectedRows = null)
    {
        var changed = await ExecuteAsync(sql);
        if (expectedRows is { } expected && changed != expected)
        {
            throw failure = new DatabaseException($"{changed} rows changed where {expected} must: {sql.Text}");
        }
    }

    public void OnCommitted(Action action) => committed.Add(action);

    public void Abandon() => IsAbandoned = true;

    public void ThrowIfFailed()
    {
        if (failure is not null && !IsAbandoned) throw failure;
    }

    public void RunCommitted()
    {
        foreach (var action in committed) action();
    }

    // Enqueued, or written down how one ended; that one was claimed makes none due earlier.
    private static bool IsAboutJobs(string text) =>
        text.StartsWith("INSERT INTO jobs", StringComparison.Ordinal) || text.StartsWith("DELETE FROM jobs", StringComparison.Ordinal)
        || text.StartsWith("UPDATE jobs SET lease_token = NULL", StringComparison.Ordinal);

    private T Run<T>(Sql sql, Func<string, T> run)
    {
        var text = rewrite(sql.Text);
        ChangedJobs |= IsAboutJobs(text);
        try
        {
            return run(text);
        }
        catch (DatabaseException refused)
        {
            failure = refused;
            throw;
        }
    }
}
