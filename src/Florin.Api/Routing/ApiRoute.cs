using Florin.Api.Requests;
using Florin.Merchants;
using Florin.Storage.Idempotency;

namespace Florin.Api.Routing;

/// <summary>Which keys may call a route. A new route must say.</summary>
internal enum RouteAccess
{
    /// <summary>Secret keys alone: a server of the merchant's.</summary>
    Secret,

    /// <summary>Publishable keys too: any browser.</summary>
    Publishable,

    /// <summary>Publishable keys too, for whoever holds the payment's client secret; the handler compares it.</summary>
    PublishableWithClientSecret,
}

/// <param name="Pattern">As in <c>/v1/refunds/{id}</c>.</param>
/// <param name="Answers">What a 200 holds, for <c>expand[]</c>: an object's name, and whether a list of it.</param>
internal sealed record ApiRoute(
    string Method, string Pattern, RouteAccess Access, AnsweredObject Answers, Func<ApiCall, Task<StoredResponse>> Handle)
{
    private readonly ApiResource? resource;

    public bool HasResource => resource is not null;

    /// <summary>What a restricted key must have been given; how much of it, the method tells.</summary>
    /// <exception cref="InvalidOperationException">The table does not say.</exception>
    public ApiResource Resource
    {
        get => resource ?? throw new InvalidOperationException($"{this} belongs to no resource; say which in {nameof(ApiRoutes)}.");
        init => resource = value;
    }

    /// <summary>Answers a repetition of a request that was cut off, from what its subject has come to; null where the
    /// request writes only once, so that it cannot be cut off halfway.</summary>
    public Func<ApiCall, Guid, Task<StoredResponse?>>? AnswerCutOff { get; init; }

    /// <summary>Whether its body is an upload; no other route takes one.</summary>
    public bool TakesFile { get; init; }

    /// <summary>Whether a route that takes a file takes a body without one too.</summary>
    public bool TakesTextToo { get; init; }

    /// <summary>Whether few of its kind are parsed and worked on at a time, since each may hold much.</summary>
    public bool IsLong { get; init; }

    /// <summary>Whether it changes nothing, although it is a POST: what it is asked may be too long for an address.</summary>
    public bool OnlyReads { get; init; }

    /// <summary>How much its body may hold.</summary>
    public BodyLimits Limits { get; init; } = BodyLimits.Usual;

    /// <summary>Whether it answers with a file, and not with JSON.</summary>
    public bool GivesFile { get; init; }

    /// <summary>Which types of files it makes; empty where a file is given as it was uploaded.</summary>
    public IReadOnlyList<string> FileTypes { get; init; } = [];

    /// <summary>Headers of its answer, with what they say.</summary>
    public IReadOnlyList<(string Name, string Meaning)> AnswerHeaders { get; init; } = [];

    public bool AllowsBrowsers => Access is not RouteAccess.Secret;

    public override string ToString() => $"{Method} {Pattern}";
}

/// <param name="IsSearch">Whether the list is a search result, which has a page token in place of cursors.</param>
/// <param name="IsWalked">Whether the list may end before its page is full, and has a page token beside cursors.</param>
internal sealed record AnsweredObject(string Name, bool IsList = false, bool IsSearch = false, bool IsWalked = false);
