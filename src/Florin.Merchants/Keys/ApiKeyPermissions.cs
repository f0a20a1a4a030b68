using System.Text.Json;

namespace Florin.Merchants;

/// <summary>What a restricted key may do: at most one right a resource, and nothing that is not named.</summary>
/// <remarks>Equal when the rights are.</remarks>
public sealed class ApiKeyPermissions : IEquatable<ApiKeyPermissions>
{
    private readonly SortedDictionary<ApiResource, ApiRight> rights;

    /// <exception cref="ArgumentException">A resource is named twice, or none is.</exception>
    public ApiKeyPermissions(IEnumerable<KeyValuePair<ApiResource, ApiRight>> rights)
    {
        this.rights = [];
        foreach (var (resource, right) in rights)
        {
            if (!this.rights.TryAdd(resource, right)) throw new ArgumentException($"{resource.Word()} is named twice.", nameof(rights));
        }

        if (this.rights.Count == 0) throw new ArgumentException("A restricted key may do something.", nameof(rights));
    }

    /// <summary>In the order of the enum.</summary>
    public IReadOnlyDictionary<ApiResource, ApiRight> Rights => rights;

    public bool Allow(ApiResource resource, ApiRight right) => rights.TryGetValue(resource, out var given) && given >= right;

    public bool Equals(ApiKeyPermissions? other) => other is not null && rights.SequenceEqual(other.rights);

    public override bool Equals(object? obj) => Equals(obj as ApiKeyPermissions);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>As in <c>payment_intents:write, refunds:read</c>.</summary>
    public override string ToString() => string.Join(", ", rights.Select(given => $"{given.Key.Word()}:{given.Value.Word()}"));

    internal string ToJson() => JsonSerializer.Serialize(rights.ToDictionary(given => given.Key.Word(), given => given.Value.Word()));

    /// <exception cref="InvalidOperationException">The text is not one that <see cref="ToJson"/> wrote.</exception>
    internal static ApiKeyPermissions FromJson(string json) => new(JsonSerializer.Deserialize<Dictionary<string, string>>(json)!.Select(
        pair => ApiResources.TryParse(pair.Key, out ApiResource resource) && ApiResources.TryParse(pair.Value, out ApiRight right)
            ? KeyValuePair.Create(resource, right)
            : throw new InvalidOperationException($"'{pair.Key}: {pair.Value}' is no permission of a key.")));
}
