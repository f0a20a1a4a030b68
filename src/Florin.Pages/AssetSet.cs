using System.Collections.Frozen;
using System.Reflection;
using System.Text;

namespace Florin.Pages;

/// <summary>The style sheets, scripts and pictures of one module, embedded in its assembly under <c>wwwroot/</c>.</summary>
/// <remarks>
/// All of a set is read once, when the module first speaks of it, and found by exact name in a table: there is no
/// path to climb out of, and what is served is bounded by what was compiled in.
/// </remarks>
public sealed class AssetSet
{
    private const string ResourceFolder = "wwwroot/";

    private readonly FrozenDictionary<string, Asset> byName;
    private readonly FrozenDictionary<string, Asset> byHashedName;

    private AssetSet(string name, IReadOnlyCollection<Asset> assets)
    {
        Name = name;
        byName = assets.ToFrozenDictionary(asset => asset.Name, StringComparer.Ordinal);
        byHashedName = assets.ToFrozenDictionary(asset => asset.HashedName, StringComparer.Ordinal);
    }

    /// <summary>The set's folder in URLs, as in <c>checkout</c> of <c>/assets/checkout/</c>.</summary>
    public string Name { get; }

    public IReadOnlyCollection<Asset> All => byName.Values;

    /// <summary>Reads what <paramref name="assembly"/> embeds.</summary>
    /// <param name="assembly">Its project file embeds <c>wwwroot/**</c> under logical names that begin with
    /// <c>wwwroot/</c>.</param>
    /// <param name="name">The folder in URLs.</param>
    /// <param name="sheetsBeginWith">A style sheet put before each of the set's own, so that a page needs one.</param>
    public static AssetSet Load(Assembly assembly, string name, Asset? sheetsBeginWith = null)
    {
        var assets = assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(ResourceFolder, StringComparison.Ordinal))
            .Select(resource => Read(assembly, resource, sheetsBeginWith))
            .ToList();
        return assets.Count > 0
            ? new AssetSet(name, assets)
            : throw new ArgumentException($"{assembly.GetName().Name} embeds nothing under {ResourceFolder}.", nameof(assembly));
    }

    /// <summary>The address of a file's present content; it never changes its meaning, so it is cached for ever.</summary>
    /// <exception cref="ArgumentException">The set has no such file.</exception>
    public string Url(string file) => $"/assets/{Name}/{this[file].HashedName}";

    /// <summary>The <c>integrity</c> value of a script or style sheet.</summary>
    public string Integrity(string file) => this[file].Integrity;

    /// <exception cref="ArgumentException">The set has no such file.</exception>
    public Asset this[string file] => byName.TryGetValue(file, out var asset)
        ? asset
        : throw new ArgumentException($"There is no '{file}' among the assets of {Name}.", nameof(file));

    /// <summary>Finds a file by the last part of its URL.</summary>
    /// <param name="isImmutable">Whether that part carries the content's hash.</param>
    internal Asset? Find(string path, out bool isImmutable)
    {
        isImmutable = byHashedName.TryGetValue(path, out var asset);
        return asset ?? byName.GetValueOrDefault(path);
    }

    private static Asset Read(Assembly assembly, string resource, Asset? sheetsBeginWith)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        using var content = new MemoryStream();
        var name = resource[ResourceFolder.Length..];
        if (sheetsBeginWith is not null && name.EndsWith(".css", StringComparison.Ordinal))
        {
            content.Write(sheetsBeginWith.Content.Span);
            content.Write("\n"u8);
        }

        stream.CopyTo(content);
        return new Asset(name, content.ToArray());
    }
}
