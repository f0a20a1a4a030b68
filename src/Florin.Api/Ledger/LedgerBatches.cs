using Florin.Api.Requests;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Storage.Idempotency;

namespace Florin.Api.Ledger;

/// <summary>Posts many transactions in one call, each of which is right or wrong by itself.</summary>
internal static class LedgerBatches
{
    private const string Name = "transactions";
    private const int MostTransactions = 10_000;

    public static async Task<StoredResponse> PostAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        var isLinked = parameters.Bool("linked") ?? false;
        if (!parameters.Has(Name)) parameters.Missing<string>(Name);
        var readers = parameters.Items(Name) ?? [];
        if (parameters.Has(Name) && readers.Count is 0 or > MostTransactions)
        {
            parameters.Refuse<string>(Name, "parameter_invalid", $"A call has 1 to {MostTransactions} transactions; this one has {readers.Count}.");
        }

        // All are read before any is judged, since what describes the API stops at the first judgement.
        var drafts = readers.Count > MostTransactions ? [] : readers.Select(item => item.ReadTransaction()).ToList();
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        var items = drafts.Select((draft, i) => readers[i].Finish() is { } wrong ? wrong : (Result<OwnTransaction>)draft!).ToList();
        return await call.WriteAsync<PostedBatch>(
            answer => call.Services.Books.PostBatchAsync(call.Scope, items, isLinked, answer, call.Ct),
            (writer, batch) => LedgerJson.WriteBatch(writer, Named(batch), call.Scope.IsLive));
    }

    /// <summary>Says of each refused transaction which one of the call it is: <c>transactions[17][postings][1][amount]</c>.</summary>
    private static PostedBatch Named(PostedBatch batch) => new(
        [.. batch.Results.Select((result, i) => result.Refusal is { } refusal ? refusal with { Param = Within(i, refusal.Param) } : result)]);

    private static string Within(int index, string? param)
    {
        var item = $"{Name}[{index}]";
        if (param is null) return item;
        if (param.StartsWith(item, StringComparison.Ordinal)) return param;
        var bracket = param.IndexOf('[', StringComparison.Ordinal);
        return bracket < 0 ? $"{item}[{param}]" : $"{item}[{param[..bracket]}]{param[bracket..]}";
    }
}
