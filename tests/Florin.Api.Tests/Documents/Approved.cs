using Florin.Testing.Processes;

namespace Florin.Api.Tests.Documents;

/// <summary>Files that are made of the code and checked in, so that a change of them is seen in review.</summary>
/// <remarks>After a wanted change: <c>FLORIN_APPROVE=1 ./test --only Api</c>, and look at the difference.</remarks>
internal static class Approved
{
    public static bool IsApproving { get; } = Environment.GetEnvironmentVariable("FLORIN_APPROVE") is "1" or "breaking";

    /// <summary>Whether changes that break callers of the API are wanted too; a mere <c>1</c> does not let them by.</summary>
    public static bool IsApprovingBreaks { get; } = Environment.GetEnvironmentVariable("FLORIN_APPROVE") == "breaking";

    public static string PathOf(string file) => Path.Combine(SourceTree.Root, file);

    /// <param name="file">As in <c>docs/errors.md</c>, below the root of the sources.</param>
    public static void AssertIs(string actual, string file)
    {
        var path = PathOf(file);
        if (IsApproving)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{file} is missing: run with FLORIN_APPROVE=1 and look at what it writes.");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), actual);
    }
}
