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
        var place = new ListPlace<PaymentIntentId>(query);
        var found = isReadable
            ? await payments.ListAsync(http.Session().Scope, PaymentListQuery.ToFilter(filter), place.Page(PageSize), ct)
            : new Page<PaymentIntent>([], HasMore: false);
        var (newerUrl, olderUrl) = place.Neighbours(found, payment => payment.Id, (cursor, id) => PaymentListQuery.Url(query, cursor, id));
        return PageResult.Of(await pages.ListAsync(http, filter, found.Items, newerUrl, olderUrl, ct));
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, IPayments payments, PaymentPages pages, CancellationToken ct)
    {
        var history = Ids.TryParse<PaymentIntentId>(id, out var intent) ? await payments.HistoryAsync(http.Session().Scope, intent, ct) : null;
        return history is null ? PaymentPages.NotFound(http) : PageResult.Of(await pages.DetailAsync(http, history, ct));
    }
}
