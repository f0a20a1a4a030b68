using Florin.Kernel;
using Florin.Payments;
using Florin.Simulation.Tests.Clients;
using Florin.Simulation.Tests.Database;
using Florin.Simulation.Tests.Gateways;
using Florin.Storage;

namespace Florin.Simulation.Tests.Checks;

/// <summary>What must hold once all is quiet, whatever happened before. Each check compares what several tell who cannot have
/// agreed on a lie: our tables, the gateways' books, the ledger, the events, and what clients were told.</summary>
internal static class Invariants
{
    public static IEnumerable<string> Check(World world)
    {
        var books = Books.Read(world.Engine);
        return
        [
            .. NothingIsStuck(world, books),
            .. MovesAreLegal(world),
            .. GatewaysAgree(world, books),
            .. NobodyIsChargedTwice(world, books),
            .. RefundsAreBounded(books),
            .. LedgerAgrees(world, books),
            .. LedgerProofs.FaultsOf(world),
            .. EventsAreToldOnce(world, books),
            .. ClientsWereToldTheTruth(world, books),
            .. DisputeChecks.Check(world, books),
            .. SessionChecks.Check(world, books),
        ];
    }

    private static IEnumerable<string> NothingIsStuck(World world, Books books)
    {
        foreach (var (table, open) in new[]
        {
            ("payment_attempts", "'sent', 'unknown', 'challenge'"), ("charge_operations", "'sent', 'unknown'"), ("refunds", "'sent', 'unknown'"),
        })
        {
            var left = world.Engine.Look($"SELECT id, state FROM {table} WHERE state IN ({open})", row => (row.Uuid(0), row.Text(1)));
            foreach (var (id, state) in left) yield return $"stuck: {table} {Move.Short(id)} is still {state}";
        }

        foreach (var waiting in world.Engine.Look(
            "SELECT id FROM payment_intents WHERE status IN ('processing', 'requires_action')", row => row.Uuid(0)))
        {
            yield return $"stuck: payment {Move.Short(waiting)} still waits for a gateway or its buyer";
        }

        foreach (var job in world.Engine.Look(
            "SELECT kind, key, state, COALESCE(last_error, '') FROM jobs WHERE key <> 'regular'",
            row => (Key: row.Text(1), Text: $"{row.Text(0)} {row.Text(1)} is {row.Text(2)}: {row.Text(3)}")))
        {
            if (!books.Charges.Values.Any(charge => job.Key == $"{new ChargeId(charge.Id)}" && charge.WaitsForAPerson)) yield return $"stuck: job {job.Text}";
        }
    }

    private static IEnumerable<string> MovesAreLegal(World world)
    {
        return Move.AllOf(world.Engine).Where(move => !LegalMoves.Contains(move, world.LateSuccess)).Select(move => $"not a legal move: {move.ToText()}");
    }

    private static IEnumerable<string> GatewaysAgree(World world, Books books)
    {
        foreach (var payment in world.Gateways.Payments)
        {
            if (!books.Charges.TryGetValue(payment.Key, out var charge))
            {
                if (payment.State is HoldState.Held or HoldState.Captured or HoldState.Freed) yield return $"{payment.Gateway} has {payment.State} {payment.Key}, and we have no charge";
                continue;
            }

            var expected = payment.State switch
            {
                HoldState.Held => ChargeStatus.Authorized,
                HoldState.Captured => ChargeStatus.Captured,

                // A hold that we heard of while its reversal was on the way has a charge too.
                HoldState.Freed or HoldState.Reversed => ChargeStatus.Voided,
                HoldState.Declined or HoldState.Challenged => ChargeStatus.Failed,
            };
            if (!charge.Status.Equals($"{expected}", StringComparison.OrdinalIgnoreCase)) yield return $"{payment.Gateway} has {payment.State} {payment.Key}, and our charge is {charge.Status}";
            if (payment.State is HoldState.Held or HoldState.Captured && charge.Amount != payment.Held.Minor) yield return $"{payment.Gateway} holds {payment.Held.Minor} by {payment.Key}, and our charge says {charge.Amount}";
            if (charge.Captured != payment.Captured.Minor) yield return $"{payment.Gateway} took {payment.Captured.Minor} of {payment.Key}, and our charge says {charge.Captured}";
            if (charge.Refunded != payment.Refunded.Minor) yield return $"{payment.Gateway} returned {payment.Refunded.Minor} of {payment.Key}, and our charge says {charge.Refunded}";
        }

        foreach (var attempt in books.Attempts)
        {
            // Freed by our key for it, or by a void of the hold that we knew of.
            var isUndone = world.Gateways.Find(attempt.Key)?.State is HoldState.Reversed or HoldState.Freed;
            if (isUndone != (attempt.State == "voided")) yield return $"attempt {attempt.Key} is {attempt.State}, and its gateway has {(isUndone ? "" : "not ")}undone it";
        }

        foreach (var charge in books.Charges.Values.Where(charge => world.Gateways.Find(charge.Key) is null))
        {
            yield return $"our charge of {charge.Key} is {charge.Status}, and no gateway has heard of it";
        }

        foreach (var (key, state) in books.Operations)
        {
            var isDone = world.Gateways.FindOperation(key) is { IsDone: true };
            if (isDone != (state == "succeeded")) yield return $"our operation {key} is {state}, and its gateway has {(isDone ? "" : "not ")}carried it out";
        }

        foreach (var operation in world.Gateways.Operations.Where(operation => !books.Operations.ContainsKey(operation.Key)))
        {
            yield return $"a gateway was asked for {operation.Kind} {operation.Key}, of which we know nothing";
        }
    }

    private static IEnumerable<string> NobodyIsChargedTwice(World world, Books books)
    {
        foreach (var payment in world.Gateways.Payments.Where(payment => payment.Captures > 1))
        {
            yield return $"{payment.Gateway} took the money of {payment.Key} {payment.Captures} times";
        }

        foreach (var intents in books.Intents.Values.GroupBy(intent => intent.Order).Where(group => group.Count() > 1))
        {
            yield return $"{intents.Key} has {intents.Count()} payments";
        }

        foreach (var intent in books.Intents.Values)
        {
            // Money that was taken and not given back. What a payment does not stand on must all be given back.
            var kept = books.Charges.Values.Where(charge => charge.Intent == intent.Id && charge.Status is "captured" or "authorized")
                .Where(charge => charge.Status == "authorized" || charge.Captured > charge.Refunded + charge.Disputed).ToList();
            var stands = intent.Status is "succeeded" or "requires_capture" ? intent.Charge : null;
            foreach (var charge in kept.Where(charge => charge.Id != stands && !charge.WaitsForAPerson))
            {
                yield return $"payment {Move.Short(intent.Id)} is {intent.Status}, and its buyer is out of {charge.Captured - charge.Refunded} by {charge.Status} {charge.Key} all the same";
            }

            if (stands is null) continue;
            var standing = books.Charges.Values.SingleOrDefault(charge => charge.Id == stands);
            var wanted = intent.Status == "succeeded" ? "captured" : "authorized";
            if (standing?.Status != wanted) yield return $"payment {Move.Short(intent.Id)} is {intent.Status}, and its charge is {standing?.Status ?? "missing"}";
            if (intent.Status == "succeeded" && standing?.Captured != intent.Received) yield return $"payment {Move.Short(intent.Id)} received {intent.Received}, and its charge {standing?.Captured}";
        }
    }

    private static IEnumerable<string> RefundsAreBounded(Books books)
    {
        foreach (var charge in books.Charges.Values)
        {
            var returned = books.Refunds.Where(refund => refund.Charge == charge.Id && refund.State == "succeeded").Sum(refund => refund.Amount);
            if (returned > charge.Captured) yield return $"{returned} were returned of {charge.Key}, of which {charge.Captured} were taken";
            if (returned != charge.Refunded) yield return $"the refunds of {charge.Key} come to {returned}, and its charge says {charge.Refunded}";
        }
    }

    private static IEnumerable<string> LedgerAgrees(World world, Books books)
    {
        foreach (var unbalanced in world.Engine.Look(
            "SELECT transaction_id FROM ledger_postings GROUP BY transaction_id, currency HAVING SUM(side * amount_minor) <> 0", row => row.Uuid(0)))
        {
            yield return $"ledger transaction {Move.Short(unbalanced)} does not sum to zero";
        }

        var posted = world.Engine.Look(
            """
            SELECT t.reference, COALESCE(SUM(p.side * p.amount_minor), 0)
              FROM ledger_transactions t
              LEFT JOIN ledger_postings p ON p.shard = t.shard AND p.transaction_id = t.id AND p.account_id IN
                        (SELECT id FROM ledger_accounts WHERE code LIKE 'gateway_receivable:%')
             GROUP BY t.reference
            """,
            row => (Reference: row.Text(0), Minor: row.Int64(1)))
            .Where(row => row.Minor != 0 || !row.Reference.StartsWith("dispute", StringComparison.Ordinal)).ToDictionary(row => row.Reference, row => row.Minor);
        var expected = books.Charges.Values.Where(charge => charge.Status == "captured").Select(charge => ($"capture:{new ChargeId(charge.Id)}", charge.Captured))
            .Concat(books.Refunds.Where(refund => refund.State == "succeeded").Select(refund => ($"refund:{new RefundId(refund.Id)}", -refund.Amount)))
            .Concat(books.Disputes.Where(dispute => dispute.Status == DisputeStatus.Lost).Select(dispute => ($"dispute_lost:{new DisputeId(dispute.Id)}", -dispute.Amount)));
        foreach (var (reference, minor) in expected)
        {
            if (!posted.Remove(reference, out var found)) yield return $"the ledger has no {reference}";
            else if (found != minor) yield return $"the ledger has {found} for {reference}, and it was {minor}";
        }

        foreach (var reference in posted.Keys) yield return $"the ledger has {reference}, and nothing of the kind happened";
        var balances = world.Engine.Look(
            """
            SELECT (SELECT COALESCE(SUM(amount_minor - fee_minor), 0) FROM balance_transactions),
                   (SELECT COALESCE(-SUM(p.side * p.amount_minor), 0) FROM ledger_postings p
                      JOIN ledger_accounts a ON a.shard = p.shard AND a.id = p.account_id WHERE a.code = 'merchant_pending')
            """,
            row => (Balance: row.Int64(0), Account: row.Int64(1)))[0];
        if (balances.Balance != balances.Account) yield return $"the merchant's balance says {balances.Balance}, and its account {balances.Account}";
    }

    private static IEnumerable<string> EventsAreToldOnce(World world, Books books)
    {
        var told = EventCounts.Read(world.Engine);
        var canceled = Move.AllOf(world.Engine).Where(move => move is { Table: "payment_intents", Became: "canceled" }).ToLookup(move => move.Id);
        var expected = books.Intents.Values.SelectMany(intent => new[]
        {
            (intent.Id, "payment_intent.created", 1L),
            (intent.Id, "payment_intent.succeeded", intent.Status == "succeeded" ? 1L : 0),
            (intent.Id, "payment_intent.canceled", canceled[intent.Id].Count()),
        }).Concat(books.Charges.Values.SelectMany(charge => new[]
        {
            (charge.Id, "charge.succeeded", charge.Status == "failed" ? 0L : 1),
            (charge.Id, "charge.failed", charge.Status == "failed" ? 1L : 0),
            (charge.Id, "charge.refunded", books.Refunds.Count(refund => refund.Charge == charge.Id && refund.State == "succeeded")),
        })).Concat(books.Refunds.Select(refund => (refund.Id, "refund.created", 1L)));
        foreach (var (subject, type, count) in expected)
        {
            var found = told.GetValueOrDefault((subject, type));
            if (found != count) yield return $"{type} was told {found} times of {Move.Short(subject)}, and not {count}";
        }

        foreach (var lost in world.Engine.Look(
            "SELECT e.type, e.subject FROM events e WHERE (SELECT COUNT(*) FROM webhook_deliveries d WHERE d.shard = e.shard AND d.event_id = e.id) <> 1",
            row => $"{row.Text(0)} of {Move.Short(row.Uuid(1))}"))
        {
            yield return $"no webhook, or more than one, is to tell of {lost}";
        }
    }

    private static IEnumerable<string> ClientsWereToldTheTruth(World world, Books books)
    {
        foreach (var story in world.Stories)
        {
            // A repetition gets the first answer, byte for byte; only where a crash cut that off, it is told how things stand.
            foreach (var answers in story.Heard.Where(heard => heard.Key.Length > 0 && !heard.Answer.IsFromPresentState && heard.Answer.IsSuccess).GroupBy(heard => heard.Key))
            {
                var first = answers.First().Answer.Body;
                if (answers.Any(heard => !heard.Answer.Body.AsSpan().SequenceEqual(first))) yield return $"{answers.Key} was answered in different ways";
            }

            foreach (var head in story.Heard.Where(heard => heard.Answer.IsSuccess).Select(heard => heard.Answer.Head))
            {
                if (head.Kind == "payment")
                {
                    if (!books.Intents.TryGetValue(Ids.Parse<PaymentIntentId>(head.Id).Value, out var intent)) yield return $"{story.Name} was told of a payment that is not there";
                    else if (head.State == nameof(PaymentIntentStatus.Succeeded) && (intent.Status != "succeeded" || intent.Received != head.MinorMoved)) yield return $"{story.Name} was told that {head.MinorMoved} were received, and its payment is {intent.Status} with {intent.Received}";
                    else if (head.State == nameof(PaymentIntentStatus.Canceled) && intent.Status != "canceled" && world.LateSuccess != LateSuccessPolicy.Accept) yield return $"{story.Name} was told that it is canceled, and its payment is {intent.Status}";
                }
                else if (head.Kind == "refund")
                {
                    var refund = books.Refunds.Find(refund => refund.Id == Ids.Parse<RefundId>(head.Id).Value);
                    if (refund is null) yield return $"{story.Name} was told of a refund that is not there";
                    else if (head.State == nameof(OperationState.Succeeded) && refund.State != "succeeded") yield return $"{story.Name} was told of a refund that is {refund.State}";
                }
            }
        }
    }
}

/// <summary>Our own tables, as they stand at the end.</summary>
internal sealed record Books(
    IReadOnlyDictionary<Guid, Books.Intent> Intents,
    IReadOnlyDictionary<string, Books.Charge> Charges,
    List<Books.Attempt> Attempts,
    List<Books.Refund> Refunds,
    IReadOnlyDictionary<string, string> Operations,
    List<Books.Session> Sessions,
    List<Books.Dispute> Disputes,
    List<Books.Response> Responses)
{
    internal sealed record Intent(Guid Id, string Order, string Status, long Received, Guid? Charge);

    internal sealed record Attempt(string Key, string State);

    /// <param name="Key">Of the attempt, as the gateway knows it.</param>
    internal sealed record Charge(Guid Id, Guid Intent, string Key, string Status, long Amount, long Captured, long Refunded, long Disputed, bool HasAttention)
    {
        /// <summary>It came too late and an issuer took a part of it back before it was returned: no gateway refunds the rest.</summary>
        public bool WaitsForAPerson => Disputed > 0 && HasAttention;
    }

    internal sealed record Refund(Guid Id, Guid Charge, string State, long Amount);

    internal sealed record Session(Guid Id, string Order, string Status, bool IsPaid, Guid? Intent);

    /// <param name="Reference">The gateway's name for it.</param>
    /// <param name="Attention">Why a person is to look at it.</param>
    internal sealed record Dispute(
        Guid Id, Guid Charge, string Reference, DisputeStatus Status, bool IsWithdrawn, long Amount, long Fee, int Submissions, string? Attention);

    internal sealed record Response(string Key, Guid Dispute, string Kind, string State);

    public static Books Read(SimulatedEngine engine)
    {
        var intents = engine.Look(
            "SELECT id, description, status, received_minor, latest_charge_id FROM payment_intents ORDER BY id",
            row => new Intent(row.Uuid(0), row.Text(1), row.Text(2), row.Int64(3), row.IsNull(4) ? null : row.Uuid(4)));
        var charges = engine.Look(
            "SELECT id, payment_intent_id, attempt_id, status, amount_minor, captured_minor, refunded_minor, disputed_minor, attention FROM charges ORDER BY id",
            row => new Charge(
                row.Uuid(0), row.Uuid(1), $"{row.Id<PaymentAttemptId>(2)}", row.Text(3), row.Int64(4), row.Int64(5), row.Int64(6), row.Int64(7), !row.IsNull(8)));
        var attempts = engine.Look("SELECT id, state FROM payment_attempts ORDER BY id", row => new Attempt($"{row.Id<PaymentAttemptId>(0)}", row.Text(1)));
        var refunds = engine.Look(
            "SELECT id, charge_id, state, amount_minor FROM refunds ORDER BY id", row => new Refund(row.Uuid(0), row.Uuid(1), row.Text(2), row.Int64(3)));
        var operations = engine.Look("SELECT id, state FROM charge_operations ORDER BY id", row => ($"{row.Id<ChargeOperationId>(0)}", row.Text(1)))
            .Concat(refunds.Select(refund => ($"{new RefundId(refund.Id)}", refund.State)));
        var sessions = engine.Look(
            "SELECT id, description, status, payment_status, payment_intent_id FROM checkout_sessions ORDER BY id",
            row => new Session(row.Uuid(0), row.Text(1), row.Text(2), row.Text(3) == "paid", row.IsNull(4) ? null : row.Uuid(4)));
        var disputes = engine.Look(
            "SELECT id, charge_id, gateway_reference, status, withdrawn, amount_minor, fee_minor, submissions, attention FROM disputes ORDER BY id",
            row => new Dispute(
                row.Uuid(0), row.Uuid(1), row.Text(2), Words<DisputeStatus>.Parse(row.Text(3)), row.Bool(4), row.Int64(5), row.Int64(6), row.Int32(7), row.TextOrNull(8)));
        var responses = engine.Look(
            "SELECT id, dispute_id, kind, state FROM dispute_responses ORDER BY id",
            row => new Response($"{row.Id<DisputeResponseId>(0)}", row.Uuid(1), row.Text(2), row.Text(3)));
        return new Books(
            intents.ToDictionary(intent => intent.Id),
            charges.ToDictionary(charge => charge.Key),
            attempts,
            refunds,
            operations.ToDictionary(row => row.Item1, row => row.Item2),
            sessions,
            disputes,
            responses);
    }
}
