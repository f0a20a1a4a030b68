using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Florin.Kernel;
using Florin.Sandbox.Books;
using Florin.Sandbox.Challenges;
using Florin.Sandbox.Hooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Florin.Sandbox.Hangang;

/// <summary>
/// Hangang: forms both ways, always HTTP 200 with a result code, ready and then confirm, decimal amounts, a SHA-256
/// signature field, Korean time, and one cancel call for voids and refunds.
/// </summary>
internal sealed partial class HangangGateway(Gateway gateway, TimeProvider time, string? publicUrl)
{
    private const string Success = "0000";
    private const string BuyerAwaited = "0001";
    private const string UnknownMerchant = "1001";
    private const string WrongSignature = "1002";
    private const string WrongField = "1003";
    private const string DuplicateOrder = "1004";
    private const string NoSuchOrder = "1005";

    private static readonly TimeSpan KoreanOffset = TimeSpan.FromHours(9);

    private static readonly FrozenDictionary<string, (string Code, string Message)> DeclineWords =
        new Dictionary<string, (string, string)>
        {
            ["authentication_failed"] = ("2001", "본인인증에 실패했습니다"),
            ["call_issuer"] = ("2002", "카드사에 문의하세요"),
            ["card_not_supported"] = ("2003", "지원하지 않는 카드입니다"),
            ["card_velocity_exceeded"] = ("2004", "사용 횟수를 초과했습니다"),
            ["do_not_honor"] = ("2005", "카드사가 승인을 거절했습니다"),
            ["expired_card"] = ("2006", "유효기간이 지난 카드입니다"),
            ["fraudulent"] = ("2007", "부정 사용이 의심됩니다"),
            ["generic_decline"] = ("2008", "승인이 거절되었습니다"),
            ["incorrect_cvc"] = ("2009", "CVC가 일치하지 않습니다"),
            ["incorrect_number"] = ("2010", "카드번호가 올바르지 않습니다"),
            ["insufficient_funds"] = ("2011", "잔액이 부족합니다"),
            ["issuer_not_available"] = ("2012", "카드사 시스템 점검 중입니다"),
            ["lost_card"] = ("2013", "분실 신고된 카드입니다"),
            ["pickup_card"] = ("2014", "회수 대상 카드입니다"),
            ["processing_error"] = ("2015", "처리 중 오류가 발생했습니다"),
            ["stolen_card"] = ("2016", "도난 신고된 카드입니다"),
            ["transaction_not_allowed"] = ("2017", "허용되지 않는 거래입니다"),
            ["try_again_later"] = ("2018", "잠시 후 다시 시도하세요"),
            ["invalid_amount"] = ("3001", "가능한 금액을 초과했거나 잔액이 일치하지 않습니다"),
            ["not_permitted"] = ("3002", "현재 상태에서 할 수 없는 요청입니다"),
        }.ToFrozenDictionary();

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/hangang/payment/ready", ReadyAsync);
        app.MapPost("/hangang/payment/confirm", ConfirmAsync);
        app.MapPost("/hangang/payment/capture", CaptureAsync);
        app.MapPost("/hangang/payment/cancel", CancelAsync);
        app.MapPost("/hangang/payment/netcancel", NetCancelAsync);
        app.MapPost("/hangang/payment/inquiry", InquiryAsync);
        MapDisputes(app);
    }

    /// <summary>Lower-case hex of SHA-256 over amount, order, time and the merchant's key, one after the other.</summary>
    public static string Sign(string amount, string orderId, string timestamp) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(amount + orderId + timestamp + SandboxCredentials.HangangMerchantKey)));

    public static string KoreanTime(DateTimeOffset instant) =>
        instant.ToOffset(KoreanOffset).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    public static string StatusOf(Operation operation) => operation.State switch
    {
        OperationState.Ready => "READY",
        OperationState.Challenged or OperationState.Authenticated => "AUTH_REQUIRED",
        OperationState.Declined => "FAILED",
        OperationState.Working => "WORKING",
        OperationState.Withdrawn => "WITHDRAWN",
        OperationState.Reversed => "NET_CANCELED",
        OperationState.Approved => operation.Kind switch
        {
            OperationKind.Authorize => operation.Card!.Capture ? "PAID" : "AUTHORIZED",
            OperationKind.Increment => "AUTHORIZED",
            OperationKind.Capture => "CAPTURED",
            OperationKind.Void => "VOIDED",
            OperationKind.Refund => "REFUNDED",
        },
    };

    private async Task ReadyAsync(HttpContext context)
    {
        if (await OpenAsync(context, "amount") is not { } form) return;
        if (!TryAmount(form, "amount", out var amount)
            || form["cardExpiry"] is not { Length: 4 } expiry
            || !int.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var yearMonth)
            || form["captureType"] is not ("AUTO" or "MANUAL")
            || !Uri.TryCreate(form["returnUrl"], UriKind.Absolute, out var returnUrl))
        {
            await AnswerAsync(context, Refusal(WrongField, "요청 값이 올바르지 않습니다"));
            return;
        }

        var (card, last4) = CardNumber.Look(form["cardNo"]);
        var request = new AuthorizationRequest(
            AcquirerNames.Hangang, form["orderId"], amount, form["captureType"] == "AUTO", card, last4,
            yearMonth % 100, 2000 + yearMonth / 100, returnUrl,
            form["notifyUrl"].Length == 0 ? null : new Uri(form["notifyUrl"]),
            form["goodsName"], AnnounceOnly: true);
        await gateway.ServeAsync(context, AcquirerNames.Hangang, OperationNames.Ready, () =>
        {
            var (operation, isNew) = gateway.Book.Authorize(request);
            return isNew
                ? new Done(Show(context, operation, readyIsSuccess: true), operation, operation.IsFinal)
                : new Done(Refusal(DuplicateOrder, "중복된 주문번호입니다"), operation);
        }, last4: last4);
    }

    private async Task ConfirmAsync(HttpContext context)
    {
        if (await OpenAsync(context, "amount") is not { } form) return;
        var authorization = gateway.Book.FindByReference(AcquirerNames.Hangang, form["tid"]);
        if (authorization is null || authorization.Key != form["orderId"])
        {
            await AnswerAsync(context, Refusal(NoSuchOrder, "주문을 찾을 수 없습니다"));
            return;
        }

        if (!TryAmount(form, "amount", out var amount) || amount != authorization.Amount)
        {
            await AnswerAsync(context, Refusal(WrongField, "승인 금액이 다릅니다"));
            return;
        }

        var name = authorization.Challenge is null ? OperationNames.Authorize : OperationNames.Confirm;
        await gateway.ServeAsync(context, AcquirerNames.Hangang, name, () =>
        {
            var concluded = gateway.Book.Confirm(authorization);
            return new Done(Show(context, authorization), authorization, concluded);
        }, Gateway.TimingOf(authorization), authorization.Last4);
    }

    private async Task CaptureAsync(HttpContext context)
    {
        if (await OpenAsync(context, "amount") is not { } form) return;
        await FollowAsync(context, form, OperationNames.Capture, (parent, amount) =>
            gateway.Book.Capture(parent, form["orderId"], amount));
    }

    private async Task CancelAsync(HttpContext context)
    {
        if (await OpenAsync(context, "amount") is not { } form) return;
        var parent = gateway.Book.FindByReference(AcquirerNames.Hangang, form["tid"]);
        var isVoid = parent is not null && !parent.Payment.IsCaptured;
        await FollowAsync(context, form, isVoid ? OperationNames.Void : OperationNames.Refund, (payment, amount) =>
        {
            if (!TryAmount(form, "remainAmount", out var remaining)) return null;
            // A hold is cancelled as a whole; what it holds is then all that remains.
            if (isVoid) return amount == payment.Amount && remaining == payment.Amount ? gateway.Book.Void(payment, form["orderId"]) : null;
            return gateway.Book.Refund(payment, form["orderId"], amount, remaining.Minor);
        });
    }

    private async Task NetCancelAsync(HttpContext context)
    {
        if (await OpenAsync(context, "amount") is not { } form) return;
        if (!TryAmount(form, "amount", out var amount))
        {
            await AnswerAsync(context, Refusal(WrongField, "요청 값이 올바르지 않습니다"));
            return;
        }

        await gateway.ServeAsync(context, AcquirerNames.Hangang, OperationNames.Reverse, () =>
            gateway.Book.Reverse(AcquirerNames.Hangang, form["orderId"], amount) is { } reversed
                ? new Done(Show(context, reversed, readyIsSuccess: true))
                : new Done(Refusal(WrongField, "주문번호가 올바르지 않습니다")));
    }

    private async Task InquiryAsync(HttpContext context)
    {
        if (await OpenAsync(context, "amount") is not { } form) return;
        await gateway.ServeAsync(context, AcquirerNames.Hangang, OperationNames.Query, () =>
            gateway.LookUp(AcquirerNames.Hangang, form["orderId"]) is { } operation
                ? new Done(Show(context, operation, readyIsSuccess: true))
                : new Done(Refusal(NoSuchOrder, "주문을 찾을 수 없습니다")));
    }

    private async Task FollowAsync(
        HttpContext context, Form form, string name, Func<Operation, Money, (Operation Operation, bool IsNew)?> act)
    {
        var parent = gateway.Book.FindByReference(AcquirerNames.Hangang, form["tid"]);
        if (parent is null)
        {
            await AnswerAsync(context, Refusal(NoSuchOrder, "주문을 찾을 수 없습니다"));
            return;
        }

        if (!TryAmount(form, "amount", out var amount))
        {
            await AnswerAsync(context, Refusal(WrongField, "요청 값이 올바르지 않습니다"));
            return;
        }

        await gateway.ServeAsync(context, AcquirerNames.Hangang, name, () =>
        {
            if (act(parent, amount) is not var (operation, isNew)) return new Done(Refusal(WrongField, "요청 값이 올바르지 않습니다"));
            return isNew
                ? new Done(Show(context, operation), operation, Concluded: true)
                : new Done(Refusal(DuplicateOrder, "중복된 주문번호입니다"), operation);
        }, last4: parent.Last4);
    }

    private Reply Show(HttpContext context, Operation operation, bool readyIsSuccess = false)
    {
        var (code, message) = operation.State switch
        {
            OperationState.Declined => DeclineWords[operation.DeclineReason!],
            OperationState.Approved or OperationState.Reversed => (Success, "성공"),
            _ => readyIsSuccess ? (Success, "성공") : (BuyerAwaited, "구매자 인증이 필요합니다"),
        };
        var fields = new List<KeyValuePair<string, string>>
        {
            new("resultCode", code),
            new("resultMsg", message),
            new("tid", operation.Payment.Authorization.Reference),
            new("orderId", operation.Key),
            new("type", operation.Kind.ToString().ToUpperInvariant()),
            new("status", StatusOf(operation)),
            new("amount", operation.Amount.ToDecimalString()),
            new("currency", operation.Amount.Currency.Code),
            new("processedAt", KoreanTime(operation.ReceivedAt)),
        };
        if (operation.AuthorizationCode is { } approval) fields.Add(new("approvalNo", approval));
        if (operation is { IsFinal: false, Challenge: { } challenge })
        {
            fields.Add(new("authUrl", ChallengePage.UrlOf(context, publicUrl, challenge)));
        }

        return FormReply(fields);
    }

    /// <returns>The fields, or null when the caller was refused.</returns>
    private async Task<Form?> OpenAsync(HttpContext context, string signedAmount)
    {
        var body = Encoding.UTF8.GetString(await RequestBody.ReadAsync(context));
        using var reader = new FormReader(body);
        var form = new Form(reader.ReadForm());
        var refusal = form["mid"] != SandboxCredentials.HangangMerchantId ? (UnknownMerchant, "등록되지 않은 상점입니다")
            : !IsSigned(form, signedAmount) ? (WrongSignature, "서명이 올바르지 않습니다")
            : form["orderId"].Length is 0 or > 64 ? (WrongField, "주문번호가 올바르지 않습니다")
            : default;
        if (refusal == default) return form;
        await AnswerAsync(context, Refusal(refusal.Item1, refusal.Item2));
        return null;
    }

    private static bool IsSigned(Form form, string signedAmount) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(form["signature"]),
        Encoding.UTF8.GetBytes(Sign(form[signedAmount], form["orderId"], form["timestamp"])));

    private static bool TryAmount(Form form, string field, out Money amount)
    {
        amount = default;
        return Currency.TryGet(form["currency"], out var currency)
            && Money.TryParseDecimal(form[field], currency, out amount)
            && amount.IsPositive;
    }

    private Reply Refusal(string code, string message) => FormReply(
    [
        new("resultCode", code), new("resultMsg", message), new("processedAt", KoreanTime(time.GetUtcNow())),
    ]);

    private static Reply FormReply(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var text = new StringBuilder(256);
        foreach (var (name, value) in fields)
        {
            if (text.Length > 0) text.Append('&');
            text.Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return new Reply(200, "application/x-www-form-urlencoded; charset=utf-8", Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static async Task AnswerAsync(HttpContext context, Reply reply)
    {
        context.Response.ContentType = reply.ContentType;
        await context.Response.BodyWriter.WriteAsync(reply.Body, context.RequestAborted);
    }

    /// <summary>A form's fields; one that is absent reads as empty.</summary>
    private sealed class Form(Dictionary<string, StringValues> fields)
    {
        public string this[string name] => fields.TryGetValue(name, out var value) ? value.ToString() : "";

        /// <summary>The fields whose names begin so, by the rest of their names.</summary>
        public IEnumerable<KeyValuePair<string, string>> Named(string prefix) => fields
            .Where(field => field.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(field => KeyValuePair.Create(field.Key[prefix.Length..], field.Value.ToString()));
    }
}
