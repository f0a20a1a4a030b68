using System.Globalization;
using Florin.Kernel;

namespace Florin.Sandbox.Books;

/// <summary>What the acquirers hold to be true: every operation, by key and by reference, and what it did.</summary>
/// <remarks>
/// One lock guards it all, since each call is a few microseconds. A change is in the operating system's hands (see
/// <see cref="BookFile"/>) before the call returns, so an answer never tells of what a killed process would forget.
/// </remarks>
internal sealed partial class Book : IDisposable
{
    private static readonly TimeSpan ChallengeLifetime = TimeSpan.FromMinutes(10);
    public const int AnswersAllowed = 3;

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly RandomSource random;
    private readonly int maxPayments;
    private readonly BookFile? file;
    private readonly Dictionary<(string Acquirer, string Key), Operation> byKey = [];
    private readonly Dictionary<string, Operation> byReference = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Operation> byChallenge = new(StringComparer.Ordinal);
    private List<Payment> payments = [];
    private List<Operation> operations = [];
    private long lastSequence;

    public Book(SandboxOptions options)
    {
        (time, random, maxPayments) = (options.Time, options.Random, options.MaxPayments);
        if (options.BookPath is null) return;
        file = BookFile.Open(options.BookPath, Restore, () => operations);
    }

    /// <summary>Takes in an authorization; it is carried out at once unless it only announces or needs a challenge.</summary>
    /// <returns>The operation, and whether this call made it.</returns>
    public (Operation Operation, bool IsNew) Authorize(AuthorizationRequest request)
    {
        lock (gate)
        {
            if (TryRepeat(request.Acquirer, request.Key) is { } earlier) return (earlier, false);

            var now = time.GetUtcNow();
            var card = request.Card;
            var operation = new Operation
            {
                Sequence = ++lastSequence,
                Acquirer = request.Acquirer,
                Key = request.Key,
                Kind = OperationKind.Authorize,
                Amount = request.Amount,
                Reference = NewReference(request.Acquirer),
                Payment = new Payment(),
                ReceivedAt = now,
                WebhookUrl = request.WebhookUrl,
                Card = new CardDetails(
                    card?.Brand ?? "unknown", request.Last4, card?.Name ?? "unknown_card", request.Capture, request.Description),
            };
            // The expiry and an unknown number are judged now in any case, since neither is kept for later.
            var verdict = Verdict(card, request);
            if (verdict is "incorrect_number" or "expired_card")
            {
                Decide(operation, verdict);
            }
            else if (request.Authentication is { } shown && !shown.IsFor(request.Last4, request.Amount))
            {
                Decide(operation, "authentication_failed");
            }
            else if (IsChallenged(card?.Behavior) && request.Authentication is null)
            {
                operation.State = OperationState.Challenged;
                operation.Challenge = new Challenge(random.HexToken(16), request.ReturnUrl, now + ChallengeLifetime);
            }
            else if (request.AnnounceOnly)
            {
                operation.State = OperationState.Ready;
            }
            else
            {
                Decide(operation, verdict);
            }

            Add(operation);
            ExpectDispute(operation);
            return (operation, true);
        }
    }

    /// <summary>Carries out what was announced, or what the buyer has proved to be theirs.</summary>
    /// <returns>Whether this call carried it out; it did not where it was final before, or still waits.</returns>
    public bool Confirm(Operation authorization)
    {
        lock (gate)
        {
            LapseIfExpired(authorization);
            if (authorization.State is not (OperationState.Ready or OperationState.Authenticated))
            {
                authorization.Requests++;
                Save(authorization);
                return false;
            }

            // What was answered until now was not the outcome.
            authorization.AnsweredAt = null;
            Decide(authorization, TestCards.All.First(card => card.Name == authorization.Card!.Scenario).DeclineCodeAt(authorization.Acquirer));
            Save(authorization);
            ExpectDispute(authorization);
            return true;
        }
    }

    public (Operation Operation, bool IsNew) Capture(Operation parent, string key, Money amount) =>
        Follow(parent, key, OperationKind.Capture, amount, payment =>
            payment.Authorized == 0 || payment.IsVoided || payment.IsCaptured ? "not_permitted"
            : amount.Minor > payment.Authorized ? "invalid_amount"
            : null);

    /// <param name="amount">What is to be held in all.</param>
    public (Operation Operation, bool IsNew) Increment(Operation parent, string key, Money amount) =>
        Follow(parent, key, OperationKind.Increment, amount, payment =>
            payment.Authorized == 0 || payment.IsVoided || payment.IsCaptured ? "not_permitted"
            : amount.Minor <= payment.Authorized ? "invalid_amount"
            : BehaviorOf(payment) == TestCardBehavior.DeclineIncrement ? "insufficient_funds"
            : null);

    public (Operation Operation, bool IsNew) Void(Operation parent, string key) =>
        Follow(parent, key, OperationKind.Void, HeldOf(parent.Payment), payment =>
            payment.Authorized == 0 || payment.IsVoided || payment.IsCaptured ? "not_permitted" : null);

    /// <param name="mayTakeTime">Whether the acquirer can say that it is still working on it.</param>
    /// <param name="remaining">What the merchant believes is left to refund, where its gateway asks for that.</param>
    public (Operation Operation, bool IsNew) Refund(Operation parent, string key, Money amount, long? remaining = null, bool mayTakeTime = false) =>
        Follow(parent, key, OperationKind.Refund, amount, payment =>
            !payment.IsCaptured || payment.ChargedBack > 0 ? "not_permitted"
            : amount.Minor > payment.Remaining ? "invalid_amount"
            : remaining is { } believed && believed != payment.Remaining ? "invalid_amount"
            : null,
            isWorking: mayTakeTime && BehaviorOf(parent.Payment) == TestCardBehavior.SlowRefund);

    /// <summary>Calls back a refund that is still being worked on; one that is carried out stays as it is.</summary>
    public void Withdraw(Operation refund)
    {
        lock (gate)
        {
            EndWorkIfDue(refund);
            if (refund.State != OperationState.Working) return;
            refund.State = OperationState.Withdrawn;
            Save(refund);
        }
    }

    public Operation? Find(string acquirer, string key)
    {
        lock (gate)
        {
            var operation = byKey.GetValueOrDefault((acquirer, key));
            if (operation is not null) LapseIfExpired(operation);
            if (operation is not null) EndWorkIfDue(operation);
            return operation;
        }
    }

    public Operation? FindByReference(string acquirer, string reference)
    {
        lock (gate)
        {
            return byReference.TryGetValue(reference, out var operation) && operation.Acquirer == acquirer
                ? operation
                : null;
        }
    }

    public Operation? FindByChallenge(string challengeId)
    {
        lock (gate)
        {
            if (!byChallenge.TryGetValue(challengeId, out var operation)) return null;
            LapseIfExpired(operation);
            return operation;
        }
    }

    /// <summary>The buyer's answer to the issuer's page.</summary>
    public void AnswerChallenge(Operation authorization, string? password)
    {
        lock (gate)
        {
            LapseIfExpired(authorization);
            if (authorization.State != OperationState.Challenged) return;
            if (password == TestCards.OneTimePassword)
            {
                authorization.State = OperationState.Authenticated;
            }
            else
            {
                var challenge = authorization.Challenge! with { WrongAnswers = authorization.Challenge!.WrongAnswers + 1 };
                authorization.Challenge = challenge;
                if (challenge.WrongAnswers >= AnswersAllowed) Decide(authorization, "authentication_failed");
            }

            Save(authorization);
        }
    }

    /// <summary>The buyer gave up on the issuer's page.</summary>
    public void CancelChallenge(Operation authorization)
    {
        lock (gate)
        {
            if (authorization.State != OperationState.Challenged) return;
            Decide(authorization, "authentication_failed");
            Save(authorization);
        }
    }

    /// <summary>Notes when an operation was answered. This alone may be forgotten when the process is killed.</summary>
    public void Answered(Operation operation)
    {
        lock (gate)
        {
            if (operation.AnsweredAt is not null) return;
            operation.AnsweredAt = time.GetUtcNow();
            file?.AppendLater(operation);
        }
    }

    /// <summary>Operations, newest first.</summary>
    /// <param name="key">Any key of a payment brings all operations of that payment.</param>
    public BookPage<OperationView> Operations(string? acquirer, string? key, long? before, int limit)
    {
        lock (gate)
        {
            return Page(Newest(operations, acquirer, key, operation => operation), before, limit, OperationView.Of);
        }
    }

    /// <summary>Payments, newest first, each with what it adds up to.</summary>
    public BookPage<PaymentView> Payments(string? acquirer, string? key, long? before, int limit)
    {
        lock (gate)
        {
            return Page(Newest(payments, acquirer, key, payment => payment.Authorization), before, limit, PaymentView.Of);
        }
    }

    public void Dispose()
    {
        file?.Dispose();
        disputeCame.Dispose();
    }

    private static bool IsChallenged(TestCardBehavior? behavior) => behavior is
        TestCardBehavior.Challenge or TestCardBehavior.ChallengeThenDecline or TestCardBehavior.ChallengeThenSilent
        or TestCardBehavior.ChallengeThenDeclineAtAurora;

    private string? Verdict(TestCard? card, AuthorizationRequest request)
    {
        if (card is null) return "incorrect_number";
        var now = time.GetUtcNow();
        if (request.ExpiryYear * 12 + request.ExpiryMonth < now.Year * 12 + now.Month) return "expired_card";
        return card.DeclineCodeAt(request.Acquirer);
    }

    private void Decide(Operation operation, string? declineReason)
    {
        operation.DeclineReason = declineReason;
        operation.State = declineReason is null ? OperationState.Approved : OperationState.Declined;
        if (operation.Kind == OperationKind.Authorize && declineReason is null)
        {
            operation.AuthorizationCode = ((int)(random.Fraction() * 1_000_000)).ToString("D6", CultureInfo.InvariantCulture);
        }
    }

    private (Operation Operation, bool IsNew) Follow(
        Operation parent, string key, OperationKind kind, Money amount, Func<Payment, string?> refuse, bool isWorking = false)
    {
        lock (gate)
        {
            if (TryRepeat(parent.Acquirer, key) is { } earlier) return (earlier, false);
            var authorization = parent.Payment.Authorization;
            var operation = new Operation
            {
                Sequence = ++lastSequence,
                Acquirer = parent.Acquirer,
                Key = key,
                Kind = kind,
                Amount = amount,
                Reference = NewReference(parent.Acquirer),
                Payment = parent.Payment,
                ReceivedAt = time.GetUtcNow(),
                WebhookUrl = authorization.WebhookUrl,
            };
            Decide(operation, amount.Currency != authorization.Amount.Currency || amount.Minor <= 0
                ? "invalid_amount"
                : refuse(parent.Payment));
            if (isWorking && operation.State == OperationState.Approved) operation.State = OperationState.Working;
            Add(operation);
            ExpectDispute(operation);
            return (operation, true);
        }
    }

    private Operation? TryRepeat(string acquirer, string key)
    {
        if (!byKey.TryGetValue((acquirer, key), out var earlier)) return null;
        LapseIfExpired(earlier);
        earlier.Requests++;
        Save(earlier);
        return earlier;
    }

    private void LapseIfExpired(Operation operation)
    {
        if (operation.State is not (OperationState.Challenged or OperationState.Authenticated)) return;
        if (time.GetUtcNow() < operation.Challenge!.ExpiresAt) return;
        Decide(operation, "authentication_failed");
        Save(operation);
    }

    private void EndWorkIfDue(Operation operation)
    {
        if (operation.State != OperationState.Working || time.GetUtcNow() < operation.ReceivedAt + TestCards.SlowRefund) return;
        Decide(operation, declineReason: null);
        Save(operation);
    }

    private static Money HeldOf(Payment payment) =>
        payment.Authorized == 0 ? payment.Authorization.Amount : payment.Authorization.Amount with { Minor = payment.Authorized };

    private static TestCardBehavior? BehaviorOf(Payment payment) =>
        TestCards.All.FirstOrDefault(card => card.Name == payment.Authorization.Card!.Scenario)?.Behavior;

    private string NewReference(string acquirer) => string.Concat(acquirer.AsSpan(0, 2), "_", random.HexToken(12));

    private void Add(Operation operation)
    {
        Remember(operation);
        file?.Append(operation);
        if (payments.Count > maxPayments + maxPayments / 10) ForgetOldest();
    }

    private void Save(Operation operation) => file?.Append(operation);

    private void Remember(Operation operation)
    {
        byKey[(operation.Acquirer, operation.Key)] = operation;
        byReference[operation.Reference] = operation;
        if (operation.Challenge is { } challenge) byChallenge[challenge.Id] = operation;
        if (operation.Dispute is not null) Remember(operation.Dispute, operation);
        operations.Add(operation);
        operation.Payment.Add(operation);
        if (operation.Kind == OperationKind.Authorize) payments.Add(operation.Payment);
    }

    // In one go for a tenth of them, so that the copying below is rare.
    private void ForgetOldest()
    {
        var forgotten = payments.Count - maxPayments;
        foreach (var operation in payments.Take(forgotten).SelectMany(payment => payment.Operations))
        {
            byKey.Remove((operation.Acquirer, operation.Key));
            byReference.Remove(operation.Reference);
            if (operation.Challenge is { } challenge) byChallenge.Remove(challenge.Id);
            if (operation.Dispute is { } dispute) Forget(dispute, operation);
        }

        payments = payments[forgotten..];
        operations = [.. operations.Where(operation => byReference.ContainsKey(operation.Reference))];
    }

    private void Restore(BookLine line)
    {
        if (byKey.TryGetValue((line.Acquirer, line.Key), out var known))
        {
            line.ApplyTo(known);
            if (known.Dispute is not null) Remember(known.Dispute, known);
            return;
        }

        Payment payment;
        if (line.Parent is null) payment = new Payment();
        else if (byReference.TryGetValue(line.Parent, out var parent)) payment = parent.Payment;
        else return; // Its payment was forgotten before.

        var operation = line.ToOperation(payment);
        lastSequence = Math.Max(lastSequence, operation.Sequence);
        Remember(operation);
        if (payments.Count > maxPayments + maxPayments / 10) ForgetOldest();
    }

    private IEnumerable<(Operation Anchor, T Item)> Newest<T>(
        List<T> items, string? acquirer, string? key, Func<T, Operation> anchorOf)
    {
        if (key is not null)
        {
            var matching = AcquirerNames.All
                .Where(name => acquirer is null || name == acquirer)
                .Select(name => byKey.GetValueOrDefault((name, key)))
                .OfType<Operation>()
                .SelectMany(operation => operation.Payment.Operations);
            var wanted = matching.ToHashSet();
            return (typeof(T) == typeof(Operation)
                    ? wanted.Cast<T>()
                    : wanted.Select(operation => operation.Payment).Distinct().Cast<T>())
                .Select(item => (anchorOf(item), item))
                .OrderByDescending(pair => pair.Item1.Sequence);
        }

        return Enumerable.Range(1, items.Count)
            .Select(back => (Anchor: anchorOf(items[^back]), Item: items[^back]))
            .Where(pair => acquirer is null || pair.Anchor.Acquirer == acquirer);
    }

    private static BookPage<TView> Page<T, TView>(
        IEnumerable<(Operation Anchor, T Item)> newest, long? before, int limit, Func<T, TView> view)
    {
        var found = newest.Where(pair => before is null || pair.Anchor.Sequence < before).Take(limit + 1).ToList();
        var shown = found.Take(limit).ToList();
        return new BookPage<TView>(
            [.. shown.Select(pair => view(pair.Item))],
            found.Count > limit ? shown[^1].Anchor.Sequence : null);
    }
}

/// <param name="Card">Null for a number that is in no table.</param>
/// <param name="AnnounceOnly">Carried out only when it is confirmed.</param>
internal sealed record AuthorizationRequest(
    string Acquirer,
    string Key,
    Money Amount,
    bool Capture,
    TestCard? Card,
    string Last4,
    int ExpiryMonth,
    int ExpiryYear,
    Uri ReturnUrl,
    Uri? WebhookUrl,
    string? Description,
    bool AnnounceOnly = false)
{
    /// <summary>What the buyer proved at another acquirer already.</summary>
    public IssuerAuthentication? Authentication { get; init; }
}
