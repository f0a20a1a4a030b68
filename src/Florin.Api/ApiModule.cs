using Florin.Api.Errors;
using Florin.Api.Expansion;
using Florin.Api.Gateways;
using Florin.Api.OpenApi;
using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Merchants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Api;

/// <summary>The REST API: <c>/v1</c> for merchants, <c>/gateways</c> for gateways' calls, and the pages and the document that describe it.</summary>
public static class ApiModule
{
    /// <remarks>Stands on the modules' faces, on <c>PublicAddress</c>, <c>KeyRing</c>, <c>IdSource</c> and <c>TimeProvider</c>.</remarks>
    public static IServiceCollection AddApi(this IServiceCollection services, ApiOptions? options = null)
    {
        services.AddSingleton(options ?? new ApiOptions());
        services.AddSingleton<RateLimits>();
        services.AddSingleton<RequestRecorder>();
        services.AddSingleton<Problems>();
        services.AddSingleton<ErrorDocuments>();
        services.AddSingleton<IdempotencyGate>();
        services.AddSingleton<IdempotencyKeys>();
        services.AddSingleton<LongReads>();
        services.AddSingleton<LongWrites>();
        services.AddSingleton<Expander>();
        services.AddSingleton<ApiServices>();
        services.AddSingleton<ApiEndpoint>();
        services.AddSingleton<DescribedApi>();
        services.AddSingleton<OpenApiDocument>();
        services.AddSingleton<GatewayWebhookEndpoint>();
        services.AddExceptionHandler<ApiExceptionHandler>();
        return services;
    }

    /// <summary>Names every request and gives empty refusals of the API a body. Comes first, before
    /// <c>UseExceptionHandler</c> and routing.</summary>
    public static IApplicationBuilder UseApi(this IApplicationBuilder app) => app.UseMiddleware<RequestIdMiddleware>();

    public static IEndpointRouteBuilder MapApi(this IEndpointRouteBuilder routes)
    {
        var endpoint = routes.ServiceProvider.GetRequiredService<ApiEndpoint>();
        foreach (var route in ApiRoutes.All)
        {
            var mapped = routes.MapMethods(route.Pattern, MethodsOf(route), http => endpoint.RunAsync(http, route)).WithDisplayName($"{route} ({route.Resource.Word()}:{route.Right().Word()})");
            if (route.TakesFile) mapped.WithMetadata(new MultipartBody.Bound());
            else if (route.Limits.Bytes > BodyLimits.Usual.Bytes) mapped.WithMetadata(new RequestBody.Bound(route.Limits.Bytes));
        }

        foreach (var path in ApiRoutes.All.Where(route => route.AllowsBrowsers).GroupBy(route => route.Pattern))
        {
            var methods = string.Join(", ", path.Select(route => route.Method));
            routes.MapMethods(path.Key, [HttpMethods.Options], http => Cors.AnswerPreflight(http, methods));
        }

        ErrorPages.Map(routes, routes.ServiceProvider.GetRequiredService<ErrorDocuments>());
        ReferencePages.Map(routes);
        var gateways = routes.ServiceProvider.GetRequiredService<GatewayWebhookEndpoint>();
        routes.MapMethods(GatewayWebhookEndpoint.Pattern, [HttpMethods.Post], gateways.RunAsync);
        return routes;
    }

    private static string[] MethodsOf(ApiRoute route) =>
        route.Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [route.Method];
}
