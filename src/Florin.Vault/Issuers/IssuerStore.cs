using System.Collections.Frozen;
using Florin.Storage;

namespace Florin.Vault.Issuers;

/// <summary>The rows of the imported table.</summary>
internal static class IssuerStore
{
    private const int Batch = 10_000;

    private static readonly SqlFragment Columns = new("first_number, last_number, digits, country, brand, funding, issuer");

    private static readonly FrozenDictionary<string, CardBrand> Brands =
        Enum.GetValues<CardBrand>().ToFrozenDictionary(CardWords.Of, brand => brand, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, CardFunding> Fundings =
        Enum.GetValues<CardFunding>().ToFrozenDictionary(CardWords.Of, funding => funding, StringComparer.Ordinal);

    public static ValueTask<IssuerTableInfo?> FindAsync(ISqlReader reader) => reader.FirstAsync(
        $"SELECT version, ranges, imported_at_ms FROM issuer_tables WHERE id = 1",
        row => new IssuerTableInfo(row.Int64(0), row.Int64(1), row.Instant(2)));

    /// <summary>Every range, in the order of <see cref="IssuerRow.Outwards"/>.</summary>
    public static ValueTask EachAsync(ISqlReader reader, Action<IssuerRow> read) =>
        reader.EachAsync($"SELECT {Columns} FROM issuer_ranges ORDER BY first_number, last_number DESC", row => read(Read(row)));

    /// <summary>The ranges with numbers from one to another, the narrowest first.</summary>
    public static ValueTask<List<IssuerRow>> BetweenAsync(ISqlReader reader, long first, long last, int most) => reader.QueryAsync(
        $"""
         SELECT {Columns} FROM issuer_ranges WHERE first_number <= {last} AND last_number >= {first}
          ORDER BY last_number - first_number, first_number LIMIT {(long)most}
         """,
        Read);

    /// <returns>The version that it makes.</returns>
    public static async Task<long> ReplaceAsync(ITransaction tx, IReadOnlyList<IssuerRow> rows, DateTimeOffset now)
    {
        // First, since it keeps others who replace the table waiting.
        var version = await tx.FirstAsync(
            $"""
             INSERT INTO issuer_tables (id, version, ranges, imported_at_ms) VALUES (1, 1, {(long)rows.Count}, {now})
             ON CONFLICT (id) DO UPDATE
                SET version = issuer_tables.version + 1, ranges = excluded.ranges, imported_at_ms = excluded.imported_at_ms
             RETURNING version
             """,
            row => row.Int64(0));
        await tx.ExecuteAsync($"DELETE FROM issuer_ranges");
        foreach (var batch in rows.Chunk(Batch))
        {
            await tx.InsertAsync(new NewRows(new SqlFragment("issuer_ranges"), batch.Length)
                .With("first_number", SqlArray.Of(Array.ConvertAll(batch, row => row.First)))
                .With("last_number", SqlArray.Of(Array.ConvertAll(batch, row => row.Last)))
                .With("digits", SqlArray.Of(Array.ConvertAll(batch, row => (long)row.Digits)))
                .With("country", SqlArray.Of(Array.ConvertAll(batch, row => (string?)row.Country)))
                .With("brand", SqlArray.Of(Array.ConvertAll(batch, row => row.Brand is { } brand ? CardWords.Of(brand) : null)))
                .With("funding", SqlArray.Of(Array.ConvertAll(batch, row => row.Funding == CardFunding.Unknown ? null : CardWords.Of(row.Funding))))
                .With("issuer", SqlArray.Of(Array.ConvertAll(batch, row => row.Issuer))));
        }

        return version;
    }

    private static IssuerRow Read(ISqlRow row) => new(
        row.Int64(0),
        row.Int64(1),
        row.Int32(2),
        row.Text(3),
        row.TextOrNull(4) is { } brand ? Brands[brand] : null,
        row.TextOrNull(5) is { } funding ? Fundings[funding] : CardFunding.Unknown,
        row.TextOrNull(6));
}
