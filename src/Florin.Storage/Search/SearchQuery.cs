using Florin.Kernel;

namespace Florin.Storage.Search;

/// <summary>How a clause compares.</summary>
public enum SearchOperator
{
    Is,
    Contains,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>One condition of a search, as in <c>-metadata["order"]:"6735"</c>.</summary>
/// <param name="Field">As in <c>status</c> or <c>metadata</c>.</param>
/// <param name="Key">What stands in square brackets behind the field.</param>
/// <param name="Value">Null for the word null, which means that there is nothing.</param>
/// <param name="IsQuoted">Whether the value is a text; what is not is a number, or null.</param>
/// <param name="Position">Where the clause begins: 1 is the first character.</param>
public sealed record SearchClause(
    string Field, string? Key, SearchOperator Operator, string? Value, bool IsQuoted, bool IsNegated, int Position);

/// <summary>A search in Stripe's language: clauses that all hold, or any of them.</summary>
/// <remarks>
/// <c>status:"succeeded" AND amount>=1000</c>. A space means AND; AND and OR do not mix and there are no parentheses, so there
/// is nothing to nest and one pass reads it. See https://docs.stripe.com/search#search-query-language.
/// </remarks>
public sealed record SearchQuery(IReadOnlyList<SearchClause> Clauses, bool MatchesAny)
{
    public const int MostClauses = 10;
    public const int MostCharacters = 2_000;

    /// <returns>The query, or a refusal <c>search_query_invalid</c> that names the place.</returns>
    public static Result<SearchQuery> Parse(string text)
    {
        if (text.Length > MostCharacters) return Problem($"It has {text.Length} characters where {MostCharacters} are the most.");
        try
        {
            return new SearchReader(text).Read();
        }
        catch (SearchSyntaxException unreadable)
        {
            return Problem($"{unreadable.Message} (at character {unreadable.Position})");
        }
    }

    internal static Refusal Problem(string why) =>
        new(RefusalKind.Invalid, "search_query_invalid", $"The search query cannot be read. {why}", "query");
}

/// <param name="position">1 is the first character.</param>
internal sealed class SearchSyntaxException(string message, int position) : Exception(message)
{
    public int Position => position;
}
