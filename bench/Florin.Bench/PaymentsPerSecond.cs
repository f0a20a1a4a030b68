using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Florin.Bench;

/// <summary>One run's figures.</summary>
/// <param name="FlorinCpuMs">Of one payment, of the process with Florin and the sandbox's gateways in it.</param>
/// <param name="DatabaseCpuMs">Of one payment, of PostgreSQL's processes; 0 where the database is within Florin.</param>
/// <param name="LoadCpuMs">Of one payment, of this program.</param>
/// <param name="PeakMemoryMiB">Of Florin's process, resident.</param>
/// <param name="Faults">What the checks at the end found; empty when all is well.</param>
internal sealed record Measurement(
    LoadResult Load, double FlorinCpuMs, double DatabaseCpuMs, double LoadCpuMs, double PeakMemoryMiB, IReadOnlyList<string> Faults);

/// <summary>Creates and confirms payments in one call each, with a stored card, and proves afterwards that all are booked.</summary>
internal static class PaymentsPerSecond
{
    /// <param name="postgres">Null for SQLite.</param>
    public static async Task<Measurement> MeasureAsync(string florinHost, PostgresServer? postgres, LoadPlan plan)
    {
        var data = Directory.CreateTempSubdirectory("florin-bench-").FullName;
        var database = postgres is null ? "sqlite:" + Path.Combine(data, "florin.db") : await postgres.CreateDatabaseAsync();
        try
        {
            Measurement measured;
            int atFirst;
            await using (var florin = await FlorinProcess.StartAsync(florinHost, data, database))
            {
                // The demo shop keeps books of its own.
                (_, _, atFirst) = await FlorinProcess.VerifyLedgerAsync(florinHost, data, database);
                measured = await MeasureAsync(florin, postgres, plan);
            }

            var faults = measured.Faults.ToList();
            var (isSound, verdict, transactions) = await FlorinProcess.VerifyLedgerAsync(florinHost, data, database);
            if (!isSound) faults.Add($"florin ledger verify: {verdict}");
            if (transactions - atFirst != measured.Load.AllPayments)
            {
                faults.Add($"{transactions - atFirst} ledger transactions for {measured.Load.AllPayments} payments");
            }

            return measured with { Faults = faults };
        }
        finally
        {
            Directory.Delete(data, recursive: true);
            if (postgres is not null) await postgres.DropDatabaseAsync(database);
        }
    }

    private static async Task<Measurement> MeasureAsync(FlorinProcess florin, PostgresServer? postgres, LoadPlan plan)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", florin.SecretKey);
        var card = await StoreCardAsync(http, florin.Url);
        var load = new Load(new IPEndPoint(IPAddress.Loopback, florin.Url.Port), florin.SecretKey, card, TimeProvider.System);
        var (before, after) = (default(CpuTimes), default(CpuTimes));
        var result = await load.RunAsync(plan, () => before = CpuTimes.Now(florin, postgres), () => after = CpuTimes.Now(florin, postgres));

        var faults = new List<string>();
        if (result.Errors > 0) faults.Add($"{result.Errors} answers were no paid payment; the first: {result.FirstError}");
        var booked = await CountBookedAsync(http, florin.SandboxUrl);
        if (booked != result.AllPayments) faults.Add($"the acquirer booked {booked} payments, and {result.AllPayments} were acknowledged");
        return new Measurement(
            result,
            PerPayment(after.Florin - before.Florin),
            PerPayment(after.Database - before.Database),
            PerPayment(after.Load - before.Load),
            florin.PeakMemoryMiB,
            faults);

        double PerPayment(TimeSpan cpu) => cpu.TotalMilliseconds / Math.Max(1, result.Payments);
    }

    /// <summary>A card that a customer keeps, since any other pays once.</summary>
    internal static async Task<StoredCard> StoreCardAsync(HttpClient http, Uri florin)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["type"] = "card",
            ["card[number]"] = "4242424242424242",
            ["card[exp_month]"] = "12",
            ["card[exp_year]"] = "2040",
        });
        var method = await MakeAsync(http, new Uri(florin, "v1/payment_methods"), form);
        using var nothing = new FormUrlEncodedContent([]);
        var customer = await MakeAsync(http, new Uri(florin, "v1/customers"), nothing);
        using var owner = new FormUrlEncodedContent(new Dictionary<string, string> { ["customer"] = customer });
        return new StoredCard(await MakeAsync(http, new Uri(florin, $"v1/payment_methods/{method}/attach"), owner), customer);
    }

    private static async Task<string> MakeAsync(HttpClient http, Uri url, HttpContent form)
    {
        using var answer = await http.PostAsync(url, form);
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>How many payments the gateways themselves approved, page by page.</summary>
    private static async Task<int> CountBookedAsync(HttpClient http, Uri sandbox)
    {
        var (count, before) = (0, "");
        while (true)
        {
            using var page = JsonDocument.Parse(await http.GetStringAsync(new Uri(sandbox, "payments.json?limit=1000" + before)));
            count += page.RootElement.GetProperty("data").EnumerateArray().Count(payment => payment.GetProperty("captured").GetInt64() > 0);
            var next = page.RootElement.GetProperty("next");
            if (next.ValueKind == JsonValueKind.Null) return count;
            before = "&before=" + next.GetInt64().ToString(CultureInfo.InvariantCulture);
        }
    }

    private readonly record struct CpuTimes(TimeSpan Florin, TimeSpan Database, TimeSpan Load)
    {
        public static CpuTimes Now(FlorinProcess florin, PostgresServer? postgres) =>
            new(florin.Cpu, postgres?.Cpu ?? TimeSpan.Zero, Environment.CpuUsage.TotalTime);
    }
}

internal sealed record StoredCard(string PaymentMethod, string Customer);
