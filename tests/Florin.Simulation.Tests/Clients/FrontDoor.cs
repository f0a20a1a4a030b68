using System.Security.Cryptography;
using System.Text;
using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Vault;

namespace Florin.Simulation.Tests.Clients;

/// <summary>One request as the API takes it: what stands under the key comes first, then the module, which acts once.</summary>
/// <remarks>The counterpart of <c>ApiEndpoint.OnceAsync</c>, without HTTP around it.</remarks>
internal sealed class FrontDoor(Node node)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private const int Looks = 5;

    public Task<Answer> CreateAsync(string key, NewPaymentIntent wanted, CancellationToken ct) => OncePaymentAsync(
        key, $"create {wanted.Amount} {wanted.Description}", (request, once) => node.Payments.CreateAsync(request, wanted, once, ct), ct);

    public Task<Answer> ConfirmAsync(string key, PaymentIntentId id, CancellationToken ct) => OncePaymentAsync(
        key,
        $"confirm {id}",
        (request, once) => node.Payments.ConfirmAsync(request, id, new Confirmation("pm_card_visa", null, null), once, ct),
        ct);

    public Task<Answer> CaptureAsync(string key, PaymentIntentId id, long? amount, CancellationToken ct) => OncePaymentAsync(
        key, $"capture {id} {amount}", (request, once) => node.Payments.CaptureAsync(request, id, amount, once, ct), ct);

    public Task<Answer> RaiseAsync(string key, PaymentIntentId id, long amount, CancellationToken ct) => OncePaymentAsync(
        key, $"raise {id} {amount}", (request, once) => node.Payments.IncrementAsync(request, id, amount, once, ct), ct);

    public Task<Answer> CancelAsync(string key, PaymentIntentId id, CancellationReason? reason, CancellationToken ct) => OncePaymentAsync(
        key, $"cancel {id} {reason}", (request, once) => node.Payments.CancelAsync(request, id, reason, once, ct), ct);

    /// <summary>An operator looks into the work queue, and has undone what it says of a payment.</summary>
    public async Task<Answer> UndoAsync(PaymentIntentId id, CancellationToken ct)
    {
        var open = await node.UnknownOutcomes.ListAsync(World.Scope, new UnknownOutcomeFilter(UnknownOutcomeKind.Payment), new PageRequest<UnknownOutcomeId>(20), ct);
        foreach (var item in open.Items.Where(item => item.PaymentIntent == id))
        {
            var asked = new OutcomeRequest(new PaymentRequest(World.Scope, Origin: null), new AuditActor(AuditActorKind.User, "operator"));
            await node.UnknownOutcomes.CancelAsync(asked, item.Id, answer: null, ct);
        }

        return await LookAsync(id, ct);
    }

    public Task<Answer> RefundAsync(string key, PaymentIntentId id, long? amount, CancellationToken ct)
    {
        var wanted = new NewRefund(id, Charge: null, amount, Reason: null, new Dictionary<string, string>());
        return OnceAsync<Refund>(
            key,
            $"refund {id} {amount}",
            (request, once) => node.Payments.RefundAsync(request, wanted, once, ct),
            Answer.Of,
            async subject => await node.Payments.FindRefundAsync(World.Scope, RefundId.From(subject), ct) is { } refund ? Answer.Of(refund) : null,
            ct);
    }

    public Task<Answer> OpenAsync(string key, NewCheckoutSession wanted, CancellationToken ct) => OnceSessionAsync(
        key, $"open {wanted.Description}", (request, once) => node.Sessions.CreateAsync(request, wanted, once, ct), ct);

    public Task<Answer> ExpireAsync(string key, CheckoutSessionId id, CancellationToken ct) =>
        OnceSessionAsync(key, $"expire {id}", (request, once) => node.Sessions.ExpireAsync(request, id, once, ct), ct);

    public async Task<Answer> VisitAsync(CheckoutSessionId id, string token, CancellationToken ct) =>
        await node.Sessions.VisitAsync(id, token, ct) is { } visit ? Answer.Of(visit) : NotFound();

    /// <summary>The buyer presses the button, with a card and without any key.</summary>
    public async Task<Answer> PayAsync(CheckoutSessionId id, string token, CancellationToken ct)
    {
        var card = new CardEntry(Secret.Of("4242424242424242"), ExpiryMonth: 12, ExpiryYear: 2030, Secret.Of("123"), HolderName: null);
        return (await node.Sessions.PayAsync(id, token, new CheckoutPayment(card, Email: null), ct)).Match(Answer.Of, Answer.Of);
    }

    public Task<Answer> ContestAsync(string key, DisputeId id, CancellationToken ct)
    {
        var change = new DisputeChange(new Dictionary<string, string> { ["uncategorized_text"] = key }, Submit: true, Metadata: null);
        return OnceDisputeAsync(key, $"contest {id}", (request, once) => node.Disputes.UpdateAsync(request, id, change, once, ct), ct);
    }

    public Task<Answer> GiveUpAsync(string key, DisputeId id, CancellationToken ct) =>
        OnceDisputeAsync(key, $"give up {id}", (request, once) => node.Disputes.CloseAsync(request, id, once, ct), ct);

    /// <summary>The dispute of a payment that the merchant must respond to; else the latest, where there is any.</summary>
    public async Task<Answer> LookForDisputeAsync(PaymentIntentId payment, CancellationToken ct)
    {
        var page = await node.Disputes.ListAsync(World.Scope, new DisputeFilter(PaymentIntent: payment), new PageRequest<DisputeId>(10), ct);
        var dispute = page.Items.OrderByDescending(one => one.NeedsResponse).FirstOrDefault();
        return dispute is null ? NotFound() : Answer.Of(dispute);
    }

    public async Task<Answer> LookAsync(PaymentIntentId id, CancellationToken ct) => await PresentAsync(id.Value, ct)
        ?? NotFound();

    private static Answer NotFound() => new(404, Encoding.UTF8.GetBytes("|||0||resource_missing\n"));

    private Task<Answer> OnceSessionAsync(
        string key, string what, Func<PaymentRequest, IdempotentWrite<CheckoutSession>, Task<Result<CheckoutSession>>> act, CancellationToken ct) => OnceAsync(
        key,
        what,
        act,
        Answer.Of,
        async subject => await node.Sessions.FindAsync(World.Scope, CheckoutSessionId.From(subject), ct) is { } session ? Answer.Of(session) : null,
        ct);

    private Task<Answer> OnceDisputeAsync(
        string key, string what, Func<PaymentRequest, IdempotentWrite<Dispute>, Task<Result<Dispute>>> act, CancellationToken ct) => OnceAsync(
        key,
        what,
        act,
        Answer.Of,
        async subject => await node.Disputes.FindAsync(World.Scope, DisputeId.From(subject), ct) is { } dispute ? Answer.Of(dispute) : null,
        ct);

    private Task<Answer> OncePaymentAsync(
        string key, string what, Func<PaymentRequest, IdempotentWrite<PaymentIntent>, Task<Result<PaymentIntent>>> act, CancellationToken ct) =>
        OnceAsync(key, what, act, Answer.Of, subject => PresentAsync(subject, ct), ct);

    private async Task<Answer> OnceAsync<T>(
        string key,
        string what,
        Func<PaymentRequest, IdempotentWrite<T>, Task<Result<T>>> act,
        Func<T, Answer> render,
        Func<Guid, Task<Answer?>> present,
        CancellationToken ct)
    {
        var fingerprint = SHA256.HashData(Encoding.UTF8.GetBytes(what));
        var wanted = new IdempotencyKey(World.Scope.Shard, World.Scope.ToString(), key, fingerprint, node.NewRequestId());
        var state = await StateAsync(wanted, ct);
        if (state is IdempotencyState.Unused)
        {
            try
            {
                var once = new IdempotentWrite<T>(node.Idempotency, wanted, outcome => outcome.Match(render, Answer.Of).ToStored());
                var result = await act(new PaymentRequest(World.Scope, new EventOrigin(wanted.RequestId, key)), once);
                return result.Match(render, Answer.Of);
            }
            catch (IdempotencyKeyTakenException taken)
            {
                state = taken.State is IdempotencyState.InFlight ? await StateAsync(wanted, ct) : taken.State;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                node.GiveUp(wanted);
                throw;
            }
        }

        return state switch
        {
            IdempotencyState.Finished finished => Answer.Of(finished.Response),
            IdempotencyState.CutOff { Subject: { } subject } when await present(subject) is { } answer => answer with { IsFromPresentState = true },
            IdempotencyState.Mismatch => throw new InvalidOperationException($"The key {key} was met with another request than {what}."),
            _ => Answer.Of(new Refusal(RefusalKind.InFlight, "idempotency_key_in_use", "A request with this idempotency key is being worked on.")),
        };
    }

    private async Task<IdempotencyState> StateAsync(IdempotencyKey key, CancellationToken ct)
    {
        for (var look = 1; ; look++)
        {
            var state = await node.Idempotency.FindAsync(key, ct);
            if (state is not IdempotencyState.InFlight || look == Looks) return state;
            await node.Actor.DelayAsync(Pause);
        }
    }

    private async Task<Answer?> PresentAsync(Guid subject, CancellationToken ct)
    {
        var intent = await node.Payments.FindAsync(World.Scope, PaymentIntentId.From(subject), ct);
        if (intent is null) return null;
        return intent is { Status: PaymentIntentStatus.RequiresPaymentMethod, LastError: { } error }
            ? Answer.Of(new Refusal(RefusalKind.Declined, error.Code, error.Message, null, error.DeclineCode, intent))
            : Answer.Of(intent);
    }
}
