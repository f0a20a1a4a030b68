namespace Florin.Connectors;

/// <summary>The instant from which on nothing that may move money leaves any more, for the calls made under it.</summary>
/// <remarks>
/// A process can stand still at any place: while a call waits for room, for a connection, or between the two requests that some
/// gateways want for one payment. Meanwhile its operation may have been closed as never sent, and the buyer may have paid anew.
/// So the clock is read again right before the body of each request. The limit is about the call as a whole and not about what is
/// ordered, hence ambient: no connector can forget to hand it on to its second request. What only asks is bound by none.
/// </remarks>
public static class SendLimit
{
    private static readonly AsyncLocal<DateTimeOffset?> Ambient = new();

    internal static DateTimeOffset? Current => Ambient.Value;

    /// <summary>Makes a call of which nothing is sent at or after <paramref name="limit"/>.</summary>
    public static async Task<T> UnderAsync<T>(DateTimeOffset limit, Func<Task<T>> call)
    {
        // What an asynchronous method sets is not seen by who called it, so there is nothing to put back.
        Ambient.Value = limit;
        return await call();
    }
}
