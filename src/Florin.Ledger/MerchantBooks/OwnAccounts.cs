using System.Collections.Concurrent;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Finds the accounts that a merchant's postings name by id or code, and refuses those that are not its own.</summary>
internal sealed class OwnAccounts(IDatabase database)
{
    // A wallet programme has millions of accounts; forgetting them all now and then costs a look-up each.
    private const int MaxRemembered = 200_000;

    // Names never change and accounts never go. Replaced when it is full, never emptied under a reader.
    private volatile ConcurrentDictionary<LedgerAccountId, AccountName> remembered = [];

    /// <summary>The names of all accounts that the postings name, as far as there are such.</summary>
    public async Task<Names> FindAsync(MerchantScope scope, IEnumerable<OwnPosting> postings, CancellationToken ct)
    {
        var ids = new Dictionary<(string Account, Currency? Currency), LedgerAccountId>();
        var known = remembered;
        var unseen = new HashSet<Guid>();
        foreach (var posting in postings)
        {
            if (ids.ContainsKey((posting.Account, posting.Currency))) continue;
            if (IdOf(scope, posting) is not { } id) continue;
            ids.Add((posting.Account, posting.Currency), id);
            if (!known.ContainsKey(id)) unseen.Add(id.Value);
        }

        if (unseen.Count == 0) return new Names(ids, known);
        var found = await database.ReadAsync(reader => ReadAsync(reader, scope, unseen), ct);
        if (known.Count > MaxRemembered) known = [];
        foreach (var (id, name) in found) known.TryAdd(id, name);
        remembered = known;
        return new Names(ids, known);
    }

    // An id names its shard; one of another shard cannot be the merchant's.
    private static LedgerAccountId? IdOf(MerchantScope scope, OwnPosting posting)
    {
        if (Ids.TryParse<LedgerAccountId>(posting.Account, out var id)) return id.Shard() == scope.Shard ? id : null;
        return posting.Currency is { } currency ? AccountIds.Of(new AccountName(scope, posting.Account, default, currency)) : null;
    }

    private static async Task<List<(LedgerAccountId Id, AccountName Name)>> ReadAsync(ISqlReader reader, MerchantScope scope, HashSet<Guid> ids)
    {
        var found = new List<(LedgerAccountId, AccountName)>();
        foreach (var chunk in ids.Chunk(SetBased.MembersOf(reader.Engine)))
        {
            found.AddRange(await reader.QueryAsync(
                $"""
                 SELECT id, code, kind, currency FROM ledger_accounts
                  WHERE shard = {scope.Shard} AND merchant = {scope.Merchant} AND is_live = {scope.IsLive}
                    AND {SetBased.IsAmong(reader.Engine, new SqlFragment("id"), chunk)}
                 """,
                row => (row.Id<LedgerAccountId>(0), new AccountName(scope, row.Text(1), LedgerWords.Kind(row.Text(2)), row.Currency(3)))));
        }

        return found;
    }

    public sealed class Names(
        Dictionary<(string Account, Currency? Currency), LedgerAccountId> ids, ConcurrentDictionary<LedgerAccountId, AccountName> known)
    {
        /// <param name="index">Which of the caller's postings it is.</param>
        public Result<NewPosting> Posting(MerchantScope scope, OwnPosting posting, int index)
        {
            string Param(string name) => $"postings[{index}][{name}]";
            var isId = Ids.TryParse<LedgerAccountId>(posting.Account, out _);
            if (!isId && !OwnCodes.IsOwn(posting.Account)) return LedgerRefusals.Reserved(posting.Account, Param("account"));
            if (!ids.TryGetValue((posting.Account, posting.Currency), out var id) || !known.TryGetValue(id, out var name) || name.Scope != scope)
            {
                return LedgerRefusals.UnknownAccount(posting.Account, isId ? null : posting.Currency, Param("account"));
            }

            if (!OwnCodes.IsOwn(name.Code)) return LedgerRefusals.Reserved(name.Code, Param("account"));
            if (posting.Currency is { } currency && currency != name.Currency) return LedgerRefusals.AccountCurrency(name, currency, Param("currency"));
            if (!TransactionRules.IsAmount(posting.AmountMinor)) return LedgerRefusals.AmountOf(name.Code, posting.AmountMinor, Param("amount"));
            return new NewPosting(name, posting.Side, new Money(posting.AmountMinor, name.Currency));
        }
    }
}
