using Florin.Kernel;
using Florin.Storage;
using Florin.Testing.Databases;

namespace Florin.Ledger.Tests.Books;

public abstract class TransactionWalkTests(DatabaseFixture fixture) : BookTests(fixture)
{
    private const int Rows = 60;

    private static readonly LedgerTransactionId BeforeAll = LedgerTransactionId.From(new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    private static readonly TransactionWalk.Bounds Narrow = new(3, 7);
    private static readonly TransactionFilter Marked = new() { Metadata = new Dictionary<string, string> { ["mark"] = "yes" } };

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(100, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(100, true)]
    public async Task A_walk_finds_each_that_fits_once_in_calls_of_bounded_work(int limit, bool isBackwards)
    {
        var wanted = await PostAsync(row => row % 13 == 4);
        var page = new PageRequest<LedgerTransactionId>(limit, EndingBefore: isBackwards ? BeforeAll : null);

        var (found, calls) = await WalkAsync(Marked, page);

        Assert.Equal(isBackwards ? wanted : [.. wanted.Reverse()], found);
        Assert.InRange(calls, limit == 100 ? Rows / Narrow.Most : wanted.Count, (Rows / Narrow.Most) + wanted.Count + 1);
    }

    [Fact]
    public async Task Where_nothing_fits_each_call_is_empty_and_says_so_until_the_end_of_the_shard()
    {
        await PostAsync(_ => false);

        var (found, calls) = await WalkAsync(Marked, new PageRequest<LedgerTransactionId>(10));

        Assert.Empty(found);
        Assert.Equal((Rows / Narrow.Most) + 1, calls);
    }

    [Fact]
    public async Task A_page_that_is_full_early_and_one_by_reference_are_not_walked_for()
    {
        var wanted = await PostAsync(_ => true);

        var first = await ReadAsync(Marked, new PageRequest<LedgerTransactionId>(1));
        var last = await ReadAsync(new TransactionFilter(Reference: "row:0"), new PageRequest<LedgerTransactionId>(1));

        Assert.Equal((wanted[^1], true, null), (first.Items[0].Id, first.HasMore, first.WalkedTo));
        Assert.Equal((wanted[0], false, null), (last.Items[0].Id, last.HasMore, last.WalkedTo));
    }

    [Fact]
    public async Task All_are_listed_however_many_rows_of_others_lie_between()
    {
        var wanted = await PostAsync(_ => true, others: 40);

        var page = await ReadAsync(new TransactionFilter(), new PageRequest<LedgerTransactionId>(1));

        Assert.Equal((wanted[^1], true, null), (page.Items.Single().Id, page.HasMore, page.WalkedTo));
    }

    [Fact]
    public async Task What_has_no_subject_but_its_merchant_is_walked_for_like_the_rest()
    {
        await PostAsync(_ => false);

        var (found, calls) = await WalkAsync(Marked with { Subject = Scope.Merchant.Value }, new PageRequest<LedgerTransactionId>(10));

        Assert.Empty(found);
        Assert.Equal((Rows / Narrow.Most) + 1, calls);
    }

    // Every second row of the shard is a neighbour's, and as many more at the end as are asked for.
    private async Task<IReadOnlyList<LedgerTransactionId>> PostAsync(Func<int, bool> isMarked, int others = 0)
    {
        var (wanted, neighbour) = (new List<LedgerTransactionId>(), NewScope(Scope.Shard));
        for (var row = 0; row < Rows + others; row++)
        {
            var scope = row % 2 == 0 && row < Rows ? Scope : neighbour;
            var posted = await Ledger.PostAsync(
                Move(Name(scope, "bank", Currency.Eur), Name(scope, "x", Currency.Eur), 5) with
                {
                    Scope = scope,
                    Reference = $"row:{row}",
                    Metadata = isMarked(row) ? """{"mark":"yes"}""" : null,
                },
                Ct);
            if (scope == Scope && isMarked(row)) wanted.Add(posted.Value.Id);
            Time.Advance(TimeSpan.FromMilliseconds(row % 3));
        }

        // Ids of one millisecond have no order but their own.
        return [.. wanted.OrderBy(id => id.Value)];
    }

    private async Task<(IReadOnlyList<LedgerTransactionId> Found, int Calls)> WalkAsync(TransactionFilter filter, PageRequest<LedgerTransactionId> page)
    {
        var (found, isBackwards) = (new List<LedgerTransactionId>(), page.EndingBefore is not null);
        for (var calls = 1; ; calls++)
        {
            var answer = await ReadAsync(filter, page);
            var ids = answer.Items.Select(item => item.Id).ToList();
            if (isBackwards) ids.Reverse();
            found.AddRange(ids);
            if (!answer.HasMore) return (found, calls);
            var cursor = answer.WalkedTo ?? ids[^1];
            page = isBackwards ? page with { EndingBefore = cursor } : page with { StartingAfter = cursor };
            Assert.True(calls < 2 * Rows, "The walk does not end.");
        }
    }

    private Task<WalkedPage> ReadAsync(TransactionFilter filter, PageRequest<LedgerTransactionId> page) =>
        Database.ReadAsync(reader => TransactionWalk.ReadAsync(reader, Scope, filter, page, Narrow), Ct);
}

public sealed class TransactionWalkOnSqlite(SqliteFixture fixture) : TransactionWalkTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class TransactionWalkOnPostgres(PostgresFixture fixture) : TransactionWalkTests(fixture), IClassFixture<PostgresFixture>;
