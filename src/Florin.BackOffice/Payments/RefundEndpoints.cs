using System.Globalization;
using System.Text.RegularExpressions;
using Florin.BackOffice.Pages;
using Florin.BackOffice.SignIn;
using Florin.Kernel;
using Florin.Pages;
using Florin.Payments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PageReason = Florin.BackOffice.Pages.RefundReason;

namespace Florin.BackOffice.Payments;

/// <summary>The refund form. Its token is bound to what remains, so a doubled or stale form returns nothing.</summary>
internal static partial class RefundEndpoints
{
    private const string Purpose = "office refund";
    private const int LongestNote = 500;
    private static readonly TimeSpan FormLife = TimeSpan.FromHours(1);

    public static void Map(RouteGroupBuilder staff)
    {
        staff.MapGet("/payments/{id}/refund", ShowAsync);
        staff.MapPost("/payments/{id}/refund", RefundAsync).DisableAntiforgery();
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, IPayments payments, OfficeForms forms, CancellationToken ct)
    {
        var charge = await FindAsync(id, http, payments, ct);
        return charge is null ? PaymentPages.NotFound(http) : PageResult.Of(Form(http, forms, charge));
    }

    private static async Task<IResult> RefundAsync(string id, HttpContext http, IPayments payments, OfficeForms forms, CancellationToken ct)
    {
        var charge = await FindAsync(id, http, payments, ct);
        if (charge is null) return PaymentPages.NotFound(http);
        var form = await http.ReadSentFormAsync(ct);
        var typed = form["amount"].ToString().Trim();
        var note = form["note"].ToString().Trim();
        var reason = QueryValue.TryParse<PageReason>(form["reason"], out var chosen) ? chosen : PageReason.RequestedByCustomer;
        var page = Form(http, forms, charge) with { Amount = typed, Reason = reason, Note = note };
        if (!forms.Tokens.Verify(form["form_token"], Purpose, http.Session().Id, Bound(charge)))
        {
            return PageResult.Of(page with { Problem = RefundProblem.FormExpired }, StatusCodes.Status400BadRequest);
        }

        var error = Read(typed, charge, out var amount);
        if (error is not null) return PageResult.Of(page with { AmountError = error }, StatusCodes.Status400BadRequest);
        var wanted = new NewRefund(PaymentIntent: null, charge.Id, amount.Minor, ReasonOf(reason), NoteOf(note, http.Session()))
        {
            // Of a double click, the second one finds less left than its form was made for.
            ExpectedRemainingMinor = charge.Refundable.Minor,
        };
        var made = await payments.RefundAsync(new PaymentRequest(charge.Scope, Origin: null), wanted, answer: null, ct);
        if (made.Refusal?.Code == "gateway_full") return PageResult.Of(page with { Problem = RefundProblem.GatewayFull }, StatusCodes.Status503ServiceUnavailable);
        if (!made.TryGet(out var refund, out _)) return PageResult.Of(page with { Problem = RefundProblem.Changed }, StatusCodes.Status409Conflict);
        return refund.State switch
        {
            OperationState.Succeeded => new SeeOther($"{OfficePaths.Payment(charge.PaymentIntent)}?refunded={refund.Id}"),
            OperationState.Declined or OperationState.Canceled => PageResult.Of(page with { Problem = RefundProblem.Declined }, StatusCodes.Status402PaymentRequired),
            OperationState.NotSent => PageResult.Of(page with { Problem = RefundProblem.NotSent }, StatusCodes.Status503ServiceUnavailable),
            OperationState.Unknown or OperationState.Sent => PageResult.Of(page with { Problem = RefundProblem.Unknown }, StatusCodes.Status202Accepted),
        };
    }

    private static async Task<Charge?> FindAsync(string id, HttpContext http, IPayments payments, CancellationToken ct)
    {
        if (!Ids.TryParse<PaymentIntentId>(id, out var intentId)) return null;
        var scope = http.Session().Scope;
        var intent = await payments.FindAsync(scope, intentId, ct);
        var charge = intent?.LatestCharge is { } latest ? await payments.FindChargeAsync(scope, latest, ct) : null;
        return charge is { Status: ChargeStatus.Captured, Disputed.IsPositive: false } ? charge : null;
    }

    private static string[] Bound(Charge charge) => [charge.Id.ToString(), charge.Refundable.ToString()];

    private static RefundModel Form(HttpContext http, OfficeForms forms, Charge charge)
    {
        var remaining = charge.Refundable;
        return new RefundModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = http.Request.Path,
            Frame = forms.FrameOf(http),
            PaymentId = charge.PaymentIntent.ToString(),
            PaymentUrl = OfficePaths.Payment(charge.PaymentIntent),
            Captured = charge.Captured,
            AlreadyRefunded = charge.Refunded,
            Action = OfficePaths.Refund(charge.PaymentIntent),
            FormToken = forms.Tokens.Issue(Purpose, http.Session().Id, FormLife, Bound(charge)),
            Effects =
            [
                new RefundEffect("merchant_pending", remaining, Credit: null),
                new RefundEffect($"gateway_receivable:{charge.Connector}", Debit: null, remaining),
            ],
        };
    }

    [GeneratedRegex(@"^[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex GroupedDigits();

    private static RefundAmountError? Read(string typed, Charge charge, out Money amount)
    {
        amount = default;
        const NumberStyles Styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        if (typed.Length == 0) return RefundAmountError.Missing;

        // A comma counts between thousands alone: 1,50 is somebody's one and a half, and must not become 150.
        var plainDigits = GroupedDigits().IsMatch(typed) ? typed.Replace(",", "", StringComparison.Ordinal) : typed;
        if (!decimal.TryParse(plainDigits, Styles, CultureInfo.InvariantCulture, out var major)) return RefundAmountError.Unreadable;
        if (major <= 0) return RefundAmountError.NotPositive;
        var plain = major.ToString(CultureInfo.InvariantCulture);
        if (!Money.TryParseDecimal(plain, charge.Captured.Currency, out amount)) return RefundAmountError.TooManyDigits;
        return amount > charge.Refundable ? RefundAmountError.MoreThanRemains : null;
    }

    private static Florin.Payments.RefundReason ReasonOf(PageReason reason) => reason switch
    {
        PageReason.RequestedByCustomer => Florin.Payments.RefundReason.RequestedByCustomer,
        PageReason.Duplicate => Florin.Payments.RefundReason.Duplicate,
        PageReason.Fraudulent => Florin.Payments.RefundReason.Fraudulent,
    };

    private static Dictionary<string, string> NoteOf(string note, OfficeSession session)
    {
        var metadata = new Dictionary<string, string> { ["refunded_by"] = session.User.Email };
        var kept = CardNumbers.Redact(note.Replace("\0", "", StringComparison.Ordinal));
        if (kept.Length > 0) metadata["note"] = kept.Length > LongestNote ? kept[..LongestNote] : kept;
        return metadata;
    }
}
