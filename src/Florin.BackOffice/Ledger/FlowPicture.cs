using Florin.BackOffice.Pages;
using Florin.Kernel;
using Florin.Ledger;

namespace Florin.BackOffice.Ledger;

/// <summary>Lays out the picture of a transaction: credited accounts on the left, debited ones on the right, and between them
/// the way that the money goes.</summary>
internal static class FlowPicture
{
    public const int Width = 680;
    public const int BoxWidth = 250;
    public const int BoxHeight = 52;

    private const int Step = 64;
    private const int Margin = 6;
    private const int MostBoxes = 8;
    private const int MostLetters = 30;

    public static LedgerFlow Of(IReadOnlyList<PostingDetail> postings)
    {
        var from = Side(postings, PostingSide.Credit, x: Margin);
        var to = Side(postings, PostingSide.Debit, x: Width - Margin - BoxWidth);
        var rows = Math.Max(from.Count, to.Count);
        var height = (rows * Step) - (Step - BoxHeight) + (2 * Margin);
        return new LedgerFlow(height, [.. Centred(from, height)], [.. Centred(to, height)]);
    }

    private static List<LedgerFlowBox> Side(IReadOnlyList<PostingDetail> postings, PostingSide side, int x)
    {
        // An account that is posted to several times on one side is one box.
        var boxes = postings.Where(posting => posting.Side == side)
            .GroupBy(posting => (posting.AccountId, posting.AccountCode, posting.Amount.Currency))
            .Select(group => new LedgerFlowBox(
                x, 0, Short(group.Key.AccountCode), group.Select(posting => posting.Amount).Aggregate((sum, next) => sum + next), Others: 0))
            .ToList();
        if (boxes.Count <= MostBoxes) return boxes;
        var rest = boxes.Count - (MostBoxes - 1);
        return [.. boxes[..(MostBoxes - 1)], new LedgerFlowBox(x, 0, "", Amount: null, rest)];
    }

    private static IEnumerable<LedgerFlowBox> Centred(List<LedgerFlowBox> boxes, int height)
    {
        var top = (height - ((boxes.Count * Step) - (Step - BoxHeight))) / 2;
        return boxes.Select((box, i) => box with { Y = top + (i * Step) });
    }

    // The end tells accounts of one branch apart.
    private static string Short(string code) => code.Length <= MostLetters ? code : "…" + code[^(MostLetters - 1)..];
}
