namespace Florin.Architecture.Tests;

/// <summary>What each module shows to the others, so that growth is seen in review.</summary>
/// <remarks>After a wanted change: <c>FLORIN_APPROVE=1 ./test --only Architecture</c>, and look at the difference.</remarks>
public sealed class PublicSurfaceTests
{
    private static readonly string Approved = Path.Combine(Source.Root, "tests", "Florin.Architecture.Tests", "Approved");

    // The executable is used by nobody; it has a test of its own below.
    private const string Host = "Florin.Host";

    public static TheoryData<string> Projects => [.. Source.Projects.Where(project => project != Host)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_public_surface_is_the_approved_one(string project)
    {
        var actual = PublicSurface.Of(Source.Built(project).GetExportedTypes());
        var file = Path.Combine(Approved, project + ".txt");
        if (Environment.GetEnvironmentVariable("FLORIN_APPROVE") == "1")
        {
            Directory.CreateDirectory(Approved);
            File.WriteAllText(file, actual);
        }

        Assert.True(File.Exists(file), $"{project} has no approved surface yet: run with FLORIN_APPROVE=1 and look at what it writes.");
        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), actual);
    }

    [Fact]
    public void No_approved_surface_is_left_of_a_project_that_is_gone() =>
        Assert.Empty(Directory.EnumerateFiles(Approved).Select(Path.GetFileNameWithoutExtension).Except(Source.Projects));

    [Fact]
    public void A_planted_member_shows() =>
        Assert.NotEqual(PublicSurface.Of([typeof(Before.Planted)]), PublicSurface.Of([typeof(After.Planted)]));

    [Fact]
    public void The_executable_shows_nothing_but_its_entry() =>
        Assert.Equal(["Program"], Source.Built(Host).GetExportedTypes().Select(type => type.FullName));

    private static class Before
    {
        public sealed record Planted(int Kept);
    }

    private static class After
    {
        public sealed record Planted(int Kept)
        {
            public int Added(string name) => Kept + name.Length;
        }
    }
}
