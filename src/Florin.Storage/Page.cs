using Florin.Kernel;

namespace Florin.Storage;

/// <summary>Which part of a list to show: at most <paramref name="Limit"/> items on one side of a cursor.</summary>
/// <param name="Limit">1 to 100.</param>
/// <param name="StartingAfter">Show what follows this one (older).</param>
/// <param name="EndingBefore">Show what comes just before this one (newer). Not together with the other.</param>
public sealed record PageRequest<TId>(int Limit, TId? StartingAfter = null, TId? EndingBefore = null) where TId : struct, IId<TId>;

/// <param name="Items">Newest first.</param>
/// <param name="HasMore">Whether there are more in the direction asked for.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, bool HasMore);

public static class Paging
{
    /// <summary>Reads one page of a list by <c>id</c>, newest first.</summary>
    /// <param name="list">The list with its conditions, at least one, and without an order. It stays as it is, for a read that is tried again.</param>
    public static async ValueTask<Page<T>> PageAsync<T, TId>(this ISqlReader reader, Sql list, PageRequest<TId> page, Func<ISqlRow, T> map)
        where TId : struct, IId<TId> => PageOf(await reader.QueryAsync($"{list}{Tail(page)}", map), page);

    /// <summary>The condition, order and limit of a list by <c>id</c>, newest first; asks for one row too many.</summary>
    public static Sql Tail<TId>(PageRequest<TId> page) where TId : struct, IId<TId>
    {
        var limit = (long)page.Limit + 1;
        if (page.StartingAfter is { } after) return $" AND id < {after} ORDER BY id DESC LIMIT {limit}";
        if (page.EndingBefore is { } before) return $" AND id > {before} ORDER BY id ASC LIMIT {limit}";
        return $" ORDER BY id DESC LIMIT {limit}";
    }

    /// <summary>Makes a page of the rows of a query that ended in <see cref="Tail"/>.</summary>
    public static Page<T> PageOf<T, TId>(List<T> rows, PageRequest<TId> page) where TId : struct, IId<TId>
    {
        var hasMore = rows.Count > page.Limit;
        if (hasMore) rows.RemoveRange(page.Limit, rows.Count - page.Limit);
        if (page.EndingBefore is not null) rows.Reverse();
        return new Page<T>(rows, hasMore);
    }
}
