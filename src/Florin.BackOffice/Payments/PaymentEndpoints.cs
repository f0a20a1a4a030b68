using Florin.BackOffice.Pages;
using Florin.BackOffice.SignIn;
using Florin.Kernel;
using Florin.Pages;
using Florin.Payments;
using Florin.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.BackOffice.Payments;

/// <summary>The list of payments, and one payment.</summary>
internal static class PaymentEndpoints
{
    private const int PageSize = 25;

    public static void Map(RouteGroupBuilder staff)
    {
        staff.MapGet("/payments", ListAsync);
        staff.MapGet("/payments/{id}", ShowAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IPayments payments, PaymentPages pages, CancellationToken ct)
    {
        var query = http.Request.Query;
        var filter = PaymentListQuery.Read(query);
        var isReadable = filter is { MinAmountUnreadable: false, MaxAmountUnreadable: false, FromDayUnreadable: false, ToDayUnreadable: false };
        var page = new PageRequest<PaymentIntentId>(
            PageSize,
            Ids.TryParse<PaymentIntentId>(query["older_than"], out var older) ? older : null,
            Ids.TryParse<PaymentIntentId>(query["newer_than"], out var newer) ? newer : null);
        if (page is { StartingAfter: not null, EndingBefore: not null }) page = page with { EndingBefore = null };
        var scope = http.Session().Scope;
        var found = isReadable
            ? await payments.ListAsync(scope, PaymentListQuery.ToFilter(filter), page, ct)
            : new Page<PaymentIntent>([], HasMore: false);
        var isBackwards = page.EndingBefore is not null;
        var hasNewer = isBackwards ? found.HasMore : page.StartingAfter is not null;
        var hasOlder = isBackwards || found.HasMore;
        return PageResult.Of(await pages.ListAsync(
            http,
            filter,
            found.Items,
            hasNewer && found.Items.Count > 0 ? PaymentListQuery.Url(query, "newer_than", found.Items[0].Id.ToString()) : null,
            hasOlder && found.Items.Count > 0 ? PaymentListQuery.Url(query, "older_than", found.Items[^1].Id.ToString()) : null,
            ct));
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, IPayments payments, PaymentPages pages, CancellationToken ct)
    {
        var history = Ids.TryParse<PaymentIntentId>(id, out var intent) ? await payments.HistoryAsync(http.Session().Scope, intent, ct) : null;
        return history is null ? PaymentPages.NotFound(http) : PageResult.Of(await pages.DetailAsync(http, history, ct));
    }
}
