using System.Globalization;
using Florin.Api.OpenApi;
using Florin.Kernel;

namespace Florin.Api.Requests;

/// <summary>Reads parameters by name and type, remembers which were asked for, and keeps the first thing that is wrong.</summary>
/// <remarks>
/// A value that is wrong or missing reads as null (or a default), so a handler reads all it knows, then asks
/// <see cref="Finish"/>, and uses nothing where that refuses. What nobody asked for is refused by name. The readings are
/// also what describes the API (<see cref="RouteDescriber"/>): a new way to read a value notes its shape.
/// </remarks>
internal sealed class ParameterReader
{
    /// <summary>The largest amount, in minor units: far above any payment, far below where sums could overflow.</summary>
    public const long LargestAmountMinor = 999_999_999_999;

    public const int MetadataKeys = 50;
    public const int MetadataKeyCharacters = 40;
    public const int MetadataValueCharacters = 500;

    private readonly IReadOnlyDictionary<string, Node> members;
    private readonly Nesting? nesting;
    private readonly ParameterReader root;
    private readonly List<string> asked = new(8);
    private readonly DescribedMap? described;
    private List<string>? unsupported;
    private List<ParameterReader>? children;
    private Refusal? firstProblem;
    private bool isFinished;

    public ParameterReader(Node.Map parameters) => (members, root) = (parameters.Members, this);

    /// <param name="described">Where to note what is read; <see cref="Finish"/> then throws.</param>
    public ParameterReader(Node.Map parameters, DescribedMap described)
        : this(parameters) => this.described = described;

    private ParameterReader(IReadOnlyDictionary<string, Node> members, Nesting nesting, ParameterReader? root, DescribedMap? described) =>
        (this.members, this.nesting, this.root, this.described) = (members, nesting, root ?? this, described);

    /// <summary>What is wrong with the parameters: first a name that nobody knows, then the first bad value.</summary>
    /// <exception cref="ParametersReadException">The reader only describes what is read.</exception>
    public Refusal? Finish()
    {
        if (described is not null) throw new ParametersReadException();
        root.isFinished = true;
        return UnknownName() ?? root.firstProblem;
    }

    public bool Has(string name)
    {
        _ = described?[name];
        return members.ContainsKey(name);
    }

    public bool IsText(string name)
    {
        _ = described?[name];
        return members.GetValueOrDefault(name) is Node.Text;
    }

    /// <summary>Notes what a value may be, where a reading knows more than the readings that it is made of.</summary>
    public void Note(string name, ScalarShape shape) => described?[name].NoteScalar(shape);

    /// <summary>Whether an empty text, or null, stands in place of the whole.</summary>
    public bool IsCleared(string name)
    {
        if (described is not null) described[name].IsClearable = true;
        if (members.GetValueOrDefault(name) is not (Node.Text { Value.Length: 0 } or Node.Null)) return false;
        asked.Add(name);
        return true;
    }

    /// <summary>Names parameters that Stripe has and Florin does not, so that nobody believes them to work.</summary>
    public ParameterReader Unsupported(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            (unsupported ??= []).Add(name);
            described?.NoteUnsupported(name);
        }

        return this;
    }

    /// <returns>Null when absent, empty when the caller clears it.</returns>
    public string? Text(string name, int most = 5000)
    {
        if (described is not null) Note(name, new ScalarShape(1, "string", "x") { MostCharacters = most });
        if (Raw(name) is not { } text) return null;
        if (text.Length > most)
        {
            return Refuse<string>(name, "parameter_too_long", $"{Path(name)} has {text.Length} characters where {most} are the most.");
        }

        return CardNumbers.AppearIn(text)
            ? Refuse<string>(name, "card_number_not_allowed", $"{Path(name)} contains what looks like a card number; send those to /v1/tokens alone.")
            : text;
    }

    /// <summary>A text that says something, or null when absent.</summary>
    public string? FilledText(string name, int most = 5000)
    {
        var text = Text(name, most);
        return text is "" ? Refuse<string>(name, "parameter_invalid_empty", $"{Path(name)} must not be empty.") : text;
    }

    public string? RequiredText(string name, int most = 5000) =>
        Has(name) ? FilledText(name, most) : Missing<string>(name);

    /// <summary>A text that no answer, log or exception may show.</summary>
    public Secret<string>? SecretText(string name, int most = 64)
    {
        if (described is not null) Note(name, new ScalarShape(1, "string", "x") { Format = "password", MostCharacters = most });
        if (Raw(name) is not { Length: > 0 } text) return null;
        return text.Length > most
            ? Refuse<Secret<string>>(name, "parameter_too_long", $"{Path(name)} is too long.")
            : Secret.Of(text);
    }

    public bool? Bool(string name)
    {
        if (described is not null) Note(name, new ScalarShape(1, "boolean", "true"));
        switch (Raw(name))
        {
            case null:
                return null;
            case "true":
                return true;
            case "false":
                return false;
            default:
                Refuse<string>(name, "parameter_invalid", $"{Path(name)} must be true or false.");
                return null;
        }
    }

    /// <param name="isSecret">Whether the value must not be repeated in the refusal.</param>
    public long? Integer(string name, long least, long most, bool isSecret = false)
    {
        if (described is not null) Note(name, new ScalarShape(1, "integer", Math.Clamp(1, least, most).ToString(CultureInfo.InvariantCulture)) { Least = least, Most = most });
        if (Raw(name) is not { } text) return null;
        if (text.Length == 0)
        {
            Refuse<string>(name, "parameter_invalid_empty", $"{Path(name)} must not be empty.");
            return null;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            var found = isSecret ? "" : $", not '{SafeEcho.Text(text)}'";
            Refuse<string>(name, "parameter_invalid_integer", $"{Path(name)} must be a whole number{found}.");
            return null;
        }

        if (value >= least && value <= most) return value;
        Refuse<string>(name, "parameter_invalid_integer", $"{Path(name)} must be from {least} to {most}.");
        return null;
    }

    /// <summary>An amount in minor units: at least 1, at most <see cref="LargestAmountMinor"/>.</summary>
    public long? AmountMinor(string name)
    {
        if (described is not null) Note(name, new ScalarShape(2, "integer", "100") { Format = "minor-units", Least = 1, Most = LargestAmountMinor });
        if (Integer(name, long.MinValue, long.MaxValue) is not { } amount) return null;
        if (amount < 1)
        {
            Refuse<string>(name, "amount_too_small", $"{Path(name)} must be at least 1, in the currency's smallest unit.");
            return null;
        }

        if (amount <= LargestAmountMinor) return amount;
        Refuse<string>(name, "amount_too_large", $"{Path(name)} must be at most {LargestAmountMinor}.");
        return null;
    }

    public Currency? CurrencyCode(string name)
    {
        if (described is not null) Note(name, new ScalarShape(2, "string", "krw") { Format = "currency" });
        if (FilledText(name, most: 40) is not { } code) return null;
        if (!Currency.TryGet(code, out var currency))
        {
            return Refuse<Currency>(name, "currency_invalid", $"'{SafeEcho.Text(code)}' is no ISO 4217 currency code.");
        }

        return currency.IsPayable
            ? currency
            : Refuse<Currency>(name, "currency_not_supported", $"{currency.Code} has no minor unit, so nothing can be paid in it.");
    }

    /// <summary><c>amount</c> and <c>currency</c>, both of which must be given.</summary>
    public Money? RequiredMoney(string amountName = "amount", string currencyName = "currency")
    {
        var amount = Has(amountName) ? AmountMinor(amountName) : MissingValue<long>(amountName);
        var currency = Has(currencyName) ? CurrencyCode(currencyName) : Missing<Currency>(currencyName);
        return amount is { } minor && currency is not null ? new Money(minor, currency) : null;
    }

    /// <summary>One of some words.</summary>
    public T? Choice<T>(string name, params ReadOnlySpan<(string Word, T Value)> choices) where T : struct
    {
        if (described is not null)
        {
            var known = new List<string>();
            foreach (var (word, _) in choices) known.Add(word);
            Note(name, new ScalarShape(2, "string", known[0]) { Words = known });
        }

        if (FilledText(name, most: 100) is not { } text) return null;
        foreach (var (word, value) in choices)
        {
            if (word == text) return value;
        }

        var words = new List<string>();
        foreach (var (word, _) in choices) words.Add(word);
        Refuse<string>(name, "parameter_invalid", $"{Path(name)} must be one of {string.Join(", ", words)}; it is '{SafeEcho.Text(text)}'.");
        return null;
    }

    /// <summary>Accepts a parameter whose every value but one is unsupported.</summary>
    public void Only(string name, string word)
    {
        if (described is not null) Note(name, word is "true" or "false"
            ? new ScalarShape(2, "boolean", word) { Words = [word] }
            : new ScalarShape(2, "string", word) { Words = [word] });
        if (FilledText(name, most: 100) is { } text && text != word)
        {
            Refuse<string>(name, "parameter_invalid", $"{Path(name)} must be {word}; Florin supports nothing else there.");
        }
    }

    /// <summary>Accepts a list such as <c>payment_method_types[]=card</c> that holds nothing but one word.</summary>
    public void OnlyIn(string name, string word)
    {
        described?[name].NoteItems(new ScalarShape(2, "string", word) { Words = [word] });
        foreach (var (text, index) in (Texts(name) ?? []).Select((text, index) => (text, index)))
        {
            if (text != word) Refuse<string>($"{name}][{index}", "parameter_invalid", $"{Path(name)} may only hold {word}.");
        }
    }

    /// <summary>An address of the web, absolute.</summary>
    public Uri? WebAddress(string name)
    {
        if (described is not null) Note(name, new ScalarShape(2, "string", "https://a.example/") { Format = "uri", MostCharacters = 2048 });
        if (FilledText(name, most: 2048) is not { } text) return null;
        var isWeb = Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
            && url.Host.Length > 0;
        return isWeb ? url : Refuse<Uri>(name, "url_invalid", $"{Path(name)} must be an absolute http or https address.");
    }

    /// <returns>Null when absent, empty when the caller clears it.</returns>
    public string? Email(string name)
    {
        if (described is not null) Note(name, new ScalarShape(2, "string", "a@b.example") { Format = "email", MostCharacters = 254 });
        var text = Text(name, most: 254);
        if (string.IsNullOrEmpty(text)) return text;
        var at = text.IndexOf('@');
        var isAddress = at > 0 && at == text.LastIndexOf('@') && at < text.Length - 1 && !text.Any(char.IsWhiteSpace);
        return isAddress ? text : Refuse<string>(name, "email_invalid", $"{Path(name)} is no e-mail address.");
    }

    /// <summary>An id of ours.</summary>
    public TId? Id<TId>(string name) where TId : struct, IId<TId>
    {
        if (described is not null) Note(name, new ScalarShape(2, "string", TId.Prefix + new string('0', 32)) { Prefix = TId.Prefix });
        if (FilledText(name, most: 200) is not { } text) return null;
        if (Ids.TryParse<TId>(text, out var id)) return id;
        root.firstProblem ??= new Refusal(
            RefusalKind.NotFound, "resource_missing", $"No such object: '{SafeEcho.Text(text)}'; its ids begin with {TId.Prefix}.", Path(name));
        return null;
    }

    /// <returns>Null when absent.</returns>
    public IReadOnlyList<string>? Texts(string name)
    {
        described?[name].NoteItems(new ScalarShape(1, "string", "x"));
        switch (Find(name))
        {
            case null:
                return null;
            case Node.Sequence sequence:
                var texts = new List<string>();
                foreach (var (item, index) in sequence.Items.Select((item, index) => (item, index)))
                {
                    if (item is not Node.Text { Value: var text }) return NotA<IReadOnlyList<string>>($"{name}][{index}", "a text");
                    texts.Add(text);
                }

                return texts;
            case Node.Text { Value.Length: 0 } or Node.Null:
                return [];
            default:
                return NotA<IReadOnlyList<string>>(name, "a list, as in name[]=value");
        }
    }

    /// <summary>Parameters nested under a name; null when absent.</summary>
    public ParameterReader? Map(string name)
    {
        var inner = described?[name].NoteMembers();
        switch (Find(name))
        {
            case null:
                return null;
            case Node.Map map:
                return Nest(map.Members, name, index: null, inner);
            default:
                return NotA<ParameterReader>(name, "a set of named values, as in name[key]=value");
        }
    }

    /// <summary>A list of sets of parameters; null when absent.</summary>
    public IReadOnlyList<ParameterReader>? Maps(string name)
    {
        var inner = described?[name].NoteItemMembers();
        if (Find(name) is not { } node) return null;
        if (node is not Node.Sequence sequence) return NotA<IReadOnlyList<ParameterReader>>(name, "a list, as in name[0][key]=value");
        var readers = new List<ParameterReader>(sequence.Items.Count);
        for (var i = 0; i < sequence.Items.Count; i++)
        {
            if (sequence.Items[i] is not Node.Map map) return NotA<IReadOnlyList<ParameterReader>>($"{name}][{i}", "a set of named values");
            readers.Add(Nest(map.Members, name, i, inner));
        }

        return readers;
    }

    /// <summary>A list of sets of parameters, each right or wrong by itself; null when absent.</summary>
    /// <remarks>What is wrong with one is told by its own <see cref="Finish"/>, under its full name, and not by this reader's.</remarks>
    public IReadOnlyList<ParameterReader>? Items(string name)
    {
        var inner = described?[name].NoteItemMembers();
        if (Find(name) is not { } node) return null;
        if (node is not Node.Sequence sequence) return NotA<IReadOnlyList<ParameterReader>>(name, "a list, as in name[0][key]=value");
        var readers = new ParameterReader[sequence.Items.Count];
        for (var i = 0; i < readers.Length; i++)
        {
            var map = sequence.Items[i] as Node.Map;
            var item = new ParameterReader(map?.Members ?? Node.Map.Empty.Members, new Nesting(this, name, i), root: null, inner);
            if (map is null) item.firstProblem = new Refusal(RefusalKind.Invalid, "parameter_invalid", $"{item.Prefix} must be a set of named values.", item.Prefix);
            readers[i] = item;
        }

        return readers;
    }

    /// <returns>Null when absent. An empty text in place of the whole is an empty set of keys to clear.</returns>
    public IReadOnlyDictionary<string, string>? Metadata(string name = "metadata")
    {
        described?[name].NoteMetadata();
        switch (Find(name))
        {
            case null:
                return null;
            case Node.Text { Value.Length: 0 } or Node.Null:
                return new Dictionary<string, string>();
            case Node.Map map:
                return CheckMetadata(name, map.Members);
            case Node.Sequence sequence:
                return CheckMetadata(name, sequence.Items.Index().ToDictionary(
                    item => item.Index.ToString(CultureInfo.InvariantCulture), item => item.Item));
            default:
                return NotA<IReadOnlyDictionary<string, string>>(name, "a set of named texts, as in metadata[order]=6735");
        }
    }

    public T? Missing<T>(string name) where T : class
    {
        if (described is not null) described[name].WasMissed = true;
        return Refuse<T>(name, "parameter_missing", $"Missing required parameter: {Path(name)}.");
    }

    /// <summary>Keeps a problem that the caller of this reader found.</summary>
    public T? Refuse<T>(string name, string code, string message) where T : class
    {
        asked.Add(name);
        root.firstProblem ??= new Refusal(RefusalKind.Invalid, code, message, Path(name));
        return null;
    }

    /// <summary>Keeps that a parameter names a thing which is not there.</summary>
    public void NoSuch(string name, string kind, string id) => root.firstProblem ??= new Refusal(
        RefusalKind.NotFound, "resource_missing", $"No such {kind}: '{SafeEcho.Text(id)}'", Path(name));

    /// <summary>The name as the caller wrote it.</summary>
    public string Path(string name) => nesting is null
        ? name.Contains("][", StringComparison.Ordinal) ? name.Replace("][", "[", StringComparison.Ordinal) + "]" : name
        : $"{Prefix}[{name}]";

    // Made when somebody asks: of ten thousand transactions in a call hardly one is told about.
    private string Prefix => nesting is not { } within ? ""
        : within.Index is { } index ? $"{within.Parent.Path(within.Name)}[{index}]"
        : within.Parent.Path(within.Name);

    private T? MissingValue<T>(string name) where T : struct
    {
        Missing<string>(name);
        return null;
    }

    private T? NotA<T>(string name, string wanted) where T : class =>
        Refuse<T>(name, "parameter_invalid", $"{Path(name)} must be {wanted}.");

    private string? Raw(string name)
    {
        return Find(name) switch
        {
            null => null,
            Node.Text text => text.Value,
            Node.Null => "",
            _ => NotA<string>(name, "one value"),
        };
    }

    private Node? Find(string name)
    {
        // What is read later than that was not checked, and would be missing in the description of the API.
        if (root.isFinished) throw new InvalidOperationException($"'{Path(name)}' is read after {nameof(Finish)}.");
        asked.Add(name);
        _ = described?[name];
        return members.GetValueOrDefault(name);
    }

    private ParameterReader Nest(IReadOnlyDictionary<string, Node> nested, string name, int? index, DescribedMap? inner)
    {
        var child = new ParameterReader(nested, new Nesting(this, name, index), root, inner);
        (children ??= []).Add(child);
        return child;
    }

    private Dictionary<string, string>? CheckMetadata(string name, IReadOnlyDictionary<string, Node> found)
    {
        if (found.Count > MetadataKeys)
        {
            return Refuse<Dictionary<string, string>>(name, "metadata_invalid", $"{Path(name)} has {found.Count} keys where {MetadataKeys} are the most.");
        }

        var metadata = new Dictionary<string, string>(found.Count);
        foreach (var (key, node) in found)
        {
            string Param() => $"{name}][{SafeEcho.Name(key)}";
            if (node is not (Node.Text or Node.Null)) return NotA<Dictionary<string, string>>(Param(), "a text");
            var value = (node as Node.Text)?.Value ?? "";
            if (key.Length is 0 or > MetadataKeyCharacters)
            {
                return Refuse<Dictionary<string, string>>(Param(), "metadata_invalid", $"A metadata key has 1 to {MetadataKeyCharacters} characters.");
            }

            if (value.Length > MetadataValueCharacters)
            {
                return Refuse<Dictionary<string, string>>(
                    Param(), "metadata_invalid", $"A metadata value has at most {MetadataValueCharacters} characters; this one has {value.Length}.");
            }

            if (CardNumbers.AppearIn(key) || CardNumbers.AppearIn(value))
            {
                return Refuse<Dictionary<string, string>>(Param(), "card_number_not_allowed", "Metadata must not hold card numbers.");
            }

            metadata.Add(key, value);
        }

        return metadata;
    }

    private Refusal? UnknownName()
    {
        foreach (var name in members.Keys)
        {
            if (asked.Contains(name)) continue;
            if (unsupported?.Contains(name) is true)
            {
                return new Refusal(RefusalKind.Invalid, "parameter_unknown", $"Stripe has the parameter {Path(name)}; Florin does not support it here.", Path(name));
            }

            var shown = SafeEcho.Name(Path(name));
            var hint = Spelling.Nearest(name, asked) is { } near ? $" Did you mean {Path(near)}?" : "";
            return new Refusal(RefusalKind.Invalid, "parameter_unknown", $"Received unknown parameter: {shown}.{hint}", shown);
        }

        foreach (var child in children ?? [])
        {
            if (child.UnknownName() is { } refusal) return refusal;
        }

        return null;
    }

    /// <summary>Where a nested reader lies: under a name, or at a place in the list under that name.</summary>
    private sealed record Nesting(ParameterReader Parent, string Name, int? Index);
}
