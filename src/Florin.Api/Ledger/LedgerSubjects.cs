using System.Text.Json;
using Florin.Ledger;

namespace Florin.Api.Ledger;

/// <summary>What caused a transaction, as an id with its prefix.</summary>
internal static class LedgerSubjects
{
    /// <returns>Null where nothing that Florin knows did.</returns>
    public static string? Of(TransactionDetail transaction)
    {
        if (transaction.Subject == transaction.Scope.Merchant.Value) return null;

        // Florin's own references end in what they stand for: capture:ch_...; the merchant's are noted beside.
        if (transaction.Reference.Split(':') is [_, var id] && EndsWith(id, transaction.Subject)) return id;
        if (transaction.Metadata is not { } document) return null;
        using var notes = JsonDocument.Parse(document);
        return notes.RootElement.ValueKind == JsonValueKind.Object
            && notes.RootElement.TryGetProperty(LedgerParameters.SubjectKey, out var noted)
            && noted.ValueKind == JsonValueKind.String && EndsWith(noted.GetString()!, transaction.Subject)
                ? noted.GetString()
                : null;
    }

    private static bool EndsWith(string id, Guid subject) => id.EndsWith(subject.ToString("N"), StringComparison.Ordinal);
}
