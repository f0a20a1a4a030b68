using System.Text.Json.Nodes;
using Florin.Api.Checkout;
using Florin.Api.Routing;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Expansion;

/// <summary>Puts whole objects in the place of their ids, for those who ask with <c>expand[]</c>.</summary>
/// <remarks>
/// It works on the finished answer, so one way serves every route, lists (one look-up for all their items) and answers
/// that are replayed. What is stored for a replay is the plain answer: a replay shows expanded objects as they are now.
/// </remarks>
internal sealed class Expander(
    IPayments payments,
    IPaymentMethods methods,
    ICustomers customers,
    ISetupIntents setups,
    ICatalogue catalogue,
    ICheckoutSessions sessions,
    IDisputes disputes,
    IFiles files,
    IBalances balances,
    PublicAddress address,
    TimeProvider time)
{
    private const int MostLines = 100;

    public async Task<StoredResponse> ExpandAsync(
        StoredResponse answer, AnsweredObject answered, IReadOnlyList<string[]> paths, MerchantScope scope, CancellationToken ct)
    {
        var root = JsonNode.Parse(answer.Body)!.AsObject();
        var objects = answered.IsList ? root["data"]!.AsArray().Select(item => item!.AsObject()).ToList() : [root];
        foreach (var path in paths) await ExpandAsync(objects, answered.Name, path, scope, ct);
        return answer with { Body = WireWriter.Bytes(root, static (writer, node) => node.WriteTo(writer)) };
    }

    private async Task ExpandAsync(List<JsonObject> objects, string kind, string[] path, MerchantScope scope, CancellationToken ct)
    {
        if (path.Length == 0 || objects.Count == 0) return;
        var (property, target) = (path[0], ExpandPaths.TargetOf(kind, path[0]));
        if (property == "line_items")
        {
            foreach (var session in objects.Where(session => session[property] is null)) session[property] = await LinesAsync(session, scope, ct);
        }

        // An earlier path may have put the object there already.
        var ids = objects.Select(item => item[property]).OfType<JsonValue>().Select(id => id.GetValue<string>()).Distinct().ToList();
        var found = await FindAsync(target, ids, scope, ct);
        foreach (var item in objects)
        {
            // One object may stand in many places, and a node in one only, so each place reads its own.
            if (item[property] is not JsonValue id || !found.TryGetValue(id.GetValue<string>(), out var json)) continue;
            item[property] = JsonNode.Parse(json);
        }

        // What stands there whole, such as the items of a list, is only gone into.
        var next = objects.Select(item => item[property]).SelectMany(node => node is JsonArray items ? items.AsEnumerable() : [node]);
        await ExpandAsync([.. next.OfType<JsonObject>()], target, path[1..], scope, ct);
    }

    private async Task<Dictionary<string, byte[]>> FindAsync(string target, List<string> ids, MerchantScope scope, CancellationToken ct)
    {
        if (ids.Count == 0) return [];
        switch (target)
        {
            case "charge":
                var charges = await payments.FindChargesAsync(scope, [.. ids.Select(Ids.Parse<ChargeId>)], ct);
                return charges.ToDictionary(charge => charge.Id.ToString(), PaymentJson.Bytes);
            case "payment_method":
                var found = await methods.FindManyAsync(scope, [.. ids.Select(Ids.Parse<PaymentMethodId>)], ct);
                return found.ToDictionary(method => method.Id.ToString(), PaymentJson.Bytes);
            case "customer":
                var known = await customers.FindManyAsync(scope, [.. ids.Select(Ids.Parse<CustomerId>)], ct);
                return known.ToDictionary(customer => customer.Id.ToString(), PaymentJson.Bytes);
            case "balance_transaction":
                var entries = await balances.FindManyAsync(scope, [.. ids.Select(Ids.Parse<BalanceTransactionId>)], ct);
                return entries.ToDictionary(entry => entry.Id.ToString(), entry => PaymentJson.Bytes(entry, time.GetUtcNow()));
            case "file":
                var uploaded = await files.FindManyAsync(scope, [.. ids.Select(Ids.Parse<FileId>)], ct);
                return uploaded.ToDictionary(file => file.Id.ToString(), file => PaymentJson.Bytes(file, address));
            case "dispute":
                return await DisputesAsync(ids, scope, ct);
            case ExpandPaths.AnySource:
                return await SourcesAsync(ids, scope, ct);
            case "setup_intent":
                var saving = await setups.FindManyAsync(scope, [.. ids.Select(Ids.Parse<SetupIntentId>)], ct);
                return saving.ToDictionary(intent => intent.Id.ToString(), PaymentJson.Bytes);
            case "setup_attempt":
                var attempts = await setups.FindAttemptsAsync(scope, [.. ids.Select(Ids.Parse<SetupAttemptId>)], ct);
                return attempts.ToDictionary(
                    found => found.Attempt.Id.ToString(),
                    found => WireWriter.Bytes(found, static (writer, it) => PaymentJson.Write(writer, it.Attempt, it.Intent)));
            case "product":
                var products = await catalogue.FindProductsAsync(scope, [.. ids.Select(Ids.Parse<ProductId>)], ct);
                return products.ToDictionary(product => product.Id.ToString(), PaymentJson.Bytes);
            case "price":
                var prices = await catalogue.FindPricesAsync(scope, [.. ids.Select(Ids.Parse<PriceId>)], ct);
                return prices.ToDictionary(price => price.Id.ToString(), PaymentJson.Bytes);
            default:
                var intents = new Dictionary<string, byte[]>();
                foreach (var id in ids)
                {
                    if (await payments.FindAsync(scope, Ids.Parse<PaymentIntentId>(id), ct) is { } intent) intents[id] = PaymentJson.Bytes(intent);
                }

                return intents;
        }
    }

    private async Task<Dictionary<string, byte[]>> DisputesAsync(IEnumerable<string> ids, MerchantScope scope, CancellationToken ct)
    {
        var found = new Dictionary<string, byte[]>();
        foreach (var id in ids)
        {
            if (await disputes.FindAsync(scope, Ids.Parse<DisputeId>(id), ct) is { } dispute) found[id] = PaymentJson.Bytes(dispute, time.GetUtcNow());
        }

        return found;
    }

    // What moved a balance may be any of three things; its id says which.
    private async Task<Dictionary<string, byte[]>> SourcesAsync(List<string> ids, MerchantScope scope, CancellationToken ct)
    {
        var found = await DisputesAsync(ids.Where(id => id.StartsWith(DisputeId.Prefix, StringComparison.Ordinal)), scope, ct);
        var charges = ids.Where(id => id.StartsWith(ChargeId.Prefix, StringComparison.Ordinal)).Select(Ids.Parse<ChargeId>).ToList();
        foreach (var charge in await payments.FindChargesAsync(scope, charges, ct)) found[charge.Id.ToString()] = PaymentJson.Bytes(charge);
        foreach (var id in ids.Where(id => id.StartsWith(RefundId.Prefix, StringComparison.Ordinal)))
        {
            if (await payments.FindRefundAsync(scope, Ids.Parse<RefundId>(id), ct) is { } refund) found[id] = PaymentJson.Bytes(refund);
        }

        return found;
    }

    private async Task<JsonNode?> LinesAsync(JsonObject session, MerchantScope scope, CancellationToken ct)
    {
        var id = Ids.Parse<CheckoutSessionId>(session["id"]!.GetValue<string>());
        if (await sessions.FindAsync(scope, id, ct) is not { } found) return null;
        var prices = await LinePrices.OfAsync(catalogue, found, ct);
        return JsonNode.Parse(WireWriter.Bytes(
            (found, prices),
            static (writer, it) => PaymentJson.WriteLineItems(writer, it.found, 0, MostLines, hasMore: it.found.Lines.Count > MostLines, it.prices)));
    }
}
