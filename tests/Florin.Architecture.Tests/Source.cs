using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Florin.Architecture.Tests;

/// <summary>The projects under <c>src/</c>: as files, and as what they were built to.</summary>
internal static class Source
{
    public static string Root { get; } = FindRoot();

    /// <summary>The names of all projects, as in <c>Florin.Ledger</c>.</summary>
    public static IReadOnlyList<string> Projects { get; } =
        [.. Files().Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    /// <summary>By project, the projects that its file references.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> References() => Files().ToDictionary(
        file => Path.GetFileNameWithoutExtension(file)!,
        file => (IReadOnlyList<string>)[.. XDocument.Load(file).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))]);

    public static Assembly Built(string project) => Assembly.Load(project);

    /// <summary>Every type that a person wrote, also the private ones.</summary>
    public static IEnumerable<Type> WrittenTypes(string project) => Built(project).GetTypes().Where(IsWritten);

    public static bool IsWritten(Type type) =>
        !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        && !type.Name.StartsWith('<')
        && (type.DeclaringType is not { } outer || IsWritten(outer));

    private static IEnumerable<string> Files() => Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Florin.slnx"))) return directory.FullName;
        }

        throw new InvalidOperationException("These tests read the sources and so run from inside of the repository.");
    }
}
