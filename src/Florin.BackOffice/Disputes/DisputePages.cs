using Florin.BackOffice.Pages;
using Florin.BackOffice.Payments;
using Florin.BackOffice.SignIn;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Payments;
using Microsoft.AspNetCore.Http;

namespace Florin.BackOffice.Disputes;

/// <summary>Turns disputes into what the pages show; holds no rule of its own.</summary>
internal sealed class DisputePages(IFiles files, IMerchantBooks books, OfficeForms forms, TimeProvider time)
{
    public const string Purpose = "office dispute";

    private static readonly TimeSpan FormLife = TimeSpan.FromHours(12);

    // What most answers need. The rest is for the API.
    private static readonly (string Field, EvidenceKind Kind)[] Asked =
    [
        ("customer_name", EvidenceKind.Line),
        ("customer_email_address", EvidenceKind.Line),
        ("product_description", EvidenceKind.Paragraph),
        ("shipping_carrier", EvidenceKind.Line),
        ("shipping_tracking_number", EvidenceKind.Line),
        ("shipping_date", EvidenceKind.Line),
        ("uncategorized_text", EvidenceKind.Paragraph),
        ("receipt", EvidenceKind.File),
        ("shipping_documentation", EvidenceKind.File),
        ("customer_communication", EvidenceKind.File),
        ("uncategorized_file", EvidenceKind.File),
    ];

    public static IEnumerable<string> TextFields => Asked.Where(asked => asked.Kind != EvidenceKind.File).Select(asked => asked.Field);

    public static IEnumerable<string> FileFields => Asked.Where(asked => asked.Kind == EvidenceKind.File).Select(asked => asked.Field);

    /// <summary>What the form must not outlive.</summary>
    public static string[] Bound(Dispute dispute) => [dispute.Id.ToString(), dispute.Status.ToString(), dispute.Response.ToString() ?? ""];

    public static DisputeRow RowOf(Dispute dispute) => new(
        dispute.Id.ToString(),
        OfficePaths.Dispute(dispute.Id),
        dispute.Amount,
        dispute.Status switch
        {
            DisputeStatus.WarningNeedsResponse => DisputeBadge.InquiryNeedsResponse,
            DisputeStatus.WarningUnderReview => DisputeBadge.InquiryUnderReview,
            DisputeStatus.WarningClosed => DisputeBadge.InquiryClosed,
            DisputeStatus.NeedsResponse => DisputeBadge.NeedsResponse,
            DisputeStatus.UnderReview => DisputeBadge.UnderReview,
            DisputeStatus.Won => DisputeBadge.Won,
            DisputeStatus.Lost => DisputeBadge.Lost,
        },
        dispute.Reason switch
        {
            DisputeReason.Fraudulent => DisputeCause.Fraudulent,
            DisputeReason.ProductNotReceived => DisputeCause.ProductNotReceived,
            _ => DisputeCause.Other,
        },
        dispute.NeedsResponse ? dispute.DueBy : null,
        dispute.CreatedAt);

    public async Task<DisputeDetailModel> DetailAsync(HttpContext http, Dispute dispute, CancellationToken ct)
    {
        var entries = await books.ForSubjectsAsync(dispute.Scope, [dispute.Id.Value], ct);
        var attached = dispute.Evidence.Where(field => EvidenceFields.Files.Contains(field.Key)).Select(field => Ids.Parse<FileId>(field.Value)).ToList();
        var names = (await files.FindManyAsync(dispute.Scope, attached, ct)).ToDictionary(file => file.Id);
        var canRespond = dispute.NeedsResponse && time.GetUtcNow() < dispute.DueBy
            && dispute.Response is not (OperationState.Sent or OperationState.Unknown);
        return new DisputeDetailModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = http.Request.Path,
            Frame = forms.FrameOf(http),
            Dispute = RowOf(dispute),
            PaymentUrl = OfficePaths.Payment(dispute.PaymentIntent),
            PaymentId = dispute.PaymentIntent.ToString(),
            Fee = dispute.Fee,
            Gateway = dispute.Connector,
            NetworkCode = dispute.NetworkReasonCode,
            Action = canRespond ? OfficePaths.Dispute(dispute.Id) : null,
            CloseAction = canRespond && dispute.Status == DisputeStatus.NeedsResponse ? OfficePaths.Dispute(dispute.Id) + "/close" : null,
            FormToken = forms.Tokens.Issue(Purpose, http.Session().Id, FormLife, Bound(dispute)),
            Evidence = [.. Shown(dispute).Select(field => RowOf(field.Field, field.Kind, dispute, names))],
            IsUnanswered = dispute.Response is OperationState.Unknown or OperationState.Sent,
            JustSaved = http.Request.Query.ContainsKey("saved"),
            Postings = [.. entries.SelectMany(PaymentPages.PostingsOf)],
        };
    }

    /// <summary>The form as somebody filled it in, where it could not be taken.</summary>
    public static DisputeDetailModel AsTyped(DisputeDetailModel page, IReadOnlyDictionary<string, string> typed) => page.Action is null ? page : page with
    {
        Evidence = [.. page.Evidence.Select(row => typed.TryGetValue(row.Field, out var text) ? row with { Value = text } : row)],
    };

    // Whatever else came by the API is shown as well.
    private static IEnumerable<(string Field, EvidenceKind Kind)> Shown(Dispute dispute) => Asked.Concat(dispute.Evidence.Keys
        .Except(Asked.Select(field => field.Field))
        .Select(field => (field, EvidenceFields.Files.Contains(field) ? EvidenceKind.File : EvidenceKind.Paragraph)));

    private static EvidenceRow RowOf(string field, EvidenceKind kind, Dispute dispute, Dictionary<FileId, StoredFile> names)
    {
        var value = dispute.Evidence.GetValueOrDefault(field);
        if (kind != EvidenceKind.File || value is null) return new EvidenceRow(field, kind, value);
        var id = Ids.Parse<FileId>(value);
        return new EvidenceRow(field, kind, names.GetValueOrDefault(id)?.Name ?? value, OfficePaths.File(id));
    }
}
