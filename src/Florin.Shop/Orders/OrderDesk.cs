using Florin.Kernel;
using Florin.Pages;
using Florin.Payments;
using Florin.Shop.Catalogue;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Shop.Orders;

/// <summary>Takes orders, sends their buyers to the payment page, and learns how it ended.</summary>
/// <remarks>
/// It uses Florin as any merchant would: a checkout session for each order, a webhook that tells of it, and the session
/// itself as the only proof of payment. What the buyer's browser says on its return is compared, never believed.
/// </remarks>
internal sealed class OrderDesk(
    IDatabase database, IJobs jobs, ICheckoutSessions sessions, ShopPrices prices, ShopOwner owner, PublicAddress address, RandomSource random, TimeProvider time)
{
    public const int MaxQuantity = 10;

    private const int TokenBytes = 24;
    private const int CodeLetters = 10;

    // Without the letters and digits that people mix up.
    private const string CodeAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

    // Time enough for the buyer to find a card; then the reserved units go back on the shelf.
    private static readonly TimeSpan PaymentTime = TimeSpan.FromMinutes(30);

    // An order whose payment was never begun is looked at when any session of it would be over.
    private static readonly TimeSpan ForgottenAfter = PaymentTime + TimeSpan.FromMinutes(5);

    public Task SeedAsync(CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            foreach (var product in DemoProducts.All) await OrderStore.SeedAsync(tx, product.Slug, product.InitialStock);
        },
        ct);

    public Task<IReadOnlyDictionary<string, long>> AvailableAsync(CancellationToken ct) =>
        database.ReadAsync(async reader => await OrderStore.AvailableAsync(reader), ct);

    /// <summary>Reserves the units and begins a payment.</summary>
    /// <returns>The session to send the buyer to, or a refusal: <c>not_enough_left</c>, or what the payment refused.</returns>
    public async Task<Result<CheckoutSession>> PlaceAsync(DemoProduct product, int quantity, Currency currency, Language language, CancellationToken ct)
    {
        var order = NewOrder(product, quantity, currency);
        var isReserved = await database.WriteAsync(
            async tx =>
            {
                if (!await OrderStore.TryReserveAsync(tx, product.Slug, quantity)) return false;
                await OrderStore.InsertAsync(tx, order);

                // Should we stop right here, the units are not lost.
                await jobs.EnqueueAsync(tx, LapsedOrders.Job(order, order.PlacedAt + ForgottenAfter));
                return true;
            },
            ct);
        if (!isReserved) return new Refusal(RefusalKind.Conflict, "not_enough_left", $"Fewer than {quantity} are left.", "quantity");

        var price = await prices.FindAsync(product, currency, ct);
        var created = await sessions.CreateAsync(new PaymentRequest(order.Scope, Origin: null), SessionOf(order, product, price, language), answer: null, ct);
        if (!created.TryGet(out var session, out var refusal))
        {
            await MoveAsync(order, OrderEvent.Lapsed, session: null, ct);
            return refusal;
        }

        await MoveAsync(order, OrderEvent.PaymentBegun, session.Id, ct);
        return session;
    }

    /// <summary>An order for whoever holds its token.</summary>
    public async Task<Order?> FindAsync(string code, string? token, CancellationToken ct)
    {
        var order = await FindAsync(code, ct);
        return order is not null && FixedTime.Equal(order.Token, token) ? order : null;
    }

    public Task<Order?> FindAsync(string code, CancellationToken ct) =>
        database.ReadAsync(async reader => await OrderStore.FindAsync(reader, owner.Scope, code), ct);

    /// <summary>Brings an order to where its payment is. Safe to repeat, from a return, a webhook and a job alike.</summary>
    public async Task<Order> SettleAsync(Order order, CancellationToken ct)
    {
        if (order.Session is not { } id) return order;
        var session = await sessions.FindAsync(order.Scope, id, ct)
            ?? throw new InvalidOperationException($"The checkout session of order {order.Code} is gone.");

        // The session must be this order's, and about its money: anything else is not its payment.
        if (session.ClientReferenceId != order.Code || session.Total != order.Total) return order;
        return (session.Status, session.PaymentStatus) switch
        {
            (CheckoutStatus.Complete, CheckoutPaymentStatus.Paid) => await MoveAsync(order, OrderEvent.Paid, id, ct),
            (CheckoutStatus.Expired, _) => await MoveAsync(order, OrderEvent.Lapsed, id, ct),
            _ => order,
        };
    }

    /// <summary>The shop has taken note of a paid order.</summary>
    public Task<Order> AcknowledgeAsync(Order order, CancellationToken ct) => MoveAsync(order, OrderEvent.Acknowledged, order.Session, ct);

    /// <summary>The buyer gives up: ends the session, unless money is on its way.</summary>
    public async Task<Order> GiveUpAsync(Order order, CancellationToken ct)
    {
        if (order is not { State: OrderState.InProgress, Session: { } id }) return order;
        var expired = await sessions.ExpireAsync(new PaymentRequest(order.Scope, Origin: null), id, answer: null, ct);
        return expired.IsSuccess ? await MoveAsync(order, OrderEvent.GivenUp, id, ct) : await SettleAsync(order, ct);
    }

    /// <summary>Ends an order whose payment was never begun, because we stopped in between.</summary>
    public async Task<Order> LapseAsync(Order order, CancellationToken ct) =>
        order.State == OrderState.Prepay ? await MoveAsync(order, OrderEvent.Lapsed, session: null, ct) : await SettleAsync(order, ct);

    // Moves an order if that is still legal; the reserved units go back in the same transaction, and so only once.
    private async Task<Order> MoveAsync(Order order, OrderEvent happened, CheckoutSessionId? session, CancellationToken ct)
    {
        if (!OrderMoves.Table.TryGetValue((order.State, happened), out var to)) return order;
        var hasMoved = await database.WriteAsync(
            async tx =>
            {
                if (!await OrderStore.TryMoveAsync(tx, order, to, session, time.GetUtcNow())) return false;
                if (to is OrderState.Fail or OrderState.Cancel) await OrderStore.ReleaseAsync(tx, order.Slug, order.Quantity);
                return true;
            },
            ct);
        return hasMoved ? order with { State = to, Session = session } : (await FindAsync(order.Code, ct))!;
    }

    private Order NewOrder(DemoProduct product, int quantity, Currency currency)
    {
        var price = product.Price(currency);
        return new Order(
            NewCode(),
            random.Token(TokenBytes),
            owner.Scope,
            product.Slug,
            quantity,
            price with { Minor = price.Minor * quantity },
            OrderState.Prepay,
            Session: null,
            time.GetUtcNow());
    }

    private NewCheckoutSession SessionOf(Order order, DemoProduct product, PriceId price, Language language)
    {
        var line = new WantedLine(price, Inline: null, order.Quantity)
        {
            Caption = new LineCaption(product.Name(language), product.Description(language), new Uri(ShopAssets.Files.Url(product.Picture), UriKind.Relative)),
        };
        return new NewCheckoutSession(
            [line],
            CaptureMethod.Automatic,
            SuccessUrl: new Uri(address.To(OrderPaths.Return(order)).AbsoluteUri + "&session={CHECKOUT_SESSION_ID}"),
            CancelUrl: address.To(OrderPaths.GivenUp(order)),
            ClientReferenceId: order.Code,
            CustomerEmail: null,
            language.Tag(),
            Connector: null,
            Description: $"{order.Code}: {product.EnglishName}",
            new Dictionary<string, string> { ["order_code"] = order.Code },
            ExpiresAt: order.PlacedAt + PaymentTime);
    }

    private string NewCode()
    {
        Span<char> letters = stackalloc char[CodeLetters];
        for (var i = 0; i < letters.Length; i++) letters[i] = CodeAlphabet[(int)(random.Fraction() * CodeAlphabet.Length)];
        return $"FL-{letters}";
    }
}
