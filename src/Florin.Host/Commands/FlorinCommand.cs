using System.CommandLine;
using System.Reflection;

namespace Florin.Host.Commands;

/// <summary>The command line: <c>florin start</c>, <c>florin merchant create</c>, <c>florin ledger verify</c> and so on.</summary>
internal static class FlorinCommand
{
    /// <summary>The command was called wrongly, or its work cannot begin; not 1, which is an answer of <c>ledger verify</c>.</summary>
    public const int CannotRun = 2;

    public static string Version { get; } = typeof(FlorinCommand).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Florin takes payments: a payment system that you run yourself.");
        root.Subcommands.Add(StartCommand.Create());
        root.Subcommands.Add(MerchantCommand.Create());
        root.Subcommands.Add(UserCommand.Create());
        root.Subcommands.Add(ConnectorCommand.Create());
        root.Subcommands.Add(IssuersCommand.Create());
        root.Subcommands.Add(LedgerVerifyCommand.Create());
        root.Subcommands.Add(VersionCommand());
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            var sentence = parsed.UnmatchedTokens.Count > 0
                ? $"There is no '{parsed.UnmatchedTokens[0]}' here."
                : parsed.Errors[0].Message;
            await Console.Error.WriteLineAsync($"florin: {sentence} Try: florin --help");
            return CannotRun;
        }

        try
        {
            // The process ends as its commands say (see StopSignals), not after the library's own timeout.
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception failure) when (Failures.TryExplain(failure, out var sentence))
        {
            await Console.Error.WriteLineAsync($"florin: {sentence}");
            return CannotRun;
        }
    }

    private static Command VersionCommand()
    {
        var command = new Command("version", "Prints the version.");
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(Version));
        return command;
    }
}
