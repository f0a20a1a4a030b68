using Florin.Api.Routing;

namespace Florin.Api.Tests;

public sealed class TurnTests
{
    [Fact]
    public async Task At_most_two_large_requests_are_worked_on_at_once_and_the_next_begins_when_one_ends()
    {
        using var turns = new LongWrites();
        var gates = Enumerable.Range(0, 5).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var (begun, most, running) = (0, 0, 0);
        var came = new SemaphoreSlim(0);
        var done = gates.Select((gate, i) => turns.RunAsync(
            async () =>
            {
                Interlocked.Increment(ref begun);
                most = Math.Max(most, Interlocked.Increment(ref running));
                came.Release();
                await gate.Task;
                Interlocked.Decrement(ref running);
                return i;
            },
            CancellationToken.None)).ToArray();

        await came.WaitAsync();
        await came.WaitAsync();
        Assert.Equal(2, begun);
        for (var i = 0; i < gates.Length; i++)
        {
            gates[i].SetResult();
            Assert.Equal(i, (await done[i]).Value);
        }

        Assert.Equal((5, 2), (begun, most));
    }

    [Fact]
    public async Task A_turn_is_given_back_by_one_that_fails()
    {
        using var turns = new LongWrites();
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => turns.RunAsync<int>(() => throw new InvalidOperationException(), CancellationToken.None));
        }

        Assert.True((await turns.RunAsync(() => Task.FromResult(1), CancellationToken.None)).IsSuccess);
    }
}
