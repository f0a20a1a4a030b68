using System.Collections.Concurrent;
using System.Net;
using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Api.Tests;

/// <summary>Keys named for what they are; everybody else is a stranger.</summary>
internal sealed class FakeMerchants : IMerchants
{
    public static readonly ApiKeyPermissions Refunds = new([KeyValuePair.Create(ApiResource.Refunds, ApiRight.Write)]);

    public Task<Result<ApiCaller>> AuthenticateAsync(string? presentedKey, IPAddress? source, CancellationToken ct) => Task.FromResult<Result<ApiCaller>>(presentedKey switch
    {
        "secret-test" => new ApiCaller(ApiKeyId.From(Samples.Value(101)), ApiKeyKind.Secret, Samples.Test),
        "secret-live" => new ApiCaller(ApiKeyId.From(Samples.Value(102)), ApiKeyKind.Secret, Samples.Live),
        "publishable-test" => new ApiCaller(ApiKeyId.From(Samples.Value(103)), ApiKeyKind.Publishable, Samples.Test),
        "publishable-live" => new ApiCaller(ApiKeyId.From(Samples.Value(104)), ApiKeyKind.Publishable, Samples.Live),
        "restricted-test" => new ApiCaller(ApiKeyId.From(Samples.Value(105)), ApiKeyKind.Restricted, Samples.Test) { Permissions = Refunds },
        null => new Refusal(RefusalKind.Unauthenticated, "api_key_missing", "No key."),
        _ => new Refusal(RefusalKind.Unauthenticated, "api_key_invalid", "No such key."),
    });

    public Task<Merchant> CreateAsync(NewMerchant merchant, CancellationToken ct) => throw new NotSupportedException();

    public Task<Merchant?> FindAsync(MerchantId id, CancellationToken ct) => throw new NotSupportedException();

    public Task<IReadOnlyList<Merchant>> ListAsync(CancellationToken ct) => throw new NotSupportedException();

    public Task<NewApiKey> CreateKeyAsync(MerchantScope scope, ApiKeyDraft draft, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<NewApiKey>> RollKeyAsync(MerchantScope scope, ApiKeyId id, DateTimeOffset oldUntil, CancellationToken ct) => throw new NotSupportedException();

    public Task EnsureTestKeyAsync(MerchantScope scope, ApiKeyKind kind, string name, string text, CancellationToken ct) => throw new NotSupportedException();

    public Task<IReadOnlyList<ApiKey>> ListKeysAsync(MerchantScope scope, CancellationToken ct) => throw new NotSupportedException();

    public Task<bool> RevokeKeyAsync(MerchantScope scope, ApiKeyId id, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<BackOfficeUser>> CreateUserAsync(MerchantId merchant, string email, string name, Secret<string> password, CancellationToken ct) => throw new NotSupportedException();

    public Task<BackOfficeUser> EnsureUserAsync(MerchantId merchant, string email, string name, Secret<string> password, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<BackOfficeUser>> SignInAsync(string email, Secret<string> password, CancellationToken ct) => throw new NotSupportedException();

    public Task<BackOfficeUser?> FindUserAsync(UserId id, CancellationToken ct) => throw new NotSupportedException();
}

/// <summary>Keeps answers in memory.</summary>
internal sealed class FakeIdempotency : IIdempotency
{
    public ConcurrentDictionary<(string Scope, string Key), (byte[] Fingerprint, IdempotencyState State)> Rows { get; } = new();

    public Task<IdempotencyState> FindAsync(IdempotencyKey key, CancellationToken ct) => Task.FromResult(StateOf(key));

    public ValueTask<IReadOnlyList<IdempotencyState>> FindAsync(ISqlReader reader, IReadOnlyList<IdempotencyKey> keys) => throw new NotSupportedException();

    public Task<IdempotencyState> ClaimAsync(ITransaction tx, IdempotencyKey key, Guid? subject) => throw new NotSupportedException();

    public ValueTask ForgetAsync(ITransaction tx, IdempotencyKey key) => throw new NotSupportedException();

    public void GiveUp(IdempotencyKey key)
    {
        // Nothing is claimed here.
    }

    public ValueTask FinishUnusedAsync(ITransaction tx, IReadOnlyList<(IdempotencyKey Key, StoredResponse Response)> answers) => throw new NotSupportedException();

    public ValueTask FinishAsync(ITransaction tx, IdempotencyKey key, StoredResponse response)
    {
        Rows[(key.Scope, key.Key)] = (key.Fingerprint, new IdempotencyState.Finished(response, key.RequestId));
        return ValueTask.CompletedTask;
    }

    private IdempotencyState StateOf(IdempotencyKey key)
    {
        if (!Rows.TryGetValue((key.Scope, key.Key), out var row)) return new IdempotencyState.Unused();
        return row.Fingerprint.AsSpan().SequenceEqual(key.Fingerprint) ? row.State : new IdempotencyState.Mismatch("req_first", Samples.Noon);
    }
}

/// <summary>Answers with samples, in the test scope alone, and counts what it is asked to do.</summary>
internal sealed class FakePayments : IPayments, IPaymentMethods, ICheckoutSessions
{
    public int Creations { get; private set; }

    public NewPaymentIntent? LastIntent { get; private set; }

    public NewCheckoutSession? LastSession { get; private set; }

    /// <summary>What the next creation of an intent answers.</summary>
    public Func<Result<PaymentIntent>> Outcome { get; set; } = () => Samples.Intent;

    public async Task<Result<PaymentIntent>> CreateAsync(PaymentRequest request, NewPaymentIntent intent, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct)
    {
        Creations++;
        LastIntent = intent;
        var outcome = Outcome();
        return await Stored(answer, outcome);
    }

    public Task<Result<PaymentIntent>> ConfirmAsync(PaymentRequest request, PaymentIntentId id, Confirmation confirmation, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct) => Stored(answer, Outcome());

    public Task<Result<PaymentIntent>> UpdateAsync(PaymentRequest request, PaymentIntentId id, PaymentIntentChange change, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct) => Stored(answer, Outcome());

    public Task<Result<PaymentIntent>> CaptureAsync(PaymentRequest request, PaymentIntentId id, long? amountMinor, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct) => Stored(answer, Outcome());

    public Task<Result<PaymentIntent>> IncrementAsync(PaymentRequest request, PaymentIntentId id, long amountMinor, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct) => Stored(answer, Outcome());

    public Task<Result<Refund>> CancelRefundAsync(PaymentRequest request, RefundId id, IdempotentWrite<Refund>? answer, CancellationToken ct) => Stored(answer, Samples.Refund);

    public Task<Result<PaymentIntent>> CancelAsync(PaymentRequest request, PaymentIntentId id, CancellationReason? reason, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct) => Stored(answer, Outcome());

    public Task<Result<PaymentIntent>> ResumeAfterChallengeAsync(PaymentAttemptId attempt, string returnToken, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<int>> ReceiveWebhookAsync(ConnectorAccountId account, GatewayWebhook webhook, CancellationToken ct) => Task.FromResult<Result<int>>(1);

    public Task<PaymentIntent?> FindAsync(MerchantScope scope, PaymentIntentId id, CancellationToken ct) =>
        Task.FromResult(scope == Samples.Test && id == Samples.Intent.Id ? Samples.Intent : null);

    public Task<Page<PaymentIntent>> ListAsync(MerchantScope scope, PaymentIntentFilter filter, PageRequest<PaymentIntentId> page, CancellationToken ct) =>
        Task.FromResult(new Page<PaymentIntent>([Samples.Intent, Samples.Intent], HasMore: true));

    public Task<Charge?> FindChargeAsync(MerchantScope scope, ChargeId id, CancellationToken ct) =>
        Task.FromResult(scope == Samples.Test && id == Samples.Charge.Id ? Samples.Charge : null);

    public Task<IReadOnlyList<Charge>> FindChargesAsync(MerchantScope scope, IReadOnlyCollection<ChargeId> ids, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<Charge>>([Samples.Charge]);

    public Task<Page<Charge>> ListChargesAsync(MerchantScope scope, ChargeFilter filter, PageRequest<ChargeId> page, CancellationToken ct) =>
        Task.FromResult(new Page<Charge>([Samples.Charge], HasMore: false));

    public Task<Result<Charge>> UpdateChargeAsync(PaymentRequest request, ChargeId id, ChargeChange change, IdempotentWrite<Charge>? answer, CancellationToken ct) => Stored(answer, Samples.Charge);

    public Task<Result<Refund>> UpdateRefundAsync(PaymentRequest request, RefundId id, MetadataChange change, IdempotentWrite<Refund>? answer, CancellationToken ct) => Stored(answer, Samples.Refund);

    public Task<PaymentHistory?> HistoryAsync(MerchantScope scope, PaymentIntentId id, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<Refund>> RefundAsync(PaymentRequest request, NewRefund refund, IdempotentWrite<Refund>? answer, CancellationToken ct) => Stored(answer, Samples.Refund);

    public Task<Refund?> FindRefundAsync(MerchantScope scope, RefundId id, CancellationToken ct) =>
        Task.FromResult(scope == Samples.Test && id == Samples.Refund.Id ? Samples.Refund : null);

    public Task<Page<Refund>> ListRefundsAsync(MerchantScope scope, RefundFilter filter, PageRequest<RefundId> page, CancellationToken ct) =>
        Task.FromResult(new Page<Refund>([Samples.Refund], HasMore: false));

    public Task<Result<CardToken>> CreateTokenAsync(PaymentRequest request, NewCard card, IdempotentWrite<CardToken>? answer, CancellationToken ct) => Stored(answer, Samples.Token);

    public Task<CardToken?> FindTokenAsync(MerchantScope scope, TokenId id, CancellationToken ct) => Task.FromResult<CardToken?>(Samples.Token);

    public Task<Result<PaymentMethod>> CreateAsync(PaymentRequest request, NewPaymentMethod paymentMethod, IdempotentWrite<PaymentMethod>? answer, CancellationToken ct) => Stored(answer, Samples.Method);

    public Task<PaymentMethod?> FindAsync(MerchantScope scope, PaymentMethodId id, CancellationToken ct) => Task.FromResult<PaymentMethod?>(Samples.Method);

    public Task<IReadOnlyList<PaymentMethod>> FindManyAsync(MerchantScope scope, IReadOnlyCollection<PaymentMethodId> ids, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<PaymentMethod>>([Samples.Method]);

    public Task<Result<PaymentMethod>> AttachAsync(PaymentRequest request, string id, CustomerId customer, IdempotentWrite<PaymentMethod>? answer, CancellationToken ct) => Stored(answer, Samples.Method);

    public Task<Result<PaymentMethod>> DetachAsync(PaymentRequest request, PaymentMethodId id, IdempotentWrite<PaymentMethod>? answer, CancellationToken ct) => Stored(answer, Samples.Method);

    public Task<Result<PaymentMethod>> UpdateAsync(PaymentRequest request, PaymentMethodId id, PaymentMethodChange change, IdempotentWrite<PaymentMethod>? answer, CancellationToken ct) => Stored(answer, Samples.Method);

    public Task<Page<PaymentMethod>> ListAsync(MerchantScope scope, CustomerId? customer, PageRequest<PaymentMethodId> page, CancellationToken ct) =>
        Task.FromResult(new Page<PaymentMethod>([Samples.Method], HasMore: false));

    public Task<Result<CheckoutSession>> CreateAsync(PaymentRequest request, NewCheckoutSession session, IdempotentWrite<CheckoutSession>? answer, CancellationToken ct)
    {
        LastSession = session;
        return Stored(answer, Samples.Session);
    }

    public Task<CheckoutSession?> FindAsync(MerchantScope scope, CheckoutSessionId id, CancellationToken ct) =>
        Task.FromResult(scope == Samples.Test && id == Samples.Session.Id ? Samples.Session : null);

    public Task<Page<CheckoutSession>> ListAsync(MerchantScope scope, CheckoutSessionFilter filter, PageRequest<CheckoutSessionId> page, CancellationToken ct) =>
        Task.FromResult(new Page<CheckoutSession>([Samples.Session], HasMore: false));

    public Task<CheckoutVisit?> VisitAsync(CheckoutSessionId id, string urlToken, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<CheckoutVisit>> PayAsync(CheckoutSessionId id, string urlToken, CheckoutPayment payment, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<CheckoutSession>> ExpireAsync(PaymentRequest request, CheckoutSessionId id, IdempotentWrite<CheckoutSession>? answer, CancellationToken ct) => Stored(answer, Samples.Session);

    internal static async Task<Result<T>> Stored<T>(IdempotentWrite<T>? answer, Result<T> outcome)
    {
        if (answer is not null) await answer.FinishAsync(null!, outcome);
        return outcome;
    }
}

internal sealed class FakeEvents : IEvents, IWebhookEndpoints, IWebhookDeliveries
{
    public ValueTask<EventId> RecordAsync(ITransaction tx, NewEvent newEvent) => throw new NotSupportedException();

    public Task<StoredEvent?> FindAsync(MerchantScope scope, EventId id, CancellationToken ct) => Task.FromResult<StoredEvent?>(Samples.Event);

    public Task<Page<StoredEvent>> ListAsync(MerchantScope scope, EventFilter filter, PageRequest<EventId> page, CancellationToken ct) =>
        Task.FromResult(new Page<StoredEvent>([Samples.Event], HasMore: false));

    public Task<IReadOnlyList<StoredEvent>> ForSubjectsAsync(MerchantScope scope, IReadOnlyCollection<Guid> subjects, CancellationToken ct) => throw new NotSupportedException();

    public Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(MerchantScope scope, IReadOnlyCollection<EventId> events, CancellationToken ct) => throw new NotSupportedException();

    public async Task<Result<NewWebhookEndpoint>> CreateAsync(MerchantScope scope, WebhookEndpointSettings settings, IdempotentWrite<NewWebhookEndpoint>? answer, CancellationToken ct)
    {
        Result<NewWebhookEndpoint> made = new NewWebhookEndpoint(Samples.Endpoint, Secret.Of("whsec_once"));
        if (answer is not null) await answer.FinishAsync(null!, made);
        return made;
    }

    public Task<Result<WebhookEndpoint>> UpdateAsync(MerchantScope scope, WebhookEndpointId id, WebhookEndpointChange change, IdempotentWrite<WebhookEndpoint>? answer, CancellationToken ct) =>
        FakePayments.Stored<WebhookEndpoint>(answer, Samples.Endpoint);

    public Task<Result<NewWebhookEndpoint>> RollSecretAsync(MerchantScope scope, WebhookEndpointId id, TimeSpan overlap, IdempotentWrite<NewWebhookEndpoint>? answer, CancellationToken ct) => throw new NotSupportedException();

    public Task<Page<WebhookAttempt>> ListAttemptsAsync(MerchantScope scope, WebhookEndpointId endpoint, WebhookAttemptFilter filter, PageRequest<WebhookAttemptId> page, CancellationToken ct) => throw new NotSupportedException();

    public Task<WebhookAttempt?> FindAttemptAsync(MerchantScope scope, WebhookEndpointId endpoint, WebhookAttemptId id, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<WebhookResend>> ResendAsync(MerchantScope scope, EventId id, WebhookEndpointId? endpoint, IdempotentWrite<WebhookResend>? answer, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<WebhookResend>> ResendRangeAsync(MerchantScope scope, WebhookEndpointId endpoint, ResendRange range, IdempotentWrite<WebhookResend>? answer, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<DeletedWebhookEndpoint>> DeleteAsync(MerchantScope scope, WebhookEndpointId id, IdempotentWrite<DeletedWebhookEndpoint>? answer, CancellationToken ct) =>
        FakePayments.Stored<DeletedWebhookEndpoint>(answer, new DeletedWebhookEndpoint(id));

    public Task<WebhookEndpoint?> FindAsync(MerchantScope scope, WebhookEndpointId id, CancellationToken ct) => Task.FromResult<WebhookEndpoint?>(Samples.Endpoint);

    public Task<Page<WebhookEndpoint>> ListAsync(MerchantScope scope, PageRequest<WebhookEndpointId> page, CancellationToken ct) =>
        Task.FromResult(new Page<WebhookEndpoint>([Samples.Endpoint], HasMore: false));
}

/// <summary>Keeps what it is given.</summary>
internal sealed class FakeRequestLog : IRequestLog
{
    private readonly ConcurrentQueue<LoggedRequest> requests = new();

    public void Add(Func<LoggedRequest> prepare) => requests.Enqueue(prepare());

    /// <summary>The request with this id; it is handed over after its answer, so it is waited for.</summary>
    public async Task<LoggedRequest> OfAsync(string requestId)
    {
        while (true)
        {
            if (requests.FirstOrDefault(request => request.Id.ToString() == requestId) is { } found) return found;
            await Task.Yield();
        }
    }

    public Task<Page<LoggedRequest>> ListAsync(MerchantScope scope, RequestLogFilter filter, PageRequest<RequestId> page, CancellationToken ct) => throw new NotSupportedException();

    public Task<LoggedRequest?> FindAsync(MerchantScope scope, RequestId id, CancellationToken ct) => throw new NotSupportedException();
}

internal sealed class FakeAudit : IAudit
{
    public ValueTask RecordAsync(ITransaction tx, AuditEntry entry) => throw new NotSupportedException();

    public Task<Page<AuditRecord>> ListAsync(
        MerchantScope scope, AuditFilter filter, PageRequest<AuditRecordId> page, CancellationToken ct) => Task.FromResult(new Page<AuditRecord>([], HasMore: false));
}
