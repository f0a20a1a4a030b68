using Florin.Kernel;
using Florin.Storage;
using Microsoft.AspNetCore.Http;

namespace Florin.BackOffice.Pages;

/// <summary>A place in a list, newest first, as its address has it, and the addresses of the pages on both sides.</summary>
/// <remarks>Query names: <c>older_than</c> and <c>newer_than</c>, the id of the row that the page ends before. Where there are both,
/// the first counts.</remarks>
internal readonly record struct ListPlace<TId> where TId : struct, IId<TId>
{
    private const string OlderThan = "older_than";
    private const string NewerThan = "newer_than";

    private readonly TId? older;
    private readonly TId? newer;

    public ListPlace(IQueryCollection query)
    {
        older = Ids.TryParse<TId>(query[OlderThan], out var olderId) ? olderId : null;
        newer = older is null && Ids.TryParse<TId>(query[NewerThan], out var newerId) ? newerId : null;
    }

    /// <summary>As the address has it; null on the first page.</summary>
    public (string Name, string Id)? Cursor => older is { } end ? (OlderThan, end.ToString()!) : newer is { } start ? (NewerThan, start.ToString()!) : null;

    public PageRequest<TId> Page(int size) => new(size, older, newer);

    /// <param name="urlOf">The list's address with a cursor of this name and id in it.</param>
    /// <returns>Null where nothing is on that side.</returns>
    public (string? NewerUrl, string? OlderUrl) Neighbours<T>(Page<T> page, Func<T, TId> idOf, Func<string, string, string> urlOf)
    {
        if (page.Items.Count == 0) return (null, null);
        var hasNewer = newer is not null ? page.HasMore : older is not null;
        var hasOlder = newer is not null || page.HasMore;
        return (
            hasNewer ? urlOf(NewerThan, idOf(page.Items[0]).ToString()!) : null,
            hasOlder ? urlOf(OlderThan, idOf(page.Items[^1]).ToString()!) : null);
    }
}
