using Florin.Payments;

namespace Florin.Api.Checkout;

/// <summary>What the lines of a session cost by the catalogue, to be shown within them.</summary>
internal static class LinePrices
{
    public static async Task<IReadOnlyDictionary<PriceId, Price>> OfAsync(ICatalogue catalogue, CheckoutSession session, CancellationToken ct)
    {
        var ids = session.Lines.Select(line => line.Price).OfType<PriceId>().Distinct().ToList();
        return (await catalogue.FindPricesAsync(session.Scope, ids, ct)).ToDictionary(price => price.Id);
    }
}
