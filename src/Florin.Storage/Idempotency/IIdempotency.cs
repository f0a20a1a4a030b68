using Florin.Kernel;

namespace Florin.Storage.Idempotency;

/// <summary>Remembers the first answer to each <c>Idempotency-Key</c>, so that a repeated request acts once.</summary>
public interface IIdempotency
{
    /// <summary>Looks a key up before the request is looked into, so that a retry meets no new rule.</summary>
    Task<IdempotencyState> FindAsync(IdempotencyKey key, CancellationToken ct);

    /// <summary>The same for many keys of one shard, within a transaction.</summary>
    /// <returns>One for each key, in order.</returns>
    ValueTask<IReadOnlyList<IdempotencyState>> FindAsync(ISqlReader reader, IReadOnlyList<IdempotencyKey> keys);

    /// <summary>Claims the key in the transaction that first writes something for the request.</summary>
    /// <param name="subject">What the request makes or acts on; a retry after a crash is answered from it.</param>
    /// <returns><see cref="IdempotencyState.Unused"/> when it is ours now, else what stands there already.</returns>
    Task<IdempotencyState> ClaimAsync(ITransaction tx, IdempotencyKey key, Guid? subject);

    /// <summary>Stores the answer in the transaction that decides it; also claims the key where nobody has.</summary>
    ValueTask FinishAsync(ITransaction tx, IdempotencyKey key, StoredResponse response);

    /// <summary>Gives a claimed key back in the transaction that finds that nothing came of the request: it may be used again.</summary>
    ValueTask ForgetAsync(ITransaction tx, IdempotencyKey key);

    /// <summary>Says that the request will never be finished by who claimed its key, which failed and lives on: a repetition is to be
    /// answered from what the request did, and not to wait until the claim ends by itself.</summary>
    /// <remarks>Written down as soon as the database takes it, which may be why the request failed. Does nothing where this very
    /// request did not claim the key, or has finished.</remarks>
    void GiveUp(IdempotencyKey key);

    /// <summary>Stores answers under keys of one shard that nobody has claimed.</summary>
    /// <exception cref="UniqueViolationException">Somebody used one of them since it was looked up (thrown at the latest at the
    /// commit).</exception>
    ValueTask FinishUnusedAsync(ITransaction tx, IReadOnlyList<(IdempotencyKey Key, StoredResponse Response)> answers);
}

/// <summary>A request with a key.</summary>
/// <param name="Scope">The merchant and mode, as in <c>acct_0198...:test</c>.</param>
/// <param name="Key">1 to 255 visible ASCII characters.</param>
/// <param name="Fingerprint">SHA-256 over method, path and canonical body.</param>
/// <param name="RequestId">Of the request at hand; stored as the first one's.</param>
public sealed record IdempotencyKey(ShardId Shard, string Scope, string Key, byte[] Fingerprint, string RequestId);

/// <param name="Body">Replayed byte for byte.</param>
public sealed record StoredResponse(int Status, string ContentType, byte[] Body);

public abstract record IdempotencyState
{
    private IdempotencyState()
    {
    }

    /// <summary>Nobody used the key yet.</summary>
    public sealed record Unused : IdempotencyState;

    /// <summary>The first request is being worked on.</summary>
    public sealed record InFlight : IdempotencyState;

    /// <summary>The first request was cut off; its subject tells how far it came.</summary>
    public sealed record CutOff(Guid? Subject) : IdempotencyState;

    /// <summary>The same key came with another request.</summary>
    public sealed record Mismatch(string FirstRequestId, DateTimeOffset FirstAt) : IdempotencyState;

    public sealed record Finished(StoredResponse Response, string FirstRequestId) : IdempotencyState;
}
