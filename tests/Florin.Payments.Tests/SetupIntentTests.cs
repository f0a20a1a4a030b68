using Florin.Events;
using Florin.Kernel;
using Florin.Sandbox;

namespace Florin.Payments.Tests;

/// <summary>Cards saved without a payment, at every acquirer: what is held to verify one is always freed.</summary>
public abstract class SetupIntentTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    public static TheoryData<string, string> Cuts
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var acquirer in AcquirerNames.All)
            {
                data.Add(acquirer, "before");
                data.Add(acquirer, "after");
            }

            return data;
        }
    }

    private ISetupIntents Setups => Florin.Get<ISetupIntents>();

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_verified_card_is_saved_and_what_was_held_is_freed(string acquirer)
    {
        var customer = (await Florin.Get<ICustomers>().CreateAsync(Florin.Request(), Nobody, answer: null, Ct)).Value;

        var saved = (await SetUpAsync(Cards.Approved, acquirer, customer.Id)).Value;

        Assert.Equal(SetupIntentStatus.Succeeded, saved.Status);
        Assert.Equal(customer.Id, (await Florin.Methods.FindAsync(saved.Scope, saved.PaymentMethod!.Value, Ct))!.Customer);
        await FreedAsync(saved, acquirer);
        Assert.Equal([EventTypes.SetupIntentCreated, EventTypes.SetupIntentSucceeded], await EventsOfAsync(saved));

        // Nothing of it is a payment.
        Assert.Empty((await Payments.ListChargesAsync(saved.Scope, new ChargeFilter(customer.Id), new(10), Ct)).Items);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_refused_card_is_not_saved_and_another_may_be_tried(string acquirer)
    {
        var refused = await SetUpAsync(Cards.Declined, acquirer);

        Assert.Equal((RefusalKind.Declined, "insufficient_funds"), (refused.Refusal!.Kind, refused.Refusal.DeclineCode));
        var failed = Assert.IsType<SetupIntent>(refused.Refusal.Subject);
        Assert.Equal((SetupIntentStatus.RequiresPaymentMethod, null), (failed.Status, failed.PaymentMethod));
        Assert.Equal([EventTypes.SetupIntentCreated, EventTypes.SetupIntentSetupFailed], await EventsOfAsync(failed));

        var saved = (await Setups.ConfirmAsync(
            Florin.Request(), failed.Id, new SetupConfirmation(PaymentMethod: null, NewMethod(Cards.Approved), ReturnUrl: null), answer: null, Ct)).Value;
        Assert.Equal((SetupIntentStatus.Succeeded, null), (saved.Status, saved.LastError));
        await FreedAsync(saved, acquirer);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_challenge_is_passed_at_the_issuers_page(string acquirer)
    {
        var waiting = await ChallengedAsync(acquirer);
        await TypeAsync(waiting, TestCards.OneTimePassword);

        var saved = (await ReturnAsync(waiting)).Value;

        Assert.Equal((SetupIntentStatus.Succeeded, null), (saved.Status, saved.NextAction));
        await FreedAsync(saved, acquirer);
        Assert.Equal(
            [EventTypes.SetupIntentCreated, EventTypes.SetupIntentRequiresAction, EventTypes.SetupIntentSucceeded], await EventsOfAsync(saved));

        // A second return changes nothing.
        Assert.Equal(SetupIntentStatus.Succeeded, (await ReturnAsync(waiting)).Value.Status);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_failed_challenge_saves_nothing(string acquirer)
    {
        var waiting = await ChallengedAsync(acquirer);
        await TypeAsync(waiting, password: null);

        var refused = await ReturnAsync(waiting);

        Assert.Equal("setup_intent_authentication_failure", refused.Refusal!.Code);
        Assert.Equal(SetupIntentStatus.RequiresPaymentMethod, (await FindAsync(waiting)).Status);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_challenge_passed_after_cancelling_saves_nothing_and_is_freed(string acquirer)
    {
        var waiting = await ChallengedAsync(acquirer);
        Assert.Equal(
            SetupIntentStatus.Canceled,
            (await Setups.CancelAsync(Florin.Request(), waiting.Id, CancellationReason.Abandoned, answer: null, Ct)).Value.Status);
        await TypeAsync(waiting, TestCards.OneTimePassword);
        Assert.Equal(SetupIntentStatus.Canceled, (await ReturnAsync(waiting)).Value.Status);

        // Nobody confirms it any more, so no gateway holds anything.
        var attempt = Assert.Single(await AttemptsAsync(waiting));
        Assert.Equal(0, (await Florin.BookedPaymentAsync(acquirer, attempt.GatewayKey))!.Authorized);
        var method = (await Florin.Methods.FindAsync(waiting.Scope, waiting.PaymentMethod!.Value, Ct))!;
        Assert.Null(method.Customer);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task An_answer_that_never_comes_is_found_by_asking(string acquirer)
    {
        Hurry();
        var unknown = (await SetUpAsync(Cards.SilentAfterApproving, acquirer)).Value;
        Assert.Equal(SetupIntentStatus.Processing, unknown.Status);

        await FreedAsync(await EventuallyAsync(unknown, SetupIntentStatus.Succeeded), acquirer);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task What_the_gateway_never_heard_of_fails(string acquirer)
    {
        Hurry();
        var unknown = (await SetUpAsync(Cards.SilentWithoutApproving, acquirer)).Value;
        Assert.Equal(SetupIntentStatus.Processing, unknown.Status);

        var failed = await EventuallyAsync(unknown, SetupIntentStatus.RequiresPaymentMethod);
        Assert.Equal("processing_error", failed.LastError!.Code);
    }

    [Theory, MemberData(nameof(Cuts))]
    public async Task A_lost_answer_to_the_release_is_asked_for_and_the_hold_freed_once(string acquirer, string when)
    {
        Hurry();
        await Florin.FaultAsync(acquirer, "void", "reset", when);
        var saved = (await SetUpAsync(Cards.Approved, acquirer)).Value;
        var attempt = await FreedAsync(saved, acquirer);
        var voids = (await Florin.BookedOperationsAsync(acquirer, attempt.GatewayKey)).Count(operation => operation.Operation.Equals("void", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(1, voids);
    }

    [Theory, MemberData(nameof(Cuts))]
    public async Task A_verification_cut_off_by_a_crash_ends_as_the_book_says(string acquirer, string when)
    {
        var scope = await Florin.NewMerchantAsync(new(0, new Dictionary<string, long>()));
        Hurry();
        await Florin.HoldAsync(acquirer, "authorize", when);
        var call = SetUpAsync(Cards.Approved, acquirer, scope: scope);
        await Florin.HeldAsync(1);
        await Florin.CrashAndRestartAsync();
        await Florin.ReleaseAsync("drop");
        await Assert.ThrowsAnyAsync<Exception>(() => call);

        var intent = Assert.Single((await Setups.ListAsync(scope, new SetupIntentFilter(), new(10), Ct)).Items);
        var ended = await EventuallyAsync(intent, when == "after" ? SetupIntentStatus.Succeeded : SetupIntentStatus.RequiresPaymentMethod);
        if (when == "after") await FreedAsync(ended, acquirer);
    }

    [Fact]
    public async Task Of_two_confirmations_at_once_one_verifies()
    {
        var intent = (await Setups.CreateAsync(Florin.Request(), New(Cards.Approved, AcquirerNames.Aurora) with { Confirm = false }, answer: null, Ct)).Value;
        Assert.Equal(SetupIntentStatus.RequiresConfirmation, intent.Status);

        var confirmation = new SetupConfirmation(PaymentMethod: null, Card: null, ReturnUrl: null);
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Setups.ConfirmAsync(Florin.Request(), intent.Id, confirmation, answer: null, Ct)));

        Assert.Equal("setup_intent_unexpected_state", Assert.Single(both, result => !result.IsSuccess).Refusal!.Code);
        Assert.Single(await AttemptsAsync(intent));
        await FreedAsync(intent, AcquirerNames.Aurora);
    }

    [Fact]
    public async Task A_card_that_was_saved_without_a_customer_waits_to_be_attached()
    {
        var saved = (await SetUpAsync(Cards.Approved, AcquirerNames.Aurora)).Value;
        var customer = (await Florin.Get<ICustomers>().CreateAsync(Florin.Request(), Nobody, answer: null, Ct)).Value;
        var attached = await Florin.Methods.AttachAsync(Florin.Request(), saved.PaymentMethod!.Value.ToString(), customer.Id, answer: null, Ct);
        Assert.Equal(customer.Id, attached.Value.Customer);
    }

    private static NewCustomer Nobody => new(null, null, null, null, null, null, [], null, null, Documents.NoMetadata);

    private static NewSetupIntent New(string card, string acquirer, CustomerId? customer = null) => new(
        Confirm: true,
        FutureUsage.OffSession,
        customer,
        PaymentMethod: null,
        NewMethod(card),
        new Uri("https://shop.example/return"),
        Description: null,
        Currency: null,
        acquirer,
        Documents.NoMetadata);

    private Task<Result<SetupIntent>> SetUpAsync(string card, string acquirer, CustomerId? customer = null, MerchantScope? scope = null) =>
        Setups.CreateAsync(Florin.Request(scope), New(card, acquirer, customer), answer: null, Ct);

    private async Task<SetupIntent> ChallengedAsync(string acquirer)
    {
        var waiting = (await SetUpAsync(Cards.Challenge, acquirer)).Value;
        Assert.Equal(SetupIntentStatus.RequiresAction, waiting.Status);
        Assert.NotNull(waiting.NextAction);
        return waiting;
    }

    private async Task TypeAsync(SetupIntent intent, string? password)
    {
        var form = new FormUrlEncodedContent([password is null ? new("cancel", "1") : new("otp", password)]);
        using var answer = await Florin.Browser.PostAsync(intent.NextAction, form);
        Assert.True((int)answer.StatusCode is 200 or 303, $"The issuer's page answered {answer.StatusCode}.");
    }

    private async Task<Result<SetupIntent>> ReturnAsync(SetupIntent intent)
    {
        var attempt = (await AttemptsAsync(intent))[0];
        return await Setups.ResumeAfterChallengeAsync(attempt.Id, attempt.ReturnToken, Ct);
    }

    private async Task<IReadOnlyList<SetupAttempt>> AttemptsAsync(SetupIntent intent) =>
        (await Setups.ListAttemptsAsync(intent.Scope, intent.Id, new(100), Ct))!.Items;

    private async Task<SetupIntent> FindAsync(SetupIntent intent) => (await Setups.FindAsync(intent.Scope, intent.Id, Ct))!;

    private async Task<SetupIntent> EventuallyAsync(SetupIntent intent, SetupIntentStatus status)
    {
        var now = intent;
        await RunningFlorin.EventuallyAsync(async () => (now = await FindAsync(intent)).Status == status, () => $"It is {now.Status}, not {status}.");
        return now;
    }

    // The acquirer's own book is what tells whether a cardholder's money is free again.
    private async Task<SetupAttempt> FreedAsync(SetupIntent intent, string acquirer)
    {
        SetupAttempt attempt = null!;
        await RunningFlorin.EventuallyAsync(
            async () => (attempt = (await AttemptsAsync(intent))[0]).State == AttemptState.Voided, () => $"It stays {attempt}.");
        var booked = (await Florin.BookedPaymentAsync(acquirer, attempt.GatewayKey))!;
        Assert.Equal((true, 0), (booked.Voided, booked.Captured));
        return attempt;
    }

    private async Task<IEnumerable<string>> EventsOfAsync(SetupIntent intent) =>
        (await Florin.Events.ForSubjectsAsync(intent.Scope, [intent.Id.Value], Ct)).Select(each => each.Type);
}

public sealed class SetupIntentsOnSqlite(SqlitePayments fixture) : SetupIntentTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class SetupIntentsOnPostgres(PostgresPayments fixture) : SetupIntentTests(fixture), IClassFixture<PostgresPayments>;
