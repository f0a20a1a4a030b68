namespace Florin.Api.Requests;

/// <summary>A request's parameters as a tree, the same whether they came as a form or as JSON.</summary>
/// <remarks>Numbers and booleans are kept as they were written; what they mean is the reader's business.</remarks>
internal abstract record Node
{
    private Node()
    {
    }

    public sealed record Text(string Value) : Node;

    /// <summary>JSON's <c>null</c>; read as an empty text, which is how a form clears a thing.</summary>
    public sealed record Null : Node
    {
        public static readonly Null Instance = new();
    }

    public sealed record Sequence(IReadOnlyList<Node> Items) : Node;

    public sealed record Map(IReadOnlyDictionary<string, Node> Members) : Node
    {
        public static readonly Map Empty = new(new Dictionary<string, Node>());
    }
}

/// <summary>How much of a request's body a route looks at.</summary>
/// <param name="Parameters">Values, lists and sets, counted together.</param>
internal sealed record BodyLimits(int Bytes, int Parameters)
{
    public static readonly BodyLimits Usual = new(RequestLimits.BodyBytes, RequestLimits.Parameters);

    /// <summary>For a ledger transaction of a thousand postings.</summary>
    public static readonly BodyLimits OneTransaction = new(RequestLimits.BodyBytes, 10_000);

    /// <summary>For ten thousand ids, however they are written, and some more, so that too many is said by the route.</summary>
    public static readonly BodyLimits ManyIds = new(RequestLimits.BodyBytes, 12_000);

    /// <summary>For ten thousand ledger transactions of two postings, each with some hundred bytes to spare for notes.</summary>
    public static readonly BodyLimits Batch = new(8 * RequestLimits.BodyBytes, 400_000);
}

/// <summary>How much of a request is looked at.</summary>
internal static class RequestLimits
{
    public const int BodyBytes = 1024 * 1024;
    public const int Depth = 8;
    public const int Parameters = 2_000;
    public const int NameCharacters = 512;
}

/// <summary>A body or query that is no parameters at all; the message is for the developer who sent it.</summary>
internal sealed class MalformedRequestException(string code, string message, string? param = null) : Exception(message)
{
    public string Code => code;

    public string? Param => param;
}
