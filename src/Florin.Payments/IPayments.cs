using Florin.Events;
using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Payments;

/// <summary>Takes payments: intents, captures, voids, refunds. Every change of money is in the ledger when it is answered.</summary>
/// <remarks>
/// Where an <see cref="IdempotentWrite{T}"/> is given, the answer is stored in the transaction that decides it, and
/// <see cref="IdempotencyKeyTakenException"/> says that another request with the key came first.
/// </remarks>
public interface IPayments
{
    /// <summary>Makes a payment intent and, with <see cref="NewPaymentIntent.Confirm"/>, tries to collect it at once.</summary>
    /// <returns>The intent (also when its outcome is not known yet: then it is <c>processing</c>), or a refusal. A refusal
    /// of kind <see cref="RefusalKind.Declined"/> carries the intent, which is kept.</returns>
    Task<Result<PaymentIntent>> CreateAsync(
        PaymentRequest request, NewPaymentIntent intent, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct);

    /// <summary>Tries to collect a payment with a payment method.</summary>
    Task<Result<PaymentIntent>> ConfirmAsync(
        PaymentRequest request, PaymentIntentId id, Confirmation confirmation, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct);

    /// <summary>Changes what may still change: description, metadata, receipt e-mail; amount and method before confirming.</summary>
    Task<Result<PaymentIntent>> UpdateAsync(
        PaymentRequest request, PaymentIntentId id, PaymentIntentChange change, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct);

    /// <summary>Takes an authorized amount.</summary>
    /// <param name="amountMinor">At most what is capturable; null takes all of it.</param>
    Task<Result<PaymentIntent>> CaptureAsync(
        PaymentRequest request, PaymentIntentId id, long? amountMinor, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct);

    /// <summary>Raises an authorized amount, where its gateway can.</summary>
    /// <param name="amountMinor">What is to be held in all: more than is held now.</param>
    Task<Result<PaymentIntent>> IncrementAsync(
        PaymentRequest request, PaymentIntentId id, long amountMinor, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct);

    /// <summary>Gives a payment up; a hold is freed at the gateway first.</summary>
    Task<Result<PaymentIntent>> CancelAsync(
        PaymentRequest request, PaymentIntentId id, CancellationReason? reason, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct);

    /// <summary>The buyer came back from the issuer's challenge: asks the gateway how it ended. Safe to repeat.</summary>
    /// <param name="returnToken">The unguessable part of the return address.</param>
    /// <returns>The intent as it is now, or <c>resource_missing</c>.</returns>
    Task<Result<PaymentIntent>> ResumeAfterChallengeAsync(PaymentAttemptId attempt, string returnToken, CancellationToken ct);

    /// <summary>A gateway called: whatever it speaks of is asked about now.</summary>
    Task<Result<int>> ReceiveWebhookAsync(
        Connectors.ConnectorAccountId account, Connectors.GatewayWebhook webhook, CancellationToken ct);

    Task<PaymentIntent?> FindAsync(MerchantScope scope, PaymentIntentId id, CancellationToken ct);

    Task<Page<PaymentIntent>> ListAsync(
        MerchantScope scope, PaymentIntentFilter filter, PageRequest<PaymentIntentId> page, CancellationToken ct);

    Task<Charge?> FindChargeAsync(MerchantScope scope, ChargeId id, CancellationToken ct);

    Task<IReadOnlyList<Charge>> FindChargesAsync(MerchantScope scope, IReadOnlyCollection<ChargeId> ids, CancellationToken ct);

    /// <summary>What attempts charged, or failed to.</summary>
    Task<Page<Charge>> ListChargesAsync(MerchantScope scope, ChargeFilter filter, PageRequest<ChargeId> page, CancellationToken ct);

    /// <summary>Changes what merchants note on a charge.</summary>
    Task<Result<Charge>> UpdateChargeAsync(
        PaymentRequest request, ChargeId id, ChargeChange change, IdempotentWrite<Charge>? answer, CancellationToken ct);

    /// <summary>Everything that was tried for one payment, for a person to look at.</summary>
    Task<PaymentHistory?> HistoryAsync(MerchantScope scope, PaymentIntentId id, CancellationToken ct);

    /// <summary>Returns money of a captured charge, named by its intent or itself.</summary>
    Task<Result<Refund>> RefundAsync(
        PaymentRequest request, NewRefund refund, IdempotentWrite<Refund>? answer, CancellationToken ct);

    Task<Refund?> FindRefundAsync(MerchantScope scope, RefundId id, CancellationToken ct);

    /// <summary>Calls back a refund that its gateway is still working on.</summary>
    /// <returns>The refund, <c>canceled</c> or (where the gateway gave no answer) still <c>pending</c>; or a refusal.</returns>
    Task<Result<Refund>> CancelRefundAsync(PaymentRequest request, RefundId id, IdempotentWrite<Refund>? answer, CancellationToken ct);

    /// <summary>Changes what merchants note on a refund.</summary>
    Task<Result<Refund>> UpdateRefundAsync(
        PaymentRequest request, RefundId id, MetadataChange change, IdempotentWrite<Refund>? answer, CancellationToken ct);

    Task<Page<Refund>> ListRefundsAsync(
        MerchantScope scope, RefundFilter filter, PageRequest<RefundId> page, CancellationToken ct);
}

/// <summary>Cards as merchants hold them: tokens for once, payment methods for longer.</summary>
public interface IPaymentMethods
{
    /// <summary>Puts a card into the vault and gives a token that can be used once, within 15 minutes.</summary>
    Task<Result<CardToken>> CreateTokenAsync(PaymentRequest request, NewCard card, IdempotentWrite<CardToken>? answer, CancellationToken ct);

    Task<CardToken?> FindTokenAsync(MerchantScope scope, TokenId id, CancellationToken ct);

    /// <summary>Makes a payment method of a card, or of a token, which is then used up.</summary>
    Task<Result<PaymentMethod>> CreateAsync(
        PaymentRequest request, NewPaymentMethod paymentMethod, IdempotentWrite<PaymentMethod>? answer, CancellationToken ct);

    Task<PaymentMethod?> FindAsync(MerchantScope scope, PaymentMethodId id, CancellationToken ct);

    Task<IReadOnlyList<PaymentMethod>> FindManyAsync(MerchantScope scope, IReadOnlyCollection<PaymentMethodId> ids, CancellationToken ct);

    /// <param name="customer">Only what is saved for this customer; null means all of the merchant's.</param>
    Task<Page<PaymentMethod>> ListAsync(MerchantScope scope, CustomerId? customer, PageRequest<PaymentMethodId> page, CancellationToken ct);

    /// <summary>Saves a method for a customer, to be used again and again, with that customer alone.</summary>
    /// <param name="id">An id of ours, or in test mode one of the well-known <c>pm_card_visa</c> kind.</param>
    /// <returns>The method; or a refusal where it is saved already, or was used without being saved.</returns>
    Task<Result<PaymentMethod>> AttachAsync(
        PaymentRequest request, string id, CustomerId customer, IdempotentWrite<PaymentMethod>? answer, CancellationToken ct);

    /// <summary>Takes a method from its customer for good: it can neither be used nor saved again.</summary>
    Task<Result<PaymentMethod>> DetachAsync(
        PaymentRequest request, PaymentMethodId id, IdempotentWrite<PaymentMethod>? answer, CancellationToken ct);

    /// <summary>Changes holder, expiry or metadata of a saved method. Charges made before keep what they were made with.</summary>
    Task<Result<PaymentMethod>> UpdateAsync(
        PaymentRequest request, PaymentMethodId id, PaymentMethodChange change, IdempotentWrite<PaymentMethod>? answer, CancellationToken ct);
}

/// <summary>Visits to the hosted checkout.</summary>
public interface ICheckoutSessions
{
    Task<Result<CheckoutSession>> CreateAsync(
        PaymentRequest request, NewCheckoutSession session, IdempotentWrite<CheckoutSession>? answer, CancellationToken ct);

    Task<CheckoutSession?> FindAsync(MerchantScope scope, CheckoutSessionId id, CancellationToken ct);

    Task<Page<CheckoutSession>> ListAsync(
        MerchantScope scope, CheckoutSessionFilter filter, PageRequest<CheckoutSessionId> page, CancellationToken ct);

    /// <summary>What a buyer's browser may ask: the session whose address it holds.</summary>
    /// <param name="urlToken">The unguessable part of the address.</param>
    Task<CheckoutVisit?> VisitAsync(CheckoutSessionId id, string urlToken, CancellationToken ct);

    /// <summary>The buyer pays, or gives the card to be saved. A second submit while the first one runs, or after it succeeded, takes no money.</summary>
    /// <returns>The session as it is now; or a refusal, whose kind <see cref="RefusalKind.Declined"/> invites another card.
    /// </returns>
    Task<Result<CheckoutVisit>> PayAsync(CheckoutSessionId id, string urlToken, CheckoutPayment payment, CancellationToken ct);

    /// <summary>The buyer or the merchant gives up; nothing happens to a session that is paid or being paid.</summary>
    Task<Result<CheckoutSession>> ExpireAsync(PaymentRequest request, CheckoutSessionId id, IdempotentWrite<CheckoutSession>? answer, CancellationToken ct);
}

/// <summary>Who asks, and by which API request.</summary>
public sealed record PaymentRequest(MerchantScope Scope, EventOrigin? Origin);
