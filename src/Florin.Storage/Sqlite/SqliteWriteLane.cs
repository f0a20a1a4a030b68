using System.Threading.Channels;

namespace Florin.Storage.Sqlite;

/// <summary>All writes, one after another, on one thread; one fsync serves all that came while the last one ran.</summary>
/// <remarks>
/// Each write runs under its own savepoint inside a transaction shared with its neighbours, and hears that it is
/// done only after the commit has reached the disk (<c>synchronous=FULL</c>). A write that fails undoes itself alone.
/// </remarks>
internal sealed class SqliteWriteLane : IAsyncDisposable
{
    // What waits beyond this is shed: at several thousand writes a second it would wait too long to be worth it.
    private const int MaxWaiting = 10_000;

    // Bounds how long the first write of a batch waits for the commit it shares.
    private const int MaxBatch = 256;

    private readonly SqliteConnection connection;
    private readonly Channel<Write> waiting = Channel.CreateBounded<Write>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, AllowSynchronousContinuations = false });

    private readonly Thread thread;

    public SqliteWriteLane(SqliteConnection connection)
    {
        this.connection = connection;
        thread = new Thread(Run) { IsBackground = true, Name = "SQLite write lane" };
        thread.Start();
    }

    public Task<T> RunAsync<T>(Func<ITransaction, Task<T>> write, CancellationToken ct)
    {
        var entry = new Write<T>(write, ct);
        if (!waiting.Writer.TryWrite(entry))
        {
            throw waiting.Reader.Completion.IsCompleted
                ? new ObjectDisposedException(nameof(SqliteDatabase))
                : new DatabaseBusyException($"{MaxWaiting} writes are waiting already.");
        }

        return entry.Task;
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await Task.Run(thread.Join);
        connection.Dispose();
    }

    private void Run()
    {
        var batch = new List<Write>(MaxBatch);
        var reader = waiting.Reader;
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && reader.TryRead(out var write)) batch.Add(write);
            if (!TryRunTogether(batch)) RunApart(batch);
        }
    }

    /// <returns>False when the engine gave up the whole transaction, so that nothing of the batch was kept.</returns>
    private bool TryRunTogether(List<Write> batch)
    {
        try
        {
            connection.Execute("BEGIN IMMEDIATE");
            foreach (var write in batch)
            {
                connection.Execute("SAVEPOINT write_of_one");
                if (!write.TryRun(connection) && connection.IsAutocommit) return false;
                if (!write.IsKept) connection.Execute("ROLLBACK TO write_of_one");
                connection.Execute("RELEASE write_of_one");
            }

            connection.Execute("COMMIT");
        }
        catch (DatabaseException failure)
        {
            Rollback();
            if (batch.Count > 1) return false;
            batch[0].Fail(failure);
            return true;
        }

        foreach (var write in batch) write.Complete();
        return true;
    }

    // A full disk or a failed commit takes the whole batch with it; alone, each write meets its own fate.
    private void RunApart(List<Write> batch)
    {
        Rollback();
        var one = new List<Write>(1);
        foreach (var write in batch)
        {
            one.Clear();
            one.Add(write);
            if (TryRunTogether(one)) continue;
            Rollback();
            write.Complete();
        }
    }

    private void Rollback()
    {
        if (!connection.IsAutocommit) connection.Execute("ROLLBACK");
    }

    private abstract class Write
    {
        public abstract bool IsKept { get; }

        public abstract bool TryRun(SqliteConnection connection);

        public abstract void Complete();

        public abstract void Fail(Exception failure);
    }

    private sealed class Write<T>(Func<ITransaction, Task<T>> write, CancellationToken ct) : Write
    {
        private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private SqliteTransaction? transaction;
        private T? answer;
        private Exception? failure;

        public Task<T> Task => done.Task;

        public override bool IsKept => failure is null && !transaction!.IsAbandoned;

        public override bool TryRun(SqliteConnection connection)
        {
            failure = null;
            transaction = new SqliteTransaction(connection);
            try
            {
                ct.ThrowIfCancellationRequested();
                var task = write(transaction);
                if (!task.IsCompleted)
                {
                    // The lane is everybody's: a write that waits for something else would hold up all others.
                    throw new InvalidOperationException("A write waited for something other than its transaction.");
                }

                answer = task.GetAwaiter().GetResult();
                transaction.ThrowIfFailed();
                return true;
            }
            catch (Exception exception)
            {
                failure = exception;
                return false;
            }
        }

        public override void Complete()
        {
            if (failure is OperationCanceledException) done.TrySetCanceled(ct);
            else if (failure is not null) done.TrySetException(failure);
            else Succeed();
        }

        public override void Fail(Exception failure) => done.TrySetException(failure);

        private void Succeed()
        {
            try
            {
                if (IsKept) transaction!.RunCommitted();
                done.TrySetResult(answer!);
            }
            catch (Exception thrown)
            {
                done.TrySetException(thrown);
            }
        }
    }
}
