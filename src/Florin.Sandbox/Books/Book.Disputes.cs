namespace Florin.Sandbox.Books;

/// <summary>The part of the book that holds disputes. One payment has one dispute at most.</summary>
internal sealed partial class Book
{
    private readonly Dictionary<string, Operation> byDispute = new(StringComparer.Ordinal);
    private readonly HashSet<Operation> openDisputes = [];
    private readonly SemaphoreSlim disputeCame = new(0);

    public bool HasOpenDisputes
    {
        get
        {
            lock (gate) return openDisputes.Count > 0;
        }
    }

    /// <summary>Waits until a dispute has come, or was read from the book's file.</summary>
    public Task DisputeCameAsync(CancellationToken ct) => disputeCame.WaitAsync(ct);

    /// <summary>Carries out whatever is due: claims that come, deadlines that pass, verdicts that are given.</summary>
    /// <returns>The authorizations whose disputes changed.</returns>
    public IReadOnlyList<Operation> MoveDisputes()
    {
        lock (gate)
        {
            return openDisputes.Count == 0 ? [] : [.. openDisputes.ToList().Where(MoveDispute)];
        }
    }

    public Operation? FindByDispute(string acquirer, string reference)
    {
        lock (gate)
        {
            if (!byDispute.TryGetValue(reference, out var authorization) || authorization.Acquirer != acquirer) return null;
            MoveDispute(authorization);
            return authorization.Dispute!.State == DisputeState.Coming ? null : authorization;
        }
    }

    /// <summary>Disputes opened at or after an instant, oldest first.</summary>
    public IReadOnlyList<Operation> DisputesSince(string acquirer, DateTimeOffset since, int limit)
    {
        lock (gate)
        {
            return [.. byDispute.Values
                .Where(each => each.Acquirer == acquirer && each.Dispute!.State != DisputeState.Coming && each.Dispute.OpenedAt >= since)
                .OrderBy(each => each.Dispute!.OpenedAt)
                .ThenBy(each => each.Sequence)
                .Take(limit)];
        }
    }

    /// <summary>Takes in what the merchant says to a dispute.</summary>
    /// <returns>Whether it was taken in, now or when the key came first; not where it is too late, or nothing can be said.</returns>
    public bool Respond(Operation authorization, string key, DisputeResponseKind kind, Evidence evidence)
    {
        lock (gate)
        {
            MoveDispute(authorization);
            var dispute = authorization.Dispute!;
            if (dispute.Responses.Any(response => response.Key == key)) return true;
            if (dispute.State != DisputeState.NeedsResponse) return false;
            if (kind == DisputeResponseKind.Acceptance && dispute.Stage == DisputeStage.Inquiry) return false;

            var now = time.GetUtcNow();
            var verdict = evidence.VerdictIn(dispute.Stage);
            var response = new DisputeResponse(key, kind, now, [.. evidence.Texts.Keys.Order(StringComparer.Ordinal)], evidence.Documents);
            dispute = dispute with { Responses = [.. dispute.Responses, response] };
            authorization.Dispute = kind switch
            {
                DisputeResponseKind.Acceptance => dispute with { State = DisputeState.Lost },
                DisputeResponseKind.Evidence => dispute with
                {
                    State = DisputeState.UnderReview,
                    Verdict = verdict ?? (dispute.Stage == DisputeStage.Inquiry ? DisputeVerdict.Win : DisputeVerdict.Lose),
                    DecidedAt = verdict is null ? now + Dispute.TimeToReview : now,
                },
            };
            Keep(authorization);
            return true;
        }
    }

    /// <summary>Disputes, newest first.</summary>
    /// <param name="key">Any key of the payment.</param>
    public BookPage<DisputeView> Disputes(string? acquirer, string? key, long? before, int limit)
    {
        lock (gate)
        {
            var found = byDispute.Values
                .Where(each => (acquirer is null || each.Acquirer == acquirer)
                    && (key is null || each.Payment.Operations.Any(operation => operation.Key == key))
                    && (before is null || each.Sequence < before))
                .OrderByDescending(each => each.Sequence)
                .Select(each => (Anchor: each, Item: each));
            return Page(found, before, limit, DisputeView.Of);
        }
    }

    // A card of a buyer who complains does so as soon as there is money to complain about.
    private void ExpectDispute(Operation operation)
    {
        var authorization = operation.Payment.Authorization;
        if (operation.State != OperationState.Approved || authorization.Dispute is not null || !operation.Payment.IsCaptured) return;
        var (stage, reason) = TestCards.All.FirstOrDefault(card => card.Name == authorization.Card!.Scenario)?.Behavior switch
        {
            TestCardBehavior.DisputeFraudulent => (DisputeStage.Chargeback, "fraudulent"),
            TestCardBehavior.DisputeNotReceived => (DisputeStage.Chargeback, "product_not_received"),
            TestCardBehavior.Inquiry => (DisputeStage.Inquiry, "general"),
            _ => (default, null),
        };
        if (reason is null) return;
        var now = time.GetUtcNow();
        authorization.Dispute = new Dispute(
            string.Concat(authorization.Acquirer.AsSpan(0, 2), "_d_", random.HexToken(12)),
            stage, DisputeState.Coming, reason, Amount: 0, now, now + Dispute.TimeToRespond, DecidedAt: null, Verdict: null, Responses: []);
        Remember(authorization.Dispute, authorization);
        Keep(authorization);
    }

    private bool MoveDispute(Operation authorization)
    {
        var now = time.GetUtcNow();
        var dispute = authorization.Dispute!;
        var left = authorization.Payment.Captured - authorization.Payment.Refunded;
        Dispute? moved = dispute.State switch
        {
            DisputeState.Coming when left > 0 => dispute with
            {
                State = DisputeState.NeedsResponse,
                Amount = left,
                OpenedAt = now,
                DueAt = now + Dispute.TimeToRespond,
            },
            DisputeState.Coming => dispute with { State = DisputeState.Closed },

            // Who was given everything back has nothing to ask for any more.
            DisputeState.NeedsResponse or DisputeState.UnderReview when dispute.Stage == DisputeStage.Inquiry && left == 0 =>
                dispute with { State = DisputeState.Closed },
            DisputeState.NeedsResponse when now >= dispute.DueAt => Decided(dispute, Lapsed(dispute.Stage), left, now),
            DisputeState.UnderReview when now >= dispute.DecidedAt => Decided(dispute, dispute.Verdict!.Value, left, now),
            _ => null,
        };
        if (moved is null) return false;
        authorization.Dispute = moved;
        Keep(authorization);
        return true;
    }

    // Silence is an answer too: an inquiry that nobody answers becomes a chargeback, and a chargeback is lost.
    private static DisputeVerdict Lapsed(DisputeStage stage) => stage switch
    {
        DisputeStage.Inquiry => DisputeVerdict.Escalate,
        DisputeStage.Chargeback => DisputeVerdict.Lose,
    };

    private static Dispute Decided(Dispute dispute, DisputeVerdict verdict, long left, DateTimeOffset now) => verdict switch
    {
        DisputeVerdict.Win => dispute with { State = dispute.Stage == DisputeStage.Inquiry ? DisputeState.Closed : DisputeState.Won },
        DisputeVerdict.Lose => dispute with { State = DisputeState.Lost },
        DisputeVerdict.Escalate => dispute with
        {
            Stage = DisputeStage.Chargeback,
            State = DisputeState.NeedsResponse,
            Amount = left,
            DueAt = now + Dispute.TimeToRespond,
            DecidedAt = null,
            Verdict = null,
        },
    };

    private void Keep(Operation authorization)
    {
        if (authorization.Dispute!.IsOver) openDisputes.Remove(authorization);
        Save(authorization);
    }

    private void Remember(Dispute dispute, Operation authorization)
    {
        byDispute[dispute.Reference] = authorization;
        if (dispute.IsOver) openDisputes.Remove(authorization);
        else if (openDisputes.Add(authorization)) disputeCame.Release();
    }

    private void Forget(Dispute dispute, Operation authorization)
    {
        byDispute.Remove(dispute.Reference);
        openDisputes.Remove(authorization);
    }
}
