namespace Florin.Storage;

/// <summary>Answers one question. A second one would be answered from another snapshot than the first.</summary>
internal sealed class SingleQuestion(ISqlReader reader) : ISqlReader
{
    private bool isAsked;

    public SqlEngine Engine => reader.Engine;

    public ValueTask<List<T>> QueryAsync<T>(Sql sql, Func<ISqlRow, T> map)
    {
        Ask();
        return reader.QueryAsync(sql, map);
    }

    public ValueTask<T?> FirstAsync<T>(Sql sql, Func<ISqlRow, T> map)
    {
        Ask();
        return reader.FirstAsync(sql, map);
    }

    public ValueTask EachAsync(Sql sql, Action<ISqlRow> read)
    {
        Ask();
        return reader.EachAsync(sql, read);
    }

    private void Ask()
    {
        if (isAsked) throw new InvalidOperationException("Two questions need one snapshot: ask them in ReadAsync.");
        isAsked = true;
    }
}
