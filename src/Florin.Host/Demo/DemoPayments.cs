using System.Text;
using Florin.Kernel;
using Florin.Payments;
using Florin.Storage;
using Florin.Vault;

namespace Florin.Host.Demo;

/// <summary>Some payments to look at: one that went through, one refunded in part, one that its buyer disputes, and two
/// whose outcome nobody knows.</summary>
internal sealed class DemoPayments(IPayments payments)
{
    private static readonly Dictionary<string, string> Mark = new() { ["demo"] = "payments" };

    // A card that few people try, since its gateways are struck for a while.
    private const string UnansweredCard = "6011111111111117";

    // Approved and cut off before the answer; then nothing is told by itself, and who asks is told to wait. After ten minutes
    // the gateways tell, so that the queue is seen to empty.
    private static readonly string[] Faults =
    [
        """{"kind": "reset", "when": "after", "operation": "authorize", "card": "1117", "count": 2}""",
        """{"kind": "webhook_lost", "card": "1117", "for_seconds": 600}""",
        """{"kind": "query_lag", "as": "pending", "delay_ms": 600000, "card": "1117", "for_seconds": 600}""",
    ];

    private static readonly PaymentRequest Request = new(DemoShop.Scope, Origin: null);

    /// <summary>Once for each data directory: where the shop has had any payment, nothing is made.</summary>
    public async Task EnsureAsync(Uri sandbox, CancellationToken ct)
    {
        var had = await payments.ListAsync(DemoShop.Scope, new PaymentIntentFilter(), new PageRequest<PaymentIntentId>(1), ct);
        if (had.Items.Count > 0) return;
        await PayAsync("4242424242424242", new Money(39_000, Currency.Krw), "Linen notebook", ct);
        var refunded = await PayAsync("5555555555554444", new Money(11_900, Currency.Usd), "Headphones", ct);
        if (refunded is not null)
        {
            _ = await payments.RefundAsync(
                Request, new NewRefund(refunded.Id, Charge: null, AmountMinor: 2_000, RefundReason.RequestedByCustomer, Mark), answer: null, ct);
        }

        await PayAsync("4000000000000259", new Money(4_900, Currency.Eur), "Reading lamp", ct);
        await StrikeAsync(sandbox, ct);
        await PayAsync(UnansweredCard, new Money(6_400, Currency.Usd), "Teapot", ct);
        await PayAsync(UnansweredCard, new Money(2_450, Currency.Eur), "Tea tin", ct);
    }

    private static async Task StrikeAsync(Uri sandbox, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = sandbox };
        foreach (var fault in Faults)
        {
            using var body = new StringContent(fault, Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri("control/fault", UriKind.Relative), body, ct);
            answer.EnsureSuccessStatusCode();
        }
    }

    private async Task<PaymentIntent?> PayAsync(string number, Money amount, string description, CancellationToken ct)
    {
        var card = new NewPaymentMethod(
            new CardEntry(Secret.Of(number), ExpiryMonth: 12, ExpiryYear: 2040, Secret.Of("123"), "Kim Minji"), Token: null, BillingDetails.None, Mark);
        var wanted = new NewPaymentIntent(
            amount,
            CaptureMethod.Automatic,
            Confirm: true,
            PaymentMethod: null,
            card,
            ReturnUrl: null,
            description,
            StatementDescriptor: null,
            "minji@example.com",
            Connector: null,
            Mark);
        var paid = await payments.CreateAsync(Request, wanted, answer: null, ct);
        return paid.IsSuccess ? paid.Value : null;
    }
}
