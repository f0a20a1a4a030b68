using System.Text.Json;
using Florin.Kernel;

namespace Florin.Ledger.Imports;

/// <summary>What a merchant brings along itself: the rules are those of entries by the API (docs/decisions/0048).</summary>
internal static class OwnDrafts
{
    /// <summary>Against which balances to begin with are posted; opened first, as every account of a merchant's own.</summary>
    public const string OpeningBalances = OwnCodes.Prefix + DraftText.OpeningBalances;

    // As many and as long as the API takes.
    private const int MostNotes = 50;
    private const int MostKeyLength = 40;
    private const int MostNoteLength = 500;

    public static Result<NewLedgerTransaction> Read(MerchantScope scope, Draft draft, string reference)
    {
        foreach (var posting in draft.Postings)
        {
            if (!OwnCodes.IsOwn(posting.Account.Code)) return LedgerRefusals.Reserved(posting.Account.Code, "file");
        }

        if (!OwnReferences.IsWellFormed(reference)) return LedgerRefusals.OwnReference;

        // Who may be reversed is a question of all that was posted then, which /reverse asks.
        if (draft.Correction == Correction.Reversal) return LedgerRefusals.ReversalImported;
        if (!NotesOf(draft.Metadata).TryGet(out var notes, out var unreadable)) return unreadable;
        string[] texts = [reference, draft.Kind, .. notes.Keys, .. notes.Values];
        if (Array.Exists(texts, text => CardNumbers.AppearIn(text))) return LedgerRefusals.CardNumberImported;
        var transaction = new NewLedgerTransaction(
            scope, reference, draft.Kind, draft.Subject ?? scope.Merchant.Value, draft.EffectiveAt, draft.Postings)
        {
            Correction = draft.Correction,
            Corrects = draft.Corrects,
            OpensAccounts = false,
            Metadata = BookTexts.Write(notes),
        };

        // Asked before the reference is made that of the book, so that a refusal calls it as the file does.
        return TransactionRules.Refuse(transaction) is { } refusal
            ? refusal
            : transaction with { Reference = OwnReferences.Stored(scope, reference) };
    }

    private static Result<Dictionary<string, string>> NotesOf(string? document)
    {
        var notes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (document is null) return notes;
        using var parsed = JsonDocument.Parse(document);
        if (parsed.RootElement.ValueKind != JsonValueKind.Object) return LedgerRefusals.NotesImported;
        foreach (var note in parsed.RootElement.EnumerateObject())
        {
            var value = note.Value.ValueKind == JsonValueKind.String ? note.Value.GetString()! : null;
            if (value is not { Length: <= MostNoteLength } || note.Name.Length is 0 or > MostKeyLength) return LedgerRefusals.NotesImported;
            if (!notes.TryAdd(note.Name, value) || notes.Count > MostNotes) return LedgerRefusals.NotesImported;
        }

        return notes;
    }
}
