using Florin.Storage;

namespace Florin.Simulation.Tests.Database;

/// <summary>The database as one node sees it: each call takes its time, may be shed or lose its answer, and the node may die
/// before it or after it.</summary>
internal sealed class SimulatedDatabase(Node node, SimulatedEngine engine, Weather weather) : IDatabase
{
    public SqlEngine Engine => SqlEngine.Sqlite;

    public Task<T> ReadAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct) => ReadAsync(read, isOneQuestion: false, ct);

    public Task<T> AskAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct) => ReadAsync(read, isOneQuestion: true, ct);

    public async Task<T> WriteAsync<T>(Func<ITransaction, Task<T>> write, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await node.StepAsync(weather.DatabaseTakes());
        ct.ThrowIfCancellationRequested();
        if (weather.IsDatabaseBusy())
        {
            node.Note("a write is shed");
            throw new DatabaseBusyException("The simulation sheds this write.");
        }

        // PostgreSQL runs a delegate again after a conflict, so whatever it does outside of its transaction shows up here.
        if (weather.IsWriteRunTwice()) engine.Write(write, keep: false);
        var (answer, transaction) = engine.Write(write, keep: true);
        foreach (var move in engine.NewMoves()) node.Note(move.ToText());
        await node.StepAsync(weather.AnswerTakes());
        if (weather.IsCommitUncertain())
        {
            node.Note("the connection is lost while committing; it is done, but nobody here knows");
            throw new CommitUncertainException("The simulation loses the answer to this commit.");
        }

        if (!transaction.IsAbandoned) transaction.RunCommitted();
        return answer;
    }

    private async Task<T> ReadAsync<T>(Func<ISqlReader, Task<T>> read, bool isOneQuestion, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await node.StepAsync(weather.DatabaseTakes());
        return engine.Read(read, isOneQuestion);
    }
}
