using Florin.Crash.Books;
using Florin.Crash.Buyers;

namespace Florin.Crash.Tests;

/// <summary>Small books in which everything is as promised, for a test to put one fault into.</summary>
/// <remarks>Four orders: one paid and refunded in part, one held and captured in part, one held and freed, one declined.</remarks>
internal static class SoundBooks
{
    public static readonly Order Paid = new("usd", 1_001);
    public static readonly Order Captured = new("eur", 1_002);
    public static readonly Order Freed = new("krw", 1_003);
    public static readonly Order Declined = new("usd", 1_004);

    public static Evidence Evidence { get; } = new(
        [
            .. Asked(Paid, Act.Pay, 1_001, 200, "succeeded", "pi_1"),
            .. Asked(Paid, Act.Refund, 400, 200, "succeeded", "re_1"),
            .. Asked(Captured, Act.Hold, 1_002, 200, "requires_capture", "pi_2"),
            .. Asked(Captured, Act.Capture, 500, 200, "succeeded", "pi_2"),
            .. Asked(Freed, Act.Hold, 1_003, 200, "requires_capture", "pi_3"),
            .. Asked(Freed, Act.Cancel, 1_003, 200, "canceled", "pi_3"),
            .. Asked(Declined, Act.Pay, 1_004, 402, "card_declined", "pi_4"),
        ],
        new FlorinBooks(
            [
                new("pi_1", Paid, "succeeded", 1_001), new("pi_2", Captured, "succeeded", 500), new("pi_3", Freed, "canceled", 0),
                new("pi_4", Declined, "requires_payment_method", 0),
            ],
            [
                new("pa_1", "pi_1", "aurora", "captured"), new("pa_2", "pi_2", "castellan", "captured"), new("pa_3", "pi_3", "hangang", "voided"),
                new("pa_4", "pi_4", "aurora", "declined"),
            ],
            [
                new("ch_1", "pi_1", "pa_1", "aurora", "usd", "captured", 1_001, 1_001, 400),
                new("ch_2", "pi_2", "pa_2", "castellan", "eur", "captured", 1_002, 500, 0),
                new("ch_3", "pi_3", "pa_3", "hangang", "krw", "voided", 1_003, 0, 0),
                new("ch_4", "pi_4", "pa_4", "aurora", "usd", "failed", 1_004, 0, 0),
            ],
            [
                new("re_1", "ch_1", "refund", "succeeded", 400), new("co_2", "ch_2", "capture", "succeeded", 500), new("co_3", "ch_3", "void", "succeeded", 1_003),
            ],
            [
                new("capture:ch_1", "gateway_receivable:aurora", "usd", 1_001), new("refund:re_1", "gateway_receivable:aurora", "usd", -400),
                new("capture:ch_2", "gateway_receivable:castellan", "eur", 500),
            ],
            [
                new("evt_1", "payment_intent.succeeded", "1", "delivered"), new("evt_2", "payment_intent.succeeded", "2", "delivered"),
                new("evt_3", "payment_intent.canceled", "3", "delivered"), new("evt_4", "payment_intent.payment_failed", "4", "delivered"),
            ],
            [new("payments.sweep", "regular", "queued", IsDue: true)]),
        new AcquirerBooks(
            [
                new("aurora", "pa_1", "approved", "usd", 1_001, 1_001, 400, Voided: false), new("castellan", "pa_2", "approved", "eur", 1_002, 500, 0, Voided: false),
                new("hangang", "pa_3", "approved", "krw", 1_003, 0, 0, Voided: true), new("aurora", "pa_4", "declined", "usd", 0, 0, 0, Voided: false),
            ],
            [
                new("aurora", "pa_1", "authorize", "approved", "usd", 1_001, "a1", null), new("aurora", "re_1", "refund", "approved", "usd", 400, "r1", "a1"),
                new("castellan", "pa_2", "authorize", "approved", "eur", 1_002, "a2", null), new("castellan", "co_2", "capture", "approved", "eur", 500, "c2", "a2"),
                new("hangang", "pa_3", "authorize", "approved", "krw", 1_003, "a3", null), new("hangang", "co_3", "void", "approved", "krw", 1_003, "v3", "a3"),
                new("aurora", "pa_4", "authorize", "declined", "usd", 1_004, "a4", null),
            ]),
        new Dictionary<string, int> { ["evt_1"] = 1, ["evt_2"] = 2, ["evt_3"] = 1, ["evt_4"] = 1 });

    public static Evidence WithFlorin(Func<FlorinBooks, FlorinBooks> change) => Evidence with { Florin = change(Evidence.Florin) };

    public static Evidence WithAcquirers(Func<AcquirerBooks, AcquirerBooks> change) => Evidence with { Acquirers = change(Evidence.Acquirers) };

    /// <summary>The list with one row changed, or left out.</summary>
    public static IReadOnlyList<T> But<T>(this IReadOnlyList<T> rows, Func<T, bool> which, Func<T, T?> change) where T : class
    {
        Assert.Single(rows, row => which(row));
        return [.. rows.Select(row => which(row) ? change(row) : row).OfType<T>()];
    }

    private static ClientLine[] Asked(Order order, Act act, long amount, int status, string state, string subject)
    {
        var asked = new ClientLine(DateTimeOffset.UnixEpoch, 1, order, act, $"{order} {act}", amount);
        return [asked, asked with { Status = status, State = state, Subject = subject, Tries = 1 }];
    }
}
