using Florin.Kernel;

namespace Florin.Payments.Tests;

/// <summary>Buyers who dispute what they paid, and what a merchant says to it.</summary>
public abstract class DisputedTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    protected const string Fraudulent = "4000000000000259";
    protected const string NotReceived = "4000000000002685";
    protected const string Inquiry = "4000000000001976";

    protected IDisputes Disputes => Florin.Get<IDisputes>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Florin.WebhooksArrive = true;
    }

    protected Task<MerchantScope> MerchantAsync() => Florin.NewMerchantAsync(new(290, new Dictionary<string, long> { ["USD"] = 30 }));

    protected async Task<(PaymentIntent Paid, Dispute Dispute)> DisputedAsync(string card, string acquirer, MerchantScope scope)
    {
        var paid = (await PayAsync(card, acquirer, scope: scope)).Value;
        var history = await EventuallyAsync(paid, now => now.Disputes.Count > 0);
        return (paid, Assert.Single(history.Disputes));
    }

    protected Task<Dispute> EventuallyAsync(Dispute dispute, DisputeStatus status) => EventuallyAsync(dispute, now => now.Status == status);

    protected async Task<Dispute> EventuallyAsync(Dispute dispute, Func<Dispute, bool> isSo)
    {
        var now = dispute;
        await RunningFlorin.EventuallyAsync(
            async () => isSo(now = (await Disputes.FindAsync(dispute.Scope, dispute.Id, Ct))!), () => $"It stays {now.Status}, {now.Response}.");
        return now;
    }
}
