using System.Buffers.Text;
using System.Text.Json;
using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Storage.Search;

namespace Florin.Api.Search;

/// <summary><c>/v1/{objects}/search</c>: a query instead of filters, and a page token instead of cursors.</summary>
internal static class SearchRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        Route<PaymentIntentId, PaymentIntent>(
            "/v1/payment_intents/search", "payment_intent", static (call, query, page) => call.Services.Search.PaymentIntentsAsync(call.Scope, query, page, call.Ct), PaymentJson.Write, static intent => intent.Id) with { Resource = ApiResource.PaymentIntents },
        Route<ChargeId, Charge>(
            "/v1/charges/search", "charge", static (call, query, page) => call.Services.Search.ChargesAsync(call.Scope, query, page, call.Ct), PaymentJson.Write, static charge => charge.Id) with { Resource = ApiResource.Charges },
        Route<CustomerId, Customer>(
            "/v1/customers/search", "customer", static (call, query, page) => call.Services.Search.CustomersAsync(call.Scope, query, page, call.Ct), PaymentJson.Write, static customer => customer.Id) with { Resource = ApiResource.Customers },
    ];

    /// <summary>A search of one kind of object.</summary>
    /// <param name="search">Finds a page, or refuses the query.</param>
    public static ApiRoute Route<TId, T>(
        string url,
        string name,
        Func<ApiCall, string, PageRequest<TId>, Task<Result<Page<T>>>> search,
        Action<Utf8JsonWriter, T> write,
        Func<T, TId> idOf)
        where TId : struct, IId<TId> => new("GET", url, RouteAccess.Secret, new AnsweredObject(name, IsList: true, IsSearch: true), async call =>
    {
        var query = call.Parameters.RequiredText("query", most: SearchQuery.MostCharacters);
        var limit = (int)(call.Parameters.Integer("limit", 1, 100) ?? 10);
        var after = ReadToken<TId>(call.Parameters);
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return (await call.Services.LongReads.RunAsync(async () =>
        {
            var found = await search(call, query!, new PageRequest<TId>(limit, StartingAfter: after));
            return found.Match(page => ApiCall.Ok(page, (writer, it) => WriteResult(writer, url, it, write, idOf)), call.Refuse);
        }, call.Ct)).Match(static answer => answer, call.Refuse);
    });

    private static void WriteResult<TId, T>(Utf8JsonWriter writer, string url, Page<T> page, Action<Utf8JsonWriter, T> write, Func<T, TId> idOf)
        where TId : struct, IId<TId>
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "search_result"u8);
        writer.WriteStartArray("data"u8);
        foreach (var item in page.Items) write(writer, item);
        writer.WriteEndArray();
        writer.WriteBoolean("has_more"u8, page.HasMore);
        writer.WriteString("next_page"u8, page.HasMore ? TokenOf(idOf(page.Items[^1])) : null);
        writer.WriteString("url"u8, url);
        writer.WriteEndObject();
    }

    // The last object of a page: what the next one follows. Opaque, so that nobody comes to rely on what is in it.
    private static string TokenOf<TId>(TId last) where TId : struct, IId<TId> => Base64Url.EncodeToString(last.Value.ToByteArray(bigEndian: true));

    private static TId? ReadToken<TId>(ParameterReader parameters) where TId : struct, IId<TId>
    {
        if (parameters.FilledText("page", most: 100) is not { } token) return null;
        Span<byte> bytes = stackalloc byte[16];
        if (Base64Url.IsValid(token, out var length) && length == bytes.Length && Base64Url.TryDecodeFromChars(token, bytes, out _)
            && new Guid(bytes, bigEndian: true) is var value && value != Guid.Empty)
        {
            return TId.From(value);
        }

        parameters.Refuse<string>("page", "parameter_invalid", "page must be the next_page of the answer before.");
        return null;
    }
}
