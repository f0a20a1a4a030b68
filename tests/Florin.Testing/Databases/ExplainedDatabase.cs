using System.Collections.Concurrent;
using Florin.Storage;

namespace Florin.Testing.Databases;

/// <summary>Asks SQLite how it answers each question before it is asked.</summary>
/// <param name="plans">The plans by the texts of the questions.</param>
public sealed class ExplainedDatabase(IDatabase inner, ConcurrentDictionary<string, string> plans) : IDatabase
{
    public SqlEngine Engine => inner.Engine;

    public Task<T> ReadAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct) =>
        inner.ReadAsync(reader => read(new ExplainedReader(reader, plans)), ct);

    // Explaining is a question too, so it takes a snapshot to ask both.
    public Task<T> AskAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct) => ReadAsync(read, ct);

    public Task<T> WriteAsync<T>(Func<ITransaction, Task<T>> write, CancellationToken ct) =>
        inner.WriteAsync(tx => write(new ExplainedTransaction(tx, plans)), ct);
}

public class ExplainedReader(ISqlReader inner, ConcurrentDictionary<string, string> plans) : ISqlReader
{
    public SqlEngine Engine => inner.Engine;

    public async ValueTask<List<T>> QueryAsync<T>(Sql sql, Func<ISqlRow, T> map)
    {
        await ExplainAsync(sql);
        return await inner.QueryAsync(sql, map);
    }

    public async ValueTask<T?> FirstAsync<T>(Sql sql, Func<ISqlRow, T> map)
    {
        await ExplainAsync(sql);
        return await inner.FirstAsync(sql, map);
    }

    public async ValueTask EachAsync(Sql sql, Action<ISqlRow> read)
    {
        await ExplainAsync(sql);
        await inner.EachAsync(sql, read);
    }

    protected async ValueTask ExplainAsync(Sql sql) =>
        plans[sql.Text] = string.Join('\n', await inner.QueryAsync($"EXPLAIN QUERY PLAN {sql}", row => row.Text(3)));
}

public sealed class ExplainedTransaction(ITransaction inner, ConcurrentDictionary<string, string> plans) : ExplainedReader(inner, plans), ITransaction
{
    public async ValueTask<int> ExecuteAsync(Sql sql)
    {
        await ExplainAsync(sql);
        return await inner.ExecuteAsync(sql);
    }

    public async ValueTask EnqueueAsync(Sql sql, int? expectedRows = null)
    {
        await ExplainAsync(sql);
        await inner.EnqueueAsync(sql, expectedRows);
    }

    public ValueTask InsertAsync(NewRows rows) => inner.InsertAsync(rows);

    public void OnCommitted(Action action) => inner.OnCommitted(action);

    public void Abandon() => inner.Abandon();
}
