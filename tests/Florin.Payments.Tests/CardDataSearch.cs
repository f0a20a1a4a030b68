using System.Text;
using System.Text.RegularExpressions;
using Florin.Sandbox;
using Florin.Storage;
using Florin.Testing.Databases;

namespace Florin.Payments.Tests;

/// <summary>Looks for card numbers and security codes in everything that a Florin wrote.</summary>
internal static partial class CardDataSearch
{
    /// <returns>Where a number or code was found, without the number.</returns>
    public static async Task<IReadOnlyList<string>> FindAsync(RunningFlorin florin, DatabaseFixture database)
    {
        var found = new List<string>();
        found.AddRange(In("the log", string.Join('\n', florin.LogLines)));
        if (database is SqliteFixture sqlite)
        {
            foreach (var bytes in sqlite.BytesOnDisk()) found.AddRange(In("the database's files", Encoding.Latin1.GetString(bytes)));
        }

        foreach (var (table, text) in await TextOfTablesAsync(florin.Database)) found.AddRange(In(table, text));
        return found;
    }

    /// <summary>What <see cref="FindAsync"/> says of one text.</summary>
    public static IEnumerable<string> In(string place, string text)
    {
        foreach (var card in TestCards.All.Concat(TestCards.OfCountries))
        {
            if (text.Contains(card.Number, StringComparison.Ordinal)
                || text.Contains(Convert.ToHexString(Encoding.ASCII.GetBytes(card.Number)), StringComparison.OrdinalIgnoreCase))
            {
                yield return $"{place} holds the number ending in {card.Last4}";
            }
        }

        // Three digits alone are everywhere; as a whole value, or beside their name, they are a code.
        if (SecurityCode().IsMatch(text)) yield return $"{place} holds a security code";
    }

    [GeneratedRegex("""("(739|7391)"|:\s*(739|7391)\s*[,}]|cvc\W{1,4}(739|7391)\b|\x1f(739|7391)\x1f)""", RegexOptions.IgnoreCase)]
    private static partial Regex SecurityCode();

    // Every column as text, bytes as hex digits, with a separator that no value holds.
    private static Task<List<(string Table, string Text)>> TextOfTablesAsync(IDatabase database) => database.ReadAsync(
        async reader =>
        {
            var isPostgres = reader.Engine == SqlEngine.Postgres;
            var columns = await reader.QueryAsync(
                Sql.Of(new SqlFragment(isPostgres
                    ? "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
                    : "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'")),
                row => (Table: row.Text(0), Column: row.Text(1)));
            var texts = new List<(string, string)>();
            foreach (var table in columns.GroupBy(column => column.Table, column => column.Column))
            {
                // A column that counts its rows comes past every number of three digits.
                var asText = table.Where(column => column != "seq").Select(column => isPostgres
                    ? $"coalesce({column}::text, '')"
                    : $"coalesce(CASE WHEN typeof({column}) = 'blob' THEN hex({column}) ELSE {column} END, '')");
                var rows = await reader.QueryAsync(
                    Sql.Of(new SqlFragment($"SELECT {string.Join(" || '\u001f' || ", asText)} FROM {table.Key}")),
                    row => "\u001f" + row.Text(0) + "\u001f");
                texts.Add(($"table {table.Key}", string.Join('\n', rows)));
            }

            return texts;
        },
        CancellationToken.None);
}
