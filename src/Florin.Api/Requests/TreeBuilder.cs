namespace Florin.Api.Requests;

/// <summary>Puts parameters together one by one, within limits, and refuses doubled names.</summary>
internal sealed class TreeBuilder(BodyLimits limits)
{
    private readonly Branch root = new();
    private int parameters;

    /// <summary>Adds what a form calls <c>name[part][part]</c>; an empty part appends to a list.</summary>
    /// <param name="written">The whole name as the caller wrote it.</param>
    public void Add(string written, IReadOnlyList<string> parts, string value)
    {
        CountParameter();
        if (parts.Count > RequestLimits.Depth) throw TooDeep(written);
        RefuseZero(written, written);
        RefuseZero(value, written);

        var branch = root;
        for (var i = 0; i < parts.Count - 1; i++) branch = branch.Child(parts[i], NextNameOf(parts, i), written);
        branch.SetText(parts[^1], value, written);
    }

    public Node.Map Build() => new(root.Members());

    /// <summary>A list in a form is a map from 0 on; both become the same list.</summary>
    public static Node MapOrSequence(Dictionary<string, Node> members)
    {
        for (var i = 0; i < members.Count; i++)
        {
            if (!members.ContainsKey(Index(i))) return new Node.Map(members);
        }

        return members.Count == 0
            ? new Node.Map(members)
            : new Node.Sequence([.. Enumerable.Range(0, members.Count).Select(i => members[Index(i)])]);
    }

    public void CountParameter()
    {
        if (++parameters > limits.Parameters)
        {
            throw new MalformedRequestException("parameters_too_many", $"A request has at most {limits.Parameters} parameters.");
        }
    }

    public static void RefuseZero(string text, string param)
    {
        if (text.Contains('\0'))
        {
            throw new MalformedRequestException(
                "invalid_characters", "A parameter contains a zero character.", SafeEcho.Name(param.Replace("\0", "")));
        }
    }

    public static MalformedRequestException TooDeep(string param) => new(
        "parameter_invalid", $"Parameters are nested at most {RequestLimits.Depth} deep.", SafeEcho.Name(param));

    public static MalformedRequestException Doubled(string param) => new(
        "parameter_duplicate", $"Parameter '{SafeEcho.Name(param)}' is given more than once.", SafeEcho.Name(param));

    private static string Index(int i) => i.ToString(System.Globalization.CultureInfo.InvariantCulture);

    // In `items[][name]`, a name that the last item has already begins the next item.
    private static string? NextNameOf(IReadOnlyList<string> parts, int i) => parts[i].Length == 0 ? parts[i + 1] : null;

    private sealed class Branch
    {
        private readonly Dictionary<string, object> members = [];
        private int appended;

        public Branch Child(string part, string? firstName, string written)
        {
            if (part.Length == 0)
            {
                RefuseMixedList(written);
                if (appended > 0 && members[Index(appended - 1)] is Branch last && !last.members.ContainsKey(firstName!)) return last;
                part = Index(appended++);
            }

            if (!members.TryGetValue(part, out var member)) members[part] = member = new Branch();
            return member as Branch ?? throw Doubled(written);
        }

        public void SetText(string part, string value, string written)
        {
            if (part.Length == 0)
            {
                RefuseMixedList(written);
                part = Index(appended++);
            }

            if (!members.TryAdd(part, value)) throw Doubled(written);
        }

        public Dictionary<string, Node> Members() => members.ToDictionary(
            member => member.Key,
            member => member.Value is Branch branch ? MapOrSequence(branch.Members()) : new Node.Text((string)member.Value));

        private void RefuseMixedList(string written)
        {
            if (members.Count != appended) throw Doubled(written);
        }
    }
}
