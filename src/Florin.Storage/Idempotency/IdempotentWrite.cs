using Florin.Kernel;

namespace Florin.Storage.Idempotency;

/// <summary>How the answer to a request with an <c>Idempotency-Key</c> is stored together with what it did.</summary>
/// <param name="Store">Where answers are kept.</param>
/// <param name="Key">The caller's key for the request.</param>
/// <param name="Render">Turns what was done, or the refusal to do it, into the response that a repetition gets.</param>
public sealed record IdempotentWrite<T>(IIdempotency Store, IdempotencyKey Key, Func<Result<T>, StoredResponse> Render)
{
    /// <summary>Claims the key in the transaction that first writes something for the request.</summary>
    /// <param name="subject">What the request makes or acts on.</param>
    /// <exception cref="IdempotencyKeyTakenException">Another request came first; the transaction is to be left.</exception>
    public async Task BeginAsync(ITransaction tx, Guid? subject)
    {
        var state = await Store.ClaimAsync(tx, Key, subject);
        if (state is not IdempotencyState.Unused) throw new IdempotencyKeyTakenException(state);
    }

    /// <summary>Stores the answer in the transaction that decides it; a refusal that frees the key is not stored.</summary>
    public ValueTask FinishAsync(ITransaction tx, Result<T> outcome) => outcome.Refusal is { FreesKey: true }
        ? Store.ForgetAsync(tx, Key)
        : Store.FinishAsync(tx, Key, Render(outcome));
}

/// <summary>Another request with the same key came first; carries what it left, for the API to answer from.</summary>
public sealed class IdempotencyKeyTakenException(IdempotencyState state)
    : Exception("The idempotency key is used by another request.")
{
    public IdempotencyState State => state;
}
