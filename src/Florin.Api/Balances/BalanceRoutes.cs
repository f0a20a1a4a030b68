using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Balances;

/// <summary><c>/v1/balance</c> and <c>/v1/balance_transactions</c>: what the merchant is owed, and what made it so.</summary>
internal static class BalanceRoutes
{
    private const string Url = "/v1/balance_transactions";
    private static readonly AnsweredObject One = new("balance_transaction");

    public static IReadOnlyList<ApiRoute> Balance { get; } =
        [new("GET", "/v1/balance", RouteAccess.Secret, new AnsweredObject("balance"), ShowAsync)];

    public static IReadOnlyList<ApiRoute> Transactions { get; } =
    [
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, ListAsync),
        new("GET", Url + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<BalanceTransactionId, BalanceTransaction>(
            "balance transaction", id => call.Services.Balances.FindAsync(call.Scope, id, call.Ct), call.WriteBalanceTransaction)),
    ];

    private static async Task<StoredResponse> ShowAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        var balances = await call.Services.Balances.BalanceAsync(call.Scope, call.Ct);
        return ApiCall.Ok((balances, call.Scope.IsLive), static (writer, it) => PaymentJson.Write(writer, it.balances, it.IsLive));
    }

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        var (from, before) = parameters.ReadCreated();
        var filter = new BalanceTransactionFilter(ReadKinds(parameters), parameters.CurrencyCode("currency"), ReadSource(parameters), from, before);

        // Nothing is paid out yet, so no payout has transactions.
        if (parameters.FilledText("payout", most: 200) is { } payout) parameters.NoSuch("payout", "payout", payout);
        return call.ListAsync<BalanceTransactionId, BalanceTransaction>(
            Url, page => call.Services.Balances.ListAsync(call.Scope, filter, page, call.Ct), call.WriteBalanceTransaction);
    }

    private static BalanceTransactionKind[]? ReadKinds(ParameterReader parameters)
    {
        var types = Enum.GetValues<BalanceTransactionKind>().Select(WireText.TypeOf).Distinct().Select(type => (type, type)).ToArray();
        if (parameters.FilledText("type", most: 100) is not { } wanted) return null;
        var kinds = Enum.GetValues<BalanceTransactionKind>().Where(kind => WireText.TypeOf(kind) == wanted).ToArray();
        if (kinds.Length > 0) return kinds;
        var known = string.Join(", ", types.Select(type => type.Item1));
        parameters.Refuse<string>("type", "parameter_invalid", $"type must be one of {known}; there are no others here.");
        return null;
    }

    private static Guid? ReadSource(ParameterReader parameters)
    {
        if (parameters.FilledText("source", most: 200) is not { } text) return null;
        if (Ids.TryParse<ChargeId>(text, out var charge)) return charge.Value;
        if (Ids.TryParse<RefundId>(text, out var refund)) return refund.Value;
        if (Ids.TryParse<DisputeId>(text, out var dispute)) return dispute.Value;
        parameters.NoSuch("source", "source", text);
        return null;
    }
}
