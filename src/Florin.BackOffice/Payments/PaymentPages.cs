using System.Text.Json;
using Florin.BackOffice.Disputes;
using Florin.BackOffice.Pages;
using Florin.BackOffice.SignIn;
using Florin.BackOffice.Webhooks;
using Florin.Events;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Pages;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Vault;
using Microsoft.AspNetCore.Http;

namespace Florin.BackOffice.Payments;

/// <summary>Turns payments into what the pages show; holds no rule of its own.</summary>
internal sealed class PaymentPages(IPayments payments, IPaymentMethods methods, IEvents events, IMerchantBooks books, OfficeForms forms)
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static PageResult NotFound(HttpContext http) => PageResult.Of(
        new OfficeProblemModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = http.Request.Path,
            HomeUrl = OfficePaths.Payments,
            Problem = OfficeProblem.NotFound,
            RequestId = http.TraceIdentifier,
        },
        StatusCodes.Status404NotFound);

    public async Task<PaymentsModel> ListAsync(
        HttpContext http, PaymentFilter filter, IReadOnlyList<PaymentIntent> intents, string? newerUrl, string? olderUrl, CancellationToken ct)
    {
        var session = http.Session();
        var charges = await payments.FindChargesAsync(session.Scope, [.. intents.Select(intent => intent.LatestCharge).OfType<ChargeId>()], ct);
        var known = charges.ToDictionary(charge => charge.Id);
        var waiting = intents.Select(intent => intent.PaymentMethod).OfType<PaymentMethodId>().Distinct().ToList();
        var cards = (await methods.FindManyAsync(session.Scope, waiting, ct)).ToDictionary(method => method.Id);
        var rows = new List<PaymentRow>();
        foreach (var intent in intents)
        {
            var charge = intent.LatestCharge is { } id ? known.GetValueOrDefault(id) : null;
            var card = intent.PaymentMethod is { } method ? cards.GetValueOrDefault(method)?.Card : charge?.PaymentMethod.Card;
            rows.Add(new PaymentRow(
                intent.Id.ToString(),
                OfficePaths.Payment(intent.Id),
                intent.Amount,
                await BadgeOfAsync(intent, charge, ct),
                intent.Description,
                card is null ? null : CardText(card),
                intent.CreatedAt));
        }

        return new PaymentsModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = http.Request.Path + WithoutLanguage(http.Request),
            Frame = forms.FrameOf(http),
            Filter = filter,
            Currencies = ["KRW", "USD", "EUR", "GBP", "JPY"],
            Payments = rows,
            NewerUrl = newerUrl,
            OlderUrl = olderUrl,
        };
    }

    public async Task<PaymentDetailModel> DetailAsync(HttpContext http, PaymentHistory history, CancellationToken ct)
    {
        var session = http.Session();
        var (intent, attempts, charges, _, refunds) = history;
        var charge = charges.LastOrDefault(found => found.Status is not ChargeStatus.Failed) ?? (charges.Count > 0 ? charges[^1] : null);
        var subjects = new List<Guid> { intent.Id.Value };
        subjects.AddRange(charges.Select(found => found.Id.Value));
        subjects.AddRange(refunds.Select(refund => refund.Id.Value));
        subjects.AddRange(history.Disputes.Select(dispute => dispute.Id.Value));
        if (intent.CheckoutSession is { } checkout) subjects.Add(checkout.Value);
        var recorded = await events.ForSubjectsAsync(session.Scope, subjects, ct);
        var deliveries = recorded.Count == 0 ? [] : await events.DeliveriesAsync(session.Scope, [.. recorded.Select(found => found.Id)], ct);
        var entries = await books.ForSubjectsAsync(session.Scope, subjects, ct);
        var left = charge is { Status: ChargeStatus.Captured } ? charge.Refundable : (Money?)null;
        return new PaymentDetailModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = http.Request.Path,
            Frame = forms.FrameOf(http),
            Id = intent.Id.ToString(),
            Amount = intent.Amount,
            Captured = charge is { Captured.IsPositive: true } ? charge.Captured : null,
            Refunded = charge is { Refunded.IsPositive: true } ? charge.Refunded : null,
            State = await BadgeOfAsync(intent, charge, ct),
            CreatedAt = intent.CreatedAt,
            Description = intent.Description,
            Method = charge is null ? null : CardText(charge.PaymentMethod.Card),
            CardCountry = charge?.PaymentMethod.Card.Country,
            CustomerEmail = intent.ReceiptEmail,
            Gateway = attempts.Count > 0 ? attempts[^1].Connector : null,
            RefundUrl = left is { IsPositive: true } ? OfficePaths.Refund(intent.Id) : null,
            UnknownOutcomeUrl = OpenOutcome(history) is { } open ? OfficePaths.UnknownOutcome(UnknownOutcomeId.From(open)) : null,
            Dispute = history.Disputes.Count > 0 ? DisputePages.RowOf(history.Disputes[^1]) : null,
            JustRefunded = JustRefunded(http, refunds),
            Timeline = PaymentTimeline.Of(history, recorded),
            Decisions = [.. history.Decisions.Select(RowOf)],
            Postings = [.. entries.SelectMany(PostingsOf)],
            Deliveries = DeliveryRows.Of(recorded, deliveries, paymentUrl: null),
            Metadata = [.. intent.Metadata.Select(pair => new MetadataEntry(pair.Key, pair.Value))],
            RawJson = Pretty(PaymentJson.Bytes(intent)),
        };
    }

    public static string CardText(CardDetails card) => $"{BrandName(card.Brand)} •••• {card.Last4}";

    private async Task<PaymentBadge> BadgeOfAsync(PaymentIntent intent, Charge? charge, CancellationToken ct) => intent.Status switch
    {
        PaymentIntentStatus.RequiresPaymentMethod => PaymentBadge.RequiresPaymentMethod,
        PaymentIntentStatus.RequiresConfirmation => PaymentBadge.RequiresConfirmation,
        PaymentIntentStatus.RequiresAction => PaymentBadge.RequiresAction,
        PaymentIntentStatus.Processing => await IsUnknownAsync(intent, ct) ? PaymentBadge.Unknown : PaymentBadge.Processing,
        PaymentIntentStatus.RequiresCapture => PaymentBadge.RequiresCapture,
        PaymentIntentStatus.Succeeded when charge is { Refunded.IsPositive: true } =>
            charge.Refunded == charge.Captured ? PaymentBadge.Refunded : PaymentBadge.PartiallyRefunded,
        PaymentIntentStatus.Succeeded => PaymentBadge.Succeeded,
        PaymentIntentStatus.Canceled => PaymentBadge.Canceled,
    };

    // An item of the work queue has the digits of what it is about.
    private static Guid? OpenOutcome(PaymentHistory history) =>
        history.Attempts.LastOrDefault(attempt => attempt.State == AttemptState.Unknown)?.Id.Value
        ?? history.Operations.LastOrDefault(operation => operation.State == OperationState.Unknown)?.Id.Value
        ?? history.Refunds.LastOrDefault(refund => refund.State == OperationState.Unknown)?.Id.Value
        ?? history.Charges.LastOrDefault(charge => charge.LateSuccess == LateSuccessPolicy.Ask)?.Id.Value;

    // Few payments are being processed at any moment, so asking for each is cheap.
    private async Task<bool> IsUnknownAsync(PaymentIntent intent, CancellationToken ct)
    {
        var history = await payments.HistoryAsync(intent.Scope, intent.Id, ct);
        return history is not null
            && (history.Attempts.Any(attempt => attempt.State == AttemptState.Unknown)
                || history.Operations.Any(operation => operation.State == OperationState.Unknown));
    }

    private static RoutingDecisionRow RowOf(RoutingDecision decision) => new(
        decision.Candidates[0].Connector,
        decision.VersionNumber,
        decision.Version is { } version ? OfficePaths.RoutingVersion(version) : null,
        decision.Rule,
        AskedFor: decision.Facts.AskedFor is not null,
        IsFailover: decision.Follows is not null,
        decision.Draw is { } draw ? $"{draw.Number}/{draw.Of}" : null,
        [.. decision.Candidates.Skip(1).Select(each => (each.Connector, each.Standing))],
        decision.PassedOver);

    private static Money? JustRefunded(HttpContext http, IReadOnlyList<Refund> refunds) =>
        Ids.TryParse<RefundId>(http.Request.Query["refunded"], out var id)
        && refunds.FirstOrDefault(refund => refund.Id == id) is { State: OperationState.Succeeded } made
            ? made.Amount
            : null;

    public static IEnumerable<Pages.LedgerPosting> PostingsOf(TransactionDetail transaction) => transaction.Postings.Select(posting =>
        new Pages.LedgerPosting(
            transaction.Kind,
            OfficePaths.LedgerTransaction(transaction.Id),
            transaction.RecordedAt,
            posting.AccountCode,
            OfficePaths.LedgerAccount(posting.AccountId),
            posting.Side == PostingSide.Debit ? posting.Amount : null,
            posting.Side == PostingSide.Credit ? posting.Amount : null));

    private static string Pretty(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement, Indented);
    }

    private static string WithoutLanguage(HttpRequest request)
    {
        var rest = request.Query.Where(pair => pair.Key != "lang").SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value));
        return QueryString.Create(rest).ToString();
    }

    private static string BrandName(CardBrand brand) => brand switch
    {
        CardBrand.Visa => "Visa",
        CardBrand.Mastercard => "Mastercard",
        CardBrand.Amex => "Amex",
        CardBrand.Discover => "Discover",
        CardBrand.Diners => "Diners",
        CardBrand.Jcb => "JCB",
        CardBrand.UnionPay => "UnionPay",
        CardBrand.KoreanDomestic => "국내카드",
        CardBrand.Unknown => "Card",
    };
}
