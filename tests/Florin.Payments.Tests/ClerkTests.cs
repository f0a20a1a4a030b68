using Florin.Connectors.Health;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Routing;

namespace Florin.Payments.Tests;

/// <summary>A clerk at the work queue, where nobody else asks gateways meanwhile.</summary>
public abstract class ClerkTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    protected static readonly TimeSpan Never = TimeSpan.FromDays(1);
    protected static readonly AuditActor Clerk = new(AuditActorKind.User, "clerk@example.com");

    protected IUnknownOutcomes Queue => Florin.Get<IUnknownOutcomes>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Florin.Options.QuerySchedule = [Never];
    }

    protected Task<MerchantScope> MerchantAsync() => Florin.NewMerchantAsync(new(290, new Dictionary<string, long> { ["USD"] = 30 }));

    protected async Task<PaymentIntent> LostAsync(
        MerchantScope scope, string acquirer, long amount = 10_000, string currency = "USD", CaptureMethod capture = CaptureMethod.Automatic)
    {
        await Florin.FaultAsync(acquirer, "authorize", "reset", "after");
        var lost = (await PayAsync(Cards.Approved, acquirer, amount, currency, capture, scope)).Value;
        Assert.Equal(PaymentIntentStatus.Processing, lost.Status);
        return lost;
    }

    protected async Task<IReadOnlyList<UnknownOutcome>> ListAsync(MerchantScope scope, UnknownOutcomeFilter? filter = null) =>
        (await Queue.ListAsync(scope, filter ?? new UnknownOutcomeFilter(), new(100), Ct)).Items;

    protected async Task<IReadOnlyList<GatewayPlace>> AllPlacesToAskAsync(UnknownOutcome item)
    {
        var account = (await Florin.Get<ConnectorAccounts>().FindAsync(item.ConnectorAccount, Ct))!.Value.Account;
        var places = new List<GatewayPlace>();
        for (var call = 0; call < new GatewayHealthOptions().Questions.Calls; call++)
        {
            places.Add((await Florin.Get<IGatewayHealth>().PlaceToAskAsync(account, GatewayMethods.Card))!);
        }

        return places;
    }

    protected OutcomeRequest By(MerchantScope scope) => new(Florin.Request(scope), Clerk);

    protected Task<Result<UnknownOutcome>> AcceptAsync(UnknownOutcome item, AcceptedOutcome outcome, string? reference = null) => Queue.AcceptAsync(
        By(item.Scope), item.Id, new OutcomeEvidence(outcome, reference, "Their statement of today, line 7.", File: null), answer: null, Ct);
}
