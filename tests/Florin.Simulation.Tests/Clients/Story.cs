using Florin.Kernel;
using Florin.Payments;
using Florin.Simulation.Tests.Scheduling;

namespace Florin.Simulation.Tests.Clients;

/// <summary>An answer that a client got, and under which key it had asked.</summary>
internal sealed record Heard(string Key, Answer Answer);

/// <summary>One order, from the shop's first request to the last refund: the shop asks again when it hears nothing, people
/// click twice, and either may lose interest at any time.</summary>
internal sealed class Story(World world, Network network, Actor outside, Dice dice, string name)
{
    private const int MostTries = 8;
    private const int MostCards = 4;

    private readonly List<Heard> heard = [];
    private readonly long amount = dice.Between(1, 50_000);
    private readonly bool isManual = dice.Happens(0.45);
    private readonly string? gateway = dice.Happens(0.7) ? dice.OneOf(Gateways.SimulatedConnector.Names.ToArray()) : null;
    private int keys;

    public string Name => name;

    public bool IsOver { get; private set; }

    public IReadOnlyList<Heard> Heard => heard;

    public async Task RunAsync()
    {
        await PlayAsync();
        outside.Note($"{name} is over");
        IsOver = true;
    }

    private async Task PlayAsync()
    {
        var bought = dice.Happens(world.Weather.Sessions) ? await BuyInSessionAsync() : await BuyAsync();
        if (bought is not { } id) return;
        await HoldAsync(id);
        await Task.WhenAll(RefundAsync(id), FollowDisputesAsync(id));
    }

    private async Task<PaymentIntentId?> BuyAsync()
    {
        var isConfirmed = dice.Happens(0.6);
        var wanted = new NewPaymentIntent(
            new Money(amount, Currency.Eur), isManual ? CaptureMethod.Manual : CaptureMethod.Automatic, isConfirmed,
            isConfirmed ? "pm_card_visa" : null, Card: null, ReturnUrl: null, name, StatementDescriptor: null, ReceiptEmail: null,
            gateway, new Dictionary<string, string>());
        var made = await MaybeTwiceAsync("create", (door, key, ct) => door.CreateAsync(key, wanted, ct));
        if (made is null || !Ids.TryParse<PaymentIntentId>(made.Head.Id, out var id)) return null;
        await CollectAsync(id);
        return id;
    }

    // The shop opens a page, and the buyer pays there; either may have enough of it while the payment is under way.
    private async Task<PaymentIntentId?> BuyInSessionAsync()
    {
        var product = new NewProduct(name, IsActive: true, null, [], null, null, null, null, new Dictionary<string, string>(), DefaultPrice: null);
        var line = new WantedLine(Price: null, new InlinePrice(null, product, new Money(amount, Currency.Eur), TaxBehavior.Unspecified), Quantity: 1);
        var wanted = new NewCheckoutSession(
            [line], isManual ? CaptureMethod.Manual : CaptureMethod.Automatic, new Uri("https://shop.example/thanks"), CancelUrl: null, ClientReferenceId: null,
            CustomerEmail: null, Locale: null, gateway, Description: name, new Dictionary<string, string>(), world.Scheduler.Now + dice.Seconds(1_800, 3_000));
        var opened = await MaybeTwiceAsync("open", (door, key, ct) => door.OpenAsync(key, wanted, ct));
        if (opened is null || !Ids.TryParse<CheckoutSessionId>(opened.Head.Id, out var id)) return null;
        var token = opened.Head.Next;

        // A page that stood open until its time was all but over. Seldom, as all that is regular goes on meanwhile.
        if (dice.Happens(0.02)) await outside.DelayAsync(wanted.ExpiresAt!.Value - world.Scheduler.Now + dice.Seconds(-20, 1));
        var cards = 0;
        for (var patience = 3 + dice.Below(20); patience > 0; patience--)
        {
            var page = await AskAsync("look at the page", (door, ct) => door.VisitAsync(id, token, ct));
            switch (page?.Head.State)
            {
                case nameof(CheckoutStatus.Open) or nameof(PaymentIntentStatus.RequiresPaymentMethod):
                    if (++cards > MostCards || dice.Happens(0.1))
                    {
                        if (dice.Happens(0.5)) await ExpireAsync(id);
                        return PaymentOf(page);
                    }

                    await PayAsync(id, token);
                    break;
                case nameof(PaymentIntentStatus.RequiresAction):
                    if (dice.Happens(0.1)) await ExpireAsync(id);
                    VisitIssuer(page.Head.Next);
                    await outside.DelayAsync(dice.Seconds(5, 40));
                    break;
                case nameof(PaymentIntentStatus.Processing) or null:
                    if (dice.Happens(0.15)) await ExpireAsync(id);
                    await outside.DelayAsync(dice.Seconds(0.5, 20));
                    break;
                default:
                    return PaymentOf(page);
            }
        }

        return null;
    }

    private static PaymentIntentId? PaymentOf(Answer page) => Ids.TryParse<PaymentIntentId>(page.Head.Id, out var id) ? id : null;

    private async Task PayAsync(CheckoutSessionId id, string token)
    {
        // A double click, or the shop that closes the page just then.
        var pay = AskAsync("pay", (door, ct) => door.PayAsync(id, token, ct));
        if (dice.Happens(0.25)) await Task.WhenAll(pay, AskAsync("pay", (door, ct) => door.PayAsync(id, token, ct)));
        else if (dice.Happens(0.15)) await Task.WhenAll(pay, ExpireAsync(id));
        else await pay;
    }

    private Task<Answer?> ExpireAsync(CheckoutSessionId id) => PersistAsync("expire", NewKey("expire"), (door, key, ct) => door.ExpireAsync(key, id, ct));

    // Until the payment is paid or held, or nobody wants it any more.
    private async Task CollectAsync(PaymentIntentId id)
    {
        var patience = 3 + dice.Below(25);
        var cards = 0;
        while (patience-- > 0)
        {
            var now = await LookAsync(id);
            switch (now?.Head.State)
            {
                case nameof(PaymentIntentStatus.RequiresPaymentMethod) or nameof(PaymentIntentStatus.RequiresConfirmation):
                    if (++cards > MostCards || dice.Happens(0.1))
                    {
                        if (dice.Happens(0.7)) await CancelAsync(id);
                        return;
                    }

                    await ConfirmAsync(id);
                    break;
                case nameof(PaymentIntentStatus.RequiresAction):
                    if (dice.Happens(0.1)) await CancelAsync(id);
                    if (dice.Happens(0.03)) await network.SendAsync("operator", $"undo {name}", (door, ct) => door.UndoAsync(id, ct));
                    VisitIssuer(now.Head.Next);
                    await outside.DelayAsync(dice.Seconds(5, 40));
                    break;
                case nameof(PaymentIntentStatus.Processing) when dice.Happens(0.1):
                    // Nobody waits any longer for a gateway that does not answer.
                    if (dice.Happens(0.7)) await CancelAsync(id);
                    else await network.SendAsync("operator", $"undo {name}", (door, ct) => door.UndoAsync(id, ct));
                    break;
                case nameof(PaymentIntentStatus.Processing) or null:
                    await outside.DelayAsync(dice.Seconds(0.5, 20));
                    break;
                default:
                    return;
            }
        }

        if (dice.Happens(0.3)) await CancelAsync(id);
    }

    private async Task ConfirmAsync(PaymentIntentId id)
    {
        // Twice with one key each is two browser tabs: one of them collects, the other is told so.
        if (!dice.Happens(0.25))
        {
            await MaybeTwiceAsync("confirm", (door, key, ct) => door.ConfirmAsync(key, id, ct));
            return;
        }

        await Task.WhenAll(
            PersistAsync("confirm", NewKey("confirm"), (door, key, ct) => door.ConfirmAsync(key, id, ct)),
            PersistAsync("confirm", NewKey("confirm"), (door, key, ct) => door.ConfirmAsync(key, id, ct)));
    }

    private void VisitIssuer(string address)
    {
        var key = address.Split('/')[^1];
        if (address.Length == 0 || world.Gateways.Find(key) is not { } payment) return;
        if (dice.Happens(0.15)) return;
        var passes = dice.Happens(0.75);
        var visit = dice.Seconds(1, 20);
        world.Scheduler.Enqueue(outside, visit, () => world.Gateways.Visit(key, passes));
        foreach (var way in new[] { dice.Happens(0.85), dice.Happens(0.25), dice.Happens(0.1) })
        {
            if (way) world.Scheduler.Enqueue(outside, visit + dice.Seconds(-1, 8), () => network.ComeBack(payment));
        }
    }

    private async Task HoldAsync(PaymentIntentId id)
    {
        if (!isManual) return;
        for (var tries = 0; tries < 4; tries++)
        {
            var now = await LookAsync(id);
            if (now?.Head.State is nameof(PaymentIntentStatus.Processing) or null) await outside.DelayAsync(dice.Seconds(1, 30));
            else if (now.Head.State != nameof(PaymentIntentStatus.RequiresCapture)) return;
            else if (dice.Happens(0.25)) await RaiseAsync(id);
            else await TakeOrFreeAsync(id);
        }
    }

    private async Task RaiseAsync(PaymentIntentId id)
    {
        var more = amount + dice.Between(1, amount);
        switch (dice.Below(4))
        {
            case 0:
                await Task.WhenAll(RaiseAsync(id, more), CaptureAsync(id, null));
                break;
            case 1:
                await Task.WhenAll(RaiseAsync(id, more), RaiseAsync(id, more + 1));
                break;
            default:
                await MaybeTwiceAsync("raise", (door, key, ct) => door.RaiseAsync(key, id, more, ct));
                break;
        }
    }

    private Task<Answer?> RaiseAsync(PaymentIntentId id, long more) =>
        PersistAsync("raise", NewKey("raise"), (door, key, ct) => door.RaiseAsync(key, id, more, ct));

    private async Task TakeOrFreeAsync(PaymentIntentId id)
    {
        long? part = dice.Happens(0.4) ? dice.Between(1, amount) : null;
        switch (dice.Below(6))
        {
            case 0:
                await CancelAsync(id);
                break;
            case 1:
                await Task.WhenAll(CaptureAsync(id, part), CancelAsync(id));
                break;
            case 2:
                await Task.WhenAll(CaptureAsync(id, part), CaptureAsync(id, null));
                break;
            default:
                await MaybeTwiceAsync("capture", (door, key, ct) => door.CaptureAsync(key, id, part, ct));
                break;
        }
    }

    private async Task RefundAsync(PaymentIntentId id)
    {
        if (dice.Happens(0.35)) return;
        for (var tries = 0; tries < 2; tries++)
        {
            if ((await LookAsync(id))?.Head.State != nameof(PaymentIntentStatus.Succeeded)) return;
            switch (dice.Below(3))
            {
                case 0:
                    await MaybeTwiceAsync("refund", (door, key, ct) => door.RefundAsync(key, id, null, ct));
                    break;
                case 1:
                    await RefundPartAsync(id, dice.Between(1, amount));
                    break;
                default:
                    // More in all than there is: some of them must be refused.
                    await Task.WhenAll(
                        RefundPartAsync(id, dice.Between(1, amount)), RefundPartAsync(id, dice.Between(1, amount)), RefundPartAsync(id, null));
                    break;
            }
        }
    }

    // What is refunded meanwhile races with what the issuer claims.
    private async Task FollowDisputesAsync(PaymentIntentId id)
    {
        if (world.Weather.Disputes == 0) return;
        for (var looks = 2 + dice.Below(6); looks > 0; looks--)
        {
            var now = await AskAsync("look for disputes", (door, ct) => door.LookForDisputeAsync(id, ct));
            if (now is { IsSuccess: true, Head.Next.Length: > 0 }) await RespondAsync(Ids.Parse<DisputeId>(now.Head.Id));
            if (dice.Happens(0.15)) await RefundPartAsync(id, dice.Between(1, amount));
            await outside.DelayAsync(dice.Seconds(1, dice.OneOf(10, 60, 150)));
        }
    }

    private async Task RespondAsync(DisputeId id)
    {
        switch (dice.Below(6))
        {
            case 0:
                break;
            case 1:
                await MaybeTwiceAsync("give-up", (door, key, ct) => door.GiveUpAsync(key, id, ct));
                break;
            case 2:
                // One of the shop's people fights it, another one has given it up.
                await Task.WhenAll(
                    PersistAsync("contest", NewKey("contest"), (door, key, ct) => door.ContestAsync(key, id, ct)),
                    PersistAsync("give-up", NewKey("give-up"), (door, key, ct) => door.GiveUpAsync(key, id, ct)));
                break;
            default:
                await MaybeTwiceAsync("contest", (door, key, ct) => door.ContestAsync(key, id, ct));
                break;
        }
    }

    private Task<Answer?> RefundPartAsync(PaymentIntentId id, long? part) =>
        PersistAsync("refund", NewKey("refund"), (door, key, ct) => door.RefundAsync(key, id, part, ct));

    private Task<Answer?> CaptureAsync(PaymentIntentId id, long? part) =>
        PersistAsync("capture", NewKey("capture"), (door, key, ct) => door.CaptureAsync(key, id, part, ct));

    // Why says whether money that comes all the same may bring the payment back, where the merchant wants that.
    private Task<Answer?> CancelAsync(PaymentIntentId id)
    {
        var reason = dice.OneOf(CancellationReason.Abandoned, CancellationReason.RequestedByCustomer);
        return PersistAsync("cancel", NewKey("cancel"), (door, key, ct) => door.CancelAsync(key, id, reason, ct));
    }

    private Task<Answer?> LookAsync(PaymentIntentId id) => AskAsync("look", (door, ct) => door.LookAsync(id, ct));

    // Once, and without a key.
    private async Task<Answer?> AskAsync(string what, Func<FrontDoor, CancellationToken, Task<Answer>> ask)
    {
        var answer = await network.SendAsync(name, what, ask);
        if (answer is not null) heard.Add(new Heard("", answer));
        return answer;
    }

    // A double click: the same key twice, at the same time.
    private async Task<Answer?> MaybeTwiceAsync(string what, Func<FrontDoor, string, CancellationToken, Task<Answer>> ask)
    {
        var key = NewKey(what);
        if (!dice.Happens(0.2)) return await PersistAsync(what, key, ask);
        var both = await Task.WhenAll(PersistAsync(what, key, ask), PersistAsync(what, key, ask));
        return both[0] ?? both[1];
    }

    // Asks until there is an answer, always with the same key, or until that is enough.
    private async Task<Answer?> PersistAsync(string what, string key, Func<FrontDoor, string, CancellationToken, Task<Answer>> ask)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var answer = await network.SendAsync(name, $"{what} ({key})", (door, ct) => ask(door, key, ct));
            if (answer is { SaysLater: false })
            {
                heard.Add(new Heard(key, answer));

                // Some ask again although they were told.
                if (!dice.Happens(0.1)) return answer;
            }

            if (dice.Happens(0.06)) return null;
            await outside.DelayAsync(dice.Seconds(0.1, dice.OneOf(1, 10, 60)));
        }

        return null;
    }

    private string NewKey(string what) => $"{name.Replace(' ', '-')}-{what}-{++keys}";
}
