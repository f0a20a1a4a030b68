using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Api.PaymentRouting;

/// <summary><c>/v1/florin/routing</c>: the rules by which payments are sent to gateways, and why each went where it went.</summary>
internal static class RoutingRoutes
{
    private const string Versions = "/v1/florin/routing/versions";
    private const string Decisions = "/v1/florin/routing/decisions";
    private const int MostDocumentCharacters = 64 * 1024;
    private const int MostNoteCharacters = 500;

    // What is simulated where no period is given.
    private static readonly TimeSpan UsualPeriod = TimeSpan.FromDays(7);

    private static readonly AnsweredObject One = new("florin.routing_version");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", Versions, RouteAccess.Secret, One, CreateAsync),
        new("GET", Versions, RouteAccess.Secret, One with { IsList = true }, static call => call.ListAsync<RoutingVersionId, RoutingVersion>(
            Versions, page => call.Services.Routing.ListAsync(call.Scope, page, call.Ct), PaymentJson.Write)),
        new("GET", Versions + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<RoutingVersionId, RoutingVersion>(
            "routing version", id => call.Services.Routing.FindAsync(call.Scope, id, call.Ct), PaymentJson.Write)),
        new("POST", Versions + "/{id}", RouteAccess.Secret, One, UpdateAsync),
        new("POST", Versions + "/{id}/activate", RouteAccess.Secret, One, ActivateAsync),
        new("GET", Versions + "/{id}/compare", RouteAccess.Secret, new AnsweredObject("florin.routing_comparison"), CompareAsync),
        new("GET", Versions + "/{id}/simulate", RouteAccess.Secret, new AnsweredObject("florin.routing_simulation"), SimulateAsync),
        new("GET", Decisions, RouteAccess.Secret, new AnsweredObject("florin.routing_decision", IsList: true), DecisionsAsync),
    ];

    private static async Task<StoredResponse> CreateAsync(ApiCall call)
    {
        var document = call.Parameters.RequiredText("document", MostDocumentCharacters);
        var note = call.Parameters.Text("note", MostNoteCharacters);
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return await call.WriteAsync<RoutingVersion>(
            answer => call.Services.Routing.CreateAsync(call.Request, new NewRoutingVersion(document!, note), call.Actor, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> UpdateAsync(ApiCall call)
    {
        var change = new RoutingVersionChange(
            call.Parameters.FilledText("document", MostDocumentCharacters), call.Parameters.Text("note", MostNoteCharacters));
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<RoutingVersionId>(out var id)) return call.NoSuch("routing version");
        return await call.WriteAsync<RoutingVersion>(
            answer => call.Services.Routing.UpdateAsync(call.Request, id, change, call.Actor, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> ActivateAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<RoutingVersionId>(out var id)) return call.NoSuch("routing version");
        return await call.WriteAsync<RoutingVersion>(
            answer => call.Services.Routing.ActivateAsync(call.Request, id, call.Actor, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> CompareAsync(ApiCall call)
    {
        var with = call.Parameters.Id<RoutingVersionId>("with");
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<RoutingVersionId>(out var id)) return call.NoSuch("routing version");
        var compared = await call.Services.Routing.CompareAsync(call.Scope, with, id, call.Ct);
        return compared.Match(comparison => ApiCall.Ok(comparison, PaymentJson.Write), call.Refuse);
    }

    private static async Task<StoredResponse> SimulateAsync(ApiCall call)
    {
        var (from, before) = call.Parameters.ReadCreated();
        var after = call.Parameters.Id<PaymentIntentId>("starting_after");
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<RoutingVersionId>(out var id)) return call.NoSuch("routing version");
        var until = before ?? call.Services.Time.GetUtcNow();
        var period = new RoutingPeriod(from ?? until - UsualPeriod, until, after);
        var read = await call.Services.LongReads.RunAsync(() => call.Services.Routing.SimulateAsync(call.Scope, id, period, call.Ct), call.Ct);
        return read.Match(
            simulated => simulated.Match(simulation => ApiCall.Ok(simulation, PaymentJson.Write), call.Refuse),
            call.Refuse);
    }

    private static async Task<StoredResponse> DecisionsAsync(ApiCall call)
    {
        if (!call.Parameters.Has("payment_intent")) call.Parameters.Missing<string>("payment_intent");
        var payment = call.Parameters.Id<PaymentIntentId>("payment_intent");
        IReadOnlyList<RoutingDecision>? decisions = null;
        return await call.ListAsync<PaymentAttemptId, RoutingDecision>(
            Decisions,
            page => Task.FromResult(PageOf(decisions!, page)),
            PaymentJson.Write,
            async () =>
            {
                decisions = await call.Services.Routing.DecisionsAsync(call.Scope, payment!.Value, call.Ct);
                return decisions is null ? call.Refuse(NoSuchPayment(payment.Value)) : null;
            });
    }

    private static Kernel.Refusal NoSuchPayment(PaymentIntentId id) =>
        new(Kernel.RefusalKind.NotFound, "resource_missing", $"No such payment_intent: '{id}'", "payment_intent");

    // A payment has few decisions, and all are at hand; newest first, as every list is.
    private static Page<RoutingDecision> PageOf(IReadOnlyList<RoutingDecision> oldestFirst, PageRequest<PaymentAttemptId> page)
    {
        var newestFirst = oldestFirst.Reverse().ToList();
        if (page.EndingBefore is { } before)
        {
            var newer = newestFirst.TakeWhile(decision => decision.Attempt != before).ToList();
            return new Page<RoutingDecision>(newer.TakeLast(page.Limit).ToList(), newer.Count > page.Limit);
        }

        var older = page.StartingAfter is { } after ? newestFirst.SkipWhile(decision => decision.Attempt != after).Skip(1).ToList() : newestFirst;
        return new Page<RoutingDecision>(older.Take(page.Limit).ToList(), older.Count > page.Limit);
    }
}
