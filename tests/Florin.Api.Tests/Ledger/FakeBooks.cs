using Florin.Kernel;
using Florin.Ledger;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Api.Tests;

/// <summary>Books in which nothing is written; they are tested on the real ledger.</summary>
internal sealed class FakeBooks : IMerchantBooks, ILedgerReports, ILedgerExports, ILedgerImports
{
    private static readonly Refusal Missing = new(RefusalKind.NotFound, "resource_missing", "There is none.");

    public Task<Result<AccountStanding>> OpenAccountAsync(
        MerchantScope scope, NewOwnAccount account, IdempotentWrite<AccountStanding>? answer, CancellationToken ct) => No<AccountStanding>();

    public Task<Result<AccountStanding>> ChangeAccountAsync(
        MerchantScope scope, LedgerAccountId id, OwnAccountChange change, IdempotentWrite<AccountStanding>? answer, CancellationToken ct) => No<AccountStanding>();

    public Task<AccountStanding?> AccountAsync(MerchantScope scope, LedgerAccountId id, LedgerInstant? at, CancellationToken ct) =>
        Task.FromResult<AccountStanding?>(null);

    public Task<Page<AccountStanding>> AccountsAsync(
        MerchantScope scope, AccountFilter filter, LedgerInstant? at, PageRequest<LedgerAccountId> page, CancellationToken ct) => Empty<AccountStanding>();

    public Task<Result<TransactionDetail>> PostAsync(
        MerchantScope scope, OwnTransaction transaction, IdempotentWrite<TransactionDetail>? answer, CancellationToken ct) => No<TransactionDetail>();

    public Task<Result<PostedBatch>> PostBatchAsync(
        MerchantScope scope, IReadOnlyList<Result<OwnTransaction>> items, bool isLinked, IdempotentWrite<PostedBatch>? answer, CancellationToken ct) =>
        No<PostedBatch>();

    public Task<Result<TransactionDetail>> ReverseAsync(
        MerchantScope scope,
        LedgerTransactionId id,
        string? reference,
        DateTimeOffset? effectiveAt,
        IdempotentWrite<TransactionDetail>? answer,
        CancellationToken ct) => No<TransactionDetail>();

    public Task<TransactionDetail?> TransactionAsync(MerchantScope scope, LedgerTransactionId id, CancellationToken ct) =>
        Task.FromResult<TransactionDetail?>(null);

    public Task<WalkedPage> TransactionsAsync(
        MerchantScope scope, TransactionFilter filter, PageRequest<LedgerTransactionId> page, CancellationToken ct) =>
        Task.FromResult(new WalkedPage([], HasMore: false));

    public Task<Result<HoldDetail>> HoldAsync(
        MerchantScope scope, OwnTransaction transaction, DateTimeOffset? lapsesAt, IdempotentWrite<HoldDetail>? answer, CancellationToken ct) => No<HoldDetail>();

    public Task<Result<HoldDetail>> PostHoldAsync(
        MerchantScope scope, LedgerHoldId id, HoldPosting posting, IdempotentWrite<HoldDetail>? answer, CancellationToken ct) => No<HoldDetail>();

    public Task<Result<HoldDetail>> VoidHoldAsync(MerchantScope scope, LedgerHoldId id, IdempotentWrite<HoldDetail>? answer, CancellationToken ct) =>
        No<HoldDetail>();

    public Task<HoldDetail?> HoldAsync(MerchantScope scope, LedgerHoldId id, CancellationToken ct) => Task.FromResult<HoldDetail?>(null);

    public Task<Page<HoldDetail>> HoldsAsync(MerchantScope scope, HoldState? state, PageRequest<LedgerHoldId> page, CancellationToken ct) => Empty<HoldDetail>();

    public Task<long?> WriteStatementAsync(MerchantScope scope, LedgerAccountId account, LedgerSpan span, Stream output, CancellationToken ct) =>
        Task.FromResult<long?>(null);

    public Task<MappingCoverage> CoverAsync(MerchantScope scope, GeneralLedgerMapping mapping, CancellationToken ct) =>
        Task.FromResult(new MappingCoverage([], []));

    public Task WriteMappingAsync(MerchantScope scope, Stream output, CancellationToken ct) => Task.CompletedTask;

    public Task<Result<LedgerExported>> WriteAsync(LedgerExport export, Stream output, CancellationToken ct) =>
        Task.FromResult<Result<LedgerExported>>(new LedgerExported(0, 0, 0));

    public Task<long?> WriteStatementAsync(LedgerAccountId account, LedgerSpan span, Stream output, CancellationToken ct) => Task.FromResult<long?>(null);

    public Task<LedgerImported> ImportAsync(LedgerImport import, Stream file, IdempotentWrite<LedgerImported>? answer, CancellationToken ct) =>
        Task.FromResult(new LedgerImported(!import.IsDryRun, 0, 0, []));

    public Task<Result<PeriodEvent>> ClosePeriodAsync(
        MerchantScope scope, PeriodChange change, IdempotentWrite<PeriodEvent>? answer, CancellationToken ct) => No<PeriodEvent>();

    public Task<Result<PeriodEvent>> ReopenPeriodAsync(
        MerchantScope scope, PeriodChange change, IdempotentWrite<PeriodEvent>? answer, CancellationToken ct) => No<PeriodEvent>();

    public Task<IReadOnlyList<PeriodEvent>> PeriodEventsAsync(MerchantScope scope, CancellationToken ct) => Task.FromResult<IReadOnlyList<PeriodEvent>>([]);

    public Task<StatementPage?> StatementAsync(MerchantScope scope, StatementQuestion question, CancellationToken ct) => Task.FromResult<StatementPage?>(null);

    public Task<IReadOnlyList<TrialBalanceLine>> TrialBalanceAsync(MerchantScope scope, LedgerSpan span, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<TrialBalanceLine>>([]);

    public Task<IReadOnlyList<TransactionDetail>> ForSubjectsAsync(MerchantScope scope, IReadOnlyCollection<Guid> subjects, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<TransactionDetail>>([]);

    public Task<IReadOnlyList<IncomeStatement>> IncomeStatementAsync(MerchantScope scope, LedgerSpan span, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<IncomeStatement>>([]);

    public Task<IReadOnlyList<BalanceSheet>> BalanceSheetAsync(MerchantScope scope, LedgerSpan span, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<BalanceSheet>>([]);

    private static Task<Result<T>> No<T>() => Task.FromResult<Result<T>>(Missing);

    private static Task<Page<T>> Empty<T>() => Task.FromResult(new Page<T>([], HasMore: false));
}
