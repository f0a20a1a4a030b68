using Florin.Connectors;
using Florin.Kernel;
using Florin.Simulation.Tests.Scheduling;

namespace Florin.Simulation.Tests.Gateways;

/// <summary>The gateways, and the network before them. They keep an honest book and one promise, and break every other habit.</summary>
/// <remarks>
/// The promise is what <see cref="ConnectorCapabilities.NotFoundIsFinalAfter"/> says: what has not arrived and shown up in queries
/// by then never will. Keys are idempotent, as connectors see to: an operation that comes twice is carried out once. What is not
/// checked is whether we may ask for it: a refund of more than was captured is carried out, for the checks to find.
/// </remarks>
internal sealed partial class GatewayModel
{
    public static readonly TimeSpan NotFoundIsFinalAfter = TimeSpan.FromMinutes(2);

    // Our deadline and what is promised make 140 s from when T1 was begun. A node that stood still meanwhile, or waited for its
    // database, sends later by as much, and the promise is kept all the same.
    private static readonly TimeSpan LatestArrival = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ChallengeLasts = TimeSpan.FromMinutes(15);

    private readonly Scheduler scheduler;
    private readonly Actor actor;
    private readonly Weather weather;
    private readonly Dice dice;
    private readonly Dictionary<string, BookedPayment> payments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BookedOperation> operations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BookedPayment> references = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> visibleFrom = new(StringComparer.Ordinal);

    public GatewayModel(Scheduler scheduler, Actor actor, Weather weather, Dice dice) =>
        (this.scheduler, this.actor, this.weather, this.dice) = (scheduler, actor, weather, dice);

    public IReadOnlyCollection<BookedPayment> Payments => payments.Values;

    public IReadOnlyCollection<BookedOperation> Operations => operations.Values;

    /// <summary>How many messages and pending refunds are on their way.</summary>
    public int Underway { get; private set; }

    /// <summary>Told what a gateway calls about: its name, our key, and whether the call is truly its.</summary>
    public required Action<string, string, bool> Call { get; init; }

    public BookedPayment? Find(string key) => payments.GetValueOrDefault(key);

    public BookedOperation? FindOperation(string key) => operations.GetValueOrDefault(key);

    /// <summary>Whether a connection comes about at all.</summary>
    public bool RefusesConnection() => weather.Happens(weather.Refuses);

    /// <summary>Carries a request to a gateway, and its answer back, or not.</summary>
    /// <param name="answered">Called when an answer comes, which may be never.</param>
    public void Send(string what, Func<GatewayAnswer> act, Action<GatewayAnswer> answered)
    {
        if (weather.Happens(weather.LosesRequests))
        {
            actor.Note($"{what} is lost on its way");
            if (dice.Happens(0.3)) After(dice.Seconds(0, 1), () => answered(new GatewayAnswer.Unknown("The connection was reset.")));
            return;
        }

        After(ArrivalTakes(), () =>
        {
            var answer = act();
            actor.Note($"{what}: {Describe(answer)}");
            Return(what, answer, answered);
        });
        if (weather.Happens(weather.Doubles)) After(ArrivalTakes(), () => actor.Note($"{what} once more: {Describe(act())}"));
    }

    public GatewayAnswer Authorize(string gateway, AuthorizeOrder order)
    {
        if (payments.TryGetValue(order.Key, out var known)) return known.Answer();
        var payment = new BookedPayment(order.Key, gateway, order.Amount, order.Capture, order.ReturnUrl);
        payments.Add(order.Key, payment);
        references.Add(payment.Reference, payment);
        if (weather.Happens(weather.Challenges))
        {
            payment.State = HoldState.Challenged;
            After(ChallengeLasts, () => Expire(payment), isWork: false);
        }
        else
        {
            Decide(payment);
        }

        BecomeVisible(gateway, order.Key);
        return payment.Answer();
    }

    /// <summary>Makes an authorization void by our key for it. One that has not come yet finds its key taken when it does.</summary>
    public GatewayAnswer Reverse(string gateway, ReverseOrder order)
    {
        if (!payments.TryGetValue(order.Key, out var payment))
        {
            payment = new BookedPayment(order.Key, gateway, order.Amount, capture: false, returnUrl: null) { State = HoldState.Reversed };
            payments.Add(order.Key, payment);
        }
        else if (payment.State is HoldState.Held or HoldState.Challenged)
        {
            payment.State = HoldState.Reversed;
        }

        BecomeVisible(gateway, order.Key);
        return payment.Answer();
    }

    public GatewayAnswer Confirm(ConfirmOrder order)
    {
        if (!payments.TryGetValue(order.Key, out var payment)) return new GatewayAnswer.NotFound();
        if (payment.State != HoldState.Challenged || payment.Passed is not { } passed) return payment.Answer();
        if (passed) Decide(payment);
        else Refuse(payment, DeclineCode.AuthenticationFailed);
        BecomeVisible(payment.Gateway, order.Key);
        return payment.Answer();
    }

    /// <summary>The buyer stands before the issuer's page.</summary>
    public void Visit(string key, bool passes)
    {
        if (!payments.TryGetValue(key, out var payment) || payment.State != HoldState.Challenged) return;
        payment.Passed = passes;
        actor.Note($"the buyer {(passes ? "passes" : "fails")} the challenge of {key}");
    }

    public GatewayAnswer Operate(GatewayOperation kind, string key, string reference, Money amount)
    {
        if (operations.TryGetValue(key, out var known)) return known.Answer();
        var payment = references[reference];
        var operation = new BookedOperation(key, payment, kind, amount);
        operations.Add(key, operation);
        references.Add("g_" + key, payment);
        if (kind == GatewayOperation.Refund && payment.ChargedBack.IsPositive)
        {
            actor.Note($"{payment.Gateway} refunds nothing of {payment.Key} while its issuer holds any of it");
        }
        else if (kind == GatewayOperation.Refund && weather.Happens(weather.WorksLong))
        {
            operation.IsPending = true;
            payment.BeingRefunded += amount;
            After(dice.Seconds(1, 900), () =>
            {
                operation.IsPending = false;
                payment.BeingRefunded -= amount;
                Carry(operation);
                actor.Note($"{payment.Gateway} has worked on {key}: {Describe(operation.Answer())}");
                CallAbout(payment.Gateway, key);
            });
        }
        else
        {
            Carry(operation);
        }

        BecomeVisible(payment.Gateway, key);
        return operation.Answer();
    }

    public GatewayAnswer Query(QueryOrder order)
    {
        if (visibleFrom.TryGetValue(order.Key, out var from) && from > scheduler.Elapsed) return new GatewayAnswer.NotFound();
        if (payments.TryGetValue(order.Key, out var payment)) return payment.Answer();
        return operations.TryGetValue(order.Key, out var operation) ? operation.Answer() : new GatewayAnswer.NotFound();
    }

    public static string Describe(GatewayAnswer answer) => answer switch
    {
        GatewayAnswer.Authorized held => $"held {held.Amount.Minor}",
        GatewayAnswer.Captured captured => $"captured {captured.Amount.Minor}",
        GatewayAnswer.Refunded refunded => $"refunded {refunded.Amount.Minor}",
        GatewayAnswer.Voided => "freed",
        GatewayAnswer.Declined declined => $"declined, {declined.GatewayCode}",
        GatewayAnswer.Unknown unknown => $"unknown, {unknown.Reason}",
        GatewayAnswer.NotSent notSent => $"not sent, {notSent.Reason}",
        GatewayAnswer.Disputed(var dispute) => Describe(dispute),
        GatewayAnswer.DisputesOpened opened => $"{opened.Disputes.Count} disputes{(opened.HasMore ? " and more" : "")}",
        _ => answer.GetType().Name,
    };

    private void Decide(BookedPayment payment)
    {
        if (weather.Happens(weather.Declines))
        {
            Refuse(payment, dice.OneOf(
                DeclineCode.InsufficientFunds, DeclineCode.DoNotHonor, DeclineCode.StolenCard, DeclineCode.AuthenticationRequired,
                DeclineCode.ProcessingError, DeclineCode.TryAgainLater, DeclineCode.InvalidAmount));
            return;
        }

        payment.State = payment.Capture ? HoldState.Captured : HoldState.Held;
        if (payment.Capture) Take(payment, payment.Amount);
    }

    private static void Refuse(BookedPayment payment, DeclineCode code)
    {
        payment.State = HoldState.Declined;
        payment.Decline = code;
    }

    private void Take(BookedPayment payment, Money amount)
    {
        payment.Captured += amount;
        payment.Captures++;
        ExpectDisputes(payment);
    }

    private void Expire(BookedPayment payment)
    {
        if (payment.State != HoldState.Challenged) return;
        Refuse(payment, DeclineCode.AuthenticationFailed);
        actor.Note($"the challenge of {payment.Key} has lapsed");
        CallAbout(payment.Gateway, payment.Key);
    }

    private void Carry(BookedOperation operation)
    {
        var payment = operation.Payment;
        if (weather.Happens(weather.Declines / 3)) return;
        switch (operation.Kind)
        {
            case GatewayOperation.Capture when payment.State == HoldState.Held:
                payment.State = HoldState.Captured;
                Take(payment, operation.Amount);
                operation.IsDone = true;
                break;
            case GatewayOperation.Increment when payment.State == HoldState.Held && operation.Amount > payment.Held:
                payment.RaisedTo = operation.Amount;
                operation.IsDone = true;
                break;
            case GatewayOperation.Void when payment.State == HoldState.Held:
                payment.State = HoldState.Freed;
                operation.IsDone = true;
                break;
            case GatewayOperation.Refund when payment.State == HoldState.Captured:
                payment.Refunded += operation.Amount;
                operation.IsDone = true;
                break;
            default:
                // A capture of what was freed, a void of what was taken, more of what is no hold: the gateway says no.
                break;
        }
    }

    // Queries see it later than it is done; and the gateway calls us, or forgets to, or does so twice.
    private void BecomeVisible(string gateway, string key)
    {
        visibleFrom[key] = scheduler.Elapsed + Lag();
        CallAbout(gateway, key);
    }

    private TimeSpan Lag() => weather.Happens(weather.Lags) ? dice.Between(TimeSpan.Zero, LongestLag) : TimeSpan.Zero;

    private void CallAbout(string gateway, string key)
    {
        if (!weather.Happens(weather.LosesCalls)) After(dice.Seconds(0.01, weather.IsQuiet ? 1 : dice.OneOf(0.5, 5, 90)), () => Call(gateway, key, true));
        if (weather.Happens(weather.Doubles)) After(dice.Seconds(0.01, 300), () => Call(gateway, key, true));
        if (weather.Happens(weather.Doubles)) After(dice.Seconds(0.01, 30), () => Call(gateway, key, false));
    }

    private void Return(string what, GatewayAnswer answer, Action<GatewayAnswer> answered)
    {
        if (weather.Happens(weather.LosesAnswers))
        {
            actor.Note($"the answer to {what} is lost");
            return;
        }

        if (weather.Happens(weather.Garbles)) answer = new GatewayAnswer.Unknown("The answer could not be read.");
        var late = weather.Happens(weather.DelaysAnswers);
        After(late ? dice.Seconds(0.5, 40) : dice.Seconds(0.001, 0.1), () => answered(answer));
    }

    private TimeSpan ArrivalTakes() => weather.Happens(weather.DelaysRequests)
        ? dice.Between(TimeSpan.Zero, LatestArrival)
        : dice.Seconds(0.001, 0.15);

    private void After(TimeSpan delay, Action action, bool isWork = true)
    {
        if (isWork) Underway++;
        scheduler.Enqueue(actor, delay, () =>
        {
            if (isWork) Underway--;
            action();
        });
    }
}
