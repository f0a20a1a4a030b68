using Florin.Payments.Attempts;
using Florin.Payments.Balances;
using Florin.Payments.Catalogue;
using Florin.Payments.Charges;
using Florin.Payments.CheckoutSessions;
using Florin.Payments.Customers;
using Florin.Payments.Disputes;
using Florin.Payments.Files;
using Florin.Payments.Gateways;
using Florin.Payments.Intents;
using Florin.Payments.PaymentMethods;
using Florin.Payments.Refunds;
using Florin.Payments.Routing;
using Florin.Payments.Search;
using Florin.Payments.SetupIntents;
using Florin.Payments.TestClocks;
using Florin.Payments.UnknownOutcomes;
using Florin.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Florin.Payments;

public static class PaymentsModule
{
    public static IServiceCollection AddPayments(this IServiceCollection services, PaymentsOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(new MigrationSource("payments", 3, typeof(PaymentsModule).Assembly));
        services.AddSingleton<PaymentsMetrics>();
        services.AddSingleton<ConnectorAccounts>();
        services.AddSingleton<IConnectorAccounts>(provider => provider.GetRequiredService<ConnectorAccounts>());
        services.AddSingleton<Router>();
        services.AddSingleton<RoutingSimulator>();
        services.AddSingleton<IRouting, RoutingService>();
        services.AddSingleton<AttemptMaker>();
        services.TryAddSingleton<IFailoverPolicy, FailoverPolicy>();
        services.AddSingleton<Failover>();
        services.AddSingleton<GatewayCalls>();
        services.AddSingleton<IGateways, GatewaysService>();
        services.AddSingleton<SessionCompletion>();
        services.AddSingleton<Postings>();
        services.AddSingleton<IBalances, BalancesService>();
        services.AddSingleton<AttemptSettlement>();
        services.AddSingleton<OperationSettlement>();
        services.AddSingleton<PaymentCollector>();
        services.AddSingleton<CardChooser>();
        services.AddSingleton<IntentsService>();
        services.AddSingleton<HoldsService>();
        services.AddSingleton<RefundsService>();
        services.AddSingleton<NotesService>();
        services.AddSingleton<IFiles, FilesService>();
        services.AddSingleton<DisputeSettlement>();
        services.AddSingleton<IDisputes, DisputesService>();
        services.AddSingleton<CheckoutSessionsService>();
        services.AddSingleton<ICheckoutSessions>(provider => provider.GetRequiredService<CheckoutSessionsService>());
        services.AddSingleton<SavedMethods>();
        services.AddSingleton<CatalogueService>();
        services.AddSingleton<ICatalogue>(provider => provider.GetRequiredService<CatalogueService>());
        services.AddSingleton<SetupSettlement>();
        services.AddSingleton<Verifier>();
        services.AddSingleton<SetupIntentsService>();
        services.AddSingleton<ISetupIntents>(provider => provider.GetRequiredService<SetupIntentsService>());
        services.AddSingleton<CustomersService>();
        services.AddSingleton<ICustomers>(provider => provider.GetRequiredService<CustomersService>());
        services.AddSingleton<IPaymentMethods, PaymentMethodsService>();
        services.AddSingleton<IPayments, PaymentsService>();
        services.AddSingleton<ISearch, SearchService>();
        services.AddJobHandler<SettleOutcomes>();
        services.AddJobHandler<SweepCutOff>();
        services.AddJobHandler<LateSuccess>();
        services.AddJobHandler<FollowDispute>();
        services.AddJobHandler<LookForDisputes>();
        services.AddJobHandler<SweepDisputeResponses>();
        services.AddJobHandler<ExpireSessions>();
        services.AddSingleton<TestClocksService>();
        services.AddSingleton<ITestClocks>(provider => provider.GetRequiredService<TestClocksService>());
        services.AddSingleton<ITestClockFollower, ExpireByTestClock>();
        services.AddJobHandler<FollowTestClock>();
        services.AddJobHandler<DeleteTestClock>();
        services.AddJobHandler<SettleSetups>();
        services.AddJobHandler<SweepSetups>();
        services.AddJobHandler<ReleaseVerification>();
        return services;
    }
}
