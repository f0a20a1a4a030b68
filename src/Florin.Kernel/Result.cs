using System.Diagnostics.CodeAnalysis;

namespace Florin.Kernel;

/// <summary>How a refusal is answered; the API alone turns a kind into an HTTP status.</summary>
public enum RefusalKind
{
    /// <summary>The request is wrong in itself: a missing field, a bad amount.</summary>
    Invalid,

    /// <summary>The caller did not say who it is, or not truthfully.</summary>
    Unauthenticated,

    /// <summary>The caller may not do this.</summary>
    Forbidden,

    /// <summary>There is no such thing for this caller.</summary>
    NotFound,

    /// <summary>The thing is in a state that does not allow it.</summary>
    Conflict,

    /// <summary>The issuer or the gateway said no.</summary>
    Declined,

    /// <summary>The same request is being worked on.</summary>
    InFlight,

    /// <summary>An idempotency key was used again for another request.</summary>
    IdempotencyMismatch,

    /// <summary>Too many requests.</summary>
    RateLimited,

    /// <summary>We cannot do it now; nothing was changed.</summary>
    Unavailable,
}

/// <summary>What the business expects to refuse: a kind, a stable code, and a sentence for a developer.</summary>
/// <param name="Code">Stable and documented under <c>docs/errors/</c>, as in <c>amount_too_small</c>.</param>
/// <param name="Message">Names what was found and what was wanted; carries no card data.</param>
/// <param name="Param">The request field at fault, as the caller wrote it.</param>
/// <param name="DeclineCode">Why a card was declined, as in <c>insufficient_funds</c>.</param>
/// <param name="Subject">The thing that refused, as it is now, for the error body to show: a payment that was declined.
/// </param>
public sealed record Refusal(
    RefusalKind Kind, string Code, string Message, string? Param = null, string? DeclineCode = null, object? Subject = null)
{
    /// <summary>Nothing came of the request though it was begun, so its idempotency key is free for the same request to be
    /// carried out later.</summary>
    public bool FreesKey { get; init; }
}

/// <summary>A value, or the refusal to give one.</summary>
public readonly struct Result<T>
{
    private readonly T? value;

    private Result(T? value, Refusal? refusal) => (this.value, Refusal) = (value, refusal);

    public Refusal? Refusal { get; }

    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsSuccess => Refusal is null;

    /// <exception cref="InvalidOperationException">This is a refusal.</exception>
    public T Value => Refusal is null
        ? value!
        : throw new InvalidOperationException($"Refused: {Refusal.Code}: {Refusal.Message}");

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Refusal refusal) => new(default, refusal);

    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Refusal? refusal)
    {
        (value, refusal) = (this.value, Refusal);
        return refusal is null;
    }

    public TOut Match<TOut>(Func<T, TOut> success, Func<Refusal, TOut> refused) =>
        Refusal is null ? success(value!) : refused(Refusal);

    public Result<TOut> Map<TOut>(Func<T, TOut> map) => Refusal is null ? map(value!) : Refusal;
}
