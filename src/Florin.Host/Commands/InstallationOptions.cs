using System.CommandLine;
using Florin.Host.Start;
using Florin.Storage;

namespace Florin.Host.Commands;

/// <summary>The options that say where an installation keeps its things; every command has them.</summary>
internal sealed class InstallationOptions
{
    // A URL with a password in it is better given here, where the list of processes does not show it.
    public const string DatabaseVariable = "FLORIN_DATABASE";

    private readonly Option<string> data = new("--data")
    {
        Description = "Directory for the database, the key file and the sandbox's book.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "./data",
    };

    private readonly Option<string?> database = new("--database")
    {
        Description = $"sqlite:PATH or postgres://user:password@host:port/name. Default: ${DatabaseVariable}, else a SQLite file under --data.",
        HelpName = "URL",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(data);
        command.Options.Add(database);
    }

    public Installation Read(ParseResult parsed)
    {
        var directory = new DataDirectory(Path.GetFullPath(parsed.GetRequiredValue(data)));
        var url = parsed.GetValue(database) ?? Environment.GetEnvironmentVariable(DatabaseVariable);
        return new Installation(directory, new DatabaseUrl(string.IsNullOrEmpty(url) ? "sqlite:" + directory.DatabasePath : url));
    }
}
