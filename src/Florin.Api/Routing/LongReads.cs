using Florin.Kernel;

namespace Florin.Api.Routing;

/// <summary>Lets few questions that may read much run at a time, so that one key's searches do not hold up everybody's payments.</summary>
internal sealed class LongReads : IDisposable
{
    private const int AtOnce = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim turns = new(AtOnce);

    /// <returns>What was read, or <c>rate_limit</c> where no turn came in time.</returns>
    public async Task<Result<T>> RunAsync<T>(Func<Task<T>> read, CancellationToken ct)
    {
        if (!await turns.WaitAsync(Patience, ct))
        {
            return new Refusal(RefusalKind.RateLimited, "rate_limit", "Too many searches run at once; ask again in a moment.");
        }

        try
        {
            return await read();
        }
        finally
        {
            turns.Release();
        }
    }

    public void Dispose() => turns.Dispose();
}
