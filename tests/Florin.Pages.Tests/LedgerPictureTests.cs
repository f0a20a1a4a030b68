using Florin.BackOffice.Ledger;
using Florin.Kernel;
using Florin.Ledger;

namespace Florin.Pages.Tests;

public sealed class LedgerPictureTests
{
    [Fact]
    public void A_tree_shows_each_branch_once_and_adds_up_what_is_of_one_kind()
    {
        var rows = AccountTree.Of(
            [
                Ledgers.Account(1, "a:x", AccountKind.Asset, 5),
                Ledgers.Account(2, "a:y:1", AccountKind.Asset, 7),
                Ledgers.Account(3, "a:y:2", AccountKind.Asset, 2, Currency.Usd),
                Ledgers.Account(4, "b:x", AccountKind.Asset, 1),
                Ledgers.Account(5, "b:y", AccountKind.Liability, 1),
                Ledgers.Account(6, "c", AccountKind.Income, 3),
                Ledgers.Account(7, "c:d", AccountKind.Income, 4),
            ],
            prefix: "",
            isWhole: true);

        Assert.Equal(
            ["0 a", "1 x", "1 y", "2 1", "2 2", "0 b", "1 x", "1 y", "0 c", "1 d"], rows.Select(row => $"{row.Depth} {row.Name}"));
        Assert.Equal([new Money(12, Currency.Krw), new Money(2, Currency.Usd)], rows[0].Balances);
        Assert.Empty(rows[5].Balances);
        Assert.NotNull(rows[8].Url);
    }

    [Fact]
    public void A_part_of_a_tree_is_not_added_up()
    {
        AccountStanding[] accounts = [Ledgers.Account(1, "a:x:1", AccountKind.Asset, 5)];

        Assert.Empty(AccountTree.Of(accounts, prefix: "", isWhole: false)[0].Balances);
        var filtered = AccountTree.Of(accounts, prefix: "a:x", isWhole: true);
        Assert.Empty(filtered[0].Balances);
        Assert.Equal(5, filtered[1].Balances.Single().Minor);
    }

    [Fact]
    public void Money_goes_from_credited_accounts_to_debited_ones()
    {
        var flow = FlowPicture.Of(
            [
                Ledgers.Posting(1, "to", AccountKind.Asset, PostingSide.Debit, 10),
                Ledgers.Posting(2, "from", AccountKind.Asset, PostingSide.Credit, 6),
                Ledgers.Posting(2, "from", AccountKind.Asset, PostingSide.Credit, 4),
            ]);

        Assert.Equal(("from", 10), (flow.From.Single().Account, flow.From.Single().Amount!.Value.Minor));
        Assert.Equal(("to", 10), (flow.To.Single().Account, flow.To.Single().Amount!.Value.Minor));
        Assert.True(flow.From[0].X < flow.To[0].X);
    }

    [Fact]
    public void A_thousand_accounts_are_a_picture_of_a_few()
    {
        var flow = FlowPicture.Of([.. Enumerable.Range(1, 1000).Select(i => Ledgers.Posting(i, $"own:{i}", AccountKind.Asset, i % 2 == 0 ? PostingSide.Debit : PostingSide.Credit, 1))]);

        Assert.Equal((8, 8), (flow.From.Count, flow.To.Count));
        Assert.Equal(493, flow.To[^1].Others);
        Assert.All(flow.From.Concat(flow.To), box => Assert.InRange(box.Y, 0, flow.Height - FlowPicture.BoxHeight));
    }
}
