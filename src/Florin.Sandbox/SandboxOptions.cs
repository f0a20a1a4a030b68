using Florin.Kernel;

namespace Florin.Sandbox;

/// <summary>How a sandbox is started.</summary>
public sealed record SandboxOptions
{
    /// <summary>Where it listens; port 0 takes a free one.</summary>
    public required string Url { get; init; }

    /// <summary>How a browser reaches it, where that differs from how the connectors do; ends without a slash.</summary>
    public string? PublicUrl { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public RandomSource Random { get; init; } = RandomSource.System;

    /// <summary>The file that the book is kept in; without one the book lives as long as the process.</summary>
    public string? BookPath { get; init; }

    /// <summary>How many payments are remembered; older ones are forgotten, as if they had never been.</summary>
    public int MaxPayments { get; init; } = 100_000;
}
