using System.Text;

namespace Florin.Storage.Search;

/// <summary>Reads a search query from left to right, once.</summary>
internal sealed class SearchReader(string text)
{
    private const int MostValueCharacters = 500;
    private const int MostNameCharacters = 80;

    private int at;

    /// <exception cref="SearchSyntaxException">It cannot be read.</exception>
    public SearchQuery Read()
    {
        var clauses = new List<SearchClause>();
        bool? matchesAny = null;
        SkipSpaces();
        if (at == text.Length) throw Wrong("A clause such as status:\"succeeded\" is wanted.", at);
        while (true)
        {
            if (clauses.Count == SearchQuery.MostClauses) throw Wrong($"There are more than {SearchQuery.MostClauses} clauses.", at);
            clauses.Add(ReadClause());
            var afterClause = at;
            SkipSpaces();
            if (at == text.Length) return new SearchQuery(clauses, matchesAny ?? false);
            if (at == afterClause) throw Wrong("A space is wanted between two clauses.", at);
            var afterSpaces = at;
            var joinedByOr = ReadConjunction();
            if (clauses.Count > 1 && joinedByOr != matchesAny) throw Wrong("AND and OR cannot be mixed in one query.", afterSpaces);
            matchesAny = joinedByOr;
        }
    }

    private SearchClause ReadClause()
    {
        var start = at;
        var isNegated = Take('-');
        var field = ReadName();
        var key = Take('[') ? ReadKey() : null;
        var comparison = ReadOperator(field);
        var (value, isQuoted) = ReadValue();
        return new SearchClause(field, key, comparison, value, isQuoted, isNegated, start + 1);
    }

    private string ReadName()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.')) at++;
        if (at == start) throw Wrong(at < text.Length && text[at] is '(' or ')' ? "Parentheses are not part of the language." : "The name of a field is wanted.", at);
        if (at - start > MostNameCharacters) throw Wrong("The name of a field is too long.", start);
        return text[start..at];
    }

    private string ReadKey()
    {
        if (at == text.Length || text[at] is not ('"' or '\'')) throw Wrong("A key in quotes is wanted, as in metadata[\"order\"].", at);
        var key = ReadQuoted();
        if (!Take(']')) throw Wrong("A closing ] is wanted after the key.", at);
        return key;
    }

    private SearchOperator ReadOperator(string field)
    {
        if (Take(':')) return SearchOperator.Is;
        if (Take('~')) return SearchOperator.Contains;
        if (Take('<')) return Take('=') ? SearchOperator.LessOrEqual : SearchOperator.Less;
        if (Take('>')) return Take('=') ? SearchOperator.GreaterOrEqual : SearchOperator.Greater;
        throw Wrong($"One of : ~ < > <= >= is wanted after {field}.", at);
    }

    private (string? Value, bool IsQuoted) ReadValue()
    {
        if (at < text.Length && text[at] is '"' or '\'') return (ReadQuoted(), true);
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '-' or '+' or '.' or '_')) at++;
        var word = text[start..at];
        if (word == "null") return (null, false);
        if (word.Length > 0 && word.TrimStart('-').All(char.IsAsciiDigit)) return (word, false);
        throw Wrong("A value is wanted: a text in quotes, a whole number, or null.", start);
    }

    // A backslash takes the quote, or another backslash, for itself.
    private string ReadQuoted()
    {
        var start = at;
        var quote = text[at++];
        var value = new StringBuilder();
        while (at < text.Length && text[at] != quote)
        {
            if (text[at] == '\\' && at + 1 < text.Length && (text[at + 1] == quote || text[at + 1] == '\\')) at++;
            value.Append(text[at++]);
        }

        if (!Take(quote)) throw Wrong("The quote that begins here is not closed.", start);
        return value.Length <= MostValueCharacters
            ? value.ToString()
            : throw Wrong($"A value has {MostValueCharacters} characters at most.", start);
    }

    // Nothing but a space between two clauses means AND.
    private bool ReadConjunction()
    {
        foreach (var (word, isOr) in (ReadOnlySpan<(string, bool)>)[("AND", false), ("OR", true)])
        {
            var end = at + word.Length;
            if (end >= text.Length || !char.IsWhiteSpace(text[end])) continue;
            if (!text.AsSpan(at, word.Length).Equals(word, StringComparison.OrdinalIgnoreCase)) continue;
            at = end;
            SkipSpaces();
            if (at == text.Length) throw Wrong($"A clause is wanted after {word}.", at);
            return isOr;
        }

        return false;
    }

    private bool Take(char wanted)
    {
        if (at == text.Length || text[at] != wanted) return false;
        at++;
        return true;
    }

    private void SkipSpaces()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }

    private static SearchSyntaxException Wrong(string message, int index) => new(message, index + 1);
}
