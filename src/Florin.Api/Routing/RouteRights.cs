using Florin.Api.Expansion;
using Florin.Kernel;
using Florin.Merchants;
using Microsoft.AspNetCore.Http;

namespace Florin.Api.Routing;

/// <summary>What restricted keys must have been given, for a route and for the objects that its answer shows in full.</summary>
internal static class RouteRights
{
    /// <summary>Puts a family of routes under a resource, but for those of them that name another one themselves.</summary>
    public static IEnumerable<ApiRoute> Of(this IEnumerable<ApiRoute> routes, ApiResource resource) =>
        routes.Select(route => route.HasResource ? route : route with { Resource = resource });

    /// <summary>Reading methods read; every other one writes (RFC 9110 section 9.2.1), but for questions too long for an address.</summary>
    public static ApiRight Right(this ApiRoute route) => HttpMethods.IsGet(route.Method) || route.OnlyReads ? ApiRight.Read : ApiRight.Write;

    public static Refusal? ProblemOf(ApiRoute route, ApiCaller caller, string maskedKey) =>
        caller.Allows(route.Resource, route.Right()) ? null : Missing(route.Resource, route.Right(), maskedKey);

    /// <summary>An object shown in full is read, whichever route shows it.</summary>
    public static Refusal? ProblemOf(ApiRoute route, IReadOnlyList<string[]> expanded, ApiCaller caller, string maskedKey)
    {
        foreach (var shown in expanded.SelectMany(path => ExpandPaths.ObjectsOf(route.Answers, path)))
        {
            foreach (var resource in ResourcesOf(shown))
            {
                if (!caller.Allows(resource, ApiRight.Read)) return Missing(resource, ApiRight.Read, maskedKey);
            }
        }

        return null;
    }

    /// <summary>The resource whose routes answer with such an object; null for what is a part of another object.</summary>
    public static ApiResource? ResourceOf(string answered) =>
        ApiRoutes.All.FirstOrDefault(route => route.Answers.Name == answered)?.Resource;

    // What moved a balance may be any of three things, and which it is shows only when it is there.
    private static ApiResource[] ResourcesOf(string answered) =>
        answered == ExpandPaths.AnySource ? [ApiResource.Charges, ApiResource.Refunds, ApiResource.Disputes]
        : ResourceOf(answered) is { } resource ? [resource]
        : [];

    private static Refusal Missing(ApiResource resource, ApiRight right, string maskedKey) => new(
        RefusalKind.Forbidden,
        "permission_missing",
        $"The provided key '{maskedKey}' does not have the required permissions for this endpoint. "
        + $"Having the '{resource.Word()}:{right.Word()}' permission would allow this request to continue.");
}
