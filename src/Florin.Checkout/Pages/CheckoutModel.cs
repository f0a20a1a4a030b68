using Florin.Kernel;
using Florin.Pages;

namespace Florin.Checkout.Pages;

/// <summary>What every page of the checkout shows around its content.</summary>
internal abstract record CheckoutModel : PageModel
{
    /// <summary>No money moves: the page says so on top.</summary>
    public required bool TestMode { get; init; }

    /// <summary>Who is being paid, as buyers know them; empty where the session is not known.</summary>
    public required string MerchantName { get; init; }

    /// <summary>Where "back to the shop" leads; null where the shop named no such place.</summary>
    public string? ShopUrl { get; init; }
}

/// <summary>What is being paid for.</summary>
/// <param name="Items">In the shop's order; may be empty, when the shop names only an amount.</param>
/// <param name="Adjustments">Shipping, tax, discounts: between the items and the total. The labels are the shop's.</param>
internal sealed record OrderSummary(
    IReadOnlyList<OrderItem> Items, IReadOnlyList<OrderAdjustment> Adjustments, Money Total, string? Description = null);

/// <param name="PictureUrl">Of our own origin, since pages load nothing from elsewhere; null for a blank tile.</param>
/// <param name="Amount">For the whole quantity.</param>
internal sealed record OrderItem(string Name, string? Detail, int Quantity, Money Amount, string? PictureUrl);

internal sealed record OrderAdjustment(string Label, Money Amount);

/// <summary>The card form, with the order beside it.</summary>
internal sealed record PayModel : CheckoutModel
{
    /// <summary>Null where a card is saved: then nothing is bought, and nothing paid.</summary>
    public required OrderSummary? Summary { get; init; }

    /// <summary>Where the form is posted. Fields: <c>form_token</c>, <c>email</c>, <c>cardnumber</c>, <c>exp</c>,
    /// <c>cvc</c>, <c>name</c>.</summary>
    public required string Action { get; init; }

    public required string FormToken { get; init; }

    /// <summary>Where a buyer who changes their mind goes; null shows no such link.</summary>
    public string? CancelUrl { get; init; }

    /// <summary>What the buyer typed before; the CVC is never given back.</summary>
    public CardEntry Entry { get; init; } = CardEntry.Empty;

    public CardErrors Errors { get; init; } = CardErrors.None;

    /// <summary>Set after an attempt that took no money: what the buyer should do now.</summary>
    public DeclineAdvice? Decline { get; init; }

    /// <summary>Listed under the test mode ribbon; not shown otherwise.</summary>
    public IReadOnlyList<TestCard> TestCards { get; init; } = [];

    protected override Type View => typeof(PayPage);
}

/// <param name="Number">Secret, since it may be a whole PAN: given back to the buyer who typed it, and no one else.</param>
internal sealed record CardEntry(Secret<string>? Number, string? Expiry, string? Name, string? Email)
{
    public static CardEntry Empty { get; } = new(null, null, null, null);
}

internal sealed record CardErrors(
    NumberError? Number = null, ExpiryError? Expiry = null, CvcError? Cvc = null, NameError? Name = null, EmailError? Email = null)
{
    public static CardErrors None { get; } = new();
}

internal enum NumberError
{
    Missing,
    /// <summary>Not 13 to 19 digits.</summary>
    WrongLength,
    /// <summary>The check digit is wrong.</summary>
    Mistyped,
}

internal enum ExpiryError
{
    Missing,
    Unreadable,
    Past,
}

internal enum CvcError
{
    Missing,
    WrongLength,
}

internal enum NameError
{
    Missing,
    TooLong,
    /// <summary>A card number, typed or filled in where the name belongs; or what is no text.</summary>
    Unreadable,
}

internal enum EmailError
{
    Missing,
    Unreadable,
}

/// <summary>Why an attempt took no money, as far as it changes what the buyer should do.</summary>
internal enum DeclineAdvice
{
    /// <summary>Not enough money on the card.</summary>
    InsufficientFunds,
    /// <summary>Over a limit in amount or number.</summary>
    LimitReached,
    ExpiredCard,
    /// <summary>The number or the CVC does not fit the card.</summary>
    WrongDetails,
    /// <summary>The buyer did not prove who they are.</summary>
    AuthenticationFailed,
    /// <summary>The card cannot pay in this currency or at this kind of shop.</summary>
    NotSupported,
    /// <summary>The issuer says no and gives no reason, or one that is not the buyer's to read (lost, stolen, fraud).</summary>
    UseAnotherCard,
    /// <summary>The issuer could not be reached: the same card may work soon.</summary>
    TryLater,
    /// <summary>Nothing was sent to any issuer: the same card may work now.</summary>
    NothingSent,
}

/// <param name="Number">With spaces, as printed on a card.</param>
internal sealed record TestCard(string Number, TestCardOutcome Outcome);

internal enum TestCardOutcome
{
    Approved,
    Challenge,
    Declined,
    InsufficientFunds,
    NoAnswer,
}

/// <summary>The page between ours and the issuer's: it leads there by itself.</summary>
/// <remarks>A form's answer may not redirect to another site under our form-action policy; a page may link to one.</remarks>
internal sealed record ChallengeModel : CheckoutModel
{
    /// <summary>Null where a card is saved.</summary>
    public required Money? Amount { get; init; }

    public required string IssuerUrl { get; init; }

    protected override Type View => typeof(ChallengePage);
}

/// <summary>The gateway has not answered: money may have moved, so there is nothing to press but wait.</summary>
internal sealed record CheckingModel : CheckoutModel
{
    /// <summary>Null where a card is saved.</summary>
    public required Money? Amount { get; init; }

    /// <summary>This page's own address: without JavaScript it is loaded again every five seconds.</summary>
    public required string RefreshUrl { get; init; }

    /// <summary>Answers JSON, <c>{"done":false}</c> until the outcome is known, then <c>{"done":true}</c>; the script
    /// then loads <see cref="RefreshUrl"/>.</summary>
    public required string PollUrl { get; init; }

    /// <summary>It has taken so long (90 s) that the page stops asking and tells the buyer that the shop will know.</summary>
    public bool IsSlow { get; init; }

    public string? Email { get; init; }

    protected override Type View => typeof(CheckingPage);
}

/// <summary>Paid.</summary>
internal sealed record PaidModel : CheckoutModel
{
    public required OrderSummary Summary { get; init; }

    /// <summary>In the zone to show.</summary>
    public required DateTimeOffset PaidAt { get; init; }

    /// <summary>As in <c>Visa</c>.</summary>
    public string? CardBrand { get; init; }

    public string? CardLast4 { get; init; }

    public string? Email { get; init; }

    /// <summary>What the buyer quotes when asking about the payment.</summary>
    public required string Reference { get; init; }

    /// <summary>The shop's page for what comes next; with JavaScript the page goes there by itself, unless stopped.</summary>
    public string? ContinueUrl { get; init; }

    protected override Type View => typeof(PaidPage);
}

/// <summary>A card was saved.</summary>
internal sealed record SavedModel : CheckoutModel
{
    /// <inheritdoc cref="PaidModel.CardBrand"/>
    public string? CardBrand { get; init; }

    public string? CardLast4 { get; init; }

    public string? Email { get; init; }

    /// <inheritdoc cref="PaidModel.Reference"/>
    public required string Reference { get; init; }

    /// <inheritdoc cref="PaidModel.ContinueUrl"/>
    public string? ContinueUrl { get; init; }

    protected override Type View => typeof(SavedPage);
}

/// <summary>The session ended, in a way that took no money.</summary>
internal sealed record EndedModel : CheckoutModel
{
    public required SessionEnd End { get; init; }

    protected override Type View => typeof(EndedPage);
}

internal enum SessionEnd
{
    Expired,
    Cancelled,
}

/// <summary>There is no such page, or something is wrong with us.</summary>
internal sealed record CheckoutProblemModel : CheckoutModel
{
    public required CheckoutProblem Problem { get; init; }

    public required string RequestId { get; init; }

    protected override Type View => typeof(CheckoutProblemPage);
}

internal enum CheckoutProblem
{
    NotFound,
    /// <summary>The form was too old or not ours; the buyer should go back and send it again.</summary>
    FormExpired,
    TooManyRequests,
    Failed,
}
