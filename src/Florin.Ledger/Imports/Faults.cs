using Florin.Kernel;

namespace Florin.Ledger.Imports;

/// <summary>What is wrong with a file, line by line.</summary>
internal sealed class Faults
{
    // A file of nothing but nonsense is not listed to its end.
    public const int Most = 10_000;

    private const int MaxText = 200;

    private readonly List<LedgerImportFault> found = [];

    public int Count => found.Count;

    /// <summary>Whether there is no use in reading on.</summary>
    public bool AreTooMany => found.Count >= Most;

    public void Add(int line, string text, string message) => Add(line, text, LedgerRefusals.ImportInvalid(message));

    public void Add(int line, string text, Refusal refusal)
    {
        if (AreTooMany) return;
        found.Add(new LedgerImportFault(line, refusal.Code, refusal.Message, Shown(text)));
        if (AreTooMany) found.Add(new LedgerImportFault(line, refusal.Code, $"More than {Most} faults; nothing after this line was looked at.", ""));
    }

    public IReadOnlyList<LedgerImportFault> InOrder() => [.. found.OrderBy(fault => fault.Line)];

    // Whoever is shown it may be a terminal, to which control characters are commands.
    private static string Shown(string text) =>
        new([.. text.Take(MaxText).Select(sign => char.IsControl(sign) ? ' ' : sign)]);
}
