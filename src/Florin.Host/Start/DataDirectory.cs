using Florin.Host.Commands;

namespace Florin.Host.Start;

/// <summary>The directory with everything that is not in a database server: key file, SQLite file, the sandbox's book.</summary>
internal sealed record DataDirectory(string Path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string DatabasePath => System.IO.Path.Combine(Path, "florin.db");

    public string KeyPath => System.IO.Path.Combine(Path, "florin.key");

    public string SandboxBookPath => System.IO.Path.Combine(Path, "sandbox.book");

    public bool Exists => Directory.Exists(Path);

    /// <summary>Makes the directory where it is missing, closed to everybody but its owner.</summary>
    /// <exception cref="CannotRunException">It cannot be made or written to.</exception>
    public void Prepare()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Path);
                return;
            }

            // One that was there keeps its mode: it may be somebody's home. Florin's own secrets have modes of their own.
            Directory.CreateDirectory(Path, OwnerOnly);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CannotRunException($"The data directory '{Path}' cannot be used: {failure.Message}", failure);
        }
    }

    /// <summary>Keeps a second Florin out of this directory for as long as the answer is not disposed of.</summary>
    /// <remarks>The lock is the operating system's, so a crash leaves none behind.</remarks>
    /// <exception cref="CannotRunException">Another process has it.</exception>
    public IDisposable Lock()
    {
        try
        {
            return new FileStream(
                System.IO.Path.Combine(Path, "florin.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure)
        {
            throw new CannotRunException(
                $"Another Florin is running on the data directory '{Path}'; stop it, or name another one with --data.", failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new CannotRunException($"The data directory '{Path}' cannot be written to.", failure);
        }
    }
}
