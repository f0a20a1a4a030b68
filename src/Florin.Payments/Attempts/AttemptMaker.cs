using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Routing;

namespace Florin.Payments.Attempts;

/// <summary>Makes attempts that are about to be sent.</summary>
internal sealed class AttemptMaker(IdSource ids, RandomSource random, TimeProvider time, PaymentsOptions options)
{
    private const int ReturnTokenBytes = 24;

    /// <summary>An attempt about to be sent; its id is the key that the gateway knows it by.</summary>
    public PaymentAttempt New(PaymentIntent intent, PaymentMethodId method, Route route)
    {
        var now = time.GetUtcNow();
        var id = route.Decision.Attempt;
        return new PaymentAttempt(
            id,
            intent.Id,
            ids.New<ChargeId>(intent.Scope.Shard),
            route.Account.Id,
            route.Account.Connector,
            method,
            intent.Amount,
            Capture: intent.CaptureMethod == CaptureMethod.Automatic,
            AttemptState.Sent,
            GatewayKey: id.ToString(),
            GatewayReference: null,
            ChallengeUrl: null,
            ReturnToken: random.Token(ReturnTokenBytes),
            DeclineCode: null,
            GatewayCode: null,
            Explanation: null,
            Queries: 0,
            SentAt: now,
            DeadlineAt: Deadline(now),
            SettledAt: null);
    }

    /// <summary>When an attempt that is still "sent" must have lost its process: our deadline and time to write it down.</summary>
    public DateTimeOffset Deadline(DateTimeOffset sentAt) => sentAt + (options.GatewayDeadline * 1.5);
}
