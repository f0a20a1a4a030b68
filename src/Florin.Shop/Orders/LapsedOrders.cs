using Florin.Storage.Jobs;

namespace Florin.Shop.Orders;

/// <summary>Looks once more at an order when its time is over, whatever was heard of it until then.</summary>
internal sealed class LapsedOrders(OrderDesk desk, TimeProvider time) : IJobHandler
{
    public const string JobKind = "shop.lapse";

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(10);

    public string Kind => JobKind;

    public int Concurrency => 2;

    public TimeSpan Lease => TimeSpan.FromMinutes(1);

    public static NewJob Job(Order order, DateTimeOffset at) => new(order.Scope.Shard, JobKind, order.Code, at);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        if (await desk.FindAsync(job.Key, ct) is not { } order) return JobOutcome.Done;
        var settled = await desk.LapseAsync(order, ct);

        // Money whose fate is not known yet keeps the order open.
        return settled.State is OrderState.Prepay or OrderState.InProgress
            ? new JobOutcome.RunAgain(time.GetUtcNow() + LookAgainAfter)
            : JobOutcome.Done;
    }
}
