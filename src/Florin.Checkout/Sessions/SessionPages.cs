using Florin.Checkout.Forms;
using Florin.Checkout.Pages;
using Florin.Kernel;
using Florin.Pages;
using Florin.Payments;
using Florin.Vault;
using Microsoft.AspNetCore.Http;

namespace Florin.Checkout.Sessions;

/// <summary>Which page a session shows now. It is decided anew at each visit, from what is stored and nothing else.</summary>
internal sealed class SessionPages(PayForms forms, IPaymentMethods methods, ITestClocks clocks, PublicAddress address, TimeProvider time)
{
    // Then the page stops asking and says that the shop will learn the result.
    private static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan KoreanOffset = TimeSpan.FromHours(9);

    public async Task<PageResult> ShowAsync(CheckoutVisit visit, PageRequestLanguage language, CancellationToken ct)
    {
        var (session, payment, _) = visit;
        var now = await clocks.NowAsync(session.Scope, ct);
        return session.Status switch
        {
            CheckoutStatus.Complete when session.Mode == CheckoutMode.Setup => PageResult.Of(await SavedAsync(visit, language, ct)),
            CheckoutStatus.Complete => PageResult.Of(await PaidAsync(visit, language, ct)),
            CheckoutStatus.Expired => Ended(visit, language),
            CheckoutStatus.Open when visit.Setup is { Status: SetupIntentStatus.Processing } => PageResult.Of(Checking(visit, language)),
            CheckoutStatus.Open when visit.Setup is { Status: SetupIntentStatus.RequiresAction, NextAction: { } issuer } => PageResult.Of(Challenge(visit, language, issuer)),
            CheckoutStatus.Open => payment switch
            {
                { Status: PaymentIntentStatus.Processing } => PageResult.Of(Checking(visit, language)),
                { Status: PaymentIntentStatus.RequiresAction, NextAction: { } issuer } => PageResult.Of(Challenge(visit, language, issuer)),
                _ when session.ExpiresAt <= now => Ended(visit, language),
                _ => PageResult.Of(Pay(visit, language, Pages.CardEntry.Empty, CardErrors.None)),
            },
        };
    }

    /// <summary>The card form with what the buyer typed, and what is wrong with it.</summary>
    public PageResult ShowAgain(CheckoutVisit visit, PageRequestLanguage language, PayFormReading reading) =>
        PageResult.Of(Pay(visit, language, reading.Entry, reading.Errors), StatusCodes.Status400BadRequest);

    /// <summary>The card form after a decline: what the buyer typed is kept, but for the CVC.</summary>
    public PageResult ShowDeclined(CheckoutVisit visit, PageRequestLanguage language, PayFormReading reading) =>
        PageResult.Of(Pay(visit, language, reading.Entry, reading.Errors), StatusCodes.Status402PaymentRequired);

    public static PageResult Problem(CheckoutProblem problem, int status, PageRequestLanguage language, HttpContext http) => PageResult.Of(
        new CheckoutProblemModel
        {
            Language = language.Language,
            Here = http.Request.Path,
            TestMode = false,
            MerchantName = "",
            Problem = problem,
            RequestId = http.TraceIdentifier,
        },
        status);

    private PayModel Pay(CheckoutVisit visit, PageRequestLanguage language, Pages.CardEntry entry, CardErrors errors)
    {
        var (session, payment, merchant) = visit;
        var path = SessionPaths.Page(session);
        return new PayModel
        {
            Language = language.Language,
            Here = path,
            TestMode = !session.Scope.IsLive,
            MerchantName = merchant,
            ShopUrl = session.CancelUrl?.OriginalString,
            Summary = session.Mode == CheckoutMode.Setup ? null : SummaryOf(session),
            Action = language.Keep(SessionPaths.Pay(session)),
            FormToken = forms.IssueToken(visit),
            CancelUrl = session.CancelUrl?.OriginalString,
            Entry = entry with { Email = entry.Email ?? session.CustomerEmail },
            Errors = errors,
            Decline = errors == CardErrors.None && (payment?.LastError ?? visit.Setup?.LastError) is { } error ? DeclineAdvices.Of(error) : null,
            TestCards = session.Scope.IsLive ? [] : TestCardHelp.Cards,
        };
    }

    private static ChallengeModel Challenge(CheckoutVisit visit, PageRequestLanguage language, Uri issuer) => new()
    {
        Language = language.Language,
        Here = SessionPaths.Page(visit.Session),
        TestMode = !visit.Session.Scope.IsLive,
        MerchantName = visit.MerchantName,
        Amount = AmountOf(visit),
        IssuerUrl = issuer.AbsoluteUri,
    };

    private CheckingModel Checking(CheckoutVisit visit, PageRequestLanguage language) => new()
    {
        Language = language.Language,
        Here = SessionPaths.Page(visit.Session),
        TestMode = !visit.Session.Scope.IsLive,
        MerchantName = visit.MerchantName,
        Amount = AmountOf(visit),
        RefreshUrl = language.Keep(SessionPaths.Page(visit.Session)),
        PollUrl = SessionPaths.Status(visit.Session),
        IsSlow = BegunAt(visit) is { } begun && time.GetUtcNow() - begun > SlowAfter,
        Email = visit.Payment?.ReceiptEmail ?? visit.Session.CustomerEmail,
    };

    private static DateTimeOffset? BegunAt(CheckoutVisit visit) => visit.Payment?.LatestAttempt?.CreatedAt() ?? visit.Setup?.LatestAttempt?.CreatedAt();

    private static Money? AmountOf(CheckoutVisit visit) => visit.Session.Mode == CheckoutMode.Setup ? null : visit.Session.Total;

    private async Task<SavedModel> SavedAsync(CheckoutVisit visit, PageRequestLanguage language, CancellationToken ct)
    {
        var (session, _, merchant) = visit;
        var method = visit.Setup?.PaymentMethod is { } id ? await methods.FindAsync(session.Scope, id, ct) : null;
        return new SavedModel
        {
            Language = language.Language,
            Here = SessionPaths.Page(session),
            TestMode = !session.Scope.IsLive,
            MerchantName = merchant,
            ShopUrl = session.CancelUrl?.OriginalString,
            CardBrand = method is null ? null : NameOf(method.Card.Brand),
            CardLast4 = method?.Card.Last4,
            Email = session.CustomerEmail,
            Reference = session.ClientReferenceId ?? visit.Setup?.Id.ToString() ?? session.Id.ToString(),
            ContinueUrl = ContinueUrlOf(session),
        };
    }

    private static string ContinueUrlOf(CheckoutSession session) =>
        session.SuccessUrl.OriginalString.Replace("{CHECKOUT_SESSION_ID}", session.Id.ToString(), StringComparison.Ordinal);

    private async Task<PaidModel> PaidAsync(CheckoutVisit visit, PageRequestLanguage language, CancellationToken ct)
    {
        var (session, payment, merchant) = visit;
        var method = payment?.PaymentMethod is { } id ? await methods.FindAsync(session.Scope, id, ct) : null;
        var paidAt = session.CompletedAt ?? session.CreatedAt;
        return new PaidModel
        {
            Language = language.Language,
            Here = SessionPaths.Page(session),
            TestMode = !session.Scope.IsLive,
            MerchantName = merchant,
            ShopUrl = session.CancelUrl?.OriginalString,
            Summary = SummaryOf(session),
            PaidAt = language.Language == Language.Korean ? paidAt.ToOffset(KoreanOffset) : paidAt,
            CardBrand = method is null ? null : NameOf(method.Card.Brand),
            CardLast4 = method?.Card.Last4,
            Email = session.CustomerEmail,
            Reference = session.ClientReferenceId ?? payment?.Id.ToString() ?? session.Id.ToString(),
            ContinueUrl = ContinueUrlOf(session),
        };
    }

    private static PageResult Ended(CheckoutVisit visit, PageRequestLanguage language) => PageResult.Of(new EndedModel
    {
        Language = language.Language,
        Here = SessionPaths.Page(visit.Session),
        TestMode = !visit.Session.Scope.IsLive,
        MerchantName = visit.MerchantName,
        ShopUrl = visit.Session.CancelUrl?.OriginalString,
        End = SessionEnd.Expired,
    });

    private OrderSummary SummaryOf(CheckoutSession session) => new(
        [.. session.Lines.Select(line => new OrderItem(line.Name, line.Description, (int)line.Quantity, line.Total, OwnPicture(line.Image)))],
        [],
        session.Total);

    // The page loads nothing from elsewhere, so a picture of another origin is left out.
    private string? OwnPicture(Uri? image)
    {
        if (image is null) return null;
        if (!image.IsAbsoluteUri) return image.OriginalString.StartsWith('/') ? image.OriginalString : null;
        return image.GetLeftPart(UriPartial.Authority) == address.Url.GetLeftPart(UriPartial.Authority) ? image.PathAndQuery : null;
    }

    private static string NameOf(CardBrand brand) => brand switch
    {
        CardBrand.Visa => "Visa",
        CardBrand.Mastercard => "Mastercard",
        CardBrand.Amex => "American Express",
        CardBrand.Discover => "Discover",
        CardBrand.Diners => "Diners Club",
        CardBrand.Jcb => "JCB",
        CardBrand.UnionPay => "UnionPay",
        CardBrand.KoreanDomestic => "국내카드",
        CardBrand.Unknown => "Card",
    };
}
