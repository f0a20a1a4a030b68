using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Payments;

/// <summary>Buyers' claims against payments. They come from gateways; here they are seen, and answered.</summary>
public interface IDisputes
{
    Task<Dispute?> FindAsync(MerchantScope scope, DisputeId id, CancellationToken ct);

    Task<Page<Dispute>> ListAsync(MerchantScope scope, DisputeFilter filter, PageRequest<DisputeId> page, CancellationToken ct);

    /// <summary>Collects evidence, and sends it to the issuer where <see cref="DisputeChange.Submit"/> says so.</summary>
    /// <returns>The dispute; where nobody knows yet whether the evidence arrived, its <see cref="Dispute.Response"/> is
    /// unknown and the gateway is asked. Or a refusal.</returns>
    Task<Result<Dispute>> UpdateAsync(
        PaymentRequest request, DisputeId id, DisputeChange change, IdempotentWrite<Dispute>? answer, CancellationToken ct);

    /// <summary>Gives a chargeback up; it is lost.</summary>
    Task<Result<Dispute>> CloseAsync(PaymentRequest request, DisputeId id, IdempotentWrite<Dispute>? answer, CancellationToken ct);
}

/// <summary>Documents that merchants upload. What they are is told by their bytes, never by their names.</summary>
public interface IFiles
{
    Task<Result<StoredFile>> CreateAsync(PaymentRequest request, NewFile file, IdempotentWrite<StoredFile>? answer, CancellationToken ct);

    Task<StoredFile?> FindAsync(MerchantScope scope, FileId id, CancellationToken ct);

    Task<IReadOnlyList<StoredFile>> FindManyAsync(MerchantScope scope, IReadOnlyCollection<FileId> ids, CancellationToken ct);

    Task<Page<StoredFile>> ListAsync(MerchantScope scope, FileFilter filter, PageRequest<FileId> page, CancellationToken ct);

    /// <summary>What was uploaded; null where there is none.</summary>
    Task<(StoredFile File, byte[] Content)?> ReadAsync(MerchantScope scope, FileId id, CancellationToken ct);
}

/// <summary>What a merchant is owed, and each movement that made it so.</summary>
public interface IBalances
{
    /// <summary>In each currency in which anything ever moved, ordered by its code.</summary>
    Task<IReadOnlyList<CurrencyBalance>> BalanceAsync(MerchantScope scope, CancellationToken ct);

    Task<BalanceTransaction?> FindAsync(MerchantScope scope, BalanceTransactionId id, CancellationToken ct);

    Task<IReadOnlyList<BalanceTransaction>> FindManyAsync(MerchantScope scope, IReadOnlyCollection<BalanceTransactionId> ids, CancellationToken ct);

    Task<Page<BalanceTransaction>> ListAsync(
        MerchantScope scope, BalanceTransactionFilter filter, PageRequest<BalanceTransactionId> page, CancellationToken ct);
}
