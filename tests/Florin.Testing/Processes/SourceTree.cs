namespace Florin.Testing.Processes;

/// <summary>Where the sources are, seen from a test that runs.</summary>
public static class SourceTree
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? directory)
    {
        for (; directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Florin.slnx"))) return directory.FullName;
        }

        throw new InvalidOperationException($"'{AppContext.BaseDirectory}' is not below the sources.");
    }
}
