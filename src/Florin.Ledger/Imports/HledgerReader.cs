using System.Text.RegularExpressions;
using Florin.Kernel;
using Florin.Ledger.Exports;

namespace Florin.Ledger.Imports;

/// <summary>Reads transactions of a journal (https://hledger.org/1.25/hledger.html#journal-format): those that we export, and plain
/// ones with dates, descriptions, postings, comments and tags. What it does not know it refuses by name.</summary>
/// <remarks>Balance assertions hold for what the file itself says, in the order of dates, as hledger checks them.</remarks>
internal sealed partial class HledgerReader(MerchantScope scope, TimeZoneInfo zone, Faults faults)
{
    private readonly List<Draft> drafts = [];
    private readonly List<(DateOnly Date, List<Posting> Postings)> checks = [];
    private Entry? entry;
    private bool isInDirective;

    private sealed record Posting(int Line, string Text, string Account, Money? Amount, Money? Asserted);

    private sealed record Entry(int Line, string Text, DateOnly Date, string Description)
    {
        public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

        public List<Posting> Postings { get; } = [];

        public bool IsFaulty { get; set; }
    }

    public IReadOnlyList<Draft> Read(string text)
    {
        var (number, isComment) = (0, false);
        foreach (var range in text.AsSpan().Split('\n'))
        {
            if (faults.AreTooMany) return [];
            var line = text[range].TrimEnd();
            number++;
            if (number == 1) line = line.TrimStart('\uFEFF');
            if (isComment) isComment = line != "end comment";
            else if (line == "comment") isComment = true;
            else ReadLine(number, line);
        }

        Finish();
        if (faults.Count == 0) Check();
        return drafts;
    }

    private void ReadLine(int number, string line)
    {
        if (line.Length == 0)
        {
            Finish();
            isInDirective = false;
        }
        else if (char.IsWhiteSpace(line[0]))
        {
            if (entry is not null) ReadIndented(entry, number, line);
            else if (isInDirective) RefuseSample(number, line);
            else if (line.TrimStart()[0] != ';') faults.Add(number, line, "This line is indented, and there is nothing above that it belongs to.");
        }
        else
        {
            Finish();
            isInDirective = false;
            if (line[0] is ';' or '#' or '*') return;
            if (char.IsAsciiDigit(line[0])) Begin(number, line);
            else ReadDirective(number, line);
        }
    }

    // What these say is said again by each posting.
    private void ReadDirective(int number, string line)
    {
        var word = line.Split(' ', 2)[0];
        isInDirective = word is "account" or "commodity" or "P" or "payee" or "tag" || line == "decimal-mark .";
        if (!isInDirective) faults.Add(number, line, $"'{word}' is nothing that an import reads; account, commodity, payee, tag, P and comments may stand beside transactions.");
        RefuseSample(number, line);
    }

    // A sample says how the amounts of the file are written. We read a point before decimals, whatever it says.
    private void RefuseSample(int number, string line)
    {
        var sample = line.Split(';', 2)[0].Trim();
        if (!sample.StartsWith("commodity ", StringComparison.Ordinal) && !sample.StartsWith("format ", StringComparison.Ordinal)) return;
        if (sample.LastIndexOf(',') > sample.LastIndexOf('.')) faults.Add(number, line, "Amounts have a decimal point; this says that those of the file have a comma, or could mean it.");
    }

    private void Begin(int number, string line)
    {
        var match = Header().Match(line);
        if (!match.Success || !DraftText.TryDate(match.Groups["date"].Value, out var date))
        {
            Refuse(Invalid(number, line), number, line, "A transaction begins with a date of the form 2026-11-21.");
            return;
        }

        entry = new Entry(number, line, date, match.Groups["description"].Value.Trim());
        if (match.Groups["second"].Success) Refuse(entry, number, line, "A second date is not imported; leave one.");
        if (match.Groups["status"].Value == "!") Refuse(entry, number, line, "A pending transaction (!) is not imported.");
        if (match.Groups["code"].Success) entry.Tags["code"] = match.Groups["code"].Value.Trim();
        ReadTags(entry, match.Groups["comment"].Value);
    }

    // Its postings are read all the same, so that their faults are listed too.
    private Entry Invalid(int number, string line) => entry = new Entry(number, line, default, "");

    private void ReadIndented(Entry into, int number, string line)
    {
        var text = line.Trim();
        if (text[0] == ';')
        {
            if (into.Postings.Count == 0) ReadTags(into, text[1..]);
            else RefuseDates(into, number, line, text[1..]);
            return;
        }

        var match = PostingForm().Match(text);
        if (!match.Success)
        {
            Refuse(into, number, line, "A posting is an account, two spaces or more, and an amount; pending and virtual postings are not imported.");
            return;
        }

        RefuseDates(into, number, line, match.Groups["comment"].Value);
        var (account, amount) = (match.Groups["account"].Value.TrimEnd(), match.Groups["amount"].Value.Trim());
        Money? asserted = null;
        if (amount.Split('=', 2) is [var before, var wanted])
        {
            amount = before.Trim();
            asserted = HledgerAmount.Parse(wanted.Trim(), out var wrong);
            if (asserted is null) Refuse(into, number, line, $"After the equals sign: {wrong}");
            if (amount.Length == 0) Refuse(into, number, line, "A balance is checked only beside an amount; this would assign it.");
        }

        Money? moved = null;
        if (amount.Length > 0)
        {
            moved = HledgerAmount.Parse(amount, out var wrong);
            if (moved is null) Refuse(into, number, line, wrong);
        }

        if (amount.Length == 0 && HledgerAmount.Ends(account))
        {
            Refuse(into, number, line, $"'{account}' ends in an amount; two spaces or more part an account from its amount.");
        }

        if (NameOf(account, Currency.Eur) is null)
        {
            Refuse(into, number, line, $"'{account}': an account is one of assets, liabilities, income (or revenues), expenses and equity, a colon, and a name.");
        }

        into.Postings.Add(new Posting(number, line, account, moved, asserted));
    }

    private void Finish()
    {
        if (entry is not { } finished) return;
        entry = null;
        if (finished.Postings.Count == 0 && !finished.IsFaulty) Refuse(finished, finished.Line, finished.Text, "The transaction has no postings.");
        if (!finished.IsFaulty) Infer(finished);
        if (finished.IsFaulty) return;
        checks.Add((finished.Date, finished.Postings));

        // One that does nothing but check balances moves nothing.
        var moving = finished.Postings.FindAll(posting => !posting.Amount!.Value.IsZero);
        if (moving.Count == 0) return;
        if (DraftOf(finished, moving) is { } draft) drafts.Add(draft);
    }

    // The posting without an amount takes what the others leave, in each currency.
    private void Infer(Entry finished)
    {
        var elided = finished.Postings.FindAll(posting => posting.Amount is null);
        if (elided.Count > 1) Refuse(finished, elided[1].Line, elided[1].Text, "A second posting without an amount: only one can take what is left.");
        foreach (var posting in finished.Postings)
        {
            if (posting is { Amount.IsZero: true, Asserted: null }) Refuse(finished, posting.Line, posting.Text, "The amount is zero.");
        }

        if (elided.Count != 1 || finished.IsFaulty) return;
        var left = finished.Postings.Where(posting => posting.Amount is not null)
            .GroupBy(posting => posting.Amount!.Value.Currency)
            .Select(group => (Currency: group.Key, Minor: -group.Aggregate((Int128)0, (sum, posting) => sum + posting.Amount!.Value.Minor)))
            .Where(rest => rest.Minor != 0)
            .ToList();
        if (left.Count == 0 || left.Exists(rest => Int128.Abs(rest.Minor) > long.MaxValue))
        {
            Refuse(finished, elided[0].Line, elided[0].Text, "Nothing is left for this posting, or more than an amount can be.");
            return;
        }

        var at = finished.Postings.IndexOf(elided[0]);
        finished.Postings.RemoveAt(at);
        finished.Postings.InsertRange(at, left.Select(rest => elided[0] with { Amount = new Money((long)rest.Minor, rest.Currency) }));
    }

    private Draft? DraftOf(Entry finished, List<Posting> moving)
    {
        var tags = finished.Tags;
        var effectiveAt = DraftText.EffectiveAt(
            finished.Date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), tags.GetValueOrDefault("effective"), zone, out var wrong);
        if (effectiveAt is null) Refuse(finished, finished.Line, finished.Text, wrong);
        var facts = TransactionFacts.Read(tags, message => Refuse(finished, finished.Line, finished.Text, message));
        if (finished.IsFaulty) return null;

        // Our own exports repeat the kind as description.
        var description = finished.Description == HledgerText.Description(facts.Kind) ? "" : finished.Description;
        return facts.ApplyTo(new Draft(finished.Line, finished.Text, effectiveAt!.Value, [.. moving.Select(PostingOf)]), description) with
        {
            Reference = tags.GetValueOrDefault("reference") ?? (tags.GetValueOrDefault("code") is { Length: > 0 } code ? code : null),
        };
    }

    private NewPosting PostingOf(Posting posting)
    {
        var amount = posting.Amount!.Value;
        return new NewPosting(
            NameOf(posting.Account, amount.Currency)!,
            amount.Minor > 0 ? PostingSide.Debit : PostingSide.Credit,
            amount.Minor > 0 ? amount : -amount);
    }

    private AccountName? NameOf(string account, Currency currency)
    {
        if (account.Split(':', 2) is not [var root, { Length: > 0 } rest]) return null;
        AccountKind? kind = root.ToLowerInvariant() switch
        {
            "assets" or "asset" => AccountKind.Asset,
            "liabilities" or "liability" => AccountKind.Liability,
            "income" or "incomes" or "revenue" or "revenues" => AccountKind.Income,
            "expenses" or "expense" => AccountKind.Expense,
            "equity" => AccountKind.Equity,
            _ => null,
        };
        return kind is { } known ? new AccountName(scope, HledgerText.Decode(rest), known, currency) : null;
    }

    private void Check()
    {
        var sums = new Dictionary<(string, Currency), Int128>();
        foreach (var posting in checks.OrderBy(check => check.Date).SelectMany(check => check.Postings))
        {
            var amount = posting.Amount!.Value;
            var sum = sums[(posting.Account, amount.Currency)] = sums.GetValueOrDefault((posting.Account, amount.Currency)) + amount.Minor;
            if (posting.Asserted is not { } asserted) continue;
            if (asserted.Currency != amount.Currency) sum = sums.GetValueOrDefault((posting.Account, asserted.Currency));
            if (sum == asserted.Minor) continue;
            faults.Add(
                posting.Line, posting.Text, $"The balance is {Amounts.ToDecimal(sum, asserted.Currency)} {asserted.Currency} by what the file says, and {asserted} is asserted.");
        }
    }

    private static void ReadTags(Entry into, string comment)
    {
        foreach (var piece in comment.Split(','))
        {
            var match = Tag().Match(piece);
            if (match.Success) into.Tags.TryAdd(match.Groups["name"].Value, HledgerText.Decode(match.Groups["value"].Value.Trim()));
        }
    }

    private void RefuseDates(Entry into, int number, string line, string comment)
    {
        if (PostingDate().IsMatch(comment)) Refuse(into, number, line, "A date of a single posting is not imported.");
    }

    private void Refuse(Entry at, int number, string line, string message)
    {
        at.IsFaulty = true;
        faults.Add(number, line, message);
    }

    [GeneratedRegex(@"^(?<date>[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2})(?<second>=\S+)?(?:\s+(?<status>[*!]))?(?:\s+\((?<code>[^)]*)\))?(?:\s+(?<description>[^;]*))?(?:;(?<comment>.*))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Header();

    // Costs and lots (@, {}) are in no amount that the next step knows.
    [GeneratedRegex(@"^(?:\*\s+)?(?<account>[^\s!*(\[;][^\t;]*?)(?:(?:\s{2,}|\t)(?<amount>[^;]*))?(?:;(?<comment>.*))?$", RegexOptions.CultureInvariant)]
    private static partial Regex PostingForm();

    [GeneratedRegex(@"(?:^|\s)(?<name>reference|kind|subject|effective|correction|corrects|metadata):(?<value>.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\bdate2?:|\[[0-9=]", RegexOptions.CultureInvariant)]
    private static partial Regex PostingDate();
}
