using Florin.Crash;
using Florin.Crash.Processes;

if (args is [SandboxProcess.Verb, var url, var book])
{
    await SandboxProcess.ServeAsync(url, book);
    return 0;
}

// tests/crash/run builds everything and comes here with what it needs to know.
CrashPlan plan;
try
{
    plan = CrashPlan.Parse(args);
}
catch (FormatException wrong)
{
    await Console.Error.WriteLineAsync($"crash: {wrong.Message} See tests/crash/run --help.");
    return 2;
}

var logs = Directory.CreateDirectory(Setting("FLORIN_CRASH_LOGS")).FullName;
var report = await new CrashRun(plan, TimeProvider.System).RunAsync(
    Setting("FLORIN_HOST"), plan.IsPostgres ? Setting("FLORIN_CRASH_PG_BIN") : null, logs);
report.Print(Console.Out, TimeProvider.System);
if (plan.TapFile is { } tap) await File.WriteAllLinesAsync(tap, report.ToTap());
return report.IsSound ? 0 : 1;

static string Setting(string name) =>
    Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set; start tests/crash/run.");
