using System.Globalization;
using Florin.Kernel;
using Florin.Ledger.Exports;

namespace Florin.Ledger.Imports;

/// <summary>Reads transactions, or opening balances, from rows of CSV.</summary>
internal sealed class CsvDrafts(MerchantScope scope, TimeZoneInfo zone, Faults faults)
{
    private static readonly string[] OpeningColumns = ["date", "effective", "reference", "account", "account_kind", "currency", "balance", "balance_minor"];

    private readonly List<Draft> drafts = [];

    /// <summary>Rows that follow each other with the same reference are one transaction.</summary>
    public IReadOnlyList<Draft> ReadPostings(string text)
    {
        var together = new List<(NamedRow Row, NewPosting Posting)>();
        var (reference, isFaulty) = ("", false);
        string[] known = [.. PostingsCsvWriter.Columns, "description"];
        foreach (var row in CsvTable.Read(text, known, ["reference", "account", "account_kind", "currency", "side"], faults))
        {
            if (row["reference"] is not { } mine)
            {
                faults.Add(row.Line, row.Text, "The reference is missing, by which rows make up a transaction.");
                continue;
            }

            if (mine != reference)
            {
                Finish(reference, together, isFaulty);
                (reference, isFaulty) = (mine, false);
                together.Clear();
            }

            if (PostingOf(row) is { } posting) together.Add((row, posting));
            else isFaulty = true;
        }

        Finish(reference, together, isFaulty);
        return drafts;
    }

    /// <summary>Each row is a transaction of its own, against the opening balances of its currency.</summary>
    /// <param name="against">The code of the equity account on the other side.</param>
    public IReadOnlyList<Draft> ReadOpening(string text, string against)
    {
        foreach (var row in CsvTable.Read(text, OpeningColumns, ["account", "account_kind", "currency"], faults))
        {
            if (AccountOf(row) is not { } account || AmountOf(row, account.Currency, "balance", "balance_minor") is not { } balance) continue;
            if (EffectiveOf(row) is not { } effectiveAt) continue;
            if (balance.IsZero || balance.Minor == long.MinValue)
            {
                faults.Add(row.Line, row.Text, "The balance is zero, or more than an amount can be.");
                continue;
            }

            var side = balance.Minor * account.Kind.NaturalSign() > 0 ? PostingSide.Debit : PostingSide.Credit;
            var other = side == PostingSide.Debit ? PostingSide.Credit : PostingSide.Debit;
            var amount = balance with { Minor = Math.Abs(balance.Minor) };
            var opening = new AccountName(scope, against, AccountKind.Equity, account.Currency);
            drafts.Add(new Draft(row.Line, row.Text, effectiveAt, [new NewPosting(account, side, amount), new NewPosting(opening, other, amount)])
            {
                Reference = row["reference"] ?? $"opening:{account.Code}:{account.Currency}",
                Kind = "opening_balance",
            });
        }

        return drafts;
    }

    private void Finish(string reference, List<(NamedRow Row, NewPosting Posting)> together, bool isFaulty)
    {
        if (together.Count == 0) return;
        var first = together[0].Row;
        foreach (var (row, _) in together)
        {
            // Of a transaction's facts, each row repeats all.
            string[] facts = ["date", "effective", "kind", "subject", "correction", "corrects", "metadata", "description"];
            if (Array.Find(facts, fact => row[fact] != first[fact]) is not { } differing) continue;
            faults.Add(row.Line, row.Text, $"Column {differing} differs from that of line {first.Line}, which has the same reference.");
            isFaulty = true;
        }

        var effectiveAt = EffectiveOf(first);
        var named = new Dictionary<string, string>();
        foreach (var fact in (string[])["kind", "subject", "correction", "corrects", "metadata"])
        {
            if (first[fact] is { } value) named.Add(fact, value);
        }

        var transactionFacts = TransactionFacts.Read(named, message =>
        {
            faults.Add(first.Line, first.Text, message);
            isFaulty = true;
        });
        if (isFaulty || effectiveAt is null) return;
        var draft = new Draft(first.Line, first.Text, effectiveAt.Value, [.. together.Select(one => one.Posting)]) { Reference = reference };
        drafts.Add(transactionFacts.ApplyTo(draft, first["description"] ?? ""));
    }

    private NewPosting? PostingOf(NamedRow row)
    {
        if (AccountOf(row) is not { } account) return null;
        if (row["side"] is not ("debit" or "credit"))
        {
            faults.Add(row.Line, row.Text, $"side: '{row["side"]}' is neither debit nor credit.");
            return null;
        }

        if (AmountOf(row, account.Currency, "amount", "amount_minor") is not { } amount) return null;
        if (!amount.IsPositive)
        {
            faults.Add(row.Line, row.Text, $"An amount is positive, and this is {amount}; the side says which way it goes.");
            return null;
        }

        return new NewPosting(account, row["side"] == "debit" ? PostingSide.Debit : PostingSide.Credit, amount);
    }

    private AccountName? AccountOf(NamedRow row)
    {
        var before = faults.Count;
        var code = row["account"];
        if (code is null) faults.Add(row.Line, row.Text, "The account is missing.");
        if (!LedgerWords.TryKind(row["account_kind"] ?? "", out var kind))
        {
            faults.Add(row.Line, row.Text, $"account_kind: '{row["account_kind"]}' is none of {LedgerWords.AllKinds}.");
        }

        if (!Currency.TryGet(row["currency"], out var currency) || !currency.IsPayable)
        {
            faults.Add(row.Line, row.Text, $"currency: '{row["currency"]}' is no currency of ISO 4217 in which amounts can be named.");
        }

        return faults.Count == before ? new AccountName(scope, code!, kind, currency!) : null;
    }

    // In major or minor units; where both are given they agree, or one of them was changed and the other forgotten.
    private Money? AmountOf(NamedRow row, Currency currency, string major, string minor)
    {
        Money? amount = null;
        if (row[major] is { } text)
        {
            if (DraftText.TryAmount(text, currency, out var read)) amount = read;
            else return Fault(row, $"{major}: '{text}' is no amount of {currency}, which has {currency.Digits} digits after the point.");
        }

        if (row[minor] is { } units)
        {
            if (!long.TryParse(units, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return Fault(row, $"{minor}: '{units}' is no whole number.");
            if (amount is { } given && given.Minor != number) return Fault(row, $"{major} says {given} and {minor} says {number} minor units.");
            amount = new Money(number, currency);
        }

        return amount ?? Fault(row, $"Neither {major} nor {minor} is given.");
    }

    private DateTimeOffset? EffectiveOf(NamedRow row)
    {
        if (row["date"] is null && row["effective"] is null)
        {
            faults.Add(row.Line, row.Text, "Neither date nor effective is given.");
            return null;
        }

        var at = DraftText.EffectiveAt(row["date"], row["effective"], zone, out var wrong);
        if (at is null) faults.Add(row.Line, row.Text, wrong);
        return at;
    }

    private Money? Fault(NamedRow row, string message)
    {
        faults.Add(row.Line, row.Text, message);
        return null;
    }
}
