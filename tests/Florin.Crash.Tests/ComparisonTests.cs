using Florin.Crash.Books;
using Florin.Crash.Buyers;

namespace Florin.Crash.Tests;

/// <summary>The harness itself: each kind of fault, put into books that are sound, is found and named by its ids.</summary>
public sealed class ComparisonTests
{
    [Fact]
    public void Books_in_which_all_is_as_promised_have_no_discrepancy() => Assert.Empty(Comparison.Run(SoundBooks.Evidence));

    [Fact]
    public void A_payment_that_was_acknowledged_and_is_not_in_florin_is_lost() => Finds(
        Promise.NothingAcknowledgedIsLost, "pi_1", SoundBooks.WithFlorin(books => books with { Intents = books.Intents.But(row => row.Id == "pi_1", _ => null) }));

    [Fact]
    public void A_payment_that_was_acknowledged_and_has_not_succeeded_is_lost() => Finds(
        Promise.NothingAcknowledgedIsLost, "pi_1",
        SoundBooks.WithFlorin(books => books with { Intents = books.Intents.But(row => row.Id == "pi_1", row => row with { Status = "requires_payment_method" }) }));

    [Fact]
    public void A_line_that_is_missing_from_the_acquirers_book_is_named()
    {
        var evidence = SoundBooks.WithAcquirers(books => books with { Payments = books.Payments.But(row => row.Key == "pa_1", _ => null) });

        Finds(Promise.NothingAcknowledgedIsLost, "pi_1", evidence);
        Finds(Promise.TheAcquirersAgree, "pa_1", evidence);
    }

    [Fact]
    public void A_capture_over_another_amount_than_acknowledged_is_lost() => Finds(
        Promise.NothingAcknowledgedIsLost, "pi_2",
        SoundBooks.WithFlorin(books => books with { Intents = books.Intents.But(row => row.Id == "pi_2", row => row with { ReceivedMinor = 1_002 }) }));

    [Fact]
    public void A_hold_that_was_said_to_be_freed_and_is_not_is_named() => Finds(
        Promise.NothingAcknowledgedIsLost, "pi_3",
        SoundBooks.WithAcquirers(books => books with { Payments = books.Payments.But(row => row.Key == "pa_3", row => row with { Voided = false }) }));

    [Fact]
    public void A_refund_that_was_acknowledged_and_that_the_acquirer_does_not_have_is_lost()
    {
        var evidence = SoundBooks.WithAcquirers(books => books with { Operations = books.Operations.But(row => row.Key == "re_1", _ => null) });

        Finds(Promise.NothingAcknowledgedIsLost, "re_1", evidence);
        Finds(Promise.TheAcquirersAgree, "re_1", evidence);
    }

    [Fact]
    public void A_payment_that_was_declined_to_the_buyer_and_taken_all_the_same_is_named() => Finds(
        Promise.NothingAcknowledgedIsLost, "pa_4",
        SoundBooks.WithAcquirers(books => books with { Payments = books.Payments.But(row => row.Key == "pa_4", row => row with { Authorized = 1_004, Captured = 1_004 }) }));

    [Fact]
    public void A_second_charge_of_one_order_is_found_in_the_acquirers_books_alone()
    {
        var evidence = SoundBooks.WithAcquirers(books => new AcquirerBooks(
            [.. books.Payments, new("castellan", "pa_9", "approved", "usd", 1_001, 1_001, 0, Voided: false)],
            [.. books.Operations, new("castellan", "pa_9", "authorize", "approved", "usd", 1_001, "a9", null)]));

        Finds(Promise.NobodyIsChargedTwice, "pa_9", evidence);
        Finds(Promise.TheAcquirersAgree, "pa_9", evidence);
    }

    [Fact]
    public void A_second_payment_of_one_order_is_named_although_nothing_was_taken_for_it() => Finds(
        Promise.NobodyIsChargedTwice, "pi_9", SoundBooks.WithFlorin(books => books with { Intents = [.. books.Intents, new("pi_9", SoundBooks.Paid, "requires_payment_method", 0)] }));

    [Fact]
    public void A_refund_more_than_was_asked_for_is_named() => Finds(
        Promise.NobodyIsChargedTwice, "re_9", SoundBooks.WithFlorin(books => books with { Operations = [.. books.Operations, new("re_9", "ch_1", "refund", "succeeded", 400)] }));

    [Fact]
    public void A_charge_that_the_acquirer_has_otherwise_is_named() => Finds(
        Promise.TheAcquirersAgree, "ch_2",
        SoundBooks.WithAcquirers(books => books with { Payments = books.Payments.But(row => row.Key == "pa_2", row => row with { Captured = 1_002 }) }));

    [Fact]
    public void An_attempt_that_was_closed_and_came_through_is_named() => Finds(
        Promise.TheAcquirersAgree, "pa_1",
        SoundBooks.WithFlorin(books => books with { Attempts = books.Attempts.But(row => row.Id == "pa_1", row => row with { State = "not_sent" }) }));

    [Fact]
    public void A_capture_that_is_not_in_the_ledger_is_named() => Finds(
        Promise.TheLedgerEqualsTheCharges, "capture:ch_2",
        SoundBooks.WithFlorin(books => books with { Receivables = books.Receivables.But(row => row.Reference == "capture:ch_2", _ => null) }));

    [Fact]
    public void A_ledger_row_over_another_amount_is_named() => Finds(
        Promise.TheLedgerEqualsTheCharges, "refund:re_1",
        SoundBooks.WithFlorin(books => books with { Receivables = books.Receivables.But(row => row.Reference == "refund:re_1", row => row with { AmountMinor = -401 }) }));

    [Fact]
    public void A_ledger_row_that_nothing_caused_is_named() => Finds(
        Promise.TheLedgerEqualsTheCharges, "capture:ch_4",
        SoundBooks.WithFlorin(books => books with { Receivables = [.. books.Receivables, new("capture:ch_4", "gateway_receivable:aurora", "usd", 1_004)] }));

    [Theory]
    [InlineData("sent")]
    [InlineData("unknown")]
    [InlineData("challenge")]
    public void An_attempt_without_an_end_is_stuck(string state) => Finds(
        Promise.NothingIsStuck, "pa_4", SoundBooks.WithFlorin(books => books with { Attempts = books.Attempts.But(row => row.Id == "pa_4", row => row with { State = state }) }));

    [Fact]
    public void A_refund_without_an_end_is_stuck() => Finds(
        Promise.NothingIsStuck, "re_1", SoundBooks.WithFlorin(books => books with { Operations = books.Operations.But(row => row.Id == "re_1", row => row with { State = "unknown" }) }));

    [Fact]
    public void A_job_that_has_given_up_is_stuck() => Finds(
        Promise.NothingIsStuck, "pa_1", SoundBooks.WithFlorin(books => books with { Jobs = [.. books.Jobs, new("payments.settle", "pa_1", "dead", IsDue: false)] }));

    [Fact]
    public void An_event_that_never_arrived_is_named_whatever_florin_says() => Finds(
        Promise.EveryEventIsDelivered, "evt_3",
        SoundBooks.Evidence with { Told = SoundBooks.Evidence.Told.Where(told => told.Key != "evt_3").ToDictionary() });

    [Fact]
    public void An_event_whose_delivery_is_gone_is_named() => Finds(
        Promise.EveryEventIsDelivered, "evt_2",
        SoundBooks.WithFlorin(books => books with { Events = books.Events.But(row => row.Id == "evt_2", row => row with { Delivery = null }) }));

    [Fact]
    public void A_payment_that_succeeded_is_told_of_once()
    {
        Finds(Promise.EveryEventIsDelivered, "pi_1", SoundBooks.WithFlorin(books => books with { Events = books.Events.But(row => row.Id == "evt_1", _ => null) }));
        Finds(
            Promise.EveryEventIsDelivered, "pi_1",
            SoundBooks.WithFlorin(books => books with { Events = books.Events.But(row => row.Id == "evt_3", row => row with { Type = "payment_intent.succeeded", Subject = "1" }) }));
    }

    [Fact]
    public void A_request_that_was_never_answered_is_named() => Finds(
        Promise.EveryRequestIsAnswered, "usd 1004",
        SoundBooks.Evidence with { Clients = SoundBooks.Evidence.Clients.But(line => line.IsAnswer && line.Order == SoundBooks.Declined, _ => null) });

    [Fact]
    public void A_503_is_an_end_only_for_a_payment_that_no_gateway_takes()
    {
        Finds(Promise.EveryRequestIsAnswered, "usd 1004", Refused("gateway_not_reached"));
        Assert.Empty(Comparison.Run(Refused("gateway_busy")));

        static Evidence Refused(string code) => SoundBooks.Evidence with
        {
            Clients = SoundBooks.Evidence.Clients.But(line => line.IsAnswer && line.Order == SoundBooks.Declined, line => line with { Status = 503, State = code }),
        };
    }

    [Fact]
    public void A_payment_that_no_gateway_took_must_not_be_approved() => Finds(
        Promise.NothingAcknowledgedIsLost, "usd 1001",
        SoundBooks.Evidence with
        {
            Clients = SoundBooks.Evidence.Clients.But(
                line => line is { IsAnswer: true, Act: Act.Pay, Order: { Currency: "usd", AmountMinor: 1_001 } }, line => line with { Status = 503, State = "gateway_busy" }),
        });

    [Fact]
    public void The_clients_log_reads_back_as_it_was_written()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using (var log = new ClientLog(path, TimeProvider.System))
            {
                foreach (var line in SoundBooks.Evidence.Clients) log.Write(line);
            }

            var read = ClientLog.Read(path);
            Assert.Equal(SoundBooks.Evidence.Clients, read.Select(line => line with { At = DateTimeOffset.UnixEpoch }));
            Assert.All(read, line => Assert.NotEqual(DateTimeOffset.UnixEpoch, line.At));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Finds(Promise promise, string id, Evidence evidence) =>
        Assert.Contains(Comparison.Run(evidence), found => found.Promise == promise && found.Sentence.Contains(id, StringComparison.Ordinal));
}
