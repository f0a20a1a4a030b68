using Florin.Api.Routing;

namespace Florin.Api.OpenApi;

/// <summary>A route with all that is told about it.</summary>
internal sealed record DescribedRoute(ApiRoute Route, string Summary, DescribedMap Parameters)
{
    /// <summary>As in <c>postPaymentIntentsIdConfirm</c>.</summary>
    public string OperationId { get; } = Route.Method.ToLowerInvariant() + string.Concat(
        Route.Pattern.Split('/', '_').Skip(2).Select(part => part.Trim('{', '}')).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    /// <summary>What follows <c>/v1</c>, as in <c>payment_intents</c>; routes of one resource stand together.</summary>
    public string Resource { get; } = string.Join('/', Route.Pattern.Split('/').Skip(2).TakeWhile(part => part[0] != '{'));
}

/// <summary>Describes every route, when somebody first asks.</summary>
internal sealed class DescribedApi(ApiServices services)
{
    private readonly Lazy<IReadOnlyList<DescribedRoute>> routes = new(() => Describe(services));

    public IReadOnlyList<DescribedRoute> Routes => routes.Value;

    private static IReadOnlyList<DescribedRoute> Describe(ApiServices services)
    {
        var describer = new RouteDescriber(services);
        return [.. ApiRoutes.All.Select(route =>
            new DescribedRoute(route, RouteSummaries.All.GetValueOrDefault(route.ToString(), ""), describer.Describe(route)))];
    }
}
