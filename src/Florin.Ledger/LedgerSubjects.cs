using System.Text.Json;

namespace Florin.Ledger;

/// <summary>What caused a transaction, as an id with its prefix; the book keeps the bare id.</summary>
public static class LedgerSubjects
{
    /// <summary>Under which key the id of a cause is noted beside a merchant's own transaction.</summary>
    public const string NotedAs = "subject";

    /// <returns>Null where nothing that Florin knows did.</returns>
    public static string? Of(TransactionDetail transaction)
    {
        if (transaction.Subject == transaction.Scope.Merchant.Value) return null;

        // Florin's own references end in what they stand for: capture:ch_...; the merchant's are noted beside.
        if (transaction.Reference.Split(':') is [_, var id] && IsOf(id, transaction.Subject)) return id;
        if (transaction.Metadata is not { } document) return null;
        using var notes = JsonDocument.Parse(document);
        return notes.RootElement.ValueKind == JsonValueKind.Object
            && notes.RootElement.TryGetProperty(NotedAs, out var noted)
            && noted.ValueKind == JsonValueKind.String && IsOf(noted.GetString()!, transaction.Subject)
                ? noted.GetString()
                : null;
    }

    private static bool IsOf(string id, Guid subject) => id.EndsWith(subject.ToString("N"), StringComparison.Ordinal);
}
