using System.Globalization;

namespace Florin.Bench;

/// <summary>Measures the ledger on one engine and prints rows as the table in <c>docs/benchmarks.md</c> has them.</summary>
internal static class LedgerReport
{
    // An empty book is one with these, so that nothing is measured that happens once in its life.
    private const long FewStored = 50_000;

    private static readonly bool[] NoAndYes = [false, true];

    /// <returns>Whether the books were right at the end.</returns>
    public static async Task<bool> RunAsync(string engine, PostgresServer postgres, LedgerPlan plan)
    {
        await using var bench = await LedgerBench.OpenAsync(engine == "postgres" ? postgres : null);
        var storing = await bench.StoreAsync(Math.Max(plan.Stored, FewStored));
        await bench.SettleAsync();
        Say($"");
        Say($"### {engine}, {plan.Stored:N0} stored (at {storing:F0}/s), load {Machine.LoadAverage()}");

        // In the same run, so that both meet the same machine; SQLite is compared with itself.
        var tpcB = engine == "postgres" ? await postgres.MeasureTpcBAsync(plan.Measured * 2) : 0;
        if (tpcB > 0) Say($"pgbench: {tpcB:F0} TPC-B transactions/s");
        Say($"");
        Say($"| batch | accounts | {engine}/s | × TPC-B | hot/spread | CPU: Florin | CPU: database |");
        Say($"| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var batch in plan.Batches)
        {
            foreach (var isBounded in NoAndYes)
            {
                var spread = await RowAsync(new LedgerCase(batch, IsHot: false, isBounded), spread: null);
                await RowAsync(new LedgerCase(batch, IsHot: true, isBounded), spread);
            }
        }

        Say($"");
        Say($"Repeated references in batches of 8,000: {await bench.MeasureRepetitionsAsync(plan):F0}/s.");
        var caughtUp = await bench.SettleAsync();
        var (proof, perSecond) = await bench.ProveAsync();
        Say($"Verify: {perSecond:F0} transactions/s of {proof.Transactions:N0}. The worker had caught up {caughtUp.TotalSeconds:F1} s after the last posting.");
        Say($"On disk: {(double)await bench.SizeAsync() / proof.Transactions:F0} bytes a transaction. Load {Machine.LoadAverage()}.");
        foreach (var fault in proof.Faults) Say($"FAULT: {fault}");
        return proof.IsSound;

        async Task<LedgerRate> RowAsync(LedgerCase measured, LedgerRate? spread)
        {
            var rate = await bench.MeasureAsync(measured, plan);
            var accounts = (measured.IsHot ? "hot" : "spread") + (measured.IsBounded ? ", bounded" : "");
            var ofTpcB = tpcB > 0 ? string.Create(CultureInfo.InvariantCulture, $"{rate.PerSecond / tpcB:F1}") : "";
            var ofSpread = spread is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{rate.PerSecond / spread.PerSecond:F2}");
            var database = tpcB > 0 ? string.Create(CultureInfo.InvariantCulture, $"{rate.DatabaseCpuMicroseconds:F0} µs") : "within";
            Say($"| {measured.Batch:N0} | {accounts} | {rate.PerSecond:N0} | {ofTpcB} | {ofSpread} | {rate.FlorinCpuMicroseconds:F0} µs | {database} |");
            return rate;
        }
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
