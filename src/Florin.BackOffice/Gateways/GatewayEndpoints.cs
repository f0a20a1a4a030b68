using Florin.BackOffice.Pages;
using Florin.BackOffice.SignIn;
using Florin.Connectors;
using Florin.Pages;
using Florin.Payments;
using Florin.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.BackOffice.Gateways;

/// <summary>How the merchant's gateways are doing.</summary>
internal static class GatewayEndpoints
{
    // A merchant has a handful; whoever has more sees the newest here and all of them in the API.
    private const int Most = 100;

    public static void Map(RouteGroupBuilder staff) => staff.MapGet("/gateways", ShowAsync);

    private static async Task<IResult> ShowAsync(HttpContext http, IGateways gateways, OfficeForms forms, CancellationToken ct)
    {
        var page = await gateways.ListAsync(http.Session().Scope, new PageRequest<ConnectorAccountId>(Most), ct);
        return PageResult.Of(new GatewaysModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = OfficePaths.Gateways,
            Frame = forms.FrameOf(http),
            Gateways = [.. page.Items.OrderBy(gateway => gateway.Priority).ThenBy(gateway => gateway.Connector, StringComparer.Ordinal)],
        });
    }
}
