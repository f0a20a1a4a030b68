using Florin.Kernel;
using Florin.Payments;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Api.Tests;

/// <summary>There are none; clocks are tested on the real modules.</summary>
internal sealed class FakeTestClocks : ITestClocks
{
    public Task<DateTimeOffset> NowAsync(MerchantScope scope, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<TestClock>> CreateAsync(PaymentRequest request, NewTestClock clock, IdempotentWrite<TestClock>? answer, CancellationToken ct) => throw new NotSupportedException();

    public Task<TestClock?> FindAsync(MerchantScope scope, TestClockId id, CancellationToken ct) => Task.FromResult<TestClock?>(null);

    public Task<Page<TestClock>> ListAsync(MerchantScope scope, PageRequest<TestClockId> page, CancellationToken ct) =>
        Task.FromResult(new Page<TestClock>([], HasMore: false));

    public Task<Result<TestClock>> AdvanceAsync(PaymentRequest request, TestClockId id, DateTimeOffset to, IdempotentWrite<TestClock>? answer, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<DeletedTestClock>> DeleteAsync(PaymentRequest request, TestClockId id, IdempotentWrite<DeletedTestClock>? answer, CancellationToken ct) =>
        FakePayments.Stored<DeletedTestClock>(answer, new DeletedTestClock(id));
}
