using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Florin.Bench;

/// <summary>Payments on one gateway, with the two others well, and with one of them slow and the other out.</summary>
/// <remarks>
/// Buyers come to the two others at the same steady rate in both cases, so that what differs is the illness alone. The cases
/// take turns and each is compared with the one beside it, since the machine is hardly ever the same for long.
/// </remarks>
internal static class Isolation
{
    private const string Well = "aurora";
    private const string Slow = "castellan";
    private const string Dead = "hangang";
    private const int Connections = 16;
    private const int OthersPerSecond = 40;

    // A process that has just started becomes twice as fast within half a minute; what comes later in a pair would seem the faster one.
    private const int WarmUpRounds = 4;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SlowAnswer = TimeSpan.FromSeconds(10);

    /// <returns>Whether nine tenths of the usual rate were kept, and the p99 within a ninth more, by the medians.</returns>
    /// <param name="postgres">Null for SQLite.</param>
    public static async Task<bool> RunAsync(string florinHost, PostgresServer? postgres, TimeSpan measured, int runs, TimeProvider time)
    {
        Console.WriteLine($"{(postgres is null ? "sqlite" : "postgres")}: {Connections} connections pay through {Well}; {OthersPerSecond}/s come to {Slow} and as many to {Dead}; {measured.TotalSeconds:F0} s each, {runs} runs");
        var data = Directory.CreateTempSubdirectory("florin-bench-").FullName;
        var database = postgres is null ? "sqlite:" + Path.Combine(data, "florin.db") : await postgres.CreateDatabaseAsync();
        try
        {
            await using var florin = await FlorinProcess.StartAsync(florinHost, data, database);
            using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(1) };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", florin.SecretKey);
            var bench = new Bench(florin, http, await PaymentsPerSecond.StoreCardAsync(http, florin.Url), new LoadPlan(Connections, WarmUp, measured), time);
            for (var round = 1; round <= WarmUpRounds; round++) await bench.MeasureAsync($"warm-up-{round}");
            var pairs = new List<(LoadResult Usual, LoadResult Ill)>();
            for (var run = 1; run <= runs; run++)
            {
                var usual = await bench.MeasureAsync($"usual-{run}");
                await bench.MakeIllAsync(measured + WarmUp + SlowAnswer);
                var ill = await bench.MeasureAsync($"ill-{run}");
                await bench.HealAsync();
                pairs.Add((usual, ill));
            }

            return Judge(pairs);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
            if (postgres is not null) await postgres.DropDatabaseAsync(database);
        }
    }

    private static bool Judge(List<(LoadResult Usual, LoadResult Ill)> pairs)
    {
        var rate = Median(pairs.Select(pair => pair.Ill.PerSecond / pair.Usual.PerSecond));
        var p99 = Median(pairs.Select(pair => pair.Ill.P99Ms / pair.Usual.P99Ms));
        var errors = pairs.Sum(pair => pair.Usual.Errors + pair.Ill.Errors);
        var isKept = rate >= 0.9 && p99 <= 1 / 0.9 && errors == 0;
        Say($"median of {pairs.Count}: {rate:F2} of the usual rate (at least 0.90), {p99:F2} of the usual p99 (at most 1.11), slowest {pairs.Max(pair => pair.Usual.SlowestMs):F0} ms and {pairs.Max(pair => pair.Ill.SlowestMs):F0} ms, {errors} errors: {(isKept ? "kept" : "NOT kept")}");
        return isKept;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private sealed class Bench(FlorinProcess florin, HttpClient http, StoredCard card, LoadPlan plan, TimeProvider time)
    {
        public async Task<LoadResult> MeasureAsync(string name)
        {
            using var over = new CancellationTokenSource();
            var slow = new Visitors(florin, http, card, Slow, time);
            var dead = new Visitors(florin, http, card, Dead, time);
            var others = Task.WhenAll(slow.ComeAsync(over.Token), dead.ComeAsync(over.Token));
            var load = new Load(new IPEndPoint(IPAddress.Loopback, florin.Url.Port), florin.SecretKey, card, time, name, Well);
            var result = await load.RunAsync(plan, () => { }, () => { });
            await over.CancelAsync();
            await others;
            Say($"{name,-10} {result.PerSecond,6:F0} payments/s  p50 {result.P50Ms,6:F1} ms  p99 {result.P99Ms,6:F1} ms  slowest {result.SlowestMs,6:F1} ms  {result.Errors} errors   {Slow}: {slow.Told}   {Dead}: {dead.Told}");
            if (result.FirstError is { } error) Say($"  {error}");
            return result;
        }

        public async Task MakeIllAsync(TimeSpan howLong)
        {
            var seconds = (int)howLong.TotalSeconds;
            await ControlAsync("fault", new { acquirer = Slow, kind = "delay", when = "after", delay_ms = (int)SlowAnswer.TotalMilliseconds, for_seconds = seconds });
            await ControlAsync("fault", new { acquirer = Dead, kind = "outage", for_seconds = seconds });
        }

        /// <summary>Until what hung has been answered and the circuits may be tried again.</summary>
        public async Task HealAsync()
        {
            await ControlAsync("reset", new { });
            await Task.Delay(SlowAnswer, time);
        }

        private async Task ControlAsync(string verb, object body)
        {
            using var answer = await http.PostAsJsonAsync(new Uri(florin.SandboxUrl, "control/" + verb), body);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Buyers who come at a steady rate, whether or not those before them were served.</summary>
    private sealed class Visitors(FlorinProcess florin, HttpClient http, StoredCard card, string connector, TimeProvider time)
    {
        private readonly Dictionary<int, int> byStatus = [];

        public string Told
        {
            get
            {
                lock (byStatus) return string.Join(" ", byStatus.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} × {pair.Key}"));
            }
        }

        public async Task ComeAsync(CancellationToken over)
        {
            using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / OthersPerSecond), time);
            var paying = new List<Task>();
            try
            {
                while (await pace.WaitForNextTickAsync(over)) paying.Add(PayAsync());
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                // Nobody comes any more; who came is waited for.
            }

            await Task.WhenAll(paying);
        }

        private async Task PayAsync()
        {
            // Hangang takes won alone.
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["amount"] = "1999",
                ["currency"] = connector == Dead ? "krw" : "usd",
                ["confirm"] = "true",
                ["payment_method"] = card.PaymentMethod,
                ["customer"] = card.Customer,
                ["florin[connector]"] = connector,
            });
            using var answer = await http.PostAsync(new Uri(florin.Url, "v1/payment_intents"), form);
            lock (byStatus) byStatus[(int)answer.StatusCode] = byStatus.GetValueOrDefault((int)answer.StatusCode) + 1;
        }
    }
}
