using System.Globalization;
using Florin.Bench;

// bench/run builds everything, starts PostgreSQL and comes here with what it needs to know.
var seconds = int.Parse(Setting("FLORIN_BENCH_SECONDS"), CultureInfo.InvariantCulture);
var runs = int.Parse(Setting("FLORIN_BENCH_RUNS"), CultureInfo.InvariantCulture);
var plan = new LoadPlan(Connections: 64, WarmUp: TimeSpan.FromSeconds(Math.Max(3, seconds / 3)), Measured: TimeSpan.FromSeconds(seconds));
var florin = Setting("FLORIN_HOST");
var postgres = new PostgresServer(Setting("FLORIN_BENCH_PG_BIN"), int.Parse(Setting("FLORIN_BENCH_PG_PORT"), CultureInfo.InvariantCulture), int.Parse(Setting("FLORIN_BENCH_PG_PID"), CultureInfo.InvariantCulture));
var engines = Setting("FLORIN_BENCH_ENGINES").Split(',');

Console.WriteLine(Machine.Describe(TimeProvider.System));
if (Setting("FLORIN_BENCH_WHAT") == "ledger")
{
    var stored = Setting("FLORIN_BENCH_STORED").Split(',').Select(count => long.Parse(count, CultureInfo.InvariantCulture)).ToList();
    var batches = Setting("FLORIN_BENCH_BATCHES").Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture)).ToList();
    var isSound = true;
    foreach (var engine in engines)
    {
        foreach (var count in stored)
        {
            isSound &= await LedgerReport.RunAsync(
                engine, postgres, new LedgerPlan(count, batches, WarmUp: TimeSpan.FromSeconds(2), Measured: TimeSpan.FromSeconds(seconds)));
        }
    }

    Console.WriteLine(isSound ? "The ledger is sound." : "The ledger is NOT sound; see the faults above.");
    return isSound ? 0 : 1;
}

if (Setting("FLORIN_BENCH_WHAT") == "isolation")
{
    var isKept = true;
    foreach (var engine in engines)
    {
        isKept &= await Isolation.RunAsync(florin, engine == "postgres" ? postgres : null, TimeSpan.FromSeconds(seconds), runs, TimeProvider.System);
    }

    return isKept ? 0 : 1;
}

Console.WriteLine($"{plan.Connections} connections, {plan.WarmUp.TotalSeconds:F0} s to warm up, {plan.Measured.TotalSeconds:F0} s measured, {runs} runs");
var report = new Report();
foreach (var engine in engines)
{
    for (var run = 1; run <= runs; run++)
    {
        report.Add(engine, await PaymentsPerSecond.MeasureAsync(florin, engine == "postgres" ? postgres : null, plan));
        // Beside each run, so that both met the same machine.
        if (engine == "postgres") report.AddYardstick(await postgres.MeasureTpcBAsync(plan.Measured));
    }
}

report.PrintMedians();
return report.IsSound ? 0 : 1;

static string Setting(string name) =>
    Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set; start bench/run.");
