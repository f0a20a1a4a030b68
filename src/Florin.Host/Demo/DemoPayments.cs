using Florin.Kernel;
using Florin.Payments;
using Florin.Storage;
using Florin.Vault;

namespace Florin.Host.Demo;

/// <summary>Some payments to look at: one that went through, one refunded in part, and one that its buyer disputes.</summary>
internal sealed class DemoPayments(IPayments payments)
{
    private static readonly Dictionary<string, string> Mark = new() { ["demo"] = "payments" };

    private static readonly PaymentRequest Request = new(DemoShop.Scope, Origin: null);

    /// <summary>Once for each data directory: where the shop has had any payment, nothing is made.</summary>
    public async Task EnsureAsync(CancellationToken ct)
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
