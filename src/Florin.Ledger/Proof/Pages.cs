namespace Florin.Ledger.Proof;

/// <summary>The rows of one query one after another, fetched a page at a time from where the last page ended.</summary>
internal sealed class Pages<T>(Func<T?, ValueTask<List<T>>> after, CancellationToken ct) where T : class
{
    public const int Size = 2_000;

    private List<T> page = [];
    private int next;
    private T? last;
    private bool ended;

    public async ValueTask<T?> PeekAsync()
    {
        if (next < page.Count) return page[next];
        if (ended) return null;
        ct.ThrowIfCancellationRequested();
        page = await after(last);
        next = 0;
        ended = page.Count < Size;
        if (page.Count == 0) return null;
        last = page[^1];
        return page[0];
    }

    public async ValueTask<T?> NextAsync()
    {
        var row = await PeekAsync();
        if (row is not null) next++;
        return row;
    }
}
