using System.Globalization;

namespace Florin.Bench;

/// <summary>Measures the ledger on each engine and prints what came of it.</summary>
internal static class LedgerReport
{
    // An empty book is one with these, so that nothing is measured that happens once in its life.
    private const long FewStored = 50_000;

    private static readonly LedgerCase[] Cases =
    [
        .. from batch in new[] { 1, 100, 8_000 }
           from isBounded in new[] { false, true }
           from isHot in new[] { false, true }
           select new LedgerCase(batch, isHot, isBounded),
    ];

    /// <returns>Whether the books were right at the end.</returns>
    public static async Task<bool> RunAsync(string engine, PostgresServer postgres, LedgerPlan plan)
    {
        var tpcB = engine == "postgres" ? await postgres.MeasureTpcBAsync(plan.Measured * 2) : 0;
        if (tpcB > 0) Say($"{engine}: pgbench {tpcB:F0} TPC-B transactions/s");
        var rates = new Dictionary<LedgerCase, LedgerRate>();
        await using var bench = await LedgerBench.OpenAsync(engine == "postgres" ? postgres : null);
        await bench.StoreAsync(Math.Max(plan.Stored, FewStored));
        await bench.SettleAsync();
        foreach (var measured in Cases)
        {
            var rate = rates[measured] = await bench.MeasureAsync(measured, plan);
            Say($"{engine}, {plan.Stored:N0} stored, {measured}: {rate.PerSecond:F0}/s{OfTpcB(rate)}{OfSpread(measured)}, CPU a transaction: Florin {rate.FlorinCpuMicroseconds:F0} us, database {rate.DatabaseCpuMicroseconds:F0} us");
        }

        Say($"{engine}, {plan.Stored:N0} stored, repetitions in batches of 8000: {await bench.MeasureRepetitionsAsync(plan):F0}/s");
        var caughtUp = await bench.SettleAsync();
        var began = TimeProvider.System.GetTimestamp();
        var proof = await bench.ProveAsync();
        var took = TimeProvider.System.GetElapsedTime(began);
        Say($"{engine}: verify {proof.Transactions / took.TotalSeconds:F0} transactions/s ({proof.Transactions:N0} in {took.TotalSeconds:F1} s); the worker was behind by {caughtUp.TotalSeconds:F1} s");
        Say($"{engine}: {(double)await bench.SizeAsync() / proof.Transactions:F0} bytes on disk a transaction");
        foreach (var fault in proof.Faults) Say($"  FAULT: {fault}");
        return proof.IsSound;

        string OfTpcB(LedgerRate rate) => tpcB > 0 ? string.Create(CultureInfo.InvariantCulture, $", {rate.PerSecond / tpcB:F1} x TPC-B") : "";

        string OfSpread(LedgerCase measured) =>
            measured.IsHot ? string.Create(CultureInfo.InvariantCulture, $", {rates[measured].PerSecond / rates[measured with { IsHot = false }].PerSecond:F2} x spread") : "";
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
