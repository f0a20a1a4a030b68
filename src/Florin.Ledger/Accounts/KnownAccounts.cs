using System.Collections.Concurrent;
using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>What of an account never changes.</summary>
internal sealed record KnownAccount(LedgerAccountId Id, AccountName Name, long? MinMinor, long? MaxMinor)
{
    public bool IsBounded => MinMinor is not null || MaxMinor is not null;
}

/// <summary>The accounts that this process has seen committed, and the opening of others as they are named.</summary>
internal sealed class KnownAccounts(TimeProvider time)
{
    // A wallet programme has millions of accounts; forgetting them all now and then costs a look-up each.
    private const int MaxRemembered = 200_000;

    // Replaced when it is full, never emptied: who looked something up in it goes on finding it there.
    private volatile ConcurrentDictionary<AccountName, KnownAccount> committed = [];

    /// <summary>An account that was seen committed; null where it has to be looked up.</summary>
    public KnownAccount? Remembered(AccountName name) => committed.GetValueOrDefault(name);

    /// <summary>Finds the accounts of all names, opening without bounds those that are not there.</summary>
    /// <param name="mustExist">Names that are only looked for; null for none.</param>
    /// <returns>By name as it was asked for; the kind may differ from the one that the account has.</returns>
    public async ValueTask<Lookup> EnsureAsync(ITransaction tx, IEnumerable<AccountName> names, IReadOnlySet<AccountName>? mustExist = null)
    {
        var remembered = committed;
        Dictionary<AccountName, KnownAccount>? found = null;
        SortedDictionary<Guid, AccountName>? unseen = null;
        foreach (var name in names)
        {
            if (!remembered.ContainsKey(name)) (unseen ??= []).TryAdd(AccountIds.Of(name).Value, name);
        }

        if (unseen is not null)
        {
            found = [];

            // In the order of ids, so that two transactions that open the same accounts do not wait in a circle.
            foreach (var (id, name) in unseen)
            {
                if (mustExist?.Contains(name) == true) continue;
                await tx.EnqueueAsync(Insert(new LedgerAccountId(id), new NewLedgerAccount(name, null, null)));
            }

            foreach (var chunk in unseen.Chunk(SetBased.MembersOf(tx.Engine)))
            {
                foreach (var account in await StoredAsync(tx, chunk[0].Value.Scope.Shard, [.. chunk.Select(entry => entry.Key)], id => unseen[id]))
                {
                    found[unseen[account.Id.Value]] = account;
                }
            }

            tx.OnCommitted(() => Remember(found));
        }

        return new Lookup(remembered, found);
    }

    /// <summary>An account of that name, as it is stored; null where there is none.</summary>
    public static async ValueTask<KnownAccount?> FindAsync(ISqlReader reader, AccountName name)
    {
        var id = AccountIds.Of(name);
        var stored = await StoredAsync(reader, name.Scope.Shard, [id.Value], _ => name);
        return stored.Count == 0 ? null : stored[0];
    }

    public Sql Insert(LedgerAccountId id, NewLedgerAccount account)
    {
        var name = account.Name;
        var now = time.GetUtcNow();
        var digest = Digests.OfAccount(
            name, id.Value, name.Kind.Word(), now.ToUnixTimeMilliseconds(), account.MinMinor, account.MaxMinor, account.Metadata);
        return
            $"""
             INSERT INTO ledger_accounts
                    (shard, id, merchant, is_live, code, kind, currency, created_at_ms, min_minor, max_minor, metadata, digest)
             VALUES ({name.Scope.Shard}, {id}, {name.Scope.Merchant}, {name.Scope.IsLive}, {name.Code}, {name.Kind.Word()},
                     {name.Currency}, {now}, {account.MinMinor}, {account.MaxMinor}, {account.Metadata}, {digest})
             ON CONFLICT (shard, id) DO NOTHING
             """;
    }

    private static async ValueTask<List<KnownAccount>> StoredAsync(
        ISqlReader reader, ShardId shard, Guid[] ids, Func<Guid, AccountName> nameOf) => await reader.QueryAsync(
        $"""
         SELECT id, kind, min_minor, max_minor FROM ledger_accounts
          WHERE shard = {shard} AND {SetBased.IsAmong(reader.Engine, new SqlFragment("id"), ids)}
         """,
        row => new KnownAccount(
            row.Id<LedgerAccountId>(0),
            nameOf(row.Uuid(0)) with { Kind = LedgerWords.Kind(row.Text(1)) },
            row.Int64OrNull(2),
            row.Int64OrNull(3)));

    private void Remember(Dictionary<AccountName, KnownAccount> accounts)
    {
        if (committed.Count > MaxRemembered) committed = [];

        // Under its true name alone: a name of the wrong kind must not be taken for a known one.
        foreach (var account in accounts.Values) committed.TryAdd(account.Name, account);
    }

    public sealed class Lookup(ConcurrentDictionary<AccountName, KnownAccount> remembered, Dictionary<AccountName, KnownAccount>? found)
    {
        /// <returns>Null where it must exist and does not.</returns>
        public KnownAccount? this[AccountName name]
        {
            get
            {
                if (found is not null && found.TryGetValue(name, out var account)) return account;
                if (remembered.TryGetValue(name, out account)) return account;

                // The same account under another kind in one batch: its id says which it is.
                var id = AccountIds.Of(name);
                return found?.Values.FirstOrDefault(other => other.Id == id);
            }
        }
    }
}
