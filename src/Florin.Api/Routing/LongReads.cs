using Florin.Kernel;
using Florin.Storage.Idempotency;

namespace Florin.Api.Routing;

/// <summary>Lets few questions that may read much run at a time, so that one key's searches do not hold up everybody's payments.</summary>
internal sealed class LongReads : IDisposable
{
    private const int AtOnce = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim turns = new(AtOnce);

    public async Task<StoredResponse> RunAsync(ApiCall call, Func<Task<StoredResponse>> read)
    {
        if (!await turns.WaitAsync(Patience, call.Ct))
        {
            return call.Refuse(new Refusal(RefusalKind.RateLimited, "rate_limit", "Too many searches run at once; ask again in a moment."));
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
