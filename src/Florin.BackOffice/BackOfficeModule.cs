using Florin.BackOffice.ApiKeys;
using Florin.BackOffice.ApiRequests;
using Florin.BackOffice.Audit;
using Florin.BackOffice.Disputes;
using Florin.BackOffice.Gateways;
using Florin.BackOffice.Ledger;
using Florin.BackOffice.PaymentRouting;
using Florin.BackOffice.Payments;
using Florin.BackOffice.SignIn;
using Florin.BackOffice.UnknownOutcomes;
using Florin.BackOffice.Webhooks;
using Florin.Kernel;
using Florin.Pages;
using Florin.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.BackOffice;

/// <summary>The merchant's pages: payments, their history, refunds, webhooks, API keys, requests.</summary>
public static class BackOfficeModule
{
    public static IServiceCollection AddBackOffice(this IServiceCollection services)
    {
        services.AddSingleton(new MigrationSource("office", 6, typeof(BackOfficeModule).Assembly));
        services.AddSingleton<OfficeSessions>();
        services.AddSingleton<SignInLimits>();
        services.AddSingleton(provider => new OfficeForms(
            new FormTokens(provider.GetRequiredService<KeyRing>().Derive("office forms"), provider.GetRequiredService<TimeProvider>())));
        services.AddSingleton<PaymentPages>();
        services.AddSingleton<ApiKeyPages>();
        services.AddSingleton<DisputePages>();
        services.AddSingleton<LedgerPages>();
        services.AddSingleton<LongReads>();
        services.AddSingleton<OutcomePages>();
        services.AddSingleton<RoutingPages>();
        return services;
    }

    public static void MapBackOffice(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapAssets(OfficeAssets.Files);
        OfficeDoor.Map(endpoints);
        endpoints.MapGet(OfficePaths.Home, () => new SeeOther(OfficePaths.Payments)).AllowAnonymous();
        var staff = endpoints.MapGroup(OfficePaths.Home).ForStaff().WithUnknownOutcomes();
        PaymentEndpoints.Map(staff);
        RefundEndpoints.Map(staff);
        OutcomeEndpoints.Map(staff);
        PaymentPolicyEndpoints.Map(staff);
        DisputeEndpoints.Map(staff);
        LedgerEndpoints.Map(staff);
        LedgerExportEndpoints.Map(staff);
        RoutingEndpoints.Map(staff);
        WebhookEndpoints.Map(staff);
        WebhookEndpointPages.Map(staff);
        ApiKeyEndpoints.Map(staff);
        RequestEndpoints.Map(staff);
        GatewayEndpoints.Map(staff);
        AuditEndpoints.Map(staff);
        staff.MapGet("/{**rest}", (HttpContext http) => PaymentPages.NotFound(http));
    }
}
