using System.Globalization;

namespace Florin.Ledger.Proof;

/// <summary>What is wrong with the book, check by check; checks run beside each other.</summary>
internal sealed class Faults
{
    // The first faults of each check say where to look; thousands more would only hide those of the next one.
    public const int MaxPerCheck = 25;

    private readonly List<List<string>> checks = [];

    public IReadOnlyList<string> All => [.. checks.SelectMany(check => check)];

    /// <summary>A place for the faults of one check. Called for all checks before any of them runs.</summary>
    public FaultsOfCheck Check()
    {
        var sentences = new List<string>();
        checks.Add(sentences);
        return new FaultsOfCheck(sentences);
    }
}

/// <summary>The faults that one check finds; used by one thread at a time.</summary>
internal sealed class FaultsOfCheck(List<string> sentences)
{
    /// <summary>How many there were, those that are not kept included.</summary>
    public int Count { get; private set; }

    public void Add(FormattableString sentence)
    {
        if (Count++ < Faults.MaxPerCheck) sentences.Add(sentence.ToString(CultureInfo.InvariantCulture));
    }

    public static string Show(Guid transaction) => new LedgerTransactionId(transaction).ToString();

    public static string ShowAccount(Guid account) => new LedgerAccountId(account).ToString();
}
