using Florin.Kernel;

namespace Florin.Storage.Nodes;

/// <summary>This process, as the others that share its database know it. Every start is a new one.</summary>
public sealed class Node(IdSource ids)
{
    public Guid Id { get; } = ids.NewValue(new ShardId(0));
}

/// <summary>What a process holds by leases in the database, and what others may have once it is gone.</summary>
public interface INodeHoldings
{
    /// <summary>Gives back what the node holds. It may be slow and not gone, so whatever it still writes under its leases must
    /// find them lost.</summary>
    Task ReleaseAsync(ITransaction tx, Guid node, DateTimeOffset now);
}
