using System.Globalization;
using Florin.BackOffice.Pages;
using Florin.BackOffice.SignIn;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments;
using Florin.Storage;
using Microsoft.AspNetCore.Http;

namespace Florin.BackOffice.UnknownOutcomes;

/// <summary>Turns the work queue into what the pages show; holds no rule of its own.</summary>
internal sealed class OutcomePages(IUnknownOutcomes outcomes, IGateways gateways, OfficeForms forms, TimeProvider time)
{
    public const string Purpose = "office unknown outcome";

    private const int PageSize = 25;
    private const int BulkPageSize = 50;
    private const int MostGateways = 100;
    private const int BulksShown = 3;

    private static readonly TimeSpan FormLife = TimeSpan.FromHours(12);

    /// <summary>What a form about one item must not outlive: whatever was asked or done since.</summary>
    public static string[] Bound(UnknownOutcome item) =>
    [
        item.Id.ToString(),
        item.Reason.ToString(),
        item.Queries.ToString(CultureInfo.InvariantCulture),
        item.Acts.Count.ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>Of a double click, the second finds another action before it.</summary>
    public static string[] Bound(UnknownOutcomesModel page) => ["bulk", page.Bulks.Count > 0 ? page.Bulks[0].Id.ToString() : "none"];

    public UnknownOutcomeFilter FilterOf(OutcomeFilter filter) => OutcomeListQuery.ToFilter(filter, time.GetUtcNow());

    public async Task<UnknownOutcomesModel> ListAsync(HttpContext http, CancellationToken ct)
    {
        var (session, query) = (http.Session(), http.Request.Query);
        var filter = OutcomeListQuery.Read(query);
        var wanted = PageOf<UnknownOutcomeId>(query, PageSize);
        var found = filter.IsReadable
            ? await outcomes.ListAsync(session.Scope, FilterOf(filter), wanted, ct)
            : new Page<UnknownOutcome>([], HasMore: false);
        var (hasNewer, hasOlder) = Neighbours(wanted, found.HasMore, found.Items.Count);
        var accounts = await gateways.ListAsync(session.Scope, new PageRequest<ConnectorAccountId>(MostGateways), ct);
        var bulks = await outcomes.ListBulksAsync(session.Scope, new PageRequest<OutcomeBulkId>(BulksShown), ct);
        var model = new UnknownOutcomesModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = OutcomeListQuery.Url(OfficePaths.UnknownOutcomes, query),
            Frame = forms.FrameOf(http),
            Filter = filter,
            Currencies = ["KRW", "USD", "EUR", "GBP", "JPY"],
            Gateways = accounts.Items,
            Items = found.Items,
            Bulks = bulks.Items,
            BulkAction = PlaceOf(wanted) is var (name, cursor)
                ? OutcomeListQuery.Url(OfficePaths.UnknownOutcomeBulks, query, name, cursor)
                : OutcomeListQuery.Url(OfficePaths.UnknownOutcomeBulks, query),
            FormToken = "",
            NewerUrl = hasNewer ? OutcomeListQuery.Url(OfficePaths.UnknownOutcomes, query, OutcomeListQuery.Newer, found.Items[0].Id.ToString()) : null,
            OlderUrl = hasOlder ? OutcomeListQuery.Url(OfficePaths.UnknownOutcomes, query, OutcomeListQuery.Older, found.Items[^1].Id.ToString()) : null,
        };
        return model with { FormToken = forms.Tokens.Issue(Purpose, session.Id, FormLife, Bound(model)) };
    }

    public UnknownOutcomeModel Detail(HttpContext http, UnknownOutcome item) => new()
    {
        Language = OfficeForms.LanguageOf(http.Request),
        Here = OfficePaths.UnknownOutcome(item.Id),
        Frame = forms.FrameOf(http),
        Item = item,
        FormToken = forms.Tokens.Issue(Purpose, http.Session().Id, FormLife, Bound(item)),
        JustDone = QueryValue.TryParse<OutcomeBulkAct>(http.Request.Query["did"], out var done) ? done : null,
    };

    public async Task<OutcomeBulkModel> BulkAsync(HttpContext http, OutcomeBulk bulk, CancellationToken ct)
    {
        var wanted = PageOf<UnknownOutcomeId>(http.Request.Query, BulkPageSize);
        var items = await outcomes.ListBulkItemsAsync(bulk.Id, wanted, ct);
        var (hasNewer, hasOlder) = Neighbours(wanted, items.HasMore, items.Items.Count);
        var path = OfficePaths.OutcomeBulk(bulk.Id);
        return new OutcomeBulkModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = PlaceOf(wanted) is var (name, cursor) ? $"{path}?{name}={cursor}" : path,
            Frame = forms.FrameOf(http),
            Bulk = bulk,
            Items = items.Items,
            NewerUrl = hasNewer ? $"{path}?{OutcomeListQuery.Newer}={items.Items[0].Id}" : null,
            OlderUrl = hasOlder ? $"{path}?{OutcomeListQuery.Older}={items.Items[^1].Id}" : null,
        };
    }

    private static PageRequest<TId> PageOf<TId>(IQueryCollection query, int size) where TId : struct, IId<TId>
    {
        TId? older = Ids.TryParse<TId>(query[OutcomeListQuery.Older], out var olderId) ? olderId : null;
        TId? newer = older is null && Ids.TryParse<TId>(query[OutcomeListQuery.Newer], out var newerId) ? newerId : null;
        return new PageRequest<TId>(size, older, newer);
    }

    private static (string Name, string Cursor)? PlaceOf<TId>(PageRequest<TId> page) where TId : struct, IId<TId> => page switch
    {
        { StartingAfter: { } older } => (OutcomeListQuery.Older, older.ToString()!),
        { EndingBefore: { } newer } => (OutcomeListQuery.Newer, newer.ToString()!),
        _ => null,
    };

    private static (bool Newer, bool Older) Neighbours<TId>(PageRequest<TId> page, bool hasMore, int shown) where TId : struct, IId<TId>
    {
        if (shown == 0) return (false, false);
        return page.EndingBefore is not null ? (hasMore, true) : (page.StartingAfter is not null, hasMore);
    }
}
