using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Florin.Merchants;

/// <summary>From where a key may be used: networks in CIDR notation (RFC 4632, RFC 4291), or anywhere when there is none.</summary>
/// <remarks>Equal when the networks are, in the same order.</remarks>
public sealed class AllowedNetworks : IEquatable<AllowedNetworks>
{
    /// <summary>How many there may be.</summary>
    public const int Most = 50;

    private readonly IPNetwork[] networks;

    private AllowedNetworks(IPNetwork[] networks) => this.networks = networks;

    public static AllowedNetworks Anywhere { get; } = new([]);

    public bool IsAnywhere => networks.Length == 0;

    public IReadOnlyList<IPNetwork> Networks => networks;

    /// <summary>Each as it is written: <c>203.0.113.0/24</c>, <c>2001:db8::/32</c>.</summary>
    public IReadOnlyList<string> Texts => [.. networks.Select(network => network.ToString())];

    /// <param name="texts">Networks, or single addresses, which mean themselves alone.</param>
    /// <param name="problem">What is wrong, as a sentence; null when nothing is.</param>
    public static AllowedNetworks? Parse(IReadOnlyCollection<string> texts, out string? problem)
    {
        problem = texts.Count > Most ? $"There may be at most {Most} networks." : null;
        var networks = new List<IPNetwork>();
        foreach (var text in texts)
        {
            if (problem is not null) return null;
            problem = Read(text, out var network);
            if (problem is null && !networks.Contains(network)) networks.Add(network);
        }

        if (problem is not null) return null;
        return networks.Count == 0 ? Anywhere : new AllowedNetworks([.. networks]);
    }

    /// <param name="source">Null where it is not known, which is nowhere.</param>
    public bool Allow(IPAddress? source)
    {
        if (IsAnywhere) return true;
        if (source is null) return false;

        // A socket that serves both families shows IPv4 callers as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).
        var address = source.IsIPv4MappedToIPv6 ? source.MapToIPv4() : source;
        return networks.Any(network => network.Contains(address));
    }

    public bool Equals(AllowedNetworks? other) => other is not null && networks.SequenceEqual(other.networks);

    public override bool Equals(object? obj) => Equals(obj as AllowedNetworks);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => string.Join(", ", Texts);

    internal string ToJson() => JsonSerializer.Serialize(Texts);

    /// <exception cref="InvalidOperationException">The text is not one that <see cref="ToJson"/> wrote.</exception>
    internal static AllowedNetworks FromJson(string json) =>
        Parse(JsonSerializer.Deserialize<List<string>>(json)!, out var problem) ?? throw new InvalidOperationException(problem);

    private static string? Read(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var addressText = slash < 0 ? text : text[..slash];

        // The framework also takes 1 and 0x7f000001 for addresses, and a zone after %; a list for people takes neither.
        var isPlain = !addressText.Contains('%', StringComparison.Ordinal)
            && (addressText.Contains(':', StringComparison.Ordinal) || addressText.Count(letter => letter == '.') == 3);
        if (!isPlain || text.Length > 64 || !IPAddress.TryParse(addressText, out var address)) return NoNetwork(text);
        if (address.IsIPv4MappedToIPv6) return $"{addressText} is an IPv4 address; write it as {address.MapToIPv4()}.";
        var most = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = most;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out length) || length > most))
        {
            return NoNetwork(text);
        }

        var beginning = BeginningOf(address, length);
        if (!beginning.Equals(address)) return $"{text} has bits set behind its first {length}; the network is {beginning}/{length}.";
        network = new IPNetwork(beginning, length);
        return null;
    }

    private static IPAddress BeginningOf(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)(0xFF ^ (0x80 >> (bit % 8)));
        return new IPAddress(bytes);
    }

    private static string NoNetwork(string text)
    {
        var shown = text.Length <= 64 ? text : text[..64] + "...";
        return $"'{shown}' is no IP address or network such as 203.0.113.0/24 or 2001:db8::/32.";
    }
}
