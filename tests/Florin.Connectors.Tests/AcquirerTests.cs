using System.Net;
using Florin.Kernel;
using Florin.Sandbox;

namespace Florin.Connectors.Tests;

/// <summary>What every sandbox acquirer must do through its connector, over real HTTP.</summary>
public abstract class AcquirerTests(string acquirer, string wrongCredential, SandboxFixture fixture)
{
    private static readonly Uri ReturnUrl = new("https://shop.example/return?order=42");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly RunningSandbox sandbox = fixture.Sandbox;
    private readonly IConnector connector = fixture.Sandbox.Connectors.Get(acquirer);
    private readonly ConnectorAccount account = fixture.Sandbox.Account(acquirer);
    private readonly string key = NewKey();

    public static IEnumerable<object[]> Declines() => TestCards.All
        .Where(card => card.Behavior == TestCardBehavior.Decline)
        .Select(card => new object[] { card.Number, card.DeclineCode! });

    public static IEnumerable<object[]> GoodCards() => TestCards.All
        .Where(card => card.Behavior is TestCardBehavior.Approve or TestCardBehavior.Frictionless)
        .Select(card => new object[] { card.Number });

    [Theory]
    [MemberData(nameof(GoodCards))]
    public async Task A_good_card_is_approved_and_booked(string number)
    {
        var held = Assert.IsType<GatewayAnswer.Authorized>(await AuthorizeAsync(number, Usd(1250), capture: false));

        Assert.Equal(Usd(1250), held.Amount);
        Assert.Matches("^[0-9]{6}$", held.AuthorizationCode);
        Assert.Equal(new BookedPayment("approved", 1250, 0, 0, false), await BookedAsync());
    }

    [Theory]
    [InlineData("USD", 1250)]
    [InlineData("KRW", 12000)]
    [InlineData("KWD", 12345)]
    public async Task Each_currency_is_sent_with_its_own_digits(string currency, long minor)
    {
        var amount = new Money(minor, Currency.Get(currency));

        var taken = Assert.IsType<GatewayAnswer.Captured>(await AuthorizeAsync(Visa, amount));

        Assert.Equal(amount, taken.Amount);
        Assert.Equal(new BookedPayment("approved", minor, minor, 0, false), await BookedAsync());
    }

    [Theory]
    [MemberData(nameof(Declines))]
    public async Task A_bad_card_is_declined_for_its_reason(string number, string reason)
    {
        var declined = Assert.IsType<GatewayAnswer.Declined>(await AuthorizeAsync(number, Usd(1250)));

        Assert.Equal(reason, SnakeCase(declined.Code));
        Assert.Equal(new BookedPayment("declined", 0, 0, 0, false), await BookedAsync());
        Assert.Equal(declined, await QueryAsync(GatewayOperation.Authorize, key, Usd(1250)));
    }

    [Fact]
    public async Task A_card_that_the_sandbox_does_not_know_and_one_that_has_expired_are_declined()
    {
        var unknown = Assert.IsType<GatewayAnswer.Declined>(await AuthorizeAsync("4111111111111111", Usd(1)));
        var expired = Assert.IsType<GatewayAnswer.Declined>(await connector.AuthorizeAsync(
            Order(Visa, Usd(1), true, NewKey()) with { Card = Card(Visa) with { ExpiryYear = 2020 } }, account, Deadline()));

        Assert.Equal(DeclineCode.IncorrectNumber, unknown.Code);
        Assert.Equal(DeclineCode.ExpiredCard, expired.Code);
    }

    [Fact]
    public async Task A_capture_takes_part_of_the_hold_once_and_releases_the_rest()
    {
        var held = await HoldAsync(Usd(1000));

        var captured = Assert.IsType<GatewayAnswer.Captured>(await CaptureAsync(held, NewKey(), Usd(600), Usd(1000)));
        var again = Assert.IsType<GatewayAnswer.Declined>(await CaptureAsync(held, NewKey(), Usd(400), Usd(1000)));

        Assert.Equal(Usd(600), captured.Amount);
        Assert.Equal(DeclineCode.NotPermitted, again.Code);
        Assert.Equal(new BookedPayment("approved", 1000, 600, 0, false), await BookedAsync());
    }

    [Fact]
    public async Task A_capture_above_the_hold_is_refused()
    {
        var held = await HoldAsync(Usd(1000));

        var refused = Assert.IsType<GatewayAnswer.Declined>(await CaptureAsync(held, NewKey(), Usd(1001), Usd(1000)));

        Assert.Equal(DeclineCode.InvalidAmount, refused.Code);
        Assert.Equal(0, (await BookedAsync())!.Captured);
    }

    [Fact]
    public async Task A_void_frees_the_hold_and_a_capture_afterwards_is_refused()
    {
        var held = await HoldAsync(Usd(1000));
        var voidKey = NewKey();

        var freed = await connector.VoidAsync(new VoidOrder(voidKey, held, Usd(1000)), account, Deadline());
        var capture = await CaptureAsync(held, NewKey(), Usd(1000), Usd(1000));

        Assert.IsType<GatewayAnswer.Voided>(freed);
        Assert.IsType<GatewayAnswer.Declined>(capture);
        Assert.Equal(new BookedPayment("approved", 1000, 0, 0, true), await BookedAsync());
        Assert.Equal(freed, await QueryAsync(GatewayOperation.Void, voidKey, Usd(1000)));
    }

    [Fact]
    public async Task Refunds_go_on_until_all_is_returned_and_no_further()
    {
        var taken = Assert.IsType<GatewayAnswer.Captured>(await AuthorizeAsync(Visa, Usd(1000)));
        var firstKey = NewKey();

        var first = await RefundAsync(taken.Reference, firstKey, Usd(300), remaining: Usd(1000));
        var tooMuch = await RefundAsync(taken.Reference, NewKey(), Usd(701), remaining: Usd(700));
        var second = await RefundAsync(taken.Reference, NewKey(), Usd(700), remaining: Usd(700));

        Assert.Equal(Usd(300), Assert.IsType<GatewayAnswer.Refunded>(first).Amount);
        Assert.Equal(DeclineCode.InvalidAmount, Assert.IsType<GatewayAnswer.Declined>(tooMuch).Code);
        Assert.IsType<GatewayAnswer.Refunded>(second);
        Assert.Equal(new BookedPayment("approved", 1000, 1000, 1000, false), await BookedAsync());
        Assert.Equal(first, await QueryAsync(GatewayOperation.Refund, firstKey, Usd(300)));
    }

    [Fact]
    public async Task A_refund_of_a_separate_capture_names_that_capture()
    {
        var held = await HoldAsync(Usd(1000));
        var captureKey = NewKey();
        var captured = Assert.IsType<GatewayAnswer.Captured>(await CaptureAsync(held, captureKey, Usd(1000), Usd(1000)));

        var refunded = await RefundAsync(captured.Reference, NewKey(), Usd(1000), remaining: Usd(1000));

        Assert.IsType<GatewayAnswer.Refunded>(refunded);
        Assert.Equal(1000, (await BookedAsync())!.Refunded);
        Assert.Equal(captured, await QueryAsync(GatewayOperation.Capture, captureKey, Usd(1000)));
    }

    [Fact]
    public async Task Racing_refunds_return_no_more_than_was_captured()
    {
        var taken = Assert.IsType<GatewayAnswer.Captured>(await AuthorizeAsync(Visa, Usd(1000)));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            RefundAsync(taken.Reference, NewKey(), Usd(300), remaining: Usd(1000))));

        Assert.InRange((await BookedAsync())!.Refunded, 300, 900);
    }

    [Fact]
    public async Task A_challenge_that_is_passed_ends_in_money_only_when_confirmed()
    {
        var challenge = await ChallengeAsync("4000000000003220");
        var early = await ConfirmAsync(challenge.Reference);
        using var page = await sandbox.Browser.GetAsync(challenge.RedirectUrl);
        using var back = await sandbox.AnswerChallengeAsync(challenge.RedirectUrl, TestCards.OneTimePassword);
        var unconfirmed = await QueryAsync(GatewayOperation.Authorize, key, Usd(1250));

        var taken = await ConfirmAsync(challenge.Reference);

        Assert.Equal(challenge, early);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, back.StatusCode);
        Assert.Equal(ReturnUrl, back.Headers.Location);
        Assert.Equal(challenge, unconfirmed);
        Assert.IsType<GatewayAnswer.Captured>(taken);
        Assert.Equal(taken, await ConfirmAsync(challenge.Reference));
        Assert.Equal(taken, await QueryAsync(GatewayOperation.Authorize, key, Usd(1250)));
        Assert.Equal(1250, (await BookedAsync())!.Captured);
    }

    [Fact]
    public async Task Three_wrong_passwords_end_a_challenge()
    {
        var challenge = await ChallengeAsync("4000000000003220");
        using var first = await sandbox.AnswerChallengeAsync(challenge.RedirectUrl, "000000");
        using var second = await sandbox.AnswerChallengeAsync(challenge.RedirectUrl, "");
        Assert.Equal(challenge, await ConfirmAsync(challenge.Reference));
        using var third = await sandbox.AnswerChallengeAsync(challenge.RedirectUrl, "1234567");
        using var late = await sandbox.AnswerChallengeAsync(challenge.RedirectUrl, TestCards.OneTimePassword);

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Contains("Tries left: 1", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, third.StatusCode);
        await AssertAuthenticationFailedAsync(challenge);
    }

    [Fact]
    public async Task A_cancelled_challenge_is_a_decline()
    {
        var challenge = await ChallengeAsync("4000000000003220");
        using var cancelled = await sandbox.CancelChallengeAsync(challenge.RedirectUrl);

        Assert.Equal(ReturnUrl, cancelled.Headers.Location);
        await AssertAuthenticationFailedAsync(challenge);
    }

    [Fact]
    public async Task A_challenge_nobody_answers_lapses_after_ten_minutes()
    {
        var challenge = await ChallengeAsync("4000000000003220");
        sandbox.Time.Advance(TimeSpan.FromMinutes(9.9));
        Assert.Equal(challenge, await QueryAsync(GatewayOperation.Authorize, key, Usd(1250)));
        sandbox.Time.Advance(TimeSpan.FromMinutes(0.2));

        using var late = await sandbox.AnswerChallengeAsync(challenge.RedirectUrl, TestCards.OneTimePassword);
        await AssertAuthenticationFailedAsync(challenge);
    }

    [Fact]
    public async Task A_passed_challenge_may_still_be_declined()
    {
        var challenge = await ChallengeAsync("4000008400001629");
        using var back = await sandbox.AnswerChallengeAsync(challenge.RedirectUrl, TestCards.OneTimePassword);

        var declined = Assert.IsType<GatewayAnswer.Declined>(await ConfirmAsync(challenge.Reference));

        Assert.Equal(DeclineCode.GenericDecline, declined.Code);
    }

    [Fact]
    public async Task An_answer_lost_on_confirmation_is_unknown_and_then_found()
    {
        var challenge = await ChallengeAsync("4000000000100109");
        using var back = await sandbox.AnswerChallengeAsync(challenge.RedirectUrl, TestCards.OneTimePassword);

        var order = new ConfirmOrder(key, challenge.Reference, Usd(1250), Capture: true);
        var lost = await connector.ConfirmAsync(order, account, Soon());

        Assert.IsType<GatewayAnswer.Unknown>(lost);
        Assert.IsType<GatewayAnswer.Captured>(await QueryAsync(GatewayOperation.Authorize, key, Usd(1250)));
    }

    [Fact]
    public async Task No_answer_after_approving_is_unknown_and_then_found_captured()
    {
        var order = Order("4000000000100091", Usd(1250), capture: true, key);
        var lost = await connector.AuthorizeAsync(order, account, Soon());

        var found = await QueryAsync(GatewayOperation.Authorize, key, Usd(1250));

        Assert.IsType<GatewayAnswer.Unknown>(lost);
        Assert.Equal(Usd(1250), Assert.IsType<GatewayAnswer.Captured>(found).Amount);
        Assert.Equal(1250, (await BookedAsync())!.Captured);
    }

    [Fact]
    public async Task No_answer_without_approving_is_unknown_and_then_not_found()
    {
        var order = Order("4000000000100117", Usd(1250), capture: true, key);
        var lost = await connector.AuthorizeAsync(order, account, Soon());

        Assert.IsType<GatewayAnswer.Unknown>(lost);
        Assert.IsType<GatewayAnswer.NotFound>(await QueryAsync(GatewayOperation.Authorize, key, Usd(1250)));
    }

    [Fact]
    public async Task A_slow_answer_comes_after_ten_seconds()
    {
        var answer = AuthorizeAsync("4000000000100083", Usd(1250));
        await UntilAsync(async () => (await BookedAsync())?.Captured == 1250 && sandbox.Time.Waiting > 0);
        sandbox.Time.Advance(TimeSpan.FromSeconds(9.9));
        await Task.Delay(50);
        Assert.False(answer.IsCompleted);

        sandbox.Time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.IsType<GatewayAnswer.Captured>(await answer.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_key_that_comes_again_is_carried_out_once()
    {
        var first = Assert.IsType<GatewayAnswer.Captured>(await AuthorizeAsync(Visa, Usd(1250)));
        var second = await AuthorizeAsync(Visa, Usd(1250));
        var refundKey = NewKey();
        var refund = await RefundAsync(first.Reference, refundKey, Usd(500), remaining: Usd(1250));
        var again = await RefundAsync(first.Reference, refundKey, Usd(500), remaining: Usd(1250));

        Assert.Equal(first, second);
        Assert.IsType<GatewayAnswer.Refunded>(refund);
        Assert.Equal(refund, again);
        Assert.Equal(new BookedPayment("approved", 1250, 1250, 500, false), await BookedAsync());
        Assert.Equal(2, await sandbox.RequestsAsync(acquirer, refundKey));
    }

    [Fact]
    public async Task A_key_that_comes_again_with_another_amount_is_unknown()
    {
        await AuthorizeAsync(Visa, Usd(1250));

        Assert.IsType<GatewayAnswer.Unknown>(await AuthorizeAsync(Visa, Usd(1251)));
        Assert.IsType<GatewayAnswer.Unknown>(await QueryAsync(GatewayOperation.Authorize, key, Usd(1251)));
        Assert.Equal(1250, (await BookedAsync())!.Captured);
    }

    [Fact]
    public async Task Wrong_credentials_are_a_clear_no_to_an_order_and_say_nothing_to_a_question()
    {
        var stranger = sandbox.Account(acquirer, wrongCredential);

        var ordered = await connector.AuthorizeAsync(Order(Visa, Usd(1250), true, key), stranger, Deadline());
        Assert.IsType<GatewayAnswer.Captured>(await AuthorizeAsync(Visa, Usd(1250)));
        var asked = await connector.QueryAsync(new QueryOrder(GatewayOperation.Authorize, key, null, Usd(1250)), stranger, Deadline());

        Assert.Equal(DeclineCode.ProcessingError, Assert.IsType<GatewayAnswer.Declined>(ordered).Code);
        Assert.IsType<GatewayAnswer.Unknown>(asked);
    }

    [Fact]
    public async Task An_unheard_of_payment_cannot_be_captured_voided_or_refunded()
    {
        Assert.IsType<GatewayAnswer.Declined>(await CaptureAsync("none", NewKey(), Usd(1), Usd(1)));
        Assert.IsType<GatewayAnswer.Declined>(await connector.VoidAsync(new VoidOrder(NewKey(), "none", Usd(1)), account, Deadline()));
        Assert.IsType<GatewayAnswer.Declined>(await RefundAsync("none", NewKey(), Usd(1), Usd(1)));
        Assert.IsType<GatewayAnswer.NotFound>(await QueryAsync(GatewayOperation.Refund, NewKey(), Usd(1)));
    }

    [Theory]
    [InlineData("malformed")]
    [InlineData("http500")]
    [InlineData("reset")]
    public async Task A_spoilt_answer_is_unknown_and_then_found(string kind)
    {
        await sandbox.AskAsync("/control/fault", new { acquirer, operation = "authorize", kind, when = "after", count = 1 });

        var spoilt = await AuthorizeAsync(Visa, Usd(1250));

        Assert.IsType<GatewayAnswer.Unknown>(spoilt);
        Assert.IsType<GatewayAnswer.Captured>(await QueryAsync(GatewayOperation.Authorize, key, Usd(1250)));
        Assert.Equal(1, await sandbox.RequestsAsync(acquirer, key));
    }

    [Theory]
    [InlineData("malformed")]
    [InlineData("http500")]
    [InlineData("reset")]
    public async Task A_spoilt_answer_before_anything_was_done_is_unknown_too(string kind)
    {
        await sandbox.AskAsync("/control/fault", new { acquirer, operation = "authorize", kind, when = "before", count = 1 });

        var spoilt = await AuthorizeAsync(Visa, Usd(1250));

        Assert.IsType<GatewayAnswer.Unknown>(spoilt);
        Assert.IsType<GatewayAnswer.NotFound>(await QueryAsync(GatewayOperation.Authorize, key, Usd(1250)));
    }

    [Theory]
    [InlineData("capture")]
    [InlineData("void")]
    [InlineData("refund")]
    [InlineData("query")]
    public async Task A_spoilt_answer_to_any_other_operation_is_unknown(string operation)
    {
        var held = await HoldAsync(Usd(1000));
        var reference = operation == "refund"
            ? Assert.IsType<GatewayAnswer.Captured>(await CaptureAsync(held, NewKey(), Usd(1000), Usd(1000))).Reference
            : held;
        await sandbox.AskAsync("/control/fault", new { acquirer, operation, kind = "malformed", when = "after", count = 1 });

        var spoilt = operation switch
        {
            "capture" => await CaptureAsync(reference, NewKey(), Usd(1000), Usd(1000)),
            "void" => await connector.VoidAsync(new VoidOrder(NewKey(), reference, Usd(1000)), account, Deadline()),
            "refund" => await RefundAsync(reference, NewKey(), Usd(1000), Usd(1000)),
            _ => await QueryAsync(GatewayOperation.Authorize, key, Usd(1000)),
        };

        Assert.IsType<GatewayAnswer.Unknown>(spoilt);
    }

    [Fact]
    public async Task An_answer_held_after_booking_comes_when_it_is_released()
    {
        await sandbox.AskAsync("/control/hold", new { acquirer, operation = "authorize", when = "after", count = 1 });
        var answer = AuthorizeAsync(Visa, Usd(1250));
        await sandbox.HeldAsync(1);
        Assert.Equal(1250, (await BookedAsync())!.Captured);
        Assert.False(answer.IsCompleted);

        await sandbox.AskAsync("/control/release", new { mode = "answer" });

        Assert.IsType<GatewayAnswer.Captured>(await answer.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_request_held_before_acting_and_dropped_did_nothing()
    {
        await sandbox.AskAsync("/control/hold", new { acquirer, operation = "authorize", when = "before", count = 1 });
        var answer = AuthorizeAsync(Visa, Usd(1250));
        await sandbox.HeldAsync(1);

        await sandbox.AskAsync("/control/release", new { mode = "drop" });

        Assert.IsType<GatewayAnswer.Unknown>(await answer.WaitAsync(Patience));
        Assert.IsType<GatewayAnswer.NotFound>(await QueryAsync(GatewayOperation.Authorize, key, Usd(1250)));
    }

    [Fact]
    public async Task Nobody_listening_means_not_sent_for_an_order_and_unknown_for_a_question()
    {
        var nobody = RunningSandbox.AccountAt(acquirer, new Uri("http://127.0.0.1:1/"));

        Assert.IsType<GatewayAnswer.NotSent>(await connector.AuthorizeAsync(Order(Visa, Usd(1), true, key), nobody, Deadline()));
        Assert.IsType<GatewayAnswer.NotSent>(await connector.RefundAsync(new RefundOrder(key, "r", Usd(1), Usd(1), null), nobody, Deadline()));
        Assert.IsType<GatewayAnswer.Unknown>(await connector.ConfirmAsync(new ConfirmOrder(key, "r", Usd(1), true), nobody, Deadline()));
        Assert.IsType<GatewayAnswer.Unknown>(await connector.QueryAsync(new QueryOrder(GatewayOperation.Refund, key, null, Usd(1)), nobody, Deadline()));
    }

    [Fact]
    public async Task The_book_survives_the_process()
    {
        var file = Path.Combine(Path.GetTempPath(), NewKey() + ".book");
        try
        {
            string reference;
            await using (var before = await RunningSandbox.StartAsync(file))
            {
                var taken = await before.Connectors.Get(acquirer).AuthorizeAsync(
                    Order(Visa, Usd(1000), true, key), before.Account(acquirer), Deadline());
                reference = Assert.IsType<GatewayAnswer.Captured>(taken).Reference;
                // What a killed process leaves is what the file holds now, perhaps with half a line behind it.
                File.Copy(file, file + ".killed");
            }

            await File.AppendAllTextAsync(file + ".killed", "{\"Sequence\":2,\"Acq");
            await using var after = await RunningSandbox.StartAsync(file + ".killed");
            var found = await after.Connectors.Get(acquirer).QueryAsync(
                new QueryOrder(GatewayOperation.Authorize, key, null, Usd(1000)), after.Account(acquirer), Deadline());
            var refunded = await after.Connectors.Get(acquirer).RefundAsync(
                new RefundOrder(NewKey(), reference, Usd(1000), Usd(1000), null), after.Account(acquirer), Deadline());

            Assert.Equal(reference, Assert.IsType<GatewayAnswer.Captured>(found).Reference);
            Assert.IsType<GatewayAnswer.Refunded>(refunded);
            Assert.DoesNotContain(Visa, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        }
        finally
        {
            foreach (var left in Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(file) + "*")) File.Delete(left);
        }
    }

    private const string Visa = "4242424242424242";

    private static Money Usd(long minor) => new(minor, Currency.Usd);

    private static string NewKey() => "at_" + RandomSource.System.HexToken(16);

    private static GatewayCard Card(string number) => new(Secret.Of(number), 12, 2034, Secret.Of("123"), "Kim Minji");

    private static CancellationToken Deadline() => new CancellationTokenSource(Patience).Token;

    // For answers that never come. Long enough that the sandbox has acted on a busy machine.
    private static CancellationToken Soon() => new CancellationTokenSource(TimeSpan.FromSeconds(1)).Token;

    private static AuthorizeOrder Order(string number, Money amount, bool capture, string key) =>
        new(key, amount, capture, Card(number), ReturnUrl, null, "Lamp & Söhne <김밥>");

    private static string SnakeCase(DeclineCode code) => string.Concat(code.ToString()
        .Select((letter, at) => char.IsUpper(letter) && at > 0 ? "_" + letter : letter.ToString())).ToLowerInvariant();

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition()) await Task.Delay(10, patience.Token);
    }

    private Task<BookedPayment?> BookedAsync() => sandbox.PaymentAsync(acquirer, key);

    private Task<GatewayAnswer> AuthorizeAsync(string number, Money amount, bool capture = true) =>
        connector.AuthorizeAsync(Order(number, amount, capture, key), account, Deadline());

    private async Task<string> HoldAsync(Money amount) =>
        Assert.IsType<GatewayAnswer.Authorized>(await AuthorizeAsync(Visa, amount, capture: false)).Reference;

    private async Task<GatewayAnswer.Challenge> ChallengeAsync(string number) =>
        Assert.IsType<GatewayAnswer.Challenge>(await AuthorizeAsync(number, Usd(1250)));

    private Task<GatewayAnswer> ConfirmAsync(string reference) =>
        connector.ConfirmAsync(new ConfirmOrder(key, reference, Usd(1250), Capture: true), account, Deadline());

    private Task<GatewayAnswer> CaptureAsync(string reference, string captureKey, Money amount, Money authorized) =>
        connector.CaptureAsync(new CaptureOrder(captureKey, reference, amount, authorized), account, Deadline());

    private Task<GatewayAnswer> RefundAsync(string reference, string refundKey, Money amount, Money remaining) =>
        connector.RefundAsync(new RefundOrder(refundKey, reference, amount, remaining, "changed their mind"), account, Deadline());

    private Task<GatewayAnswer> QueryAsync(GatewayOperation operation, string askedKey, Money amount) =>
        connector.QueryAsync(new QueryOrder(operation, askedKey, null, amount), account, Deadline());

    private async Task AssertAuthenticationFailedAsync(GatewayAnswer.Challenge challenge)
    {
        var declined = Assert.IsType<GatewayAnswer.Declined>(await ConfirmAsync(challenge.Reference));
        Assert.Equal(DeclineCode.AuthenticationFailed, declined.Code);
        Assert.Equal(declined, await QueryAsync(GatewayOperation.Authorize, key, Usd(1250)));
        Assert.Equal(new BookedPayment("declined", 0, 0, 0, false), await BookedAsync());
    }
}

public sealed class AuroraTests(SandboxFixture fixture)
    : AcquirerTests("aurora", "api_key", fixture), IClassFixture<SandboxFixture>;

public sealed class HangangTests(SandboxFixture fixture)
    : AcquirerTests("hangang", "merchant_key", fixture), IClassFixture<SandboxFixture>;

public sealed class CastellanTests(SandboxFixture fixture)
    : AcquirerTests("castellan", "signing_key", fixture), IClassFixture<SandboxFixture>;

/// <summary>One sandbox for the tests of a class, which xunit runs one after another.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    public RunningSandbox Sandbox { get; private set; } = null!;

    public async Task InitializeAsync() => Sandbox = await RunningSandbox.StartAsync();

    public async Task DisposeAsync() => await Sandbox.DisposeAsync();
}
