using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Florin.Sandbox;
using Florin.Testing.Processes;

namespace Florin.Scenarios.Tests;

/// <summary>Every test card at every acquirer, through both doors: what we say, what the acquirer's book says and what the
/// ledger says are the same.</summary>
public abstract partial class CardFlowTests(FlorinFixture fixture)
{
    private const long Amount = 12_300;

    [Theory]
    [InlineData("usd", "aurora")]
    [InlineData("eur", "castellan")]
    [InlineData("krw", "hangang")]
    public async Task Over_the_api(string currency, string acquirer) =>
        await EachCardAsync(acquirer, async card =>
        {
            var made = await fixture.Florin.PostAsync("/v1/payment_intents", null, Talking.Card(card.Number, Amount, currency));
            if (card.Behavior == TestCardBehavior.Decline)
            {
                Assert.Equal(402, made.Status);
                Assert.Equal(card.DeclineCode, DeclineCodeOf(made));
                return made.Body.GetProperty("error").GetProperty("payment_intent").GetProperty("id").GetString()!;
            }

            Assert.Equal(200, made.Status);
            if (HasChallenge(card))
            {
                Assert.Equal("requires_action", made["status"]);
                await fixture.Florin.ConfirmAtIssuerAsync(made.Body.GetProperty("next_action").GetProperty("redirect_to_url").GetProperty("url").GetString()!);
            }

            return made["id"];
        });

    [Theory]
    [InlineData("usd", "aurora")]
    [InlineData("eur", "castellan")]
    [InlineData("krw", "hangang")]
    public async Task Through_the_hosted_checkout(string currency, string acquirer) =>
        await EachCardAsync(acquirer, async card =>
        {
            var (id, path) = await fixture.Florin.OpenCheckoutAsync(Amount, currency);
            var token = await fixture.Florin.FormTokenAsync(path);
            using var form = Talking.PayForm(token, card.Number);
            using var paid = await fixture.Florin.Buyer.PostAsync(path + "/pay", form);
            Assert.Equal(card.Behavior == TestCardBehavior.Decline ? HttpStatusCode.PaymentRequired : HttpStatusCode.SeeOther, paid.StatusCode);
            if (HasChallenge(card))
            {
                var page = await fixture.Florin.Buyer.GetStringAsync(path);
                await fixture.Florin.ConfirmAtIssuerAsync(IssuerUrl().Match(page).Value);
            }

            var session = await fixture.Florin.WaitForAsync($"/v1/checkout/sessions/{id}", now => !EndsPaid(card) || now["status"] == "complete");
            Assert.Equal(EndsPaid(card) ? "paid" : "unpaid", session["payment_status"]);
            return session["payment_intent"];
        });

    private static bool HasChallenge(TestCard card) =>
        card.Behavior is TestCardBehavior.Challenge or TestCardBehavior.ChallengeThenDecline or TestCardBehavior.ChallengeThenSilent
            or TestCardBehavior.ChallengeThenDeclineAtAurora;

    private static bool EndsPaid(TestCard card) => StatusOf(card) == "succeeded";

    private static string StatusOf(TestCard card) => card.Behavior switch
    {
        TestCardBehavior.Decline or TestCardBehavior.ChallengeThenDecline => "requires_payment_method",

        // The acquirer never heard of it, but may yet: that is final only minutes later.
        TestCardBehavior.SilentWithoutApproving => "processing",
        TestCardBehavior.Approve or TestCardBehavior.Frictionless or TestCardBehavior.Challenge or TestCardBehavior.SlowAnswer
            or TestCardBehavior.SilentAfterApproving or TestCardBehavior.ChallengeThenSilent or TestCardBehavior.DisputeFraudulent
            or TestCardBehavior.DisputeNotReceived or TestCardBehavior.Inquiry or TestCardBehavior.DeclineIncrement
            or TestCardBehavior.SlowRefund
            or TestCardBehavior.DeclineAtAurora or TestCardBehavior.ChallengeThenDeclineAtAurora => "succeeded",
    };

    // What Aurora cannot process goes to Castellan, which takes Aurora's word that the buyer was seen.
    private static string AcquirerOf(TestCard card, string asked) =>
        asked == "aurora" && card.Behavior is (TestCardBehavior.DeclineAtAurora or TestCardBehavior.ChallengeThenDeclineAtAurora) ? "castellan" : asked;

    private static string? DeclineCodeOf(Answer answer) =>
        answer.Body.GetProperty("error").TryGetProperty("decline_code", out var code) ? code.GetString() : null;

    /// <param name="pay">Pays with a card and gives the payment's id.</param>
    private async Task EachCardAsync(string acquirer, Func<TestCard, Task<string>> pay)
    {
        var wrong = new ConcurrentQueue<string>();
        await Task.WhenAll(TestCards.All.Select(async card =>
        {
            try
            {
                await AgreeAsync(card, acquirer, await pay(card));
            }
            catch (Exception failure)
            {
                wrong.Enqueue($"{card.Name}: {failure.Message}");
            }
        }));
        Assert.Empty(wrong);
        await fixture.ProveLedgerAsync();
    }

    private async Task AgreeAsync(TestCard card, string acquirer, string payment)
    {
        var ours = await fixture.Florin.WaitForAsync($"/v1/payment_intents/{payment}?expand[]=latest_charge", now => now["status"] == StatusOf(card));
        var charged = EndsPaid(card) ? Amount : 0;
        Assert.Equal(charged, ours.Body.GetProperty("amount_received").GetInt64());
        if (EndsPaid(card)) Assert.Equal(Amount, ours.Body.GetProperty("latest_charge").GetProperty("amount_captured").GetInt64());
        var theirs = await fixture.Florin.BookedAsync(ours.Key, AcquirerOf(card, acquirer));
        Assert.Equal((charged, 0L, false), (theirs?.Captured ?? 0, theirs?.Refunded ?? 0, theirs?.Voided ?? false));
    }

    [GeneratedRegex("http://[0-9.:]+/acs/[0-9a-f]+")]
    private static partial Regex IssuerUrl();
}

public sealed class CardFlowsOnSqlite(FlorinOnSqlite fixture) : CardFlowTests(fixture), IClassFixture<FlorinOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class CardFlowsOnPostgres(FlorinOnPostgres fixture) : CardFlowTests(fixture), IClassFixture<FlorinOnPostgres>;
