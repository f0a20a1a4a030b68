using System.Net;
using Florin.Kernel;

namespace Florin.Events.Webhooks;

/// <summary>What a merchant may ask of an endpoint; each rule answers with the refusal, or null.</summary>
internal sealed class EndpointRules(WebhookOptions options, AddressRules addresses)
{
    private const int MaxUrlLength = 2_048;
    private const int MaxDescriptionLength = 5_000;
    private const int MaxMetadataKeys = 50;
    private const int MaxMetadataKeyLength = 40;
    private const int MaxMetadataValueLength = 500;

    public Refusal? Check(WebhookEndpointSettings settings, bool isLive) =>
        CheckUrl(settings.Url, isLive)
        ?? CheckTypes(settings.EnabledEvents)
        ?? CheckDescription(settings.Description)
        ?? CheckApiVersion(settings.ApiVersion)
        ?? CheckMetadata(settings.Metadata);

    public Refusal? Check(WebhookEndpointChange change, bool isLive) =>
        (change.Url is null ? null : CheckUrl(change.Url, isLive))
        ?? (change.EnabledEvents is null ? null : CheckTypes(change.EnabledEvents))
        ?? CheckDescription(change.Description)
        ?? (change.Metadata is null ? null : CheckMetadata(change.Metadata));

    /// <summary>Adds what is new to what is there; an empty value takes a key away, as Stripe has it.</summary>
    public static Result<IReadOnlyDictionary<string, string>> Merge(
        IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> change)
    {
        var merged = new Dictionary<string, string>(before, StringComparer.Ordinal);
        foreach (var (key, value) in change)
        {
            if (value.Length == 0) merged.Remove(key);
            else merged[key] = value;
        }

        if (merged.Count > MaxMetadataKeys) return TooManyKeys(merged.Count);
        return merged;
    }

    private Refusal? CheckUrl(string url, bool isLive)
    {
        if (url.Length == 0) return UrlInvalid("It is empty.");
        if (url.Length > MaxUrlLength) return UrlInvalid($"It has {url.Length} characters where {MaxUrlLength} are the most.");

        // Where programs read URLs differently, these are what they differ about.
        if (url.Any(c => c <= ' ' || c == '\\' || char.IsControl(c) || char.IsWhiteSpace(c)))
        {
            return UrlInvalid("It contains a space, a backslash or a control character.");
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.IdnHost.Length == 0)
        {
            return UrlInvalid("It is not an absolute http or https URL.");
        }

        if (HasUserInfo(url)) return UrlInvalid("It contains a user name or a password.");
        if (uri.Fragment.Length > 0) return UrlInvalid("It contains a fragment.");
        if (isLive && uri.Scheme != Uri.UriSchemeHttps) return UrlInvalid("In live mode it must begin with https.");
        if (isLive && !options.LivePorts.Contains(uri.Port)) return UrlInvalid($"In live mode its port cannot be {uri.Port}.");
        return CheckHost(uri.IdnHost.TrimEnd('.'), isLive);
    }

    // Asked of the text, since an empty user name leaves no trace in the URL that was read from it.
    private static bool HasUserInfo(string url)
    {
        var authority = url.AsSpan(url.IndexOf(':', StringComparison.Ordinal) + 1).TrimStart('/');
        var end = authority.IndexOfAny('/', '?', '#');
        return (end < 0 ? authority : authority[..end]).Contains('@');
    }

    // Names are vetted by their addresses each time a connection is made; here only what can never become right.
    private Refusal? CheckHost(string host, bool isLive)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address))
        {
            if (!addresses.Allows(address, isLive)) return UrlInvalid($"The address {address} is not public.");
            return isLive && !options.AllowedNetworks.Any(network => network.Contains(address))
                ? UrlInvalid("In live mode it must name a host, not an address.")
                : null;
        }

        var isLocal = host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
        if (isLocal && !addresses.Allows(IPAddress.Loopback, isLive)) return UrlInvalid("The host is this machine.");

        // A name without a dot is completed by the resolver with a domain of ours.
        return isLive && !isLocal && !host.Contains('.') && options.AllowedNetworks.Count == 0
            ? UrlInvalid($"The host '{host}' is not a public name.")
            : null;
    }

    private static Refusal? CheckTypes(IReadOnlyList<string> types)
    {
        if (types.Count == 0)
        {
            return new Refusal(RefusalKind.Invalid, "parameter_invalid_empty", "At least one event type is wanted, or '*' for all.", "enabled_events");
        }

        for (var i = 0; i < types.Count; i++)
        {
            if (types[i] == EventTypes.All || EventTypes.Known.Contains(types[i])) continue;
            return new Refusal(RefusalKind.Invalid, "event_type_unknown", $"'{types[i]}' is not a type of event.", $"enabled_events[{i}]");
        }

        return null;
    }

    private static Refusal? CheckDescription(string? description)
    {
        if (description is null) return null;
        if (description.Contains('\0'))
        {
            return new Refusal(RefusalKind.Invalid, "parameter_invalid", "The description contains a zero character.", "description");
        }

        return description.Length <= MaxDescriptionLength
            ? null
            : new Refusal(
                RefusalKind.Invalid,
                "parameter_too_long",
                $"The description has {description.Length} characters where {MaxDescriptionLength} are the most.",
                "description");
    }

    private static Refusal? CheckApiVersion(string? version) => version is null || ApiVersions.IsAccepted(version)
        ? null
        : new Refusal(
            RefusalKind.Invalid,
            "api_version_unknown",
            $"'{version}' is not a version of this API; {ApiVersions.Advice}",
            "api_version");

    private static Refusal? CheckMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count > MaxMetadataKeys) return TooManyKeys(metadata.Count);
        foreach (var (key, value) in metadata)
        {
            if (key.Length is 0 or > MaxMetadataKeyLength || key.AsSpan().ContainsAny('[', ']'))
            {
                return MetadataInvalid($"A key has 1 to {MaxMetadataKeyLength} characters and no square bracket.", "metadata");
            }

            if (value.Length > MaxMetadataValueLength)
            {
                return MetadataInvalid(
                    $"The value has {value.Length} characters where {MaxMetadataValueLength} are the most.", $"metadata[{key}]");
            }

            if (CardNumbers.AppearIn(value)) return MetadataInvalid("The value looks like a card number.", $"metadata[{key}]");
            if (key.Contains('\0') || value.Contains('\0')) return MetadataInvalid("It contains a zero character.", "metadata");
        }

        return null;
    }

    private static Refusal UrlInvalid(string why) =>
        new(RefusalKind.Invalid, "url_invalid", $"The URL cannot be a webhook endpoint. {why}", "url");

    private static Refusal MetadataInvalid(string why, string param) => new(RefusalKind.Invalid, "metadata_invalid", why, param);

    private static Refusal TooManyKeys(int count) =>
        MetadataInvalid($"There are {count} keys where {MaxMetadataKeys} are the most.", "metadata");
}
