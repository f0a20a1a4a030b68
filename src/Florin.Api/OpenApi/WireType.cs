using Florin.Kernel;

namespace Florin.Api.OpenApi;

/// <summary>What one property of an answered object may hold.</summary>
internal sealed record WireType
{
    /// <summary>JSON's word: <c>string</c>, <c>integer</c>, <c>boolean</c>, <c>object</c>, <c>array</c>, <c>null</c>.</summary>
    public required string Kind { get; init; }

    public bool IsNullable { get; init; }

    public string? Format { get; init; }

    /// <summary>What an id begins with.</summary>
    public string? Prefix { get; init; }

    public IReadOnlyList<string>? Words { get; init; }

    public bool? Constant { get; init; }

    /// <summary>The properties of an object; null where any name may stand.</summary>
    public IReadOnlyList<WireField>? Fields { get; init; }

    /// <summary>What stands under the names of the caller's own choice.</summary>
    public WireType? Values { get; init; }

    public WireType? Items { get; init; }

    /// <summary>Another object of the API, by its name; <see cref="WireTypes.AnyObject"/> for any of them.</summary>
    public string? Reference { get; init; }

    public WireType Maybe() => this with { IsNullable = true };
}

/// <param name="IsOptional">Whether it may be absent, as Stripe's declarations allow it (<c>name?:</c>).</param>
internal sealed record WireField(string Name, WireType Type, bool IsOptional = false);

/// <summary>An object of the API: what <c>object</c> says, and all its properties. What is not listed is never sent.</summary>
/// <param name="Name">As in <c>checkout.session</c>.</param>
/// <param name="Summary">One sentence for the page of the API.</param>
/// <param name="Fields">Without <c>object</c>, which is <paramref name="Name"/>.</param>
internal sealed record WireObject(string Name, string Summary, IReadOnlyList<WireField> Fields)
{
    /// <summary>Whether its id still finds something after it was deleted: <c>{"id": ..., "deleted": true}</c>.</summary>
    public bool IsShownWhenDeleted { get; init; }
}

/// <summary>The words in which objects are described.</summary>
internal static class WireTypes
{
    public const string AnyObject = "*";

    public static WireType Text { get; } = new() { Kind = "string" };

    public static WireType Url { get; } = Text with { Format = "uri" };

    public static WireType Number { get; } = new() { Kind = "integer" };

    /// <summary>Minor units.</summary>
    public static WireType Amount { get; } = Number with { Format = "minor-units" };

    /// <summary>Unix seconds.</summary>
    public static WireType Instant { get; } = Number with { Format = "unix-time" };

    public static WireType Truth { get; } = new() { Kind = "boolean" };

    public static WireType Currency { get; } = Text with { Format = "currency" };

    /// <summary>A property that Stripe has and that is always null here.</summary>
    public static WireType Nothing { get; } = new() { Kind = "null" };

    public static WireType Metadata { get; } = new() { Kind = "object", Values = Text };

    public static WireType EmptyObject { get; } = Object();

    public static WireType Id<TId>() where TId : struct, IId<TId> => Text with { Prefix = TId.Prefix };

    /// <summary>One of some words.</summary>
    public static WireType Word(params IReadOnlyList<string> words) => Text with { Words = words };

    /// <summary>The word of any member of an enum.</summary>
    /// <param name="word">As in <c>WireText.Of</c>.</param>
    public static WireType Word<T>(Func<T, string> word) where T : struct, Enum =>
        Word([.. Enum.GetValues<T>().Select(word).Distinct()]);

    public static WireType Always(bool value) => Truth with { Constant = value };

    public static WireType Object(params IReadOnlyList<WireField> fields) => new() { Kind = "object", Fields = fields };

    public static WireType ListOf(WireType items) => new() { Kind = "array", Items = items };

    public static WireType Reference(string name) => new() { Kind = "object", Reference = name };

    /// <summary>A list object with its own <c>url</c> and <c>has_more</c>.</summary>
    public static WireType PageOf(string name) => Object(
        new WireField("object", Word("list")),
        new WireField("data", ListOf(Reference(name))),
        new WireField("has_more", Truth),
        new WireField("url", Text));

    /// <summary>A list that may end before its page is full, and says where to go on.</summary>
    public static WireType WalkedPageOf(string name) => Object(
        new WireField("object", Word("list")),
        new WireField("data", ListOf(Reference(name))),
        new WireField("has_more", Truth),
        new WireField("next_page", Text.Maybe()),
        new WireField("url", Text));

    /// <summary>What a search answers with.</summary>
    public static WireType ResultOf(string name) => Object(
        new WireField("object", Word("search_result")),
        new WireField("data", ListOf(Reference(name))),
        new WireField("has_more", Truth),
        new WireField("next_page", Text.Maybe()),
        new WireField("url", Text));
}
