using Florin.Host.Commands;
using Florin.Kernel;
using Florin.Storage;
using Florin.Vault;

namespace Florin.Host.Start;

/// <summary>Where one Florin keeps its things.</summary>
internal sealed record Installation(DataDirectory Data, DatabaseUrl Database)
{
    private const string SqliteScheme = "sqlite:";

    /// <summary>The database's file, or null where a server keeps it.</summary>
    public string? DatabaseFile =>
        Database.Value.StartsWith(SqliteScheme, StringComparison.Ordinal) ? Database.Value[SqliteScheme.Length..] : null;

    /// <summary>Holds the keys themselves, as the key file would, where an operator keeps them in a secret store.</summary>
    public const string KeysVariable = "FLORIN_KEYS";

    private static string? ConfiguredKeys => Environment.GetEnvironmentVariable(KeysVariable) is { Length: > 0 } text ? text : null;

    /// <summary>The keys given by configuration, else those of the key file, which is made where there is none.</summary>
    /// <exception cref="KeyFileException">They cannot be read.</exception>
    public KeyFile LoadKeys() => ConfiguredKeys is { } text
        ? KeyFile.Parse(Secret.Of(text))
        : KeyFile.LoadOrCreate(Data.KeyPath, RandomSource.System);

    /// <summary>For commands that must not make an installation of a mistyped path.</summary>
    /// <exception cref="CannotRunException">The database's file or the key file is not there.</exception>
    public void RequirePresent()
    {
        // SQLite would make an empty file, and an empty book is sound.
        if (DatabaseFile is { } file && !File.Exists(file)) throw new CannotRunException($"There is no database at '{file}'.");
        if (ConfiguredKeys is null && !File.Exists(Data.KeyPath))
        {
            throw new CannotRunException($"There is no key file at '{Data.KeyPath}'; name the data directory with --data.");
        }
    }
}
