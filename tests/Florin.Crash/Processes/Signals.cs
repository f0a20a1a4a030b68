using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Florin.Crash.Processes;

/// <summary>Stops and continues processes as the operating system does (signal(7)).</summary>
internal static class Signals
{
    private const int KillNumber = 9;
    private const int Terminate = 15;

    // Their numbers are not the same everywhere.
    private static readonly int StopNumber = OperatingSystem.IsMacOS() ? 17 : 19;
    private static readonly int ContinueNumber = OperatingSystem.IsMacOS() ? 19 : 18;

    public static void Stop(int processId) => Send(processId, StopNumber);

    public static void Continue(int processId) => Send(processId, ContinueNumber);

    public static void Kill(int processId) => Send(processId, KillNumber);

    public static void AskToEnd(int processId) => Send(processId, Terminate);

    public static async Task<IReadOnlyList<int>> ChildrenAsync(int processId)
    {
        using var list = Process.Start(new ProcessStartInfo("pgrep", ["-P", Number(processId)]) { RedirectStandardOutput = true })!;
        var output = await list.StandardOutput.ReadToEndAsync();
        await list.WaitForExitAsync();
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
    }

    private static void Send(int processId, int signal)
    {
        // Who has ended meanwhile needs no signal.
        _ = SendSignal(processId, signal);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SendSignal(int processId, int signal);
}
