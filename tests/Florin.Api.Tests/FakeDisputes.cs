using Florin.Kernel;
using Florin.Payments;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Api.Tests;

/// <summary>A merchant whom nobody disputes with, who uploaded nothing and is owed nothing.</summary>
internal sealed class FakeDisputes : IDisputes, IFiles, IBalances
{
    private static readonly Refusal Missing = new(RefusalKind.NotFound, "resource_missing", "There is none.");

    public Task<Dispute?> FindAsync(MerchantScope scope, DisputeId id, CancellationToken ct) => Task.FromResult<Dispute?>(null);

    public Task<Page<Dispute>> ListAsync(MerchantScope scope, DisputeFilter filter, PageRequest<DisputeId> page, CancellationToken ct) =>
        Task.FromResult(new Page<Dispute>([], HasMore: false));

    public Task<Result<Dispute>> UpdateAsync(
        PaymentRequest request, DisputeId id, DisputeChange change, IdempotentWrite<Dispute>? answer, CancellationToken ct) =>
        Task.FromResult<Result<Dispute>>(Missing);

    public Task<Result<Dispute>> CloseAsync(PaymentRequest request, DisputeId id, IdempotentWrite<Dispute>? answer, CancellationToken ct) =>
        Task.FromResult<Result<Dispute>>(Missing);

    public Task<Result<StoredFile>> CreateAsync(PaymentRequest request, NewFile file, IdempotentWrite<StoredFile>? answer, CancellationToken ct) =>
        Task.FromResult<Result<StoredFile>>(Missing);

    public Task<StoredFile?> FindAsync(MerchantScope scope, FileId id, CancellationToken ct) => Task.FromResult<StoredFile?>(null);

    public Task<IReadOnlyList<StoredFile>> FindManyAsync(MerchantScope scope, IReadOnlyCollection<FileId> ids, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<StoredFile>>([]);

    public Task<Page<StoredFile>> ListAsync(MerchantScope scope, FileFilter filter, PageRequest<FileId> page, CancellationToken ct) =>
        Task.FromResult(new Page<StoredFile>([], HasMore: false));

    public Task<(StoredFile File, byte[] Content)?> ReadAsync(MerchantScope scope, FileId id, CancellationToken ct) =>
        Task.FromResult<(StoredFile, byte[])?>(null);

    public Task<IReadOnlyList<CurrencyBalance>> BalanceAsync(MerchantScope scope, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<CurrencyBalance>>([]);

    public Task<BalanceTransaction?> FindAsync(MerchantScope scope, BalanceTransactionId id, CancellationToken ct) =>
        Task.FromResult<BalanceTransaction?>(null);

    public Task<IReadOnlyList<BalanceTransaction>> FindManyAsync(
        MerchantScope scope, IReadOnlyCollection<BalanceTransactionId> ids, CancellationToken ct) => Task.FromResult<IReadOnlyList<BalanceTransaction>>([]);

    public Task<Page<BalanceTransaction>> ListAsync(
        MerchantScope scope, BalanceTransactionFilter filter, PageRequest<BalanceTransactionId> page, CancellationToken ct) =>
        Task.FromResult(new Page<BalanceTransaction>([], HasMore: false));
}
