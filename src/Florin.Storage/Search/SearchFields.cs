using System.Globalization;
using Florin.Kernel;

namespace Florin.Storage.Search;

/// <summary>What can be sought in one kind of object: each field with how it becomes a condition.</summary>
/// <remarks>Names come from the program and values are bound, so no character of a query becomes SQL.</remarks>
public sealed class SearchFields(params IReadOnlyList<SearchField> fields)
{
    private readonly Dictionary<string, SearchField> byName = fields.ToDictionary(field => field.Name, StringComparer.Ordinal);

    /// <summary>The condition that a query stands for.</summary>
    /// <returns>The condition in parentheses, or a refusal <c>search_query_invalid</c> that names the place.</returns>
    public Result<Sql> Condition(string query)
    {
        if (!SearchQuery.Parse(query).TryGet(out var parsed, out var unreadable)) return unreadable;
        Sql whole = $"(";
        foreach (var (index, clause) in parsed.Clauses.Index())
        {
            if (!ConditionOf(clause).TryGet(out var condition, out var refusal)) return refusal;
            var link = new SqlFragment(index == 0 ? "" : parsed.MatchesAny ? " OR " : " AND ");

            // What compares with nothing is neither true nor false; a negated clause finds it all the same.
            var end = new SqlFragment(clause.IsNegated ? " IS NOT TRUE" : "");
            whole.Append($"{link}({condition}){end}");
        }

        return whole.Append($")");
    }

    private Result<Sql> ConditionOf(SearchClause clause)
    {
        if (!byName.TryGetValue(clause.Field, out var field))
        {
            return Wrong(clause, $"There is no field {clause.Field}; these are: {string.Join(", ", byName.Keys)}.");
        }

        if (field.HasKey != clause.Key is not null)
        {
            return Wrong(clause, field.HasKey ? $"{clause.Field} needs a key, as in {clause.Field}[\"order\"]." : $"{clause.Field} takes no key.");
        }

        if (!field.Operators.Contains(clause.Operator))
        {
            return Wrong(clause, $"{clause.Field} cannot be compared with {Spelled(clause.Operator)}.");
        }

        var condition = field.Condition(clause);
        return condition.TryGet(out var sql, out var refusal) ? sql : Wrong(clause, refusal.Message);
    }

    private static Refusal Wrong(SearchClause clause, string why) =>
        SearchQuery.Problem($"{why} (in the clause at character {clause.Position.ToString(CultureInfo.InvariantCulture)})");

    private static string Spelled(SearchOperator comparison) => comparison switch
    {
        SearchOperator.Is => ":",
        SearchOperator.Contains => "~",
        SearchOperator.Less => "<",
        SearchOperator.LessOrEqual => "<=",
        SearchOperator.Greater => ">",
        SearchOperator.GreaterOrEqual => ">=",
    };
}
