using System.Text.Json;
using System.Text.Json.Serialization;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Vault;

namespace Florin.Payments.Routing;

/// <summary>The rows of routing decisions; each is written in the transaction that makes its attempt.</summary>
internal static class RoutingDecisionStore
{
    public static ValueTask InsertAsync(ITransaction tx, RoutingDecision decision)
    {
        var document = JsonSerializer.Serialize(DecisionDocument.Of(decision), RoutingJson.Default.DecisionDocument);
        return tx.EnqueueAsync(
            $"""
             INSERT INTO routing_decisions (shard, attempt_id, payment_intent_id, version_id, decision, created_at_ms)
             VALUES ({decision.Attempt.Shard()}, {decision.Attempt}, {decision.PaymentIntent}, {decision.Version}, {document}, {decision.DecidedAt})
             """,
            expectedRows: 1);
    }

    public static ValueTask<List<RoutingDecision>> OfIntentAsync(ISqlReader reader, PaymentIntentId intent) => reader.QueryAsync(
        $"""
         SELECT attempt_id, payment_intent_id, version_id, decision, created_at_ms FROM routing_decisions
          WHERE shard = {intent.Shard()} AND payment_intent_id = {intent} ORDER BY attempt_id
         """,
        row => JsonSerializer.Deserialize(row.Text(3), RoutingJson.Default.DecisionDocument)!.ToDecision(
            row.Id<PaymentAttemptId>(0), row.Id<PaymentIntentId>(1), row.IdOrNull<RoutingVersionId>(2), row.Instant(4)));
}

/// <summary>A decision as it lies in its column; names are short, since there is one a payment.</summary>
internal sealed record DecisionDocument(
    [property: JsonPropertyName("n")] long? Number,
    [property: JsonPropertyName("rule")] string? Rule,
    [property: JsonPropertyName("follows")] Guid? Follows,
    [property: JsonPropertyName("draw")] DrawDocument? Draw,
    [property: JsonPropertyName("to")] IReadOnlyList<CandidateDocument> Candidates,
    [property: JsonPropertyName("of")] FactsDocument Facts,
    [property: JsonPropertyName("over")] IReadOnlyList<string>? PassedOver)
{
    public static DecisionDocument Of(RoutingDecision decision) => new(
        decision.VersionNumber,
        decision.Rule,
        decision.Follows?.Value,
        decision.Draw is { } draw ? new DrawDocument(draw.By.Value, draw.Number, draw.Of) : null,
        [.. decision.Candidates.Select(each => new CandidateDocument(each.Account.Value, each.Connector, Words<RoutingStanding>.Of(each.Standing)))],
        FactsDocument.Of(decision.Facts),
        decision.PassedOver.Count == 0 ? null : decision.PassedOver);

    public RoutingDecision ToDecision(PaymentAttemptId attempt, PaymentIntentId intent, RoutingVersionId? version, DateTimeOffset decidedAt) => new(
        attempt,
        intent,
        version,
        Number,
        Rule,
        Follows is { } follows ? new PaymentAttemptId(follows) : null,
        Draw is { } draw ? new RoutingDraw(new PaymentAttemptId(draw.By), draw.Number, draw.Of) : null,
        [.. Candidates.Select(each => new RoutingCandidate(new ConnectorAccountId(each.Account), each.Connector, Words<RoutingStanding>.Parse(each.Standing)))],
        Facts.ToFacts(decidedAt),
        decidedAt)
    {
        PassedOver = PassedOver ?? [],
    };
}

internal sealed record DrawDocument([property: JsonPropertyName("by")] Guid By, [property: JsonPropertyName("no")] int Number, [property: JsonPropertyName("of")] int Of);

internal sealed record CandidateDocument(
    [property: JsonPropertyName("a")] Guid Account, [property: JsonPropertyName("c")] string Connector, [property: JsonPropertyName("s")] string Standing);

internal sealed record FactsDocument(
    [property: JsonPropertyName("minor")] long? Minor,
    [property: JsonPropertyName("cur")] string? Currency,
    [property: JsonPropertyName("pm")] string Method,
    [property: JsonPropertyName("brand")] string? Brand,
    [property: JsonPropertyName("bin")] string? Bin,
    [property: JsonPropertyName("land")] string? Country,
    [property: JsonPropertyName("cus")] Guid? Customer,
    [property: JsonPropertyName("meta")] IReadOnlyDictionary<string, string>? Metadata,
    [property: JsonPropertyName("cap")] string Capture,
    [property: JsonPropertyName("asked")] string? AskedFor)
{
    public static FactsDocument Of(RoutingFacts facts) => new(
        facts.Amount?.Minor,
        facts.Amount?.Currency.Code,
        facts.Method,
        facts.Brand is { } brand ? Words<CardBrand>.Of(brand) : null,
        facts.Bin,
        facts.Country,
        facts.Customer?.Value,
        facts.Metadata.Count == 0 ? null : facts.Metadata,
        Words<CaptureMethod>.Of(facts.Capture),
        facts.AskedFor);

    public RoutingFacts ToFacts(DateTimeOffset at) => new(
        Minor is { } minor ? new Money(minor, Kernel.Currency.Get(Currency!)) : null,
        Method,
        Words<CardBrand>.ParseOrNull(Brand),
        Bin,
        Country,
        Customer is { } customer ? new CustomerId(customer) : null,
        Metadata ?? Documents.NoMetadata,
        Words<CaptureMethod>.Parse(Capture),
        AskedFor,
        at);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DecisionDocument))]
internal sealed partial class RoutingJson : JsonSerializerContext;
