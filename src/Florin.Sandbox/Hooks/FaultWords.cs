using System.Globalization;
using Florin.Kernel;

namespace Florin.Sandbox.Hooks;

/// <summary>Faults as tests and people write them: the same fields in JSON and in a form.</summary>
internal static class FaultWords
{
    private const int MaxCount = 1_000_000;
    private const int MaxDelayMs = 600_000;
    private const int MaxSeconds = 86_400;

    /// <summary>Every kind that can be set. Those that strike an answer also say when: before acting, or after it.</summary>
    public static IReadOnlyList<(string Word, FaultKind Kind, FaultMoment? Moment, string Told)> Kinds { get; } =
    [
        ("delay", FaultKind.Delay, null, "the answer comes delay_ms late"),
        ("silence", FaultKind.Silence, null, "no answer comes"),
        ("http500", FaultKind.Http500, null, "HTTP 500, or another 5xx of status"),
        ("malformed", FaultKind.Malformed, null, "an answer that is nonsense"),
        ("truncated", FaultKind.Truncated, null, "half an answer that says it is whole"),
        ("reset", FaultKind.Reset, null, "the connection is cut before the answer"),
        ("reset_midway", FaultKind.ResetMidway, null, "the connection is cut in the middle of the answer"),
        ("duplicate", FaultKind.Duplicate, FaultMoment.After, "the request arrives twice, and its second arrival is answered"),
        ("outage", FaultKind.Outage, FaultMoment.Connected, "every connection is cut"),
        ("query_lag", FaultKind.QueryLag, FaultMoment.LookedUp, "status queries do not know what was done in the last delay_ms"),
        ("webhook_lost", FaultKind.WebhookLost, FaultMoment.Announced, "a webhook is not sent"),
        ("webhook_late", FaultKind.WebhookLate, FaultMoment.Announced, "a webhook is sent delay_ms late"),
        ("webhook_doubled", FaultKind.WebhookDoubled, FaultMoment.Announced, "a webhook is sent twice"),
        ("webhook_reordered", FaultKind.WebhookReordered, FaultMoment.Announced, "a webhook is sent after the next one"),
        ("webhook_forged", FaultKind.WebhookForged, FaultMoment.Announced, "a webhook is sent with a wrong signature"),
        ("settlement_amount", FaultKind.SettlementAmount, FaultMoment.Settled, "one row of the report is one minor unit too much"),
        ("settlement_missing", FaultKind.SettlementMissing, FaultMoment.Settled, "one row of the report is missing"),
        ("settlement_extra", FaultKind.SettlementExtra, FaultMoment.Settled, "the report has one row too many"),
    ];

    public static string Of(FaultKind kind) => kind == FaultKind.Hold ? "hold" : Kinds.First(known => known.Kind == kind).Word;

    /// <summary>What <c>when</c> was; null where the kind says it all.</summary>
    public static string? Of(FaultMoment moment) => moment switch
    {
        FaultMoment.Before => "before",
        FaultMoment.After => "after",
        FaultMoment.Connected or FaultMoment.LookedUp or FaultMoment.Announced or FaultMoment.Settled => null,
    };

    /// <returns>What is wrong with the fields, in our own words; null when nothing is.</returns>
    public static string? Read(IReadOnlyDictionary<string, string> fields, RandomSource random, out Fault fault, out FaultBounds bounds)
    {
        (fault, bounds) = (null!, null!);
        var word = Text("kind");
        var known = Kinds.FirstOrDefault(one => one.Word == word);
        if (known.Word is null && word != "hold") return $"kind is one of {string.Join(", ", Kinds.Select(one => one.Word))}";
        var moment = known.Moment ?? Text("when") switch
        {
            "before" => FaultMoment.Before,
            "after" => FaultMoment.After,
            _ => (FaultMoment?)null,
        };
        var card = Text("card");
        var last4 = card is { Length: >= 4 } ? card[^4..] : card;
        var seconds = Number("for_seconds", absent: null);

        // Alone it strikes once; for a time it strikes whatever it meets; an outage lasts until it is over.
        var count = Number("count", absent: seconds is null && known.Kind != FaultKind.Outage ? 1 : null);
        var delayMs = Number("delay_ms", absent: 0);
        var status = Number("status", absent: 500);
        var chance = Chance();
        var seed = Number("seed", absent: null);
        var wrong = moment is null ? "when is 'before' or 'after'"
            : Text("acquirer") is { } acquirer && !AcquirerNames.All.Contains(acquirer) ? "acquirer is not one of ours"
            : Text("operation") is { } operation && !OperationNames.All.Contains(operation) ? "operation is not one of ours"
            : last4 is not null && (last4.Length != 4 || !last4.All(char.IsAsciiDigit)) ? "card is a test card's number, or its last four digits"
            : count is < 1 or > MaxCount ? $"count is from 1 to {MaxCount}"
            : seconds is < 1 or > MaxSeconds ? $"for_seconds is from 1 to {MaxSeconds}"
            : delayMs is < 0 or > MaxDelayMs ? $"delay_ms is from 0 to {MaxDelayMs}"
            : status is < 500 or > 599 ? "status is from 500 to 599"
            : chance is null ? "probability is from 0 to 1"
            : Text("as") is not (null or "not_found" or "pending") ? "as is 'not_found' or 'pending'"
            : seed is < 0 ? "seed is a number from 0"
            : null;
        if (wrong is not null) return wrong;
        fault = new Fault(known.Word is null ? FaultKind.Hold : known.Kind, moment!.Value, Text("acquirer"), Text("operation"))
        {
            Last4 = last4,
            Delay = TimeSpan.FromMilliseconds(delayMs!.Value),
            Status = status!.Value,
            IsPending = Text("as") == "pending",
        };
        bounds = new FaultBounds(
            count,
            seconds is { } howLong ? TimeSpan.FromSeconds(howLong) : null,
            chance!.Value,
            (ulong)(seed ?? (int)(random.Fraction() * int.MaxValue)));
        return null;

        string? Text(string name) => fields.TryGetValue(name, out var text) && text.Length > 0 ? text : null;

        int? Number(string name, int? absent) => Text(name) is not { } text ? absent
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : -1;

        int? Chance() => Text("probability") is not { } text ? FaultBounds.Always
            : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var part) && part <= 1
                ? (int)(part * FaultBounds.Always)
                : null;
    }
}
