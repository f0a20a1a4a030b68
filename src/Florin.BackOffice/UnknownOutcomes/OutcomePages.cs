using System.Globalization;
using Florin.BackOffice.Pages;
using Florin.BackOffice.SignIn;
using Florin.Connectors;
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
        var place = new ListPlace<UnknownOutcomeId>(query);
        var found = filter.IsReadable
            ? await outcomes.ListAsync(session.Scope, FilterOf(filter), place.Page(PageSize), ct)
            : new Page<UnknownOutcome>([], HasMore: false);
        var (newerUrl, olderUrl) = place.Neighbours(found, item => item.Id, (cursor, id) => OutcomeListQuery.Url(OfficePaths.UnknownOutcomes, query, cursor, id));
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
            BulkAction = OutcomeListQuery.Url(OfficePaths.UnknownOutcomeBulks, query, place.Cursor?.Name, place.Cursor?.Id),
            FormToken = "",
            NewerUrl = newerUrl,
            OlderUrl = olderUrl,
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
        var place = new ListPlace<UnknownOutcomeId>(http.Request.Query);
        var items = await outcomes.ListBulkItemsAsync(bulk.Id, place.Page(BulkPageSize), ct);
        var path = OfficePaths.OutcomeBulk(bulk.Id);
        var (newerUrl, olderUrl) = place.Neighbours(items, item => item.Id, UrlOf);
        return new OutcomeBulkModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = place.Cursor is var (cursor, id) ? UrlOf(cursor, id) : path,
            Frame = forms.FrameOf(http),
            Bulk = bulk,
            Items = items.Items,
            NewerUrl = newerUrl,
            OlderUrl = olderUrl,
        };

        string UrlOf(string cursor, string id) => $"{path}?{cursor}={id}";
    }
}
