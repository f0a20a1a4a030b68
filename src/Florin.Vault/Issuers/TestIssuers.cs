namespace Florin.Vault.Issuers;

/// <summary>The ranges of the documented test cards, which test mode knows without any table. No real card is in them.</summary>
internal static class TestIssuers
{
    public static IReadOnlyList<IssuerRow> Rows { get; } = Load();

    public static IssuerTable Table { get; } = Rows.Aggregate(new IssuerTable.Builder(), (builder, row) => builder.Add(row)).Build();

    private static List<IssuerRow> Load()
    {
        using var reader = new StreamReader(typeof(TestIssuers).Assembly.GetManifestResourceStream("Issuers/test-issuers.csv")!);
        var file = new IssuerFile(fault => throw new InvalidOperationException($"test-issuers.csv, line {fault.Line}: {fault.Message}"));
        for (var number = 1; reader.ReadLine() is { } line; number++) file.Read(number, line);
        return file.Finish();
    }
}
