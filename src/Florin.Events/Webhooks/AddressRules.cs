using System.Net;
using System.Net.Sockets;

namespace Florin.Events.Webhooks;

/// <summary>Which addresses a webhook may be sent to, so that a URL given by a merchant reaches nothing of ours.</summary>
internal sealed class AddressRules(WebhookOptions options)
{
    // The special-purpose registries of IANA (RFC 6890 and its successors), as of 2026.
    private static readonly IPNetwork[] NotPublic4 =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"),
        IPNetwork.Parse("224.0.0.0/3"),
    ];

    // Of IPv6 only global unicast (2000::/3) is public at all. NAT64 (64:ff9b::/96), unique local, link-local, multicast,
    // discard and SRv6 addresses lie outside of it; these lie inside.
    private static readonly IPNetwork GlobalUnicast6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotPublic6 =
    [
        IPNetwork.Parse("2001::/23"),     // protocol assignments, with Teredo
        IPNetwork.Parse("2001:db8::/32"), // documentation
        IPNetwork.Parse("2002::/16"),     // 6to4, which carries an IPv4 address
        IPNetwork.Parse("3fff::/20"),     // documentation
    ];

    public bool Allows(IPAddress address, bool isLive)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IsPublic(plain)) return true;
        if (!isLive && options.AllowLoopbackInTest && IPAddress.IsLoopback(plain)) return true;
        return options.AllowedNetworks.Any(network => network.Contains(plain));
    }

    private static bool IsPublic(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !NotPublic4.Any(network => network.Contains(address)),
        AddressFamily.InterNetworkV6 => GlobalUnicast6.Contains(address) && !NotPublic6.Any(network => network.Contains(address)),
        _ => false,
    };
}
