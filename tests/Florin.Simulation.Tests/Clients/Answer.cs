using System.Globalization;
using System.Text;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Simulation.Tests.Clients;

/// <summary>What a node answered, in bytes as they would go over the wire: a first line to be read here, and the object.</summary>
internal sealed record Answer(int Status, byte[] Body, bool IsFromPresentState = false)
{
    private const int Ok = 200;
    private const int PaymentRequired = 402;
    private const int Conflict = 409;

    /// <summary>Whether the same request is to be sent again with the same key.</summary>
    public bool SaysLater => Status is Conflict && Head.Error is "idempotency_key_in_use" or "lock_timeout";

    public bool IsSuccess => Status == Ok;

    public AnswerHead Head => AnswerHead.Read(Body);

    public static Answer Of(PaymentIntent intent) => new(Ok, Bytes(AnswerHead.Of(intent, ""), PaymentJson.Bytes(intent)));

    public static Answer Of(Refund refund) =>
        new(Ok, Bytes(new AnswerHead("refund", refund.Id.ToString(), $"{refund.State}", refund.Amount.Minor, "", ""), PaymentJson.Bytes(refund)));

    public static Answer Of(CheckoutSession session) => new(
        Ok,
        Bytes(
            new AnswerHead("session", session.Id.ToString(), $"{session.Status}", session.Total.Minor, session.UrlToken, ""),
            Encoding.UTF8.GetBytes($"{session.ExpiresAt:O}")));

    /// <summary>What the page shows: how the payment stands, where there is one.</summary>
    public static Answer Of(CheckoutVisit visit) => visit.Payment is { } payment ? Of(payment) : Of(visit.Session);

    public static Answer Of(Dispute dispute) => new(
        Ok,
        Bytes(
            new AnswerHead("dispute", dispute.Id.ToString(), $"{dispute.Status}", dispute.Submissions, dispute.NeedsResponse ? "respond" : "", ""),
            PaymentJson.Bytes(dispute, dispute.CreatedAt)));

    public static Answer Of(Refusal refusal)
    {
        var head = refusal.Subject is PaymentIntent intent ? AnswerHead.Of(intent, refusal.Code) : new AnswerHead("", "", "", 0, "", refusal.Code);
        return new Answer(refusal.Kind == RefusalKind.Declined ? PaymentRequired : refusal.Kind switch
        {
            RefusalKind.Conflict or RefusalKind.InFlight => Conflict,
            _ => 400,
        }, Bytes(head, Encoding.UTF8.GetBytes(refusal.Message)));
    }

    public static Answer Of(StoredResponse stored) => new(stored.Status, stored.Body);

    public StoredResponse ToStored() => new(Status, "text/plain", Body);

    public override string ToString() => $"{Status} {Head}";

    private static byte[] Bytes(AnswerHead head, byte[] rest) => [.. Encoding.UTF8.GetBytes(head.Write()), (byte)'\n', .. rest];
}

/// <param name="Kind"><c>payment</c>, <c>refund</c>, <c>dispute</c>, <c>session</c>, or empty.</param>
/// <param name="MinorMoved">What was received, or what is to be refunded; of a dispute, how often evidence reached the issuer.</param>
/// <param name="Next">Where the buyer must go; of a session, what opens its page; of a dispute, whether the merchant must respond.</param>
internal sealed record AnswerHead(string Kind, string Id, string State, long MinorMoved, string Next, string Error)
{
    public static AnswerHead Of(PaymentIntent intent, string error) =>
        new("payment", intent.Id.ToString(), $"{intent.Status}", intent.AmountReceived.Minor, intent.NextAction?.AbsoluteUri ?? "", error);

    public static AnswerHead Read(byte[] body)
    {
        var end = Array.IndexOf(body, (byte)'\n');
        var parts = Encoding.UTF8.GetString(body, 0, end).Split('|');
        return new AnswerHead(parts[0], parts[1], parts[2], long.Parse(parts[3], CultureInfo.InvariantCulture), parts[4], parts[5]);
    }

    public string Write() => string.Create(CultureInfo.InvariantCulture, $"{Kind}|{Id}|{State}|{MinorMoved}|{Next}|{Error}");

    public override string ToString() => $"{Kind} {State} {Error}".Trim();
}
