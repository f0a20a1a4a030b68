using Florin.BackOffice.Pages;
using Florin.BackOffice.SignIn;
using Florin.Pages;
using Florin.Payments;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.BackOffice.UnknownOutcomes;

/// <summary>The number beside "Unknown outcomes" in the navigation.</summary>
internal static class OutcomeBadge
{
    /// <summary>Counts once for each page that is shown, and not for redirects or downloads; after whatever the request did.</summary>
    public static RouteGroupBuilder WithUnknownOutcomes(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter(async (context, next) =>
        {
            var result = await next(context);
            if (result is not PageResult { Model: OfficeModel page } shown) return result;
            var http = context.HttpContext;
            var outcomes = http.RequestServices.GetRequiredService<IUnknownOutcomes>();
            var count = await outcomes.CountUpToAsync(
                http.Session().Scope, new UnknownOutcomeFilter(), OfficeFrame.MostUnknownOutcomes, http.RequestAborted);
            return PageResult.Of(page with { Frame = page.Frame with { UnknownOutcomes = count } }, shown.StatusCode!.Value, shown.FormActionOrigins);
        });
        return group;
    }
}
