using Florin.Kernel;

namespace Florin.Ledger.Imports;

/// <summary>What a file says of a transaction besides its date and postings, by the names that exports write.</summary>
internal sealed record TransactionFacts(string Kind, Guid? Subject, Correction? Correction, LedgerTransactionId? Corrects, string? Metadata)
{
    /// <param name="refuse">Told what is wrong.</param>
    public static TransactionFacts Read(IReadOnlyDictionary<string, string> named, Action<string> refuse)
    {
        Guid? subject = null;
        if (Given(named, "subject") is { } text)
        {
            if (Guid.TryParseExact(text, "N", out var id)) subject = id;
            else refuse($"subject: '{text}' is not 32 hex digits.");
        }

        LedgerTransactionId? corrects = null;
        Correction? correction = null;
        if (Given(named, "corrects") is { } corrected)
        {
            if (Ids.TryParse<LedgerTransactionId>(corrected, out var id)) corrects = id;
            else refuse($"corrects: '{corrected}' is no id of a ledger transaction.");
        }

        if (Given(named, "correction") is { } word)
        {
            if (word is "reversal" or "adjustment") correction = LedgerWords.CorrectionOf(word);
            else refuse($"correction: '{word}' is neither reversal nor adjustment.");
        }

        var metadata = Given(named, "metadata");
        if (metadata is not null && !DraftText.IsJson(metadata)) refuse("metadata: this is no JSON.");
        return new TransactionFacts(Given(named, "kind") ?? Draft.DefaultKind, subject, correction, corrects, metadata);
    }

    public Draft ApplyTo(Draft draft, string description) => draft with
    {
        Kind = Kind,
        Subject = Subject,
        Correction = Correction,
        Corrects = Corrects,
        Metadata = Metadata ?? (description.Length > 0 ? DraftText.MetadataOf(description) : null),
    };

    private static string? Given(IReadOnlyDictionary<string, string> named, string name) =>
        named.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
