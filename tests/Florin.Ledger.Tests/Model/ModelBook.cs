namespace Florin.Ledger.Tests.Model;

/// <summary>The book as one would write it if there were no database, no speed and nobody else: what the engine must agree
/// with. One currency; amounts in an account's natural direction.</summary>
internal sealed class ModelBook(IReadOnlyDictionary<AccountName, (long? Min, long? Max)> bounds)
{
    private readonly Dictionary<AccountName, long> posted = [];
    private readonly Dictionary<AccountName, long> heldOut = [];
    private readonly Dictionary<AccountName, long> heldIn = [];
    private readonly Dictionary<string, NewLedgerTransaction> references = [];

    public long Posted(AccountName name) => posted.GetValueOrDefault(name);

    public long Available(AccountName name) => Posted(name) - heldOut.GetValueOrDefault(name);

    /// <returns>Null where it stands, else the refusal's code.</returns>
    public string? Post(NewLedgerTransaction transaction, IReadOnlyList<NewPosting>? released = null)
    {
        if (references.TryGetValue(transaction.Reference, out var before))
        {
            var same = before.Kind == transaction.Kind && before.Postings.SequenceEqual(transaction.Postings);
            return same ? null : "reference_reused";
        }

        if (released is not null) Hold(released, -1);
        Add(transaction.Postings, 1);
        if (Crossed(transaction.Postings) is { } crossed)
        {
            Add(transaction.Postings, -1);
            if (released is not null) Hold(released, 1);
            return crossed;
        }

        references.Add(transaction.Reference, transaction);
        return null;
    }

    public string? Hold(IReadOnlyList<NewPosting> postings)
    {
        Hold(postings, 1);
        if (Crossed(postings) is not { } crossed) return null;
        Hold(postings, -1);
        return crossed;
    }

    public void LetGo(IReadOnlyList<NewPosting> postings) => Hold(postings, -1);

    private string? Crossed(IReadOnlyList<NewPosting> postings)
    {
        foreach (var name in postings.Select(posting => posting.Account))
        {
            if (!bounds.TryGetValue(name, out var bound)) continue;
            if (Available(name) < bound.Min) return "ledger_min_balance";
            if (Posted(name) + heldIn.GetValueOrDefault(name) > bound.Max) return "ledger_max_balance";
        }

        return null;
    }

    private void Add(IReadOnlyList<NewPosting> postings, int sign)
    {
        foreach (var posting in postings) posted[posting.Account] = Posted(posting.Account) + (sign * Natural(posting));
    }

    private void Hold(IReadOnlyList<NewPosting> postings, int sign)
    {
        foreach (var posting in postings)
        {
            var natural = Natural(posting);
            var held = natural > 0 ? heldIn : heldOut;
            held[posting.Account] = held.GetValueOrDefault(posting.Account) + (sign * Math.Abs(natural));
        }
    }

    private static long Natural(NewPosting posting)
    {
        var growsByDebit = posting.Account.Kind is AccountKind.Asset or AccountKind.Expense;
        return growsByDebit == (posting.Side == PostingSide.Debit) ? posting.Amount.Minor : -posting.Amount.Minor;
    }
}
