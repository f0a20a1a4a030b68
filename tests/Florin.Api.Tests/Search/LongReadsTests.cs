using Florin.Api.Routing;

namespace Florin.Api.Tests.Search;

public sealed class LongReadsTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task Two_run_at_a_time_and_the_third_when_one_of_them_has_ended()
    {
        using var reads = new LongReads();
        var first = new TaskCompletionSource<int>();
        var second = new TaskCompletionSource<int>();
        var running = new[] { reads.RunAsync(() => first.Task, Ct), reads.RunAsync(() => second.Task, Ct) };
        var hasBegun = false;

        // It runs up to its first wait before it returns.
        var third = reads.RunAsync(
            () =>
            {
                hasBegun = true;
                return Task.FromResult(3);
            },
            Ct);
        Assert.False(hasBegun);

        second.SetException(new InvalidOperationException("A search that fails gives its turn back too."));
        Assert.Equal(3, (await third).Value);
        await Assert.ThrowsAsync<InvalidOperationException>(() => running[1]);
        first.SetResult(1);
        Assert.Equal(1, (await running[0]).Value);
    }

    [Fact]
    public async Task Whoever_hangs_up_while_waiting_takes_no_turn()
    {
        using var reads = new LongReads();
        var first = new TaskCompletionSource<int>();
        var running = new[] { reads.RunAsync(() => first.Task, Ct), reads.RunAsync(() => first.Task, Ct) };
        using var gone = new CancellationTokenSource();
        var waiting = reads.RunAsync(() => Task.FromResult(3), gone.Token);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        first.SetResult(1);
        await Task.WhenAll(running);
        Assert.Equal(3, (await reads.RunAsync(() => Task.FromResult(3), Ct)).Value);
    }
}
