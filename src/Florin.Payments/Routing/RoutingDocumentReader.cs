using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Wire;
using Florin.Vault;

namespace Florin.Payments.Routing;

/// <summary>Reads a routing document and says of everything that is wrong with it where it stands, as in <c>rules[2].when.amount.min</c>.</summary>
/// <remarks>Strict: a name that is not known is refused, since a condition that is misspelled would otherwise hold for everybody.</remarks>
internal sealed class RoutingDocumentReader
{
    private static readonly FrozenDictionary<string, CardBrand> Brands =
        Enum.GetValues<CardBrand>().ToFrozenDictionary(WireText.Of, brand => brand, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, DayOfWeek> Weekdays = Enum.GetValues<DayOfWeek>()
        .ToFrozenDictionary(day => day.ToString()[..3].ToLowerInvariant(), day => day, StringComparer.Ordinal);

    private readonly List<RoutingProblem> problems = [];
    private readonly IReadOnlyList<ConnectorAccount>? accounts;

    private RoutingDocumentReader(IReadOnlyList<ConnectorAccount>? accounts) => this.accounts = accounts;

    /// <param name="accounts">The merchant's; a document that names another account is wrong. Null: they are not looked at, as
    /// for a document that was checked before.</param>
    public static (RoutingDocument? Document, IReadOnlyList<RoutingProblem> Problems) Read(string text, IReadOnlyList<ConnectorAccount>? accounts)
    {
        var reader = new RoutingDocumentReader(accounts);
        if (text.Length > RoutingBounds.DocumentCharacters)
        {
            return (null, [new("document", $"A document has at most {RoutingBounds.DocumentCharacters} characters; this one has {text.Length}.")]);
        }

        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 16 });
            var document = reader.Document(json.RootElement);
            return reader.problems.Count == 0 ? (document, []) : (null, reader.problems);
        }
        catch (JsonException unreadable)
        {
            return (null, [new("document", $"This is not JSON: line {unreadable.LineNumber + 1}, character {unreadable.BytePositionInLine + 1}.")]);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped; System.Text.Json throws where it is read.
            return (null, [new("document", "A text in it is no text: it has half a character.")]);
        }
    }

    private RoutingDocument Document(JsonElement root)
    {
        if (!IsObject(root, "document", "", "rules", "default", "max_attempts")) return RoutingDocument.Unwritten;
        var rules = new List<RoutingRule>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (element, path) in Items(root, "rules", "rules", RoutingBounds.Rules, mayBeAbsent: true))
        {
            if (Rule(element, path) is not { } rule) continue;
            if (!names.Add(rule.Name)) Wrong($"{path}.name", $"Another rule is called '{rule.Name}'; names tell rules apart in decisions.");
            rules.Add(rule);
        }

        var otherwise = root.TryGetProperty("default", out _) ? Accounts(root, "default", "default") : null;
        if (otherwise is { Count: 0 }) Wrong("default", "Name at least one account, or leave it out: then accounts are tried by their priority.");
        return new RoutingDocument(rules, otherwise, (int)(Number(root, "max_attempts", "max_attempts", 1, RoutingBounds.MostAttempts) ?? RoutingBounds.UsualAttempts));
    }

    private RoutingRule? Rule(JsonElement rule, string path)
    {
        if (!IsObject(rule, path, path, "name", "when", "then")) return null;
        var name = Text(rule, "name", $"{path}.name", RoutingBounds.NameCharacters);
        if (name is null && !rule.TryGetProperty("name", out _)) Wrong($"{path}.name", "Each rule has a name.");
        var when = rule.TryGetProperty("when", out var condition) ? When(condition, $"{path}.when") : RoutingCondition.Always;
        if (!rule.TryGetProperty("then", out var then))
        {
            Wrong($"{path}.then", "Say what the rule does: prefer, split or exclude.");
            return null;
        }

        var thenPath = $"{path}.then";
        if (!IsObject(then, thenPath, thenPath, "prefer", "split", "exclude")) return null;
        var (prefer, exclude) = (Accounts(then, "prefer", $"{thenPath}.prefer"), Accounts(then, "exclude", $"{thenPath}.exclude"));
        var split = Split(then, $"{thenPath}.split");
        if (prefer.Count > 0 && split.Count > 0) Wrong(thenPath, "A rule has prefer or split, not both.");
        if (prefer.Count + split.Count + exclude.Count == 0) Wrong(thenPath, "Say what the rule does: prefer, split or exclude.");
        foreach (var (account, index) in exclude.Select((account, index) => (account, index)))
        {
            if (prefer.Contains(account) || split.Any(share => share.Account == account))
            {
                Wrong($"{thenPath}.exclude[{index}]", $"'{account.Text}' is wanted and excluded by the same rule.");
            }
        }

        return new RoutingRule(name ?? "", when, prefer, split, exclude);
    }

    private RoutingCondition When(JsonElement when, string path)
    {
        if (!IsObject(
            when, path, path, "amount", "currencies", "payment_method_types", "card_brands", "card_countries", "bins", "customers", "metadata", "time"))
        {
            return RoutingCondition.Always;
        }

        return new RoutingCondition
        {
            Amount = when.TryGetProperty("amount", out var amount) ? Amount(amount, $"{path}.amount") : null,
            Currencies = Texts(when, "currencies", $"{path}.currencies", CurrencyCode).ToFrozenSet(StringComparer.Ordinal),
            Methods = Texts(when, "payment_method_types", $"{path}.payment_method_types", Method).ToFrozenSet(StringComparer.Ordinal),
            Brands = Texts(when, "card_brands", $"{path}.card_brands", Brand).ToFrozenSet(),
            Countries = Texts(when, "card_countries", $"{path}.card_countries", Country).ToFrozenSet(StringComparer.Ordinal),
            Bins = Texts(when, "bins", $"{path}.bins", Bin),
            Customers = Texts(when, "customers", $"{path}.customers", Customer).ToFrozenSet(),
            Metadata = Metadata(when, $"{path}.metadata"),
            Time = when.TryGetProperty("time", out var time) ? Time(time, $"{path}.time") : null,
        };
    }

    private AmountRange? Amount(JsonElement amount, string path)
    {
        if (!IsObject(amount, path, path, "currency", "min", "max")) return null;
        if (!amount.TryGetProperty("currency", out _)) Wrong($"{path}.currency", "An amount is of a currency.");
        var code = Text(amount, "currency", $"{path}.currency", 3) is { } text ? CurrencyCode(text, $"{path}.currency") : null;
        var least = Number(amount, "min", $"{path}.min", 1, Intents.IntentsService.MaxAmountMinor);
        var most = Number(amount, "max", $"{path}.max", 1, Intents.IntentsService.MaxAmountMinor);
        if (!amount.TryGetProperty("min", out _) && !amount.TryGetProperty("max", out _)) Wrong(path, "Give min, max, or both.");
        if (least > most) Wrong($"{path}.max", $"max ({most}) is less than min ({least}).");
        return code is null ? null : new AmountRange(Currency.Get(code), least, most);
    }

    private TimeOfDay? Time(JsonElement time, string path)
    {
        if (!IsObject(time, path, path, "zone", "from", "to", "weekdays")) return null;
        if (!time.TryGetProperty("zone", out _)) Wrong($"{path}.zone", "A time of day is of a zone, as in Asia/Seoul.");
        TimeZoneInfo? zone = null;
        if (Text(time, "zone", $"{path}.zone", 64) is { } name && !TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone))
        {
            Wrong($"{path}.zone", $"'{Echo(name)}' is no time zone of the IANA list, as Asia/Seoul is.");
        }

        var days = Texts(time, "weekdays", $"{path}.weekdays", Weekday).ToFrozenSet();
        var (from, until) = (Clock(time, "from", $"{path}.from"), Clock(time, "to", $"{path}.to"));
        if (time.TryGetProperty("from", out _) != time.TryGetProperty("to", out _)) Wrong(path, "Give from and to together.");
        if (!time.TryGetProperty("from", out _) && days.Count == 0) Wrong(path, "Give from and to, weekdays, or both.");
        return zone is null ? null : new TimeOfDay(zone, from ?? TimeOnly.MinValue, until ?? TimeOnly.MinValue, days);
    }

    private TimeOnly? Clock(JsonElement time, string name, string path)
    {
        if (Text(time, name, path, 5) is not { } text) return null;
        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock)) return clock;
        Wrong(path, $"'{Echo(text)}' is no time; write it as 09:30.");
        return null;
    }

    private FrozenDictionary<string, IReadOnlySet<string>> Metadata(JsonElement when, string path)
    {
        var wanted = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        if (!when.TryGetProperty("metadata", out var metadata)) return wanted.ToFrozenDictionary();
        if (metadata.ValueKind != JsonValueKind.Object)
        {
            Wrong(path, "This is an object of keys, each with its values.");
            return wanted.ToFrozenDictionary();
        }

        foreach (var member in metadata.EnumerateObject())
        {
            if (member.Name.Length is 0 or > RoutingBounds.MetadataKeyCharacters)
            {
                Wrong(path, $"A key of metadata has 1 to {RoutingBounds.MetadataKeyCharacters} characters.");
                continue;
            }

            var at = $"{path}.{Echo(member.Name)}";
            if (wanted.Count == RoutingBounds.MetadataKeys)
            {
                Wrong(path, $"A condition asks for at most {RoutingBounds.MetadataKeys} keys.");
                break;
            }

            // One value may be written without the list around it.
            List<string> values = member.Value.ValueKind != JsonValueKind.String ? Texts(metadata, member.Name, at, MetadataValue)
                : MetadataValue(member.Value.GetString()!, at) is { } one ? [one]
                : [];
            if (!wanted.TryAdd(member.Name, values.ToFrozenSet(StringComparer.Ordinal))) Wrong(at, "This key is there twice.");
        }

        return wanted.ToFrozenDictionary();
    }

    private string? MetadataValue(string text, string path)
    {
        if (text.Length <= RoutingBounds.MetadataValueCharacters) return text;
        Wrong(path, $"A value has at most {RoutingBounds.MetadataValueCharacters} characters.");
        return null;
    }

    private List<AccountShare> Split(JsonElement then, string path)
    {
        var shares = new List<AccountShare>();
        if (!then.TryGetProperty("split", out var split)) return shares;
        if (split.ValueKind != JsonValueKind.Object || !split.EnumerateObject().Any())
        {
            Wrong(path, "This is an object of accounts, each with its weight, as in {\"aurora\": 70, \"castellan\": 30}.");
            return shares;
        }

        foreach (var member in split.EnumerateObject())
        {
            var at = $"{path}.{Echo(member.Name)}";
            if (shares.Count == RoutingBounds.Items)
            {
                Wrong(path, $"A split has at most {RoutingBounds.Items} accounts.");
                break;
            }

            var weight = Whole(member.Value, at, 1, RoutingBounds.MostWeight);
            if (Account(member.Name, at) is not { } account || weight is null) continue;
            if (shares.Any(share => share.Account == account)) Wrong(at, "This account is there twice.");
            shares.Add(new AccountShare(account, (int)weight));
        }

        return shares;
    }

    private List<AccountName> Accounts(JsonElement parent, string name, string path)
    {
        var named = new List<AccountName>();
        foreach (var (item, at) in Items(parent, name, path, RoutingBounds.Items, mayBeAbsent: true))
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                Wrong(at, "This is the name of a gateway, or the id of an account there.");
            }
            else if (Account(item.GetString()!, at) is { } account)
            {
                if (named.Contains(account)) Wrong(at, "This account is there twice.");
                else named.Add(account);
            }
        }

        return named;
    }

    // An id and the gateway's own name are the same account; the document is kept as it was written, and read by the gateway's.
    private AccountName? Account(string text, string path)
    {
        if (accounts is null) return new AccountName(text);
        var known = accounts.FirstOrDefault(account => new AccountName(text).Names(account));
        if (known is not null) return new AccountName(known.Connector);
        var there = accounts.Count == 0 ? "none" : string.Join(", ", accounts.Select(account => account.Connector));
        Wrong(path, $"This merchant has no account '{Echo(text)}' in this mode; there is {there}.");
        return null;
    }

    private string? CurrencyCode(string text, string path)
    {
        if (Currency.TryGet(text, out var currency) && currency.IsPayable) return currency.Code;
        Wrong(path, $"'{Echo(text)}' is no currency that is paid in.");
        return null;
    }

    private string? Method(string text, string path)
    {
        if (text == RoutingFacts.CardMethod) return text;
        Wrong(path, $"'{Echo(text)}' is no type of payment method that Florin has; there is {RoutingFacts.CardMethod}.");
        return null;
    }

    private CardBrand? Brand(string text, string path)
    {
        if (Brands.TryGetValue(text, out var brand)) return brand;
        Wrong(path, $"'{Echo(text)}' is no card brand; there are {string.Join(", ", Brands.Keys.Order(StringComparer.Ordinal))}.");
        return null;
    }

    private string? Country(string text, string path)
    {
        if (CountryCodes.TryGet(text, out var code)) return code;
        Wrong(path, $"'{Echo(text)}' is no country of ISO 3166-1 alpha-2, as KR is.");
        return null;
    }

    private string? Bin(string text, string path)
    {
        // Six digits are what is kept of a number beside its last four.
        if (text.Length is >= 1 and <= 6 && text.All(char.IsAsciiDigit)) return text;
        Wrong(path, "This is the beginning of a card number: 1 to 6 digits.");
        return null;
    }

    private CustomerId? Customer(string text, string path)
    {
        if (Ids.TryParse<CustomerId>(text, out var customer)) return customer;
        Wrong(path, $"'{Echo(text)}' is no customer's id.");
        return null;
    }

    private DayOfWeek? Weekday(string text, string path)
    {
        if (Weekdays.TryGetValue(text, out var day)) return day;
        Wrong(path, $"'{Echo(text)}' is no weekday; write mon, tue, wed, thu, fri, sat or sun.");
        return null;
    }

    private List<T> Texts<T>(JsonElement parent, string name, string path, Func<string, string, T?> read) where T : class
    {
        var found = new List<T>();
        foreach (var (text, at) in TextItems(parent, name, path))
        {
            if (read(text, at) is { } item) found.Add(item);
        }

        return found;
    }

    private List<T> Texts<T>(JsonElement parent, string name, string path, Func<string, string, T?> read) where T : struct
    {
        var found = new List<T>();
        foreach (var (text, at) in TextItems(parent, name, path))
        {
            if (read(text, at) is { } item) found.Add(item);
        }

        return found;
    }

    private IEnumerable<(string Text, string Path)> TextItems(JsonElement parent, string name, string path)
    {
        if (!parent.TryGetProperty(name, out var list)) yield break;
        if (list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == 0) Wrong(path, "An empty list would hold for nobody; leave it out.");
        foreach (var (item, at) in Items(parent, name, path, RoutingBounds.Items, mayBeAbsent: true))
        {
            if (item.ValueKind == JsonValueKind.String) yield return (item.GetString()!, at);
            else Wrong(at, "This is a text.");
        }
    }

    private IEnumerable<(JsonElement Item, string Path)> Items(JsonElement parent, string name, string path, int most, bool mayBeAbsent)
    {
        if (!parent.TryGetProperty(name, out var list))
        {
            if (!mayBeAbsent) Wrong(path, "This is missing.");
            return [];
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            Wrong(path, "This is a list.");
            return [];
        }

        if (list.GetArrayLength() > most)
        {
            Wrong(path, $"There are at most {most} of these.");
            return [];
        }

        return list.EnumerateArray().Select((item, index) => (item, $"{path}[{index.ToString(CultureInfo.InvariantCulture)}]"));
    }

    private bool IsObject(JsonElement element, string at, string path, params ReadOnlySpan<string> names)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Wrong(at, "This is an object.");
            return false;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            var where = path.Length == 0 ? Echo(member.Name) : $"{path}.{Echo(member.Name)}";
            if (!names.Contains(member.Name)) Wrong(where, $"This is not known here; there are {string.Join(", ", names.ToArray())}.");
            if (!seen.Add(member.Name)) Wrong(where, "This is there twice.");
        }

        return true;
    }

    private string? Text(JsonElement parent, string name, string path, int most)
    {
        if (!parent.TryGetProperty(name, out var value)) return null;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : null;
        if (text is not null && text.Length > 0 && text.Length <= most && !text.Any(char.IsControl)) return text;
        Wrong(path, $"This is a text of 1 to {most} characters.");
        return null;
    }

    private long? Number(JsonElement parent, string name, string path, long least, long most) =>
        parent.TryGetProperty(name, out var value) ? Whole(value, path, least, most) : null;

    private long? Whole(JsonElement value, string path, long least, long most)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most) return number;
        Wrong(path, $"This is a whole number from {least} to {most}.");
        return null;
    }

    private void Wrong(string path, string message)
    {
        if (problems.Count < RoutingBounds.Problems) problems.Add(new RoutingProblem(path, message));
    }

    // What was sent is repeated only as far as it helps to find it.
    private static string Echo(string text) => string.Concat(text.Take(40).Select(each => char.IsControl(each) || char.IsSurrogate(each) ? '?' : each));
}
