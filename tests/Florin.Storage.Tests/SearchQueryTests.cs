using Florin.Storage.Search;

namespace Florin.Storage.Tests;

public sealed class SearchQueryTests
{
    private static readonly SearchFields Fields = new(
        SearchField.Text("email", new SqlFragment("email")),
        SearchField.Number("amount", new SqlFragment("amount_minor")),
        SearchField.Instant("created", new SqlFragment("created_at_ms")),
        SearchField.Flag("refunded", new SqlFragment("refunded = 1")),
        SearchField.Named("metadata", (key, value) => $"key = {key} AND value = {value}"));

    [Theory]
    [InlineData("email:\"a@b.kr\"", "((lower(email) = lower($1)))", "a@b.kr")]
    [InlineData("email:'it\\'s'", "((lower(email) = lower($1)))", "it's")]
    [InlineData("email~\"50%_\\\\\"", "((lower(email) LIKE lower($1) ESCAPE '\\'))", "%50\\%\\_\\\\%")]
    [InlineData("email:null", "((email IS NULL))")]
    [InlineData("-email:null", "((email IS NULL) IS NOT TRUE)")]
    [InlineData("amount:5", "((amount_minor = $1))", "5")]
    [InlineData("amount>=\"-5\"", "((amount_minor >= $1))", "-5")]
    [InlineData("amount>1 amount<9", "((amount_minor > $1) AND (amount_minor < $2))", "1", "9")]
    [InlineData("amount>1  and\tamount<=9 AND -amount:5", "((amount_minor > $1) AND (amount_minor <= $2) AND (amount_minor = $3) IS NOT TRUE)", "1", "9", "5")]
    [InlineData("amount:1 or amount:2 OR amount:3", "((amount_minor = $1) OR (amount_minor = $2) OR (amount_minor = $3))", "1", "2", "3")]
    [InlineData("created>1700000000", "((created_at_ms >= $1))", "1700000001000")]
    [InlineData("created<=1700000000", "((created_at_ms < $1))", "1700000001000")]
    [InlineData("created:1700000000", "((created_at_ms >= $1 AND created_at_ms < $2))", "1700000000000", "1700000001000")]
    [InlineData("refunded:\"false\"", "((NOT (refunded = 1)))")]
    [InlineData("metadata[\"or der\"]:\"x\" metadata['b']:'y'", "((key = $1 AND value = $2) AND (key = $3 AND value = $4))", "or der", "x", "b", "y")]
    [InlineData("email:\"' OR 1=1 --\"", "((lower(email) = lower($1)))", "' OR 1=1 --")]
    public void A_query_becomes_a_condition_whose_values_are_bound(string query, string sql, params string[] values)
    {
        var condition = Fields.Condition(query).Value;

        Assert.Equal(sql, condition.Text);
        Assert.Equal(values, condition.Values.Select(value => value.Kind == SqlKind.Int64 ? value.Int64.ToString(System.Globalization.CultureInfo.InvariantCulture) : (string)value.Reference!));
    }

    [Theory]
    [InlineData("", "A clause such as", "character 1")]
    [InlineData("   ", "A clause such as", "character 4")]
    [InlineData("status:\"x\"", "There is no field status; these are: email, amount", "character 1")]
    [InlineData("amount:1 email", "One of : ~ < > <= >= is wanted after email", "character 15")]
    [InlineData("amount:", "A value is wanted", "character 8")]
    [InlineData("amount:1.5", "A value is wanted", "character 8")]
    [InlineData("amount:99999999999999999999", "A whole number is wanted", "character 1")]
    [InlineData("email:jenny", "A value is wanted: a text in quotes", "character 7")]
    [InlineData("email:5", "A text in quotes is wanted", "character 1")]
    [InlineData("email:\"jenny", "The quote that begins here is not closed", "character 7")]
    [InlineData("email:\"a\"email:\"b\"", "A space is wanted between two clauses", "character 10")]
    [InlineData("email~\"ab\"", "At least 3 characters", "character 1")]
    [InlineData("email>\"abc\"", "email cannot be compared with >", "character 1")]
    [InlineData("amount~\"123\"", "amount cannot be compared with ~", "character 1")]
    [InlineData("amount>null", "null is compared with : alone", "character 1")]
    [InlineData("created:null", "A time in unix seconds is wanted", "character 1")]
    [InlineData("created:253402300800", "A time in unix seconds is wanted", "character 1")]
    [InlineData("refunded:\"maybe\"", "true or false is wanted", "character 1")]
    [InlineData("metadata:\"x\"", "metadata needs a key", "character 1")]
    [InlineData("email[\"x\"]:\"y\"", "email takes no key", "character 1")]
    [InlineData("metadata[x]:\"y\"", "A key in quotes is wanted", "character 10")]
    [InlineData("metadata[\"x\":\"y\"", "A closing ] is wanted", "character 13")]
    [InlineData("amount:1 AND amount:2 OR amount:3", "AND and OR cannot be mixed", "character 23")]
    [InlineData("amount:1 amount:2 OR amount:3", "AND and OR cannot be mixed", "character 19")]
    [InlineData("amount:1 AND ", "A clause is wanted after AND", "character 14")]
    [InlineData("(amount:1)", "Parentheses are not part of the language", "character 1")]
    [InlineData("--amount:1", "The name of a field is wanted", "character 2")]
    public void A_query_that_cannot_be_read_is_refused_with_the_place(string query, string why, string place)
    {
        var refusal = Fields.Condition(query).Refusal!;

        Assert.Equal(("search_query_invalid", "query"), (refusal.Code, refusal.Param));
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"{place})", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_is_bounded_in_clauses_and_in_length()
    {
        Assert.True(Fields.Condition(string.Join(' ', Enumerable.Repeat("amount:1", SearchQuery.MostClauses))).IsSuccess);
        Assert.False(Fields.Condition(string.Join(' ', Enumerable.Repeat("amount:1", SearchQuery.MostClauses + 1))).IsSuccess);
        Assert.True(Fields.Condition($"email:\"{new string('a', 500)}\"").IsSuccess);
        Assert.False(Fields.Condition($"email:\"{new string('a', 501)}\"").IsSuccess);
        Assert.False(Fields.Condition($"amount:1{new string(' ', SearchQuery.MostCharacters)}").IsSuccess);
    }
}
