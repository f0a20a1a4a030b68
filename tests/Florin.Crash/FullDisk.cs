using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Florin.Crash.Buyers;

namespace Florin.Crash;

/// <summary>Fills the file system that SQLite's data is on, looks how Florin refuses, and makes room again.</summary>
internal sealed class FullDisk(string directory, Uri florin, string secretKey, OrderNumbers orders, TimeProvider time)
{
    private const int LeastRefusals = 10;

    private static readonly TimeSpan StayFull = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // SQLite writes over what its log has already, some 16 MB, and needs the disk only after that: large payments get there soon.
    private const int Notes = 40;
    private static readonly string Note = new('x', 500);

    private readonly List<string> faults = [];
    private int refusals;

    /// <summary>Writes that were refused clearly: with 503 and an error that says what to do.</summary>
    public int Refusals => refusals;

    /// <summary>What was not as promised.</summary>
    public IReadOnlyList<string> Faults => faults;

    public async Task FillAsync(Random random)
    {
        var ballast = Path.Combine(directory, "ballast");
        using var http = new HttpClient { Timeout = Patience };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secretKey);
        var began = time.GetTimestamp();
        var refusedBefore = refusals;

        // What is freed meanwhile, as when a log is folded, is taken too.
        while (refusals < refusedBefore + LeastRefusals || time.GetElapsedTime(began) < StayFull)
        {
            Fill(ballast);
            await TryToWriteAsync(http, random);
            if (time.GetElapsedTime(began) < Patience) continue;
            if (refusals == refusedBefore) faults.Add("On a full disk no write was refused.");
            break;
        }

        using (var read = await http.GetAsync(new Uri(florin, "/v1/payment_intents?limit=1")))
        {
            if (read.StatusCode != HttpStatusCode.OK) faults.Add($"On a full disk reading was answered {(int)read.StatusCode}.");
        }

        File.Delete(ballast);
        var freed = time.GetTimestamp();
        while (await TryToWriteAsync(http, random) != HttpStatusCode.OK)
        {
            if (time.GetElapsedTime(freed) > Patience)
            {
                faults.Add("With room on the disk again, writes are still refused.");
                break;
            }

            await Task.Delay(Pause, time);
        }
    }

    private static void Fill(string ballast)
    {
        try
        {
            using var file = new FileStream(ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
            var step = new byte[64 * 1024];
            while (true) file.Write(step);
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    // A payment that is not confirmed: it is written down and moves nothing.
    private async Task<HttpStatusCode> TryToWriteAsync(HttpClient http, Random random)
    {
        var order = orders.Next("usd");
        using var form = new FormUrlEncodedContent(
        [
            KeyValuePair.Create("amount", order.AmountMinor.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("currency", order.Currency),
            .. Enumerable.Range(0, Notes).Select(number => KeyValuePair.Create($"metadata[note{number}]", Note)),
        ]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(florin, "/v1/payment_intents")) { Content = form };
        request.Headers.Add("Idempotency-Key", $"probe-{random.NextInt64():x}");
        using var answer = await http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable && body.Contains("\"service_unavailable\"", StringComparison.Ordinal)) refusals++;
        else if (answer.StatusCode != HttpStatusCode.OK) faults.Add($"On a full disk a write was answered {(int)answer.StatusCode}: {body}");
        return answer.StatusCode;
    }
}
