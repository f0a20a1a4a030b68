using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Disputes;
using Florin.Simulation.Tests.Clients;
using Florin.Simulation.Tests.Database;
using Florin.Simulation.Tests.Gateways;
using Florin.Storage;

namespace Florin.Simulation.Tests.Checks;

/// <summary>What must hold of disputes once all is quiet: by then each of them is decided, and we know how.</summary>
internal static class DisputeChecks
{
    public static IEnumerable<string> Check(World world, Books books)
    {
        if (world.Weather.Disputes == 0) return [];
        return
        [
            .. GatewaysAgree(world, books),
            .. ResponsesArrived(world, books),
            .. ChargesAgree(world, books),
            .. NothingIsRefundedBesideAChargeback(world, books),
            .. LedgerAgrees(world, books),
            .. EventsAreToldOnce(world, books),
            .. ClientsWereToldTheTruth(world, books),
        ];
    }

    private static IEnumerable<string> GatewaysAgree(World world, Books books)
    {
        var ours = books.Disputes.ToLookup(dispute => dispute.Reference);
        foreach (var told in world.Gateways.Disputes)
        {
            var known = ours[told.Reference].ToList();
            if (known.Count != 1)
            {
                yield return $"{told.Payment.Gateway} has dispute {told.Reference}, and we have {known.Count} of it";
                continue;
            }

            var dispute = known[0];
            var status = DisputeSettlement.StatusOf(told.View);
            if (dispute.Status != status) yield return $"{told.Payment.Gateway} says that dispute {told.Reference} is {status}, and ours is {dispute.Status}";
            if (dispute.IsWithdrawn != (told.Stage == GatewayDisputeStage.Chargeback)) yield return $"dispute {told.Reference} is {told.Stage}, and its money was {(dispute.IsWithdrawn ? "" : "not ")}withdrawn";
            if (dispute.IsWithdrawn && dispute.Amount != told.Amount.Minor) yield return $"{told.Payment.Gateway} took {told.Amount.Minor} by {told.Reference}, and ours is about {dispute.Amount}";
            if (dispute.Fee != (dispute.IsWithdrawn ? SimulatedConnector.DisputeFeeMinor : 0)) yield return $"the fee of dispute {told.Reference} is {dispute.Fee}";
            if (books.Charges.GetValueOrDefault(told.Payment.Key)?.Id != dispute.Charge) yield return $"dispute {told.Reference} is about {told.Payment.Key}, and ours about another charge";
            if (dispute.Attention is { } why) yield return $"dispute {told.Reference} is decided, and a person is to look at it all the same: {why}";
        }

        foreach (var dispute in books.Disputes.Where(dispute => world.Gateways.Disputes.All(told => told.Reference != dispute.Reference)))
        {
            yield return $"our dispute {dispute.Reference} is {dispute.Status}, and no gateway has heard of it";
        }
    }

    private static IEnumerable<string> ResponsesArrived(World world, Books books)
    {
        var taken = world.Gateways.Disputes.SelectMany(dispute => dispute.Responses).ToHashSet();
        foreach (var response in books.Responses)
        {
            if (response.State is "sent" or "unknown") yield return $"stuck: response {response.Key} is still {response.State}";
            else if (taken.Contains(response.Key) != (response.State == "succeeded")) yield return $"our response {response.Key} is {response.State}, and its gateway has {(taken.Contains(response.Key) ? "" : "not ")}taken it in";
        }

        foreach (var key in taken.Except(books.Responses.Select(response => response.Key))) yield return $"a gateway took in response {key}, of which we know nothing";
        foreach (var dispute in books.Disputes)
        {
            var arrived = books.Responses.Count(response => response.Dispute == dispute.Id && response is { State: "succeeded", Kind: "evidence" });
            if (arrived != dispute.Submissions) yield return $"{arrived} times evidence reached the issuer of {dispute.Reference}, and the dispute says {dispute.Submissions}";
        }
    }

    private static IEnumerable<string> ChargesAgree(World world, Books books)
    {
        foreach (var charge in books.Charges.Values)
        {
            var taken = books.Disputes.Where(dispute => dispute.Charge == charge.Id && dispute is { IsWithdrawn: true, Status: not DisputeStatus.Won }).Sum(dispute => dispute.Amount);
            if (taken != charge.Disputed) yield return $"issuers took {taken} of {charge.Key}, and its charge says {charge.Disputed}";
            if (charge.Refunded + charge.Disputed > charge.Captured) yield return $"of {charge.Key} {charge.Captured} was taken, and {charge.Refunded} refunded and {charge.Disputed} charged back";
        }

        foreach (var payment in world.Gateways.Payments.Where(payment => payment.Refunded + payment.ChargedBack > payment.Captured))
        {
            yield return $"{payment.Gateway} took {payment.Captured.Minor} of {payment.Key}, refunded {payment.Refunded.Minor} and charged {payment.ChargedBack.Minor} back";
        }
    }

    // In the order in which it was written down.
    private static IEnumerable<string> NothingIsRefundedBesideAChargeback(World world, Books books)
    {
        var chargeOf = books.Disputes.ToDictionary(dispute => dispute.Id, dispute => dispute.Charge);
        var refunded = books.Refunds.ToDictionary(refund => refund.Id, refund => refund.Charge);
        var standing = new Dictionary<Guid, string>();
        foreach (var move in Move.AllOf(world.Engine))
        {
            if (move.Table == "disputes") standing[move.Id] = move.Became;
            if (move is not { Table: "refunds", Was: "" }) continue;
            foreach (var (dispute, status) in standing.Where(pair => chargeOf[pair.Key] == refunded[move.Id]))
            {
                if (status is "needs_response" or "under_review" or "lost") yield return $"refund {Move.Short(move.Id)} began while dispute {Move.Short(dispute)} of its charge was {status}";
            }
        }
    }

    private static IEnumerable<string> LedgerAgrees(World world, Books books)
    {
        var posted = world.Engine.Look(
            """
            SELECT t.reference, COUNT(DISTINCT t.id), SUM(CASE WHEN p.side > 0 THEN p.amount_minor ELSE 0 END)
              FROM ledger_transactions t
              JOIN ledger_postings p ON p.shard = t.shard AND p.transaction_id = t.id
             WHERE t.reference LIKE 'dispute%' GROUP BY t.reference
            """,
            row => (Reference: row.Text(0), Minor: row.Int64(1) * row.Int64(2))).ToDictionary(row => row.Reference, row => row.Minor);
        foreach (var dispute in books.Disputes.Where(dispute => dispute.IsWithdrawn))
        {
            var id = new DisputeId(dispute.Id);
            foreach (var (reference, minor, isDue) in new[]
            {
                ($"dispute_opened:{id}", dispute.Amount, true),
                ($"dispute_fee:{id}", dispute.Fee, true),
                ($"dispute_won:{id}", dispute.Amount, dispute.Status == DisputeStatus.Won),
                ($"dispute_lost:{id}", dispute.Amount, dispute.Status == DisputeStatus.Lost),
            })
            {
                var found = posted.Remove(reference, out var amount) ? amount : 0;
                if (found != (isDue ? minor : 0)) yield return $"the ledger has {found} for {reference}, and it was {(isDue ? minor : 0)}";
            }
        }

        foreach (var reference in posted.Keys) yield return $"the ledger has {reference}, and nothing of the kind happened";
        var setApart = world.Engine.Look(
            """
            SELECT COALESCE(SUM(p.side * p.amount_minor), 0) FROM ledger_postings p
              JOIN ledger_accounts a ON a.shard = p.shard AND a.id = p.account_id WHERE a.code = 'disputed_funds'
            """,
            row => row.Int64(0))[0];
        if (setApart != 0) yield return $"all disputes are decided, and {-setApart} are still set apart for them";
    }

    private static IEnumerable<string> EventsAreToldOnce(World world, Books books)
    {
        var told = EventCounts.Read(world.Engine);
        foreach (var dispute in books.Disputes)
        {
            foreach (var (type, count) in new[]
            {
                ("charge.dispute.created", 1L),
                ("charge.dispute.funds_withdrawn", dispute.IsWithdrawn ? 1 : 0),
                ("charge.dispute.funds_reinstated", dispute is { IsWithdrawn: true, Status: DisputeStatus.Won } ? 1 : 0),
            })
            {
                var found = told.GetValueOrDefault((dispute.Id, type));
                if (found != count) yield return $"{type} was told {found} times of {dispute.Reference}, and not {count}";
            }

            // An inquiry that was closed may become a chargeback later, which is closed again.
            var closed = told.GetValueOrDefault((dispute.Id, "charge.dispute.closed"));
            if (closed is not (1 or 2) || (closed == 2 && !dispute.IsWithdrawn)) yield return $"charge.dispute.closed was told {closed} times of {dispute.Reference}";
        }
    }

    private static IEnumerable<string> ClientsWereToldTheTruth(World world, Books books)
    {
        foreach (var story in world.Stories)
        {
            foreach (var head in story.Heard.Where(heard => heard.Answer.IsSuccess).Select(heard => heard.Answer.Head).Where(head => head.Kind == "dispute"))
            {
                var dispute = books.Disputes.Find(dispute => dispute.Id == Ids.Parse<DisputeId>(head.Id).Value);
                if (dispute is null) yield return $"{story.Name} was told of a dispute that is not there";
                else if (head.State is nameof(DisputeStatus.Won) or nameof(DisputeStatus.Lost) && head.State != $"{dispute.Status}") yield return $"{story.Name} was told that dispute {dispute.Reference} is {head.State}, and it is {dispute.Status}";
                else if (head.MinorMoved > dispute.Submissions) yield return $"{story.Name} was told that evidence on {dispute.Reference} arrived {head.MinorMoved} times, and it did {dispute.Submissions} times";
            }
        }
    }
}

/// <summary>How often each event was told of what.</summary>
internal static class EventCounts
{
    public static Dictionary<(Guid Subject, string Type), long> Read(SimulatedEngine engine) => engine.Look(
        "SELECT subject, type, COUNT(*) FROM events GROUP BY subject, type", row => (Subject: row.Uuid(0), Type: row.Text(1), Count: row.Int64(2)))
        .ToDictionary(row => (row.Subject, row.Type), row => row.Count);
}
