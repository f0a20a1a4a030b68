using Florin.Crash.Buyers;

namespace Florin.Crash.Books;

/// <summary>One of the promises that a run proves or refutes.</summary>
internal enum Promise
{
    NothingAcknowledgedIsLost,
    NobodyIsChargedTwice,
    TheAcquirersAgree,
    TheLedgerEqualsTheCharges,
    NothingIsStuck,
    EveryEventIsDelivered,
    EveryRequestIsAnswered,
    AFullDiskIsRefusedClearly,
}

/// <summary>Something that is not as promised, with the ids that it is about.</summary>
internal sealed record Discrepancy(Promise Promise, string Sentence)
{
    public override string ToString() => $"{Promise}: {Sentence}";
}

/// <summary>Holds what the buyers were told against Florin's database, the acquirers' books, the ledger and the receiver.</summary>
internal sealed class Comparison
{
    private readonly Evidence evidence;
    private readonly List<Discrepancy> found = [];

    private readonly ILookup<Order, IntentRow> intentsByOrder;
    private readonly ILookup<string, AttemptRow> attemptsByIntent;
    private readonly ILookup<string, ChargeRow> chargesByIntent;
    private readonly ILookup<string, OperationRow> operationsByCharge;
    private readonly ILookup<Order, BookedPayment> bookedByOrder;
    private readonly Dictionary<string, BookedPayment> bookedByKey;
    private readonly Dictionary<string, BookedOperation> operationsByKey;

    private Comparison(Evidence evidence)
    {
        this.evidence = evidence;
        intentsByOrder = evidence.Florin.Intents.ToLookup(intent => intent.Order);
        attemptsByIntent = evidence.Florin.Attempts.ToLookup(attempt => attempt.Intent);
        chargesByIntent = evidence.Florin.Charges.ToLookup(charge => charge.Intent);
        operationsByCharge = evidence.Florin.Operations.ToLookup(operation => operation.Charge);
        // A key is one acquirer's. Were it at two, both would still be found below by their order.
        bookedByKey = evidence.Acquirers.Payments.DistinctBy(payment => payment.Key).ToDictionary(payment => payment.Key);
        operationsByKey = evidence.Acquirers.Operations.DistinctBy(operation => operation.Key).ToDictionary(operation => operation.Key);
        // By the amount first asked for: what is held of an authorization that was declined is nothing.
        bookedByOrder = evidence.Acquirers.Payments.ToLookup(payment => new Order(payment.Currency, operationsByKey[payment.Key].Amount));
    }

    /// <returns>Every discrepancy; none where all is as promised.</returns>
    public static IReadOnlyList<Discrepancy> Run(Evidence evidence)
    {
        var comparison = new Comparison(evidence);
        comparison.CompareAcknowledged();
        comparison.CompareCharged();
        comparison.CompareAcquirers();
        comparison.CompareLedger();
        comparison.FindStuck();
        comparison.CompareEvents();
        comparison.FindUnanswered();
        return comparison.found;
    }

    private void Report(Promise promise, string sentence) => found.Add(new Discrepancy(promise, sentence));

    private void CompareAcknowledged()
    {
        foreach (var line in evidence.Clients.Where(line => line.IsAnswer))
        {
            if (WrongAbout(line) is { } wrong) Report(Promise.NothingAcknowledgedIsLost, $"{line} was answered {line.Status} {line.State} ({line.Subject}), but {wrong}.");
        }
    }

    /// <returns>What stands against the answer; null where nothing does.</returns>
    private string? WrongAbout(ClientLine line) => line.Act switch
    {
        Act.Pay when line.Acknowledges("succeeded") => WrongAboutTaken(line, line.AmountMinor),
        Act.Checkout when line.Acknowledges("paid") => WrongAboutTaken(line, line.AmountMinor),
        Act.Capture when line.Acknowledges("succeeded") => WrongAboutTaken(line, line.AmountMinor),
        Act.Hold when line.Acknowledges("requires_capture") => WrongAboutHeld(line),
        Act.Cancel when line.Acknowledges("canceled") => WrongAboutFreed(line),
        Act.Refund when line.Acknowledges("succeeded") => WrongAboutRefunded(line),
        Act.Pay or Act.Hold when line.Status is 402 or 503 => WrongAboutDeclined(line),
        Act.Pay or Act.Hold or Act.Capture or Act.Cancel or Act.Refund or Act.Checkout => null,
    };

    private string? WrongAboutTaken(ClientLine line, long amount)
    {
        if (IntentOf(line) is not { } intent) return "there is no such payment";
        if (intent is not { Status: "succeeded" } || intent.ReceivedMinor != amount) return $"{intent.Id} is {intent.Status} with {intent.ReceivedMinor} received";
        var taken = BookedOf(intent).Sum(payment => payment.Captured);
        return taken == amount ? null : $"the acquirer took {taken} for {intent.Id}";
    }

    private string? WrongAboutHeld(ClientLine line)
    {
        if (IntentOf(line) is not { } intent) return "there is no such payment";
        if (intent.Status is not ("requires_capture" or "succeeded" or "canceled")) return $"{intent.Id} is {intent.Status}";
        var held = BookedOf(intent).Sum(payment => payment.Authorized);
        return held == line.AmountMinor ? null : $"the acquirer holds {held} for {intent.Id}";
    }

    private string? WrongAboutFreed(ClientLine line)
    {
        if (IntentOf(line) is not { } intent) return "there is no such payment";
        if (intent.Status != "canceled") return $"{intent.Id} is {intent.Status}";
        return BookedOf(intent).Any(payment => payment is { Authorized: > 0, Voided: false }) ? $"the acquirer still holds money for {intent.Id}" : null;
    }

    private string? WrongAboutRefunded(ClientLine line)
    {
        var refund = evidence.Florin.Operations.FirstOrDefault(operation => operation.Id == line.Subject);
        if (refund is null) return "there is no such refund";
        if (!refund.Succeeded || refund.AmountMinor != line.AmountMinor) return $"{refund.Id} is {refund.State} over {refund.AmountMinor}";
        var booked = operationsByKey.GetValueOrDefault(refund.Id);
        return booked is { IsApproved: true } && booked.Amount == line.AmountMinor ? null : $"the acquirer has {booked?.State ?? "nothing"} for {refund.Id}";
    }

    private string? WrongAboutDeclined(ClientLine line)
    {
        var taken = bookedByOrder[line.Order].Where(payment => payment.Authorized > 0 && !payment.Voided && payment.Refunded < payment.Captured).ToList();
        return taken.Count == 0 ? null : $"the acquirer approved {taken[0].Key}";
    }

    /// <summary>By the acquirers' books alone, since a charge that Florin does not know of is the worst.</summary>
    private void CompareCharged()
    {
        foreach (var payments in bookedByOrder)
        {
            var approved = payments.Where(payment => payment.Authorized > 0).ToList();
            if (approved.Count > 1) Report(Promise.NobodyIsChargedTwice, $"{payments.Key} was approved {approved.Count} times: {string.Join(", ", approved.Select(payment => payment.Key))}.");
            var taken = payments.Sum(payment => payment.Captured);
            if (taken > payments.Key.AmountMinor) Report(Promise.NobodyIsChargedTwice, $"For {payments.Key} the acquirers took {taken}.");
        }

        foreach (var intents in intentsByOrder.Where(intents => intents.Count() > 1))
        {
            Report(Promise.NobodyIsChargedTwice, $"{intents.Key} became {intents.Count()} payments: {string.Join(", ", intents.Select(intent => intent.Id))}.");
        }

        CompareRefundsAsked();
    }

    private void CompareRefundsAsked()
    {
        var asked = evidence.Clients.Where(line => line is { Act: Act.Refund, IsAnswer: false }).ToLookup(line => line.Order);
        foreach (var intent in evidence.Florin.Intents)
        {
            var refunds = chargesByIntent[intent.Id].SelectMany(charge => operationsByCharge[charge.Id]).Where(operation => operation.Kind == "refund").ToList();
            var asks = asked[intent.Order].Count();
            if (refunds.Count > asks) Report(Promise.NobodyIsChargedTwice, $"{intent.Order} was to be refunded {asks} times and has {refunds.Count} refunds: {string.Join(", ", refunds.Select(refund => refund.Id))}.");
        }
    }

    private void CompareAcquirers()
    {
        foreach (var attempt in evidence.Florin.Attempts) CompareAttempt(attempt);
        foreach (var charge in evidence.Florin.Charges.Where(charge => charge.Status != "failed")) CompareCharge(charge);
        foreach (var operation in evidence.Florin.Operations)
        {
            var booked = operationsByKey.GetValueOrDefault(operation.Id);
            var isBooked = booked is { IsApproved: true };
            if (operation.Succeeded != isBooked) Report(Promise.TheAcquirersAgree, $"{operation.Kind} {operation.Id} is {operation.State}, and at the acquirer {booked?.State ?? "unheard of"}.");
            else if (isBooked && booked!.Amount != operation.AmountMinor) Report(Promise.TheAcquirersAgree, $"{operation.Kind} {operation.Id} is over {operation.AmountMinor}, and at the acquirer over {booked.Amount}.");
        }

        var known = evidence.Florin.Attempts.Select(attempt => attempt.Id).Concat(evidence.Florin.Operations.Select(operation => operation.Id)).ToHashSet();
        foreach (var booked in evidence.Acquirers.Operations.Where(operation => operation.IsApproved && !known.Contains(operation.Key)))
        {
            Report(Promise.TheAcquirersAgree, $"The acquirer approved {booked.Operation} {booked.Key} over {booked.Amount} {booked.Currency}, which Florin has never heard of.");
        }
    }

    private void CompareAttempt(AttemptRow attempt)
    {
        var booked = bookedByKey.GetValueOrDefault(attempt.Id);
        var isApproved = booked is { Authorized: > 0 };
        if (attempt.WasApproved != isApproved) Report(Promise.TheAcquirersAgree, $"Attempt {attempt.Id} is {attempt.State}, and at the acquirer {booked?.State ?? "unheard of"}.");
    }

    private void CompareCharge(ChargeRow charge)
    {
        if (bookedByKey.GetValueOrDefault(charge.Attempt) is not { } booked)
        {
            Report(Promise.TheAcquirersAgree, $"Charge {charge.Id} is {charge.Status}, and the acquirer has never heard of {charge.Attempt}.");
            return;
        }

        var ours = (charge.AmountMinor, charge.CapturedMinor, charge.RefundedMinor, charge.Status == "voided");
        var theirs = (booked.Authorized, booked.Captured, booked.Refunded, booked.Voided);
        if (ours != theirs) Report(Promise.TheAcquirersAgree, $"Charge {charge.Id} has {ours} authorized, captured, refunded and voided, and the acquirer {theirs}.");
    }

    private void CompareLedger()
    {
        var posted = evidence.Florin.Receivables.ToLookup(row => row.Reference);
        var expected = new HashSet<string>();
        foreach (var charge in evidence.Florin.Charges.Where(charge => charge.CapturedMinor > 0))
        {
            Expect($"capture:{charge.Id}", charge, charge.CapturedMinor);
            foreach (var refund in operationsByCharge[charge.Id].Where(operation => operation is { Kind: "refund", Succeeded: true }))
            {
                Expect($"refund:{refund.Id}", charge, -refund.AmountMinor);
            }
        }

        foreach (var row in evidence.Florin.Receivables.Where(row => !expected.Contains(row.Reference)))
        {
            Report(Promise.TheLedgerEqualsTheCharges, $"The ledger has {row.Reference} over {row.AmountMinor} {row.Currency}, and nothing that caused it.");
        }

        void Expect(string reference, ChargeRow charge, long amount)
        {
            expected.Add(reference);
            var wanted = new ReceivableRow(reference, $"gateway_receivable:{charge.Connector}", charge.Currency, amount);
            var rows = posted[reference].ToList();
            if (rows is not [var row] || row != wanted)
            {
                Report(Promise.TheLedgerEqualsTheCharges, $"The ledger should have {wanted}, and has {(rows.Count == 0 ? "nothing" : string.Join(", ", rows))}.");
            }
        }
    }

    private void FindStuck()
    {
        foreach (var attempt in evidence.Florin.Attempts.Where(attempt => attempt.IsOpen)) Report(Promise.NothingIsStuck, $"Attempt {attempt.Id} of {attempt.Intent} is {attempt.State}.");
        foreach (var operation in evidence.Florin.Operations.Where(operation => operation.IsOpen)) Report(Promise.NothingIsStuck, $"{operation.Kind} {operation.Id} of {operation.Charge} is {operation.State}.");
        foreach (var intent in evidence.Florin.Intents.Where(intent => intent.Status == "processing")) Report(Promise.NothingIsStuck, $"Payment {intent.Id} is processing.");
        foreach (var job in evidence.Florin.Jobs.Where(job => job.State == "dead")) Report(Promise.NothingIsStuck, $"Job {job.Kind} {job.Key} has given up.");
    }

    private void CompareEvents()
    {
        foreach (var recorded in evidence.Florin.Events)
        {
            if (!evidence.Told.ContainsKey(recorded.Id)) Report(Promise.EveryEventIsDelivered, $"Event {recorded.Id} ({recorded.Type}) never arrived; its delivery is {recorded.Delivery ?? "missing"}.");
            else if (recorded.Delivery != "delivered") Report(Promise.EveryEventIsDelivered, $"Event {recorded.Id} ({recorded.Type}) arrived, but its delivery is {recorded.Delivery ?? "missing"}.");
        }

        var succeeded = evidence.Florin.Events.Where(recorded => recorded.Type == "payment_intent.succeeded").ToLookup(recorded => "pi_" + recorded.Subject);
        foreach (var intent in evidence.Florin.Intents)
        {
            var count = succeeded[intent.Id].Count();
            var wanted = intent.Status == "succeeded" ? 1 : 0;
            if (count != wanted) Report(Promise.EveryEventIsDelivered, $"{intent.Id} is {intent.Status} and has {count} events payment_intent.succeeded.");
        }
    }

    private void FindUnanswered()
    {
        var answered = evidence.Clients.Where(line => line.IsAnswer).Select(line => line.Key).ToHashSet();
        foreach (var line in evidence.Clients.Where(line => !line.IsAnswer && !answered.Contains(line.Key))) Report(Promise.EveryRequestIsAnswered, $"{line} was never answered.");

        // Only a new payment that no gateway takes is refused for good by that; whatever follows it is carried out when it comes again.
        foreach (var line in evidence.Clients.Where(line => line.Status == 503 && !(line is { Act: Act.Pay or Act.Hold, State: "gateway_busy" })))
        {
            Report(Promise.EveryRequestIsAnswered, $"{line} was refused for good with 503 {line.State}.");
        }
    }

    private IntentRow? IntentOf(ClientLine line) => intentsByOrder[line.Order].FirstOrDefault(intent => intent.Id == line.Subject);

    private IEnumerable<BookedPayment> BookedOf(IntentRow intent) =>
        attemptsByIntent[intent.Id].Select(attempt => bookedByKey.GetValueOrDefault(attempt.Id)).OfType<BookedPayment>();
}
