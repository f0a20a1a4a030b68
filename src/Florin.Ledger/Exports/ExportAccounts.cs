using Florin.Kernel;

namespace Florin.Ledger.Exports;

/// <summary>An account as an export meets it, and what was posted to it so far.</summary>
internal sealed class ExportAccount(LedgerAccountId id, string code, AccountKind kind, Currency currency, bool isOwn)
{
    public LedgerAccountId Id { get; } = id;

    /// <summary>Another merchant's account is named by its id: its code is that merchant's business, and might be one of ours.</summary>
    public string Code { get; } = isOwn ? code : $"other_merchants:{id}";

    /// <summary>What is between two merchants is equity to the book of one: neither owned nor earned by its own account.</summary>
    public AccountKind Kind { get; } = isOwn ? kind : AccountKind.Equity;

    public Currency Currency { get; } = currency;

    public bool IsOwn { get; } = isOwn;

    /// <summary>Debits positive.</summary>
    public Int128 Sum { get; set; }
}

/// <summary>All accounts that an export has met: the one thing in memory that grows.</summary>
internal sealed class ExportAccounts(MerchantScope scope)
{
    private readonly Dictionary<LedgerAccountId, ExportAccount> met = [];

    public IEnumerable<ExportAccount> All => met.Values;

    public ExportAccount Meet(LedgerAccountId id, string code, AccountKind kind, Currency currency)
    {
        if (met.TryGetValue(id, out var account)) return account;

        // An account's id is derived from whose it is, so that the merchant's own can be told from others.
        var isOwn = AccountIds.Of(new AccountName(scope, code, kind, currency)) == id;
        account = new ExportAccount(id, code, kind, currency, isOwn);
        met.Add(id, account);
        return account;
    }
}
