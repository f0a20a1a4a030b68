using System.Globalization;

namespace Florin.Bench;

/// <summary>Prints each run as it ends, and the medians of all.</summary>
internal sealed class Report
{
    private readonly Dictionary<string, List<Measurement>> byEngine = [];
    private readonly List<double> yardsticks = [];

    public bool IsSound => byEngine.Values.All(runs => runs.All(run => run.Faults.Count == 0));

    public void Add(string engine, Measurement measured)
    {
        if (!byEngine.TryGetValue(engine, out var runs)) byEngine[engine] = runs = [];
        runs.Add(measured);
        Say($"{engine,-9} run {runs.Count}: {Row(measured)}");
        foreach (var fault in measured.Faults) Say($"  FAULT: {fault}");
    }

    public void AddYardstick(double transactionsPerSecond)
    {
        yardsticks.Add(transactionsPerSecond);
        Say($"pgbench   run {yardsticks.Count}: {transactionsPerSecond:F0} TPC-B transactions/s");
    }

    public void PrintMedians()
    {
        Console.WriteLine();
        foreach (var (engine, runs) in byEngine)
        {
            var median = runs.OrderBy(run => run.Load.PerSecond).ElementAt(runs.Count / 2);
            Say($"{engine,-9} median: {Row(median)}");
            if (engine != "postgres") continue;
            var yardstick = yardsticks.Order().ElementAt(yardsticks.Count / 2);
            Say($"pgbench   median: {yardstick:F0} TPC-B transactions/s; payments are {median.Load.PerSecond / yardstick:F2} of it");
        }

        Console.WriteLine(IsSound
            ? "Every payment acknowledged is in the acquirer's book and the ledger is sound."
            : "The books are NOT right; see the faults above.");
    }

    private static FormattableString Row(Measurement it) =>
        $"{it.Load.PerSecond,6:F0} payments/s  p50 {it.Load.P50Ms,6:F1} ms  p99 {it.Load.P99Ms,6:F1} ms  CPU a payment: Florin {it.FlorinCpuMs:F2} ms, database {it.DatabaseCpuMs:F2} ms, load {it.LoadCpuMs:F2} ms  peak {it.PeakMemoryMiB:F0} MiB  {it.Load.AllPayments} paid, {it.Load.Errors} errors";

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
