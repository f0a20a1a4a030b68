using Florin.Connectors;
using Florin.Kernel;

namespace Florin.Simulation.Tests.Gateways;

/// <summary>The part of the gateways that buyers complain to.</summary>
/// <remarks>An issuer claims no more than is left of a payment, and while it holds any of it nothing more is refunded; a refund that
/// was taken in before is carried out all the same.</remarks>
internal sealed partial class GatewayModel
{
    private const int DisputesOnAPage = 2;

    private readonly Dictionary<string, BookedDispute> disputes = new(StringComparer.Ordinal);

    public IReadOnlyCollection<BookedDispute> Disputes => disputes.Values;

    public GatewayAnswer QueryDispute(string reference) =>
        disputes.GetValueOrDefault(reference)?.SeenAt(scheduler.Elapsed) is { } seen ? new GatewayAnswer.Disputed(seen) : new GatewayAnswer.NotFound();

    public GatewayAnswer ListDisputes(string gateway, DateTimeOffset since)
    {
        var opened = disputes.Values.Where(dispute => dispute.Payment.Gateway == gateway).Select(dispute => dispute.SeenAt(scheduler.Elapsed))
            .OfType<GatewayDispute>().Where(dispute => dispute.OpenedAt >= since).OrderBy(dispute => dispute.OpenedAt).ToList();
        return new GatewayAnswer.DisputesOpened([.. opened.Take(DisputesOnAPage)], opened.Count > DisputesOnAPage);
    }

    /// <summary>The merchant says something to a dispute.</summary>
    public GatewayAnswer Respond(string reference, string key, bool givesUp)
    {
        var dispute = disputes[reference];
        if (dispute.Responses.Contains(key)) return new GatewayAnswer.Disputed(dispute.View);
        var isWanted = dispute.State == GatewayDisputeState.NeedsResponse && scheduler.Now < dispute.RespondBy
            && !(givesUp && dispute.Stage == GatewayDisputeStage.Inquiry);
        if (!isWanted || dispute.Refused.Contains(key) || weather.Happens(weather.Declines / 3))
        {
            dispute.Refused.Add(key);
            return new GatewayAnswer.Declined(DeclineCode.ProcessingError, "not_wanted", "The issuer does not take that.", reference);
        }

        dispute.Responses.Add(key);
        dispute.State = givesUp ? GatewayDisputeState.Lost : GatewayDisputeState.UnderReview;
        if (!givesUp) After(dice.Seconds(1, 900), () => Decide(dispute));
        Changed(dispute);
        return new GatewayAnswer.Disputed(dispute.View);
    }

    // Some buyers complain, some of them twice; most are heard when the money has been theirs for a while.
    private void ExpectDisputes(BookedPayment payment)
    {
        for (var claims = 0; claims < 2 && weather.Happens(weather.Disputes); claims++) After(dice.Seconds(0.01, dice.OneOf(2, 60, 600)), () => Open(payment));
    }

    private static Money Left(BookedPayment payment) => payment.Captured - payment.Refunded - payment.BeingRefunded - payment.ChargedBack;

    private void Open(BookedPayment payment)
    {
        var left = Left(payment);
        if (!left.IsPositive) return;
        var amount = dice.Happens(0.6) ? left : left with { Minor = dice.Between(1, left.Minor) };
        var stage = dice.Happens(0.3) ? GatewayDisputeStage.Inquiry : GatewayDisputeStage.Chargeback;
        var dispute = new BookedDispute($"d_{payment.Gateway}_{disputes.Count + 1}", payment, stage, amount, scheduler.Now);
        disputes.Add(dispute.Reference, dispute);
        payment.Disputes.Add(dispute);
        AwaitResponse(dispute);
        if (dice.Happens(0.1)) After(dice.Seconds(1, 900), () => TakeBack(dispute));
        if (stage == GatewayDisputeStage.Inquiry && dice.Happens(0.3)) After(dice.Seconds(1, 900), () => Escalate(dispute));
        Changed(dispute);
    }

    private void AwaitResponse(BookedDispute dispute)
    {
        var deadline = dispute.RespondBy = scheduler.Now + dice.Seconds(30, 5_400);
        After(deadline - scheduler.Now, () =>
        {
            if (dispute.State == GatewayDisputeState.NeedsResponse && dispute.RespondBy == deadline) End(dispute, GatewayDisputeState.Lost);
        });
    }

    private void Decide(BookedDispute dispute)
    {
        if (dispute.State != GatewayDisputeState.UnderReview) return;
        if (dispute.Stage == GatewayDisputeStage.Inquiry && dice.Happens(0.4)) Escalate(dispute);
        else End(dispute, dice.OneOf(GatewayDisputeState.Won, GatewayDisputeState.Lost));
    }

    // The issuer's inquiry becomes a claim, of as much as is left by then.
    private void Escalate(BookedDispute dispute)
    {
        if (dispute.IsOver || dispute.Stage != GatewayDisputeStage.Inquiry) return;
        var left = Left(dispute.Payment);
        if (!left.IsPositive)
        {
            End(dispute, GatewayDisputeState.Closed);
            return;
        }

        dispute.Stage = GatewayDisputeStage.Chargeback;
        dispute.State = GatewayDisputeState.NeedsResponse;
        dispute.Amount = left < dispute.Amount || dice.Happens(0.3) ? left : dispute.Amount;
        AwaitResponse(dispute);
        Changed(dispute);
    }

    private void TakeBack(BookedDispute dispute)
    {
        if (!dispute.IsOver) End(dispute, GatewayDisputeState.Closed);
    }

    private void End(BookedDispute dispute, GatewayDisputeState state)
    {
        dispute.State = dispute.Stage == GatewayDisputeStage.Inquiry ? GatewayDisputeState.Closed : state;
        Changed(dispute);
    }

    private void Changed(BookedDispute dispute)
    {
        actor.Note($"{dispute.Payment.Gateway}: dispute {dispute.Reference} of {dispute.Payment.Key}: {Describe(dispute.View)}");
        dispute.ShowFrom(scheduler.Elapsed + Lag());
        CallAbout(dispute.Payment.Gateway, dispute.Reference);
    }

    private static string Describe(GatewayDispute dispute) => $"{dispute.Stage} of {dispute.Amount.Minor}, {dispute.State}";
}
