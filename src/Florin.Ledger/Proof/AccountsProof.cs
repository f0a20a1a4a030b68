using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>Proves that each account is as it was opened, and that what it reads as is what its postings add up to.</summary>
internal sealed class AccountsProof(ISqlReader reader, Func<short, Guid, Int128> sumOf, FaultsOfCheck faults, CancellationToken ct)
{
    private sealed record BalanceRow(long Posted, long HeldOut, long HeldIn);

    /// <summary>What an account was that was opened before there were digests.</summary>
    private sealed record FirstRow(string Kind, long CreatedAtMs);

    private sealed record AccountRow(
        short Shard, Guid Id, MerchantId Merchant, bool IsLive, string Code, string Kind, string Currency, long CreatedAtMs,
        long? MinMinor, long? MaxMinor, string? Metadata, byte[]? Digest, Int128 FoldedMinor, BalanceRow? Balance, FirstRow? First)
    {
        public (short Shard, Guid Id) Key => (Shard, Id);

        public string Where => $"Account {new LedgerAccountId(Id)} ({Code})";
    }

    public long Accounts { get; private set; }

    public async Task ProveAsync()
    {
        // What no block holds yet, by account: little, unless blocks have not been made for long.
        var since = (await Blocks.SumsSinceLastAsync(reader, shard: null)).ToDictionary(sum => (sum.Key.Shard.Value, sum.Key.Account), sum => sum.Value);
        var held = await HeldAsync();
        var rows = new Pages<AccountRow>(AccountsAfterAsync, ct);
        while (await rows.NextAsync() is { } account)
        {
            Accounts++;
            var sum = sumOf(account.Shard, account.Id);
            var shown = account.FoldedMinor + since.GetValueOrDefault(account.Key);
            if (sum != shown) faults.Add($"{account.Where} reads as {shown}, but its postings add up to {sum}.");
            if (sum < long.MinValue || sum > long.MaxValue) faults.Add($"{account.Where} holds {sum} minor units, more than a balance can show.");
            ProveAccount(account);
            ProveBalance(account, sum, held);
        }

        await ProveDerivedHaveAccountsAsync("ledger_folds");
        await ProveDerivedHaveAccountsAsync("ledger_balances");
    }

    private void ProveAccount(AccountRow account)
    {
        var scope = new MerchantScope(account.Merchant, account.IsLive);
        if (!Currency.TryGet(account.Currency, out var currency)
            || AccountIds.Of(new AccountName(scope, account.Code, AccountKind.Asset, currency)).Value != account.Id)
        {
            faults.Add(
                $"Account {FaultsOfCheck.ShowAccount(account.Id)} does not have the id of its name ({scope}, {account.Code}, {account.Currency}).");
        }
        else if (account.Digest is not null)
        {
            var name = new AccountName(scope, account.Code, AccountKind.Asset, currency);
            var wanted = Digests.OfAccount(
                name, account.Id, account.Kind, account.CreatedAtMs, account.MinMinor, account.MaxMinor, account.Metadata);
            if (!wanted.AsSpan().SequenceEqual(account.Digest)) faults.Add($"{account.Where} is not as it was opened: its digest differs.");
        }
        else if (account.First is null)
        {
            faults.Add($"{account.Where} has no digest, and was opened when accounts had one.");
        }
        else if (account is not { MinMinor: null, MaxMinor: null, Metadata: null } || account.First != new FirstRow(account.Kind, account.CreatedAtMs))
        {
            // Bounds and metadata came with the digests.
            faults.Add($"{account.Where} is not as it was before accounts had digests.");
        }
    }

    private void ProveBalance(AccountRow account, Int128 sum, Dictionary<(short Shard, Guid Id, long Side), Int128> held)
    {
        var isBounded = account.MinMinor is not null || account.MaxMinor is not null;
        if (isBounded != account.Balance is not null) faults.Add($"{account.Where} has bounds without a balance row, or the reverse.");
        if (account.Balance is not { } balance) return;
        var sign = account.Kind is "asset" or "expense" ? 1L : -1L;
        if (balance.Posted != sum * sign)
        {
            faults.Add($"{account.Where} has the balance {balance.Posted}, but its postings make it {sum * sign}.");
        }

        var (shard, id) = account.Key;
        var (heldIn, heldOut) = (held.GetValueOrDefault((shard, id, sign)), held.GetValueOrDefault((shard, id, -sign)));
        if (balance.HeldIn != heldIn || balance.HeldOut != heldOut)
        {
            faults.Add(
                $"{account.Where} counts {balance.HeldOut} as held out of it and {balance.HeldIn} into it; its open holds make it {heldOut} and {heldIn}.");
        }

        if (balance.Posted - (Int128)balance.HeldOut < (account.MinMinor ?? long.MinValue)
            || balance.Posted + (Int128)balance.HeldIn > (account.MaxMinor ?? long.MaxValue))
        {
            faults.Add($"{account.Where} is out of its bounds.");
        }
    }

    // What open holds hold, for all accounts at once: a question for each account would be most of the proof of a book of wallets.
    private async ValueTask<Dictionary<(short Shard, Guid Id, long Side), Int128>> HeldAsync()
    {
        var held = new Dictionary<(short, Guid, long), Int128>();
        await reader.EachAsync(
            $"""
             SELECT p.shard, p.account_id, p.side, CAST(SUM(p.amount_minor >> 32) AS bigint), CAST(SUM(p.amount_minor & 4294967295) AS bigint)
               FROM ledger_hold_lines p
              WHERE NOT EXISTS (SELECT 1 FROM ledger_hold_ends e WHERE e.shard = p.shard AND e.hold_id = p.hold_id)
              GROUP BY p.shard, p.account_id, p.side
             """,
            row => held.Add(((short)row.Int64(0), row.Uuid(1), row.Int64(2)), WideSum.Read(row, 3)));
        return held;
    }

    private async Task ProveDerivedHaveAccountsAsync(string table)
    {
        var orphans = await reader.QueryAsync(
            $"""
             SELECT d.account_id FROM {new SqlFragment(table)} d
              WHERE NOT EXISTS (SELECT 1 FROM ledger_accounts a WHERE a.shard = d.shard AND a.id = d.account_id)
              LIMIT {(long)Faults.MaxPerCheck}
             """,
            row => row.Uuid(0));
        foreach (var orphan in orphans) faults.Add($"{table} has a row of account {FaultsOfCheck.ShowAccount(orphan)}, which is not there.");
    }

    private ValueTask<List<AccountRow>> AccountsAfterAsync(AccountRow? last) => reader.QueryAsync(
        $"""
         SELECT a.shard, a.id, a.merchant, a.is_live, a.code, a.kind, a.currency, a.created_at_ms, a.min_minor, a.max_minor, a.metadata,
                a.digest, COALESCE(f.sum_minor, 0), COALESCE(f.carries, 0), b.posted_minor, b.held_out_minor, b.held_in_minor,
                o.kind, o.created_at_ms
           FROM ledger_accounts a
           LEFT JOIN ledger_folds f ON f.shard = a.shard AND f.account_id = a.id
           LEFT JOIN ledger_balances b ON b.shard = a.shard AND b.account_id = a.id
           LEFT JOIN ledger_first_accounts o ON o.shard = a.shard AND o.account_id = a.id
          WHERE (a.shard, a.id) > ({(long)(last?.Shard ?? -1)}, {last?.Id ?? Guid.Empty})
          ORDER BY a.shard, a.id LIMIT {(long)Pages<AccountRow>.Size}
         """,
        row => new AccountRow(
            (short)row.Int64(0),
            row.Uuid(1),
            row.Id<MerchantId>(2),
            row.Bool(3),
            row.Text(4),
            row.Text(5),
            row.Text(6),
            row.Int64(7),
            row.Int64OrNull(8),
            row.Int64OrNull(9),
            row.TextOrNull(10),
            row.BytesOrNull(11),
            WideSum.Join(row.Int64(12), row.Int64(13)),
            row.IsNull(14) ? null : new BalanceRow(row.Int64(14), row.Int64(15), row.Int64(16)),
            row.IsNull(17) ? null : new FirstRow(row.Text(17), row.Int64(18))));
}
