using System.Text;
using Florin.Kernel;
using Florin.Ledger.Exports;
using Florin.Ledger.Proof;
using Florin.Storage;
using Florin.Testing;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests.Books;

/// <summary>A ledger, merchants with books in it, and random transactions in currencies of 0, 2 and 3 digits.</summary>
public abstract class BookTests(DatabaseFixture fixture) : IAsyncLifetime
{
    protected static readonly CancellationToken Ct = CancellationToken.None;

    protected static readonly Currency[] Currencies = [Currency.Eur, Currency.Krw, Currency.Get("KWD")];

    // What an account code may be made of, also what other programs would take for something else.
    protected static readonly string[] Codes =
    [
        "bank", "merchant_pending", "gateway_receivable", "gateway_receivable:aurora", "gateway_receivable:aurora:2", "fee_income",
        "Mixed", "mixed", "two words", "two  words", "tab\there", "a;b", "a::b", ":a", "a:", "(virtual)", "[balanced]", "=SUM(A1)", "100%25",
        "한국 은행", "x", "X", "x--y", "quote\"s", "back\\slash", "new\nline", "comma, and @", "emoji😀", "*star", "2020", "under_", "_under", "a__b",
    ];

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("florin-books-");
    private int references;

    protected ManualTime Time { get; } = new();

    protected ServiceProvider Services { get; private set; } = null!;

    protected MerchantScope Scope { get; private set; }

    protected ILedger Ledger => Services.GetRequiredService<ILedger>();

    protected ILedgerQueries Queries => Services.GetRequiredService<ILedgerQueries>();

    protected ILedgerReports Reports => Services.GetRequiredService<ILedgerReports>();

    protected ILedgerExports Exports => Services.GetRequiredService<ILedgerExports>();

    protected ILedgerImports Imports => Services.GetRequiredService<ILedgerImports>();

    protected IDatabase Database => Services.GetRequiredService<IDatabase>();

    public async Task InitializeAsync()
    {
        Services = await fixture.StartAsync(Time, added => added.AddLedger());
        Scope = NewScope();
    }

    public async Task DisposeAsync()
    {
        await Services.DisposeAsync();
        directory.Delete(recursive: true);
    }

    /// <summary>Another process on the same database.</summary>
    protected ServiceProvider OtherProcess(IDatabase? database = null) => fixture.Compose(Time, added =>
    {
        added.AddLedger();
        if (database is not null) added.AddSingleton(database);
    });

    protected MerchantScope NewScope(ShardId? shard = null) =>
        new(Services.GetRequiredService<IdSource>().New<MerchantId>(shard ?? DatabaseFixture.FreshShard()), IsLive: false);

    /// <summary>The kind follows from code and currency, as it must: an account has one.</summary>
    protected static AccountName Name(MerchantScope scope, string code, Currency currency) =>
        new(scope, code, (AccountKind)(Math.Abs(code.Sum(sign => sign)) % 5), currency);

    protected NewLedgerTransaction Move(AccountName debited, AccountName credited, long minor, DateTimeOffset? effectiveAt = null) => new(
        Scope,
        $"move:{++references}",
        "move",
        Scope.Merchant.Value,
        effectiveAt ?? Time.GetUtcNow(),
        [
            new NewPosting(debited, PostingSide.Debit, new Money(minor, debited.Currency)),
            new NewPosting(credited, PostingSide.Credit, new Money(minor, credited.Currency)),
        ]);

    /// <summary>Posts random transactions of two to five postings, dated up to three years back and a month ahead.</summary>
    protected async Task PostRandomAsync(int seed, int count)
    {
        var random = new Random(seed);
        for (var posted = 0; posted < count; posted += 1_000)
        {
            var batch = Enumerable.Range(0, Math.Min(1_000, count - posted)).Select(_ => Draw(random)).ToList();
            Assert.All(await Ledger.PostBatchAsync(batch, allOrNone: true, Ct), result => Assert.Null(result.Refusal));
            Time.Advance(TimeSpan.FromMinutes(random.Next(1, 2_000)));
        }

        // PostgreSQL does this by itself a minute later; until then it plans for an empty book.
        if (Database.Engine == SqlEngine.Postgres) await Database.WriteAsync(async tx => await tx.ExecuteAsync($"ANALYZE"), Ct);

        // What is in a block is certain for good; the rest is not, while any other test's transaction is under way on the server.
        while (await Database.ReadAsync(
            async reader => await reader.CountAsync(
                $"SELECT COUNT(*) FROM ledger_transactions WHERE seq > (SELECT COALESCE(MAX(last_seq), 0) FROM ledger_blocks)"),
            Ct) > 0)
        {
            await Services.GetRequiredService<Blocks>().MakeAsync(Ct);
        }
    }

    private NewLedgerTransaction Draw(Random random)
    {
        var currency = Currencies[random.Next(Currencies.Length)];
        var postings = new List<NewPosting>();
        var left = 0L;
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var amount = random.NextInt64(1, 10_000_000);
            left += amount;
            postings.Add(new NewPosting(Account(), PostingSide.Debit, new Money(amount, currency)));
        }

        postings.Insert(random.Next(postings.Count + 1), new NewPosting(Account(), PostingSide.Credit, new Money(left, currency)));
        var number = ++references;
        return new NewLedgerTransaction(
            Scope,
            number % 7 == 0 ? $"=odd, reference [{number}] \"x\\y\" 한\n%2C end " : $"random:{number}",
            number % 5 == 0 ? "odd; kind | (x) 50%" : "random",
            Guid.NewGuid(),
            Time.GetUtcNow().AddMinutes(random.Next(-3 * 365 * 1_440, 30 * 1_440)),
            postings)
        {
            Metadata = number % 3 == 0 ? $$"""{"note": "a, b; c: \"d\" {{number}}", "list": [1, 2], "reference: x": "%41"}""" : null,
        };

        AccountName Account() => Name(Scope, Codes[random.Next(Codes.Length)], currency);
    }

    /// <summary>Exports until all is in it: PostgreSQL is certain of a transaction only when all that began before it have ended,
    /// in other tests too.</summary>
    protected async Task<(string Text, LedgerExported Done)> ExportAsync(LedgerExport export, long transactions)
    {
        for (var visit = 0; ; visit++)
        {
            using var output = new MemoryStream();
            var exported = await Exports.WriteAsync(export, output, Ct);
            Assert.Null(exported.Refusal);
            if (exported.Value.Transactions == transactions || visit == 1_000)
            {
                Assert.Equal(transactions, exported.Value.Transactions);
                return (Encoding.UTF8.GetString(output.ToArray()), exported.Value);
            }

            await Services.GetRequiredService<Blocks>().MakeAsync(Ct);
        }
    }

    protected Task<LedgerImported> ImportAsync(string text, LedgerImportFormat format, MerchantScope? into = null, bool isDryRun = false) =>
        Imports.ImportAsync(new LedgerImport(into ?? Scope, format, isDryRun), new MemoryStream(Encoding.UTF8.GetBytes(text)), answer: null, Ct);

    protected string Write(string name, string text)
    {
        var path = Path.Combine(directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Our balances under the names that another program knows the accounts by, debits positive.</summary>
    private protected async Task<Dictionary<(string, string), long>> OurBalancesAsync(Func<ExportAccount, string> nameOf) =>
        (await Queries.BalancesAsync(Scope, "", null, Ct))
        .Where(standing => !standing.Posted.IsZero)
        .ToDictionary(
            standing => (nameOf(new ExportAccount(standing.Id, standing.Name.Code, standing.Name.Kind, standing.Name.Currency, isOwn: true)), standing.Name.Currency.Code),
            standing => standing.Posted.Minor * (standing.Name.Kind is AccountKind.Asset or AccountKind.Expense ? 1 : -1));

    protected async Task<List<(string, AccountKind, long, string)>> BalancesOfAsync(MerchantScope scope) =>
        [.. (await Queries.BalancesAsync(scope, "", null, Ct)).Select(standing =>
            (standing.Name.Code, standing.Name.Kind, standing.Posted.Minor, standing.Posted.Currency.Code)).Order()];
}
