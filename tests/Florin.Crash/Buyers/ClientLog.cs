using System.Text.Json;
using System.Text.Json.Serialization;

namespace Florin.Crash.Buyers;

/// <summary>What a buyer asked for.</summary>
internal enum Act
{
    /// <summary>To pay at once.</summary>
    Pay,

    /// <summary>To have the amount held.</summary>
    Hold,

    /// <summary>To have a held amount taken, in whole or in part.</summary>
    Capture,

    /// <summary>To have a held amount freed.</summary>
    Cancel,

    Refund,

    /// <summary>To pay on the hosted page.</summary>
    Checkout,
}

/// <summary>One line of the log: an act that was asked for, or how it was answered in the end.</summary>
/// <param name="Order">Which order, see <see cref="Buyers.Order"/>.</param>
/// <param name="Key">Its idempotency key, the same in every try.</param>
/// <param name="AmountMinor">Of the act, not of the order.</param>
/// <param name="Status">The HTTP status of the definite answer; null on a line that says what was asked.</param>
/// <param name="State">What was acknowledged, as in <c>succeeded</c>; of a refusal its error code.</param>
/// <param name="Subject">The id of the payment intent or refund that was answered.</param>
/// <param name="Tries">How often it was asked until it was answered; 0 on a line that says what was asked.</param>
internal sealed record ClientLine(
    DateTimeOffset At, int Buyer, Order Order, Act Act, string Key, long AmountMinor, int? Status = null, string? State = null, string? Subject = null, int Tries = 0)
{
    [JsonIgnore]
    public bool IsAnswer => Status is not null;

    public bool Acknowledges(string state) => Status == 200 && State == state;

    public override string ToString() => $"{Act} of {AmountMinor} for {Order} with key {Key}";
}

/// <summary>An order, named by its amount and currency: each has an amount that no other has, so the acquirer's book alone
/// tells whether one was charged twice, whatever Florin believes.</summary>
internal sealed record Order(string Currency, long AmountMinor)
{
    public override string ToString() => $"{Currency} {AmountMinor}";
}

/// <summary>The buyers' own record, a file that is only added to: what they were told is not taken from Florin afterwards.</summary>
internal sealed class ClientLog(string path, TimeProvider time) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    private readonly Lock gate = new();
    private readonly StreamWriter lines = new(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read)) { AutoFlush = true };

    public string Path => path;

    public void Write(ClientLine line)
    {
        var text = JsonSerializer.Serialize(line with { At = time.GetUtcNow() }, Json);
        lock (gate) lines.WriteLine(text);
    }

    public static IReadOnlyList<ClientLine> Read(string path) =>
        [.. File.ReadLines(path).Select(line => JsonSerializer.Deserialize<ClientLine>(line, Json)!)];

    public void Dispose() => lines.Dispose();
}
