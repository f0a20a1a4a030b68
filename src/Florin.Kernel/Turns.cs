namespace Florin.Kernel;

/// <summary>Lets few things run at a time; the next waits a little for its turn.</summary>
/// <param name="atOnce">How many.</param>
/// <param name="tooMany">What whoever got no turn is told.</param>
public abstract class Turns(int atOnce, string tooMany) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim turns = new(atOnce);

    /// <returns>What came of it, or <c>rate_limit</c> where no turn came in time.</returns>
    public async Task<Result<T>> RunAsync<T>(Func<Task<T>> act, CancellationToken ct)
    {
        if (!await turns.WaitAsync(Patience, ct)) return new Refusal(RefusalKind.RateLimited, "rate_limit", tooMany);
        try
        {
            return await act();
        }
        finally
        {
            turns.Release();
        }
    }

    public void Dispose()
    {
        turns.Dispose();
        GC.SuppressFinalize(this);
    }
}
