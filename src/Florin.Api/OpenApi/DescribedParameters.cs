namespace Florin.Api.OpenApi;

/// <summary>What a single value may be.</summary>
/// <param name="Detail">How much this says; of two shapes noted for one parameter, the one that says more is kept.</param>
/// <param name="Sample">A value that is accepted.</param>
internal sealed record ScalarShape(int Detail, string Type, string Sample)
{
    public string? Format { get; init; }

    public long? Least { get; init; }

    public long? Most { get; init; }

    public int? MostCharacters { get; init; }

    /// <summary>What an id of this kind begins with.</summary>
    public string? Prefix { get; init; }

    /// <summary>The only values that are taken; null where there are others.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    public static ScalarShape Unknown { get; } = new(0, "string", "x");
}

/// <summary>One parameter, as its readings told it.</summary>
internal sealed class DescribedParameter(string name)
{
    public string Name => name;

    /// <summary>Whether every request must have it; within a set, whether every such set must.</summary>
    public bool IsRequired { get; set; }

    /// <summary>Whether an empty text may stand in place of a set, and clears it.</summary>
    public bool IsClearable { get; set; }

    /// <summary>It may be one value ...</summary>
    public ScalarShape? Scalar { get; private set; }

    /// <summary>... or a set of named parameters ...</summary>
    public DescribedMap? Members { get; private set; }

    /// <summary>... or names of the caller's own choice, with texts ...</summary>
    public bool IsMetadata { get; private set; }

    /// <summary>... or a list of values ...</summary>
    public ScalarShape? Items { get; private set; }

    /// <summary>... or a list of sets.</summary>
    public DescribedMap? ItemMembers { get; private set; }

    /// <summary>Whether the last request that was tried lacked it, and was refused for that.</summary>
    public bool WasMissed { get; set; }

    /// <summary>Whether it was asked for, or looked at, in a way that does not tell what it is.</summary>
    public bool IsOfUnknownForm => Scalar is null && Members is null && !IsMetadata && Items is null && ItemMembers is null;

    public void NoteScalar(ScalarShape shape)
    {
        if (Scalar is null || shape.Detail > Scalar.Detail) Scalar = shape;
    }

    public void NoteItems(ScalarShape shape)
    {
        if (Items is null || shape.Detail > Items.Detail) Items = shape;
    }

    public DescribedMap NoteMembers() => Members ??= new DescribedMap();

    public DescribedMap NoteItemMembers() => ItemMembers ??= new DescribedMap();

    public void NoteMetadata() => IsMetadata = true;
}

/// <summary>A set of parameters that are read by name.</summary>
internal sealed class DescribedMap
{
    private readonly List<DescribedParameter> parameters = [];
    private readonly SortedSet<string> unsupported = new(StringComparer.Ordinal);

    /// <summary>In the order in which they are read.</summary>
    public IReadOnlyList<DescribedParameter> Parameters => parameters;

    /// <summary>Stripe's names that are refused here.</summary>
    public IReadOnlyCollection<string> Unsupported => unsupported;

    public DescribedParameter this[string name]
    {
        get
        {
            if (parameters.Find(parameter => parameter.Name == name) is { } known) return known;
            var added = new DescribedParameter(name);
            parameters.Add(added);
            return added;
        }
    }

    public void NoteUnsupported(string name) => unsupported.Add(name);
}
