using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Florin.Bench;

/// <summary>A closed loop of buyers: each connection pays, waits for the answer, and pays again.</summary>
/// <remarks>
/// Plain sockets instead of HttpClient: the load generator shares the cores with the server, and what it burns would be
/// counted against it. Requests differ in their idempotency key alone, which is written over the bytes of the last.
/// </remarks>
/// <param name="run">Begins the idempotency keys, so that another run against the same server pays anew.</param>
/// <param name="connector">The gateway to pay through; null for the one that routing chooses.</param>
internal sealed class Load(IPEndPoint server, string secretKey, StoredCard card, TimeProvider time, string run = "bench", string? connector = null)
{
    private const string KeyDigits = "0000000000000000";

    private int all;
    private int errors;
    private string? firstError;
    private volatile bool isMeasuring;
    private volatile bool isOver;

    /// <param name="onMeasuring">Called when the measured time begins.</param>
    /// <param name="onMeasured">Called when it ends, while the load still runs.</param>
    public async Task<LoadResult> RunAsync(LoadPlan plan, Action onMeasuring, Action onMeasured)
    {
        var latencies = Enumerable.Range(0, plan.Connections).Select(_ => new List<long>(100_000)).ToList();
        var buyers = latencies.Select((own, number) => Task.Run(() => BuyAsync(number, own))).ToList();
        await Task.Delay(plan.WarmUp, time);
        onMeasuring();
        isMeasuring = true;
        var began = time.GetTimestamp();
        await Task.Delay(plan.Measured, time);
        isMeasuring = false;
        var elapsed = time.GetElapsedTime(began);
        onMeasured();
        isOver = true;
        await Task.WhenAll(buyers);

        var sorted = latencies.SelectMany(own => own).Order().ToList();
        return new LoadResult(sorted.Count, all, errors, firstError, elapsed, Percentile(sorted, 0.50), Percentile(sorted, 0.99), Percentile(sorted, 1));
    }

    private async Task BuyAsync(int number, List<long> latencies)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server);
        var request = Request(number, out var digits);
        var answer = new byte[32 * 1024];
        for (long payment = 1; !isOver; payment++)
        {
            payment.TryFormat(request.AsSpan(digits, KeyDigits.Length), out _, "D16", CultureInfo.InvariantCulture);
            var wasMeasuring = isMeasuring;
            var sent = time.GetTimestamp();
            await socket.SendAsync(request);
            var length = await ReadAsync(socket, answer);
            var took = time.GetElapsedTime(sent);
            if (!IsPaid(answer.AsSpan(0, length)))
            {
                Interlocked.Increment(ref errors);
                Interlocked.CompareExchange(ref firstError, Encoding.UTF8.GetString(answer, 0, length), null);
                continue;
            }

            Interlocked.Increment(ref all);
            if (wasMeasuring && isMeasuring) latencies.Add((long)took.TotalMicroseconds);
        }
    }

    private byte[] Request(int number, out int digits)
    {
        var body = $"amount=1999&currency=usd&confirm=true&payment_method={card.PaymentMethod}&customer={card.Customer}" + (connector is null ? "" : $"&florin[connector]={connector}");
        var text = $"POST /v1/payment_intents HTTP/1.1\r\nHost: {server}\r\nAuthorization: Bearer {secretKey}\r\n"
            + $"Content-Type: application/x-www-form-urlencoded\r\nIdempotency-Key: {run}-{number}-{KeyDigits}\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        digits = text.IndexOf(KeyDigits, StringComparison.Ordinal);
        return Encoding.ASCII.GetBytes(text);
    }

    /// <summary>Reads one whole answer; Florin always says how long its body is.</summary>
    private static async Task<int> ReadAsync(Socket socket, byte[] answer)
    {
        var (length, whole) = (0, int.MaxValue);
        while (length < whole)
        {
            var read = await socket.ReceiveAsync(answer.AsMemory(length));
            if (read == 0) throw new IOException("Florin closed the connection.");
            length += read;
            if (whole == int.MaxValue) whole = WholeLength(answer.AsSpan(0, length));
        }

        return length;
    }

    private static int WholeLength(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return int.MaxValue;
        var header = "Content-Length: "u8;
        var at = answer[..head].IndexOf(header);
        if (at < 0) throw new IOException("The answer does not say how long it is.");
        var digits = answer[(at + header.Length)..];
        return head + 4 + int.Parse(digits[..digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9')], CultureInfo.InvariantCulture);
    }

    private static bool IsPaid(ReadOnlySpan<byte> answer) =>
        answer.StartsWith("HTTP/1.1 200 "u8) && answer.IndexOf("\"status\":\"succeeded\""u8) >= 0;

    private static double Percentile(List<long> sorted, double part) =>
        sorted.Count == 0 ? 0 : sorted[(int)Math.Min(sorted.Count - 1, Math.Ceiling(sorted.Count * part) - 1)] / 1000.0;
}
