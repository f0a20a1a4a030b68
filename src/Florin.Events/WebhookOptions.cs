using System.Net;

namespace Florin.Events;

/// <summary>What an operator decides about webhooks.</summary>
public sealed record WebhookOptions
{
    /// <summary>Networks that are not public and may be called all the same, in both modes.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>The ports that endpoints in live mode may use.</summary>
    public IReadOnlyList<int> LivePorts { get; init; } = [443];

    /// <summary>Whether endpoints in test mode may be on this machine, as while a shop is being built.</summary>
    public bool AllowLoopbackInTest { get; init; } = true;
}
