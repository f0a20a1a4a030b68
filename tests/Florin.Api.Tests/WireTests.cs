using System.Text.Json;
using Florin.Api.Errors;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Vault;

namespace Florin.Api.Tests;

public class WireTests
{
    [Fact]
    public void Every_enum_member_has_its_own_word_in_snake_case()
    {
        AllWords<PaymentIntentStatus>(WireText.Of);
        AllWords<CaptureMethod>(WireText.Of);
        AllWords<CancellationReason>(WireText.Of);
        AllWords<RefundReason>(WireText.Of);
        AllWords<OperationState>(WireText.Of);
        AllWords<CheckoutStatus>(WireText.Of);
        AllWords<CheckoutPaymentStatus>(WireText.Of);
        AllWords<DeclineCode>(WireText.Of);
        Assert.Equal(Enum.GetValues<CardBrand>().Length, Enum.GetValues<CardBrand>().Select(WireText.Of).Distinct().Count());
    }

    [Fact]
    public void An_intent_says_what_an_SDK_reads()
    {
        var json = Parse(PaymentJson.Bytes(Samples.Intent));
        Assert.Equal("payment_intent", json.GetProperty("object").GetString());
        Assert.Equal(Samples.Intent.Id.ToString(), json.GetProperty("id").GetString());
        Assert.Equal(12_000, json.GetProperty("amount").GetInt64());
        Assert.Equal("krw", json.GetProperty("currency").GetString());
        Assert.Equal(Samples.Noon.ToUnixTimeSeconds(), json.GetProperty("created").GetInt64());
        Assert.Equal("6735 주문", json.GetProperty("metadata").GetProperty("order").GetString());
        Assert.False(json.GetProperty("livemode").GetBoolean());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("next_action").ValueKind);
    }

    [Fact]
    public void A_challenge_and_a_decline_are_shown()
    {
        var json = Parse(PaymentJson.Bytes(Samples.Intent with
        {
            Status = PaymentIntentStatus.RequiresAction,
            NextAction = new Uri("https://acs.example/c"),
            ReturnUrl = new Uri("https://shop.example/back"),
            LastError = Samples.Declined,
        }));
        Assert.Equal("https://acs.example/c", json.GetProperty("next_action").GetProperty("redirect_to_url").GetProperty("url").GetString());
        Assert.Equal("insufficient_funds", json.GetProperty("last_payment_error").GetProperty("decline_code").GetString());
    }

    [Fact]
    public void A_freed_hold_is_a_refunded_charge_of_which_nothing_was_captured()
    {
        var json = Parse(PaymentJson.Bytes(Samples.Charge with { Status = ChargeStatus.Voided, Captured = Samples.Won(0), Refunded = Samples.Won(0) }));
        Assert.True(json.GetProperty("refunded").GetBoolean());
        Assert.False(json.GetProperty("captured").GetBoolean());
        Assert.Equal(12_000, json.GetProperty("amount_refunded").GetInt64());
    }

    [Fact]
    public void Only_an_open_session_has_a_page()
    {
        var open = Parse(PaymentJson.Bytes(Samples.Session, Samples.Address));
        Assert.Equal($"https://pay.example/c/{Samples.Session.Id}/url-token", open.GetProperty("url").GetString());
        Assert.Contains("{CHECKOUT_SESSION_ID}", open.GetProperty("success_url").GetString(), StringComparison.Ordinal);
        var expired = Parse(PaymentJson.Bytes(Samples.Session with { Status = CheckoutStatus.Expired }, Samples.Address));
        Assert.Equal(JsonValueKind.Null, expired.GetProperty("url").ValueKind);
    }

    [Fact]
    public void No_object_shows_the_vaults_own_id()
    {
        foreach (var bytes in new[] { PaymentJson.Bytes(Samples.Method), PaymentJson.Bytes(Samples.Token), PaymentJson.Bytes(Samples.Charge) })
        {
            Assert.DoesNotContain(Samples.Method.Card.Id.Value.ToString("N"), System.Text.Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_page_of_errors_lists_every_code()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "errors.md"));
        Assert.All(ErrorCodes.All, code => Assert.Contains($"| `{code.Code}` | {code.Title} | {code.Advice} |", page, StringComparison.Ordinal));
        Assert.Equal(ErrorCodes.All.Count, ErrorCodes.All.DistinctBy(code => code.Code).Count());
    }

    [Fact]
    public void Every_kind_of_refusal_has_a_status_that_the_SDKs_read_well() =>
        Assert.All(Enum.GetValues<RefusalKind>(), kind => Assert.Contains(Problems.StatusOf(kind), new[] { 400, 401, 402, 403, 404, 409, 429, 503 }));

    private static void AllWords<T>(Func<T, string> word) where T : struct, Enum
    {
        foreach (var member in Enum.GetValues<T>())
        {
            Assert.Equal(JsonNamingPolicy.SnakeCaseLower.ConvertName(member.ToString()), word(member));
        }
    }

    private static JsonElement Parse(byte[] bytes) => JsonDocument.Parse(bytes).RootElement;
}
