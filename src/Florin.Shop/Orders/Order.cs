using System.Collections.Frozen;
using Florin.Kernel;
using Florin.Payments;

namespace Florin.Shop.Orders;

/// <summary>One order of the demo shop.</summary>
/// <param name="Code">What buyer and shop call it, as in <c>FL-7K2M9QXB4T</c>; the checkout session carries it along.</param>
/// <param name="Token">Unguessable, bound to this order: a return counts only with it.</param>
internal sealed record Order(
    string Code,
    string Token,
    MerchantScope Scope,
    string Slug,
    int Quantity,
    Money Total,
    OrderState State,
    CheckoutSessionId? Session,
    DateTimeOffset PlacedAt);

internal enum OrderState
{
    /// <summary>Units are reserved; no payment was begun.</summary>
    Prepay,

    /// <summary>The buyer is at the payment page.</summary>
    InProgress,

    /// <summary>Paid.</summary>
    Success,

    /// <summary>Not paid in time.</summary>
    Fail,

    /// <summary>The buyer gave up.</summary>
    Cancel,

    /// <summary>Paid, and the shop has taken note.</summary>
    Complete,
}

internal enum OrderEvent
{
    PaymentBegun,
    Paid,
    Lapsed,
    GivenUp,
    Acknowledged,
}

/// <summary>Every legal move of an order, one a row.</summary>
internal static class OrderMoves
{
    public static readonly FrozenDictionary<(OrderState From, OrderEvent Event), OrderState> Table =
        new Dictionary<(OrderState, OrderEvent), OrderState>
        {
            [(OrderState.Prepay, OrderEvent.PaymentBegun)] = OrderState.InProgress,
            [(OrderState.Prepay, OrderEvent.Lapsed)] = OrderState.Fail,
            [(OrderState.InProgress, OrderEvent.Paid)] = OrderState.Success,
            [(OrderState.InProgress, OrderEvent.Lapsed)] = OrderState.Fail,
            [(OrderState.InProgress, OrderEvent.GivenUp)] = OrderState.Cancel,
            [(OrderState.Success, OrderEvent.Acknowledged)] = OrderState.Complete,
        }.ToFrozenDictionary();
}
