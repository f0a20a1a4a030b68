using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Payments;

/// <summary>The clock of a merchant's test mode: what waits for time can be rehearsed without waiting.</summary>
/// <remarks>A merchant has one at most, and while there is one, everything of the merchant's test mode that has a deadline goes by
/// it. Live mode, webhooks, jobs and the times at which things say they were created always go by the real time.</remarks>
public interface ITestClocks
{
    /// <summary>What time it is for a merchant: the real one, or in test mode that of the merchant's clock.</summary>
    Task<DateTimeOffset> NowAsync(MerchantScope scope, CancellationToken ct);

    /// <returns>The clock, or a refusal: <c>test_mode_only</c>, <c>test_clock_exists</c>.</returns>
    Task<Result<TestClock>> CreateAsync(PaymentRequest request, NewTestClock clock, IdempotentWrite<TestClock>? answer, CancellationToken ct);

    Task<TestClock?> FindAsync(MerchantScope scope, TestClockId id, CancellationToken ct);

    Task<Page<TestClock>> ListAsync(MerchantScope scope, PageRequest<TestClockId> page, CancellationToken ct);

    /// <summary>Moves a clock forward. Deadlines are held against the new time at once; what they bring about follows, and
    /// the clock is <see cref="TestClockStatus.Advancing"/> until all of it is done.</summary>
    /// <returns>The clock, or a refusal: <c>resource_missing</c>, <c>parameter_invalid</c>, <c>test_clock_advancing</c>.</returns>
    Task<Result<TestClock>> AdvanceAsync(
        PaymentRequest request, TestClockId id, DateTimeOffset to, IdempotentWrite<TestClock>? answer, CancellationToken ct);

    /// <summary>Takes a clock away: the merchant's test mode goes by the real time again.</summary>
    /// <returns>What is gone, or a refusal where there was none.</returns>
    Task<Result<DeletedTestClock>> DeleteAsync(PaymentRequest request, TestClockId id, IdempotentWrite<DeletedTestClock>? answer, CancellationToken ct);
}

/// <summary>Does what has become due by a merchant's clock. Whoever keeps deadlines registers one.</summary>
public interface ITestClockFollower
{
    /// <summary>Catches up with a clock that was moved. Safe to repeat.</summary>
    Task FollowAsync(MerchantScope scope, DateTimeOffset now, CancellationToken ct);
}

public readonly record struct TestClockId(Guid Value) : IId<TestClockId>
{
    public static string Prefix => "clock_";

    public static TestClockId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

public enum TestClockStatus
{
    Ready,
    Advancing,
}

/// <param name="FrozenAt">What time it is by it.</param>
/// <param name="DeletesAfter">When it goes away by itself, in real time: a forgotten clock would hold test mode for ever.</param>
public sealed record TestClock(
    TestClockId Id, MerchantScope Scope, string? Name, TestClockStatus Status, DateTimeOffset FrozenAt, DateTimeOffset DeletesAfter, DateTimeOffset CreatedAt);

public sealed record DeletedTestClock(TestClockId Id);

public sealed record NewTestClock(DateTimeOffset FrozenAt, string? Name);
