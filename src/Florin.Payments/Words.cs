using System.Collections.Frozen;
using System.Text.Json;

namespace Florin.Payments;

/// <summary>The members of an enum as the database and the wire spell them: in snake case.</summary>
internal static class Words<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> Spelled =
        Enum.GetValues<T>().ToFrozenDictionary(member => member, member => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.ToString()));

    private static readonly FrozenDictionary<string, T> Read =
        Spelled.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    public static string Of(T member) => Spelled[member];

    public static string? Of(T? member) => member is { } known ? Spelled[known] : null;

    /// <exception cref="FormatException">The word is none of the enum's.</exception>
    public static T Parse(string word) =>
        Read.TryGetValue(word, out var member) ? member : throw new FormatException($"'{word}' is no {typeof(T).Name}.");

    public static bool TryParse(string word, out T member) => Read.TryGetValue(word, out member);

    public static T? ParseOrNull(string? word) => word is null ? null : Parse(word);
}

/// <summary>Small documents kept in a text column.</summary>
internal static class Documents
{
    public static readonly IReadOnlyDictionary<string, string> NoMetadata = new Dictionary<string, string>();

    private const string NothingWritten = "{}";

    public static string Write(IReadOnlyDictionary<string, string> metadata) =>
        metadata.Count == 0 ? NothingWritten : JsonSerializer.Serialize(metadata, DocumentsJson.Default.IReadOnlyDictionaryStringString);

    public static IReadOnlyDictionary<string, string> ReadMetadata(string text) =>
        text == NothingWritten ? NoMetadata : JsonSerializer.Deserialize(text, DocumentsJson.Default.IReadOnlyDictionaryStringString)!;

    public static string Write(BillingDetails billing) =>
        billing == BillingDetails.None ? NothingWritten : JsonSerializer.Serialize(billing, DocumentsJson.Default.BillingDetails);

    public static BillingDetails ReadBilling(string text) =>
        text == NothingWritten ? BillingDetails.None : JsonSerializer.Deserialize(text, DocumentsJson.Default.BillingDetails)!;

    public static string? Write(PaymentErrorDocument? error) =>
        error is null ? null : JsonSerializer.Serialize(error, DocumentsJson.Default.PaymentErrorDocument);

    public static PaymentErrorDocument? ReadError(string? text) =>
        text is null ? null : JsonSerializer.Deserialize(text, DocumentsJson.Default.PaymentErrorDocument);

    public static string Write(IReadOnlyList<CheckoutLineDocument> lines) =>
        JsonSerializer.Serialize(lines, DocumentsJson.Default.IReadOnlyListCheckoutLineDocument);

    public static IReadOnlyList<CheckoutLineDocument> ReadLines(string text) =>
        JsonSerializer.Deserialize(text, DocumentsJson.Default.IReadOnlyListCheckoutLineDocument)!;
}

internal sealed record PaymentErrorDocument(string Code, string? DeclineCode, string Message, Guid? PaymentMethod, Guid? Charge)
{
    public static PaymentErrorDocument? Of(PaymentError? error) => error is null
        ? null
        : new PaymentErrorDocument(error.Code, error.DeclineCode, error.Message, error.PaymentMethod?.Value, error.Charge?.Value);

    public PaymentError ToError() => new(
        Code,
        DeclineCode,
        Message,
        PaymentMethod is { } method ? new PaymentMethodId(method) : null,
        Charge is { } charge ? new ChargeId(charge) : null);
}

internal sealed record CheckoutLineDocument(string Name, string? Description, string? Image, long UnitMinor, long Quantity, Guid? Price);

[System.Text.Json.Serialization.JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[System.Text.Json.Serialization.JsonSerializable(typeof(BillingDetails))]
[System.Text.Json.Serialization.JsonSerializable(typeof(PaymentErrorDocument))]
[System.Text.Json.Serialization.JsonSerializable(typeof(IReadOnlyList<CheckoutLineDocument>))]
internal sealed partial class DocumentsJson : System.Text.Json.Serialization.JsonSerializerContext;
