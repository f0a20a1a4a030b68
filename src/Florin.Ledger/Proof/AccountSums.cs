using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>The accounts of the book, each with a number, under which postings are added up.</summary>
/// <param name="hash">Finds an account for each posting in a fraction of the time that the library's hash of a pair takes, and like
/// it by a key that nobody knows who chooses names of accounts.</param>
internal sealed class AccountSums(RowKey hash)
{
    private readonly Dictionary<Key, int> numbers = [];
    private readonly List<string> currencies = [];

    private readonly record struct Key(long Shard, Guid Id, int Hash)
    {
        public override int GetHashCode() => Hash;
    }

    public int Count => currencies.Count;

    public static async Task<AccountSums> ReadAsync(ISqlReader reader, RowKey hash)
    {
        var accounts = new AccountSums(hash);
        await reader.EachAsync($"SELECT shard, id, currency FROM ledger_accounts", accounts.Add);
        return accounts;
    }

    /// <returns>Less than zero for one that is not there.</returns>
    public int NumberOf(long shard, Guid id) => numbers.TryGetValue(KeyOf(shard, id), out var number) ? number : -1;

    public string CurrencyOf(int number) => currencies[number];

    private void Add(ISqlRow row)
    {
        numbers.Add(KeyOf(row.Int64(0), row.Uuid(1)), currencies.Count);
        currencies.Add(CurrencyText.Of(row.Utf8(2)));
    }

    private Key KeyOf(long shard, Guid id) => new(shard, id, unchecked((int)new RowHash(hash).Add(shard).Add(id).Value));
}

/// <summary>Debits and credits of one currency.</summary>
internal sealed class Total
{
    public Int128 Debits { get; set; }

    public Int128 Credits { get; set; }
}

/// <summary>Codes of currencies as text, without making a text for each row.</summary>
internal static class CurrencyText
{
    // Three letters, unless somebody changed them; then the text is whatever they are now.
    public static string Of(ReadOnlySpan<byte> code)
    {
        var text = System.Text.Encoding.UTF8.GetString(code);
        return text.Length == 3 ? string.Intern(text) : text;
    }

    /// <summary>The same, where it is mostly the one that came before.</summary>
    public static string Of(ReadOnlySpan<byte> code, string last)
    {
        if (code.Length != last.Length) return Of(code);
        for (var i = 0; i < code.Length; i++)
        {
            if (code[i] != last[i]) return Of(code);
        }

        return last;
    }
}
