using Florin.BackOffice.Pages;
using Florin.Kernel;
using Florin.Ledger;

namespace Florin.BackOffice.Ledger;

/// <summary>Accounts as a tree: the parts of a code between its colons are its branches.</summary>
internal static class AccountTree
{
    /// <param name="prefix">What the codes begin with that were asked for.</param>
    /// <param name="isWhole">Whether these are all such accounts, so that branches can be added up.</param>
    public static IReadOnlyList<LedgerAccountRow> Of(IReadOnlyList<AccountStanding> accounts, string prefix, bool isWhole)
    {
        var ordered = accounts.OrderBy(account => account.Name.Code, StringComparer.Ordinal).ThenBy(account => account.Name.Currency.Code, StringComparer.Ordinal).ToList();
        var codes = ordered.Select(account => account.Name.Code).ToHashSet(StringComparer.Ordinal);
        var rows = new List<LedgerAccountRow>();
        string[] before = [];
        foreach (var account in ordered)
        {
            var parts = account.Name.Code.Split(':');
            for (var depth = 0; depth < parts.Length - 1; depth++)
            {
                var branch = string.Join(':', parts[..(depth + 1)]);
                var isShown = before.Length > depth && before.AsSpan(..(depth + 1)).SequenceEqual(parts.AsSpan(..(depth + 1)));
                if (!isShown && !codes.Contains(branch)) rows.Add(BranchOf(branch, depth, ordered, isWhole && $"{branch}:".StartsWith(prefix, StringComparison.Ordinal)));
            }

            rows.Add(new LedgerAccountRow(
                parts[^1], account.Name.Code, parts.Length - 1, OfficePaths.LedgerAccount(account.Id), account.Name.Kind, account.State, [account.Posted], account.Available));
            before = parts;
        }

        return rows;
    }

    // What is owned and what is owed do not add; a branch of both shows no sum.
    private static LedgerAccountRow BranchOf(string branch, int depth, List<AccountStanding> accounts, bool isWhole)
    {
        var below = accounts.Where(account => account.Name.Code.StartsWith(branch + ":", StringComparison.Ordinal)).ToList();
        var isOneKind = below.TrueForAll(account => account.Name.Kind == below[0].Name.Kind);
        IReadOnlyList<Money> sums = isOneKind && isWhole
            ? [.. below.GroupBy(account => account.Name.Currency).Select(group => group.Select(account => account.Posted).Aggregate((sum, next) => sum + next))]
            : [];
        var name = branch[(branch.LastIndexOf(':') + 1)..];
        return new LedgerAccountRow(name, branch, depth, Url: null, isOneKind ? below[0].Name.Kind : null, State: null, sums, Available: null);
    }
}
