using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Florin.Sandbox.Books;
using Florin.Sandbox.Hooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace Florin.Sandbox.Hangang;

/// <summary>Hangang's disputes (이의제기): signed forms, in which the dispute's number stands where a payment has its order.</summary>
internal sealed partial class HangangGateway
{
    private const string NoSuchDispute = "1006";
    private const string DisputeNotOpen = "3003";
    private const int DisputesAPage = 100;

    /// <summary>The dispute as every answer and webhook shows it.</summary>
    public static List<KeyValuePair<string, string>> FieldsOf(Operation authorization, Dispute dispute) =>
    [
        new("disputeNo", dispute.Reference),
        new("tid", authorization.Reference),
        new("orderId", authorization.Key),
        new("disputeType", dispute.Stage == DisputeStage.Inquiry ? "INQUIRY" : "CHARGEBACK"),
        new("disputeStatus", dispute.State switch
        {
            DisputeState.NeedsResponse => "REQUESTED",
            DisputeState.UnderReview => "REVIEW",
            DisputeState.Won => "MERCHANT_WON",
            DisputeState.Lost => "MERCHANT_LOST",
            DisputeState.Closed or DisputeState.Coming => "WITHDRAWN",
        }),
        new("disputeReason", dispute.Reason switch
        {
            "fraudulent" => "D01",
            "product_not_received" => "D02",
            _ => "D00",
        }),
        new("schemeCode", dispute.NetworkCode),
        new("amount", (authorization.Amount with { Minor = dispute.Amount }).ToDecimalString()),
        new("currency", authorization.Amount.Currency.Code),
        new("openedAt", KoreanTime(dispute.OpenedAt)),
        new("dueAt", KoreanTime(dispute.DueAt)),
        new("responses", string.Join(',', dispute.Responses.Select(response => response.Key))),
    ];

    private void MapDisputes(IEndpointRouteBuilder app)
    {
        app.MapPost("/hangang/dispute/inquiry", QueryDisputeAsync);
        app.MapPost("/hangang/dispute/list", ListDisputesAsync);
        app.MapPost("/hangang/dispute/evidence", context => RespondAsync(context, OperationNames.Evidence, DisputeResponseKind.Evidence));
        app.MapPost("/hangang/dispute/accept", context => RespondAsync(context, OperationNames.Accept, DisputeResponseKind.Acceptance));
    }

    private async Task QueryDisputeAsync(HttpContext context)
    {
        if (await OpenDisputeAsync(context) is not { } form) return;
        await gateway.ServeAsync(context, AcquirerNames.Hangang, OperationNames.DisputeQuery, () =>
            gateway.Book.FindByDispute(AcquirerNames.Hangang, form["disputeNo"]) is { } authorization
                ? new Done(ShowDispute(authorization))
                : new Done(Refusal(NoSuchDispute, "이의제기를 찾을 수 없습니다")));
    }

    // One line a dispute, each a form of its own.
    private async Task ListDisputesAsync(HttpContext context)
    {
        if (await OpenDisputeAsync(context) is not { } form) return;
        if (!DateTime.TryParseExact(form["openedSince"], "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var korean))
        {
            await AnswerAsync(context, Refusal(WrongField, "요청 값이 올바르지 않습니다"));
            return;
        }

        await gateway.ServeAsync(context, AcquirerNames.Hangang, OperationNames.DisputeQuery, () =>
        {
            var found = gateway.Book.DisputesSince(AcquirerNames.Hangang, new DateTimeOffset(korean, KoreanOffset), DisputesAPage);
            var lines = new StringBuilder("resultCode=").Append(Success);
            foreach (var authorization in found)
            {
                lines.Append('\n').Append(Encoding.UTF8.GetString(FormReply(FieldsOf(authorization, authorization.Dispute!)).Body.Span));
            }

            return new Done(new Reply(200, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(lines.ToString())));
        });
    }

    private async Task RespondAsync(HttpContext context, string name, DisputeResponseKind kind)
    {
        if (await OpenDisputeAsync(context) is not { } form) return;
        if (EvidenceIn(form) is not { } evidence || form["requestId"].Length is 0 or > 64)
        {
            await AnswerAsync(context, Refusal(WrongField, "요청 값이 올바르지 않습니다"));
            return;
        }

        await gateway.ServeAsync(context, AcquirerNames.Hangang, name, () =>
            gateway.Book.FindByDispute(AcquirerNames.Hangang, form["disputeNo"]) is not { } authorization
                ? new Done(Refusal(NoSuchDispute, "이의제기를 찾을 수 없습니다"))
            : gateway.Book.Respond(authorization, form["requestId"], kind, evidence) ? new Done(ShowDispute(authorization))
            : new Done(Refusal(DisputeNotOpen, "답변할 수 없는 이의제기입니다")));
    }

    private static Reply ShowDispute(Operation authorization) => FormReply(
    [
        new("resultCode", Success), new("resultMsg", "성공"), .. FieldsOf(authorization, authorization.Dispute!),
    ]);

    // Texts come as evidence.NAME; a document as file.NAME, "media type;base64".
    private static Evidence? EvidenceIn(Form form)
    {
        var texts = form.Named("evidence.").ToDictionary(field => field.Key, field => field.Value);
        var documents = new List<BookedDocument>();
        foreach (var (field, value) in form.Named("file."))
        {
            var split = value.IndexOf(';', StringComparison.Ordinal);
            var content = new byte[value.Length];
            if (split < 0 || !Convert.TryFromBase64Chars(value.AsSpan(split + 1), content, out var length)) return null;
            documents.Add(new BookedDocument(field, value[..split], length, Convert.ToHexStringLower(SHA256.HashData(content.AsSpan(0, length)))));
        }

        return new Evidence(texts, documents);
    }

    /// <returns>The fields, or null when the caller was refused.</returns>
    private async Task<Form?> OpenDisputeAsync(HttpContext context)
    {
        using var reader = new FormReader(Encoding.UTF8.GetString(await RequestBody.ReadEvidenceAsync(context)))
        {
            ValueLengthLimit = SandboxApplication.MaxEvidenceBytes,
        };
        var form = new Form(reader.ReadForm());
        var isOurs = form["mid"] == SandboxCredentials.HangangMerchantId && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(form["signature"]), Encoding.UTF8.GetBytes(Sign("", form["disputeNo"], form["timestamp"])));
        if (isOurs) return form;
        await AnswerAsync(context, Refusal(WrongSignature, "서명이 올바르지 않습니다"));
        return null;
    }
}
