using System.Globalization;
using Florin.Kernel;

namespace Florin.Storage.Search;

/// <summary>One field that can be sought.</summary>
/// <param name="Name">As a query writes it.</param>
/// <param name="Operators">What it can be compared with.</param>
/// <param name="Condition">The condition of a clause whose operator is one of these; a refusal's message says what is wrong with
/// the value.</param>
public sealed record SearchField(string Name, IReadOnlyList<SearchOperator> Operators, Func<SearchClause, Result<Sql>> Condition)
{
    private const int FewestContained = 3;

    private static readonly SearchOperator[] Equality = [SearchOperator.Is];
    private static readonly SearchOperator[] TextOperators = [SearchOperator.Is, SearchOperator.Contains];
    private static readonly SearchOperator[] NumberOperators =
        [SearchOperator.Is, SearchOperator.Less, SearchOperator.LessOrEqual, SearchOperator.Greater, SearchOperator.GreaterOrEqual];

    /// <summary>Whether a key in square brackets belongs behind it.</summary>
    public bool HasKey { get; init; }

    /// <summary>A text that people wrote: whole, or any three characters of it and more. Case does not matter.</summary>
    public static SearchField Text(string name, SqlFragment column) => new(name, TextOperators, clause => clause switch
    {
        { Value: null } => Nothing(clause, column),
        { IsQuoted: false } => Wrong("A text in quotes is wanted."),
        { Operator: SearchOperator.Contains, Value.Length: < FewestContained } => Wrong($"At least {FewestContained} characters are wanted after ~."),
        { Operator: SearchOperator.Contains } => Ok($"lower({column}) LIKE lower({Pattern(clause.Value)}) ESCAPE '\\'"),
        _ => Ok($"lower({column}) = lower({clause.Value})"),
    });

    /// <summary>A whole number.</summary>
    public static SearchField Number(string name, SqlFragment column) => new(name, NumberOperators, clause =>
    {
        if (clause.Value is null) return Nothing(clause, column);
        return long.TryParse(clause.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? Ok($"{column} {Compared(clause.Operator)} {number}")
            : Wrong("A whole number is wanted.");
    });

    /// <summary>An instant, given in unix seconds and kept in milliseconds: a second is all of its milliseconds.</summary>
    public static SearchField Instant(string name, SqlFragment column) => new(name, NumberOperators, clause =>
    {
        // 9999-12-31, the last day that can be named.
        const long LastSecond = 253_402_300_799;
        if (!long.TryParse(clause.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > LastSecond)
        {
            return Wrong("A time in unix seconds is wanted.");
        }

        var (start, next) = (seconds * 1_000, (seconds + 1) * 1_000);
        return clause.Operator switch
        {
            SearchOperator.Less => Ok($"{column} < {start}"),
            SearchOperator.LessOrEqual => Ok($"{column} < {next}"),
            SearchOperator.Greater => Ok($"{column} >= {next}"),
            SearchOperator.GreaterOrEqual => Ok($"{column} >= {start}"),
            SearchOperator.Is or SearchOperator.Contains => Ok($"{column} >= {start} AND {column} < {next}"),
        };
    });

    /// <summary>One of some words, or an id: compared whole.</summary>
    /// <param name="condition">The condition for a value; null where the value cannot be one.</param>
    /// <param name="nothing">The condition that there is none; default where there always is one.</param>
    /// <param name="wanted">What a value looks like, as a sentence.</param>
    public static SearchField Word(string name, string wanted, Func<string, Sql?> condition, SqlFragment nothing = default) => new(name, Equality, clause =>
    {
        if (clause.Value is null) return nothing.Text is null ? Wrong(wanted) : Sql.Of(nothing);
        return condition(clause.Value) is { } found ? found : Wrong(wanted);
    });

    /// <summary>Yes or no.</summary>
    public static SearchField Flag(string name, SqlFragment condition) => Word(name, "true or false is wanted.", value => value switch
    {
        "true" => Sql.Of(condition),
        "false" => $"NOT ({condition})",
        _ => null,
    });

    /// <summary>Named values that a table of terms holds.</summary>
    /// <param name="condition">The condition for a key and a value, or for a key that is not there where the value is null.</param>
    public static SearchField Named(string name, Func<string, string?, Sql> condition) =>
        new(name, Equality, clause => condition(clause.Key!, clause.Value)) { HasKey = true };

    private static Result<Sql> Ok(Sql sql) => sql;

    private static Result<Sql> Wrong(string why) => new Refusal(RefusalKind.Invalid, "search_query_invalid", why);

    private static Result<Sql> Nothing(SearchClause clause, SqlFragment column) =>
        clause.Operator == SearchOperator.Is ? Ok($"{column} IS NULL") : Wrong("null is compared with : alone.");

    private static SqlFragment Compared(SearchOperator comparison) => new(comparison switch
    {
        SearchOperator.Is or SearchOperator.Contains => "=",
        SearchOperator.Less => "<",
        SearchOperator.LessOrEqual => "<=",
        SearchOperator.Greater => ">",
        SearchOperator.GreaterOrEqual => ">=",
    });

    private static string Pattern(string part) => "%" + part.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
}
