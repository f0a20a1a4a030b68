using Florin.Events;
using Florin.Kernel;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Storage.Jobs;

namespace Florin.Payments.TestClocks;

internal sealed class TestClocksService(IDatabase database, IEvents events, IJobs jobs, IdSource ids, TimeProvider time) : ITestClocks
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(30);

    // As at Stripe, for clocks without subscriptions.
    private static readonly TimeSpan LongestStep = TimeSpan.FromDays(2 * 366);

    // Beyond all deadlines that can be rehearsed, and far from the end of the calendar, where adding a day fails.
    private static readonly DateTimeOffset Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public async Task<DateTimeOffset> NowAsync(MerchantScope scope, CancellationToken ct)
    {
        var realNow = time.GetUtcNow();
        return scope.IsLive
            ? realNow
            : await database.ReadAsync(async reader => await TestClockStore.NowAsync(reader, scope, realNow), ct);
    }

    public async Task<Result<TestClock>> CreateAsync(
        PaymentRequest request, NewTestClock wanted, IdempotentWrite<TestClock>? answer, CancellationToken ct)
    {
        var scope = request.Scope;
        if (scope.IsLive) return new Refusal(RefusalKind.Invalid, "test_mode_only", "There are test clocks in test mode alone: in live mode time is what it is.");
        if (wanted.FrozenAt > Latest) return TooLate;
        var id = ids.New<TestClockId>(scope.Shard);
        var created = id.CreatedAt();
        var clock = new TestClock(id, scope, wanted.Name, TestClockStatus.Ready, wanted.FrozenAt, created + Life, created);
        return await database.WriteAsync<Result<TestClock>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                if (!await TestClockStore.TryInsertAsync(tx, clock))
                {
                    return Abandoned(tx, new Refusal(
                        RefusalKind.Invalid, "test_clock_exists", "This merchant has a test clock already, and all of its test mode goes by that one."));
                }

                await jobs.EnqueueAsync(tx, DeleteTestClock.Job(clock));
                await RecordAsync(tx, EventTypes.TestClockCreated, clock, request.Origin);
                if (answer is not null) await answer.FinishAsync(tx, clock);
                return clock;
            },
            ct);
    }

    public async Task<TestClock?> FindAsync(MerchantScope scope, TestClockId id, CancellationToken ct)
    {
        var clock = await database.ReadAsync(async reader => await TestClockStore.FindAsync(reader, id), ct);
        return clock?.Scope == scope ? clock : null;
    }

    public async Task<Page<TestClock>> ListAsync(MerchantScope scope, PageRequest<TestClockId> page, CancellationToken ct) => scope.IsLive
        ? new Page<TestClock>([], HasMore: false)
        : await database.ReadAsync(async reader => await TestClockStore.ListAsync(reader, scope, page), ct);

    public Task<Result<TestClock>> AdvanceAsync(
        PaymentRequest request, TestClockId id, DateTimeOffset to, IdempotentWrite<TestClock>? answer, CancellationToken ct) =>
        database.WriteAsync<Result<TestClock>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                var clock = await TestClockStore.LockAsync(tx, id);
                if (clock is null || clock.Scope != request.Scope) return Abandoned(tx, PaymentRefusals.NoSuch("test clock", id.ToString(), "id"));
                if (Refuse(clock, to) is { } refusal) return Abandoned(tx, refusal);
                var moved = clock with { Status = TestClockStatus.Advancing, FrozenAt = to };
                await TestClockStore.MoveAsync(tx, moved);
                await jobs.EnqueueAsync(tx, FollowTestClock.Job(moved, time.GetUtcNow()));
                await RecordAsync(tx, EventTypes.TestClockAdvancing, moved, request.Origin);
                if (answer is not null) await answer.FinishAsync(tx, moved);
                return moved;
            },
            ct);

    public Task<Result<DeletedTestClock>> DeleteAsync(
        PaymentRequest request, TestClockId id, IdempotentWrite<DeletedTestClock>? answer, CancellationToken ct) =>
        database.WriteAsync<Result<DeletedTestClock>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                if (!await DeleteAsync(tx, request.Scope, id, request.Origin)) return Abandoned(tx, PaymentRefusals.NoSuch("test clock", id.ToString(), "id"));
                var gone = new DeletedTestClock(id);
                if (answer is not null) await answer.FinishAsync(tx, gone);
                return gone;
            },
            ct);

    /// <param name="scope">Null where its time is over and no merchant asks.</param>
    public async Task<bool> DeleteAsync(ITransaction tx, MerchantScope? scope, TestClockId id, EventOrigin? origin)
    {
        var clock = await TestClockStore.LockAsync(tx, id);
        if (clock is null || (scope is not null && clock.Scope != scope)) return false;
        await TestClockStore.DeleteAsync(tx, clock);
        await RecordAsync(tx, EventTypes.TestClockDeleted, clock, origin);
        return true;
    }

    /// <summary>Everything that the step has brought due is done.</summary>
    public Task SetReadyAsync(TestClock followed, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var clock = await TestClockStore.LockAsync(tx, followed.Id);
            if (clock is not { Status: TestClockStatus.Advancing } || clock.FrozenAt != followed.FrozenAt) return;
            var ready = clock with { Status = TestClockStatus.Ready };
            await TestClockStore.MoveAsync(tx, ready);
            await RecordAsync(tx, EventTypes.TestClockReady, ready, origin: null);
        },
        ct);

    private static Refusal TooLate => new(RefusalKind.Invalid, "parameter_invalid", $"A test clock goes until {Latest:yyyy-MM-dd}.", "frozen_time");

    private static Refusal? Refuse(TestClock clock, DateTimeOffset to)
    {
        if (clock.Status == TestClockStatus.Advancing)
        {
            return new Refusal(RefusalKind.Conflict, "test_clock_advancing", $"The test clock {clock.Id} is still advancing; wait until it is ready.");
        }

        if (to <= clock.FrozenAt)
        {
            return new Refusal(
                RefusalKind.Invalid, "parameter_invalid", $"frozen_time must be after {clock.FrozenAt.ToUnixTimeSeconds()}, the clock's own.", "frozen_time");
        }

        return to - clock.FrozenAt > LongestStep
            ? new Refusal(RefusalKind.Invalid, "parameter_invalid", "A test clock is moved by two years at most.", "frozen_time")
            : to > Latest ? TooLate : null;
    }

    private static Refusal Abandoned(ITransaction tx, Refusal refusal)
    {
        tx.Abandon();
        return refusal;
    }

    private ValueTask<EventId> RecordAsync(ITransaction tx, string type, TestClock clock, EventOrigin? origin) =>
        events.RecordAsync(tx, new NewEvent(clock.Scope, type, clock.Id.Value, PaymentJson.Bytes(clock), Origin: origin));
}
