using Florin.Kernel;
using Florin.Pages;

namespace Florin.Shop.Pages;

/// <summary>What every page of the shop shows around its content.</summary>
internal abstract record ShopModel : PageModel
{
    public required string HomeUrl { get; init; }

    /// <summary>This page in each currency, for the switch on top; empty where prices are fixed, as on an order.</summary>
    public IReadOnlyList<CurrencyChoice> Currencies { get; init; } = [];
}

/// <param name="Url">This page with that currency.</param>
internal sealed record CurrencyChoice(string Code, string Url, bool IsCurrent);

/// <summary>All products.</summary>
internal sealed record CatalogueModel : ShopModel
{
    public required IReadOnlyList<ProductCard> Products { get; init; }

    protected override Type View => typeof(CataloguePage);
}

/// <param name="Name">In the page's language.</param>
internal sealed record ProductCard(string Name, Money Price, string PictureUrl, string Url, Availability Availability);

internal enum Availability
{
    InStock,
    /// <summary>Five or fewer are left.</summary>
    Few,
    SoldOut,
}

/// <summary>One product, with the button that starts a payment.</summary>
internal sealed record ProductDetailModel : ShopModel
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    public required Money Price { get; init; }

    public required string PictureUrl { get; init; }

    public required Availability Availability { get; init; }

    /// <summary>Where the form is posted. Fields: <c>form_token</c>, <c>quantity</c>, <c>currency</c>.</summary>
    public required string BuyAction { get; init; }

    public required string FormToken { get; init; }

    /// <summary>The most that one order may take, from 1 up; the quantities to choose from.</summary>
    public int MaxQuantity { get; init; } = 1;

    public int Quantity { get; init; } = 1;

    /// <summary>Set when buying was tried and could not start.</summary>
    public BuyProblem? Problem { get; init; }

    protected override Type View => typeof(ProductPage);
}

internal enum BuyProblem
{
    /// <summary>Others were quicker: fewer are left than were asked for.</summary>
    NotEnoughLeft,
    BadQuantity,
    FormExpired,
    /// <summary>The payment could not be started; nothing was ordered.</summary>
    Unavailable,
}

/// <summary>Where the payment page sends the buyer back to.</summary>
internal sealed record ReturnModel : ShopModel
{
    public required ReturnOutcome Outcome { get; init; }

    public required string OrderCode { get; init; }

    public required Money Total { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    public required string OrderUrl { get; init; }

    /// <summary>Back to paying for the same thing; shown after a failure or a cancellation.</summary>
    public string? TryAgainUrl { get; init; }

    protected override Type View => typeof(ReturnPage);
}

internal enum ReturnOutcome
{
    Paid,
    Failed,
    Cancelled,
    /// <summary>Nobody knows yet.</summary>
    Checking,
}

/// <param name="Amount">For the whole quantity.</param>
internal sealed record OrderLine(string Name, int Quantity, Money Amount, string? PictureUrl);

/// <summary>One order and how far it is.</summary>
internal sealed record OrderModel : ShopModel
{
    public required string OrderCode { get; init; }

    public required OrderStep Step { get; init; }

    /// <summary>In the zone to show.</summary>
    public required DateTimeOffset PlacedAt { get; init; }

    public required Money Total { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    protected override Type View => typeof(OrderPage);
}

/// <summary>An order's states, by the names that its record has.</summary>
internal enum OrderStep
{
    Prepay,
    InProgress,
    Success,
    Fail,
    Cancel,
    Complete,
}

internal sealed record ShopProblemModel : ShopModel
{
    public required ShopProblem Problem { get; init; }

    public required string RequestId { get; init; }

    protected override Type View => typeof(ShopProblemPage);
}

internal enum ShopProblem
{
    NotFound,
    /// <summary>The return did not carry the order's own token and amount.</summary>
    NotYours,
    Failed,
}
