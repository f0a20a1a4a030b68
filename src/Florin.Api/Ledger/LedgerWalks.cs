using System.Buffers.Text;
using Florin.Api.Requests;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Api.Ledger;

/// <summary><c>GET /v1/florin/ledger/transactions</c>: a list whose pages may come out short, with a token for the next one.</summary>
internal static class LedgerWalks
{
    private const char Older = 'o';
    private const char Newer = 'n';

    public static Task<StoredResponse> ListAsync(ApiCall call, string url)
    {
        var parameters = call.Parameters;
        var filter = new TransactionFilter(
            parameters.ReadReference(), parameters.ReadKind(), parameters.ReadSubject()?.Id, parameters.Id<LedgerAccountId>("account"), parameters.ReadSpan())
        {
            Metadata = parameters.Metadata() ?? CardParameters.NoMetadata,
        };
        var page = ReadPage(call);
        if (parameters.Finish() is { } refusal) return Task.FromResult(call.Refuse(refusal));

        return filter.IsLookedFor(call.Scope) ? LedgerReportRoutes.InTurnAsync(call, ShowAsync) : ShowAsync();

        async Task<StoredResponse> ShowAsync() => ApiCall.Ok(
            (Url: url, Found: await call.Services.Books.TransactionsAsync(call.Scope, filter, page, call.Ct), Direction: page.EndingBefore is null ? Older : Newer),
            static (writer, shown) =>
            {
                writer.WriteStartObject();
                writer.WriteString("object"u8, "list"u8);
                writer.WriteStartArray("data"u8);
                foreach (var item in shown.Found.Items) LedgerJson.WriteTransaction(writer, item);
                writer.WriteEndArray();
                writer.WriteBoolean("has_more"u8, shown.Found.HasMore);
                writer.WriteText("next_page"u8, TokenOf(shown.Found, shown.Direction));
                writer.WriteString("url"u8, shown.Url);
                writer.WriteEndObject();
            });
    }

    private static PageRequest<LedgerTransactionId> ReadPage(ApiCall call)
    {
        var (parameters, page) = (call.Parameters, call.ReadPage<LedgerTransactionId>());
        if (parameters.FilledText("page", most: 100) is not { } token) return page;
        if (page.StartingAfter is not null || page.EndingBefore is not null)
        {
            parameters.Refuse<string>("page", "parameters_exclusive", "Give page, starting_after or ending_before, and one of them alone.");
        }

        Span<byte> bytes = stackalloc byte[16];
        if (token[0] is Older or Newer && Base64Url.IsValid(token.AsSpan(1), out var length) && length == bytes.Length
            && Base64Url.TryDecodeFromChars(token.AsSpan(1), bytes, out _) && new Guid(bytes, bigEndian: true) is var value && value != Guid.Empty)
        {
            var cursor = LedgerTransactionId.From(value);
            return token[0] == Older ? page with { StartingAfter = cursor } : page with { EndingBefore = cursor };
        }

        parameters.Refuse<string>("page", "parameter_invalid", "page must be the next_page of the answer before.");
        return page;
    }

    // Opaque, so that nobody takes it for the id of a transaction.
    private static string? TokenOf(WalkedPage page, char direction)
    {
        if (!page.HasMore) return null;
        var cursor = page.WalkedTo ?? (direction == Older ? page.Items[^1].Id : page.Items[0].Id);
        return direction + Base64Url.EncodeToString(cursor.Value.ToByteArray(bigEndian: true));
    }
}
