using System.Globalization;
using Florin.Crash.Books;
using Florin.Crash.Buyers;
using Florin.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Crash;

/// <summary>One run on one engine: buyers pay, things are disturbed, everything comes to rest, and the books are compared.</summary>
internal sealed class CrashRun(CrashPlan plan, TimeProvider time)
{
    private const int OrdersBeforeAndAfter = 64;

    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    public async Task<CrashReport> RunAsync(string florinHost, string? postgresBin, string logs)
    {
        var began = time.GetTimestamp();
        await using var place = await Installation.StartAsync(plan, florinHost, postgresBin, logs);
        using var log = new ClientLog(Path.Combine(logs, "clients.jsonl"), time);
        using var shop = new Shop([.. place.Nodes.Select(node => node.Url)], place.SecretKey, time);
        var orders = new OrderNumbers();
        var disk = plan.SmallDisk is { } directory ? new FullDisk(directory, place.Nodes[0].Url, place.SecretKey, orders, time) : null;
        var disturbances = new Disturbances(plan, place, disk, time);
        var started = time.GetElapsedTime(began);
        var paying = time.GetTimestamp();
        await PayAsync(shop, log, orders, disturbances);
        var paid = time.GetElapsedTime(paying);

        Console.WriteLine($"  {time.GetUtcNow():HH:mm:ss.fff}  waiting for quiet");
        var resting = time.GetTimestamp();
        await using var services = new ServiceCollection().AddLogging().AddStorage(new DatabaseUrl(place.Database)).BuildServiceProvider();
        var database = services.GetRequiredService<IDatabase>();
        var open = await Quiet.WaitAsync(database, LongestRest, time);
        var rested = time.GetElapsedTime(resting);

        using var http = new HttpClient();
        var evidence = new Evidence(
            ClientLog.Read(log.Path), await BookReading.ReadAsync(database, time), await BookReading.ReadAsync(http, place.Sandbox.Url), place.Receiver.Taken);
        var discrepancies = Comparison.Run(evidence).ToList();
        if (open.Length > 0) discrepancies.Add(new Discrepancy(Promise.NothingIsStuck, $"After {LongestRest.TotalMinutes} minutes there are still {open}."));
        foreach (var fault in disk?.Faults ?? []) discrepancies.Add(new Discrepancy(Promise.AFullDiskIsRefusedClearly, fault));
        await VerifyAsync(place, discrepancies);
        await File.WriteAllLinesAsync(Path.Combine(logs, "discrepancies.txt"), discrepancies.Select(discrepancy => discrepancy.ToString()));
        return new CrashReport(plan, evidence, discrepancies, disturbances.Done, new CrashFigures(
            orders.Count, shop.Tries, shop.Retries, place.Receiver.Refused, disk?.Refusals ?? 0, started, paid, rested));
    }

    private async Task PayAsync(Shop shop, ClientLog log, OrderNumbers orders, Disturbances disturbances)
    {
        using var stopping = new CancellationTokenSource();
        var buyers = Enumerable.Range(0, plan.Buyers)
            .Select(number => Task.Run(() => new Buyer(number, plan.Seed, shop, log, orders, time).BuyAsync(stopping.Token), CancellationToken.None))
            .ToList();
        try
        {
            await MoreAsync(orders, buyers);
            await disturbances.RunAsync();
            await MoreAsync(orders, buyers);
        }
        finally
        {
            await stopping.CancelAsync();
            await Task.WhenAll(buyers);
        }
    }

    // Some peace before and after, so that each disturbance strikes a load.
    private async Task MoreAsync(OrderNumbers orders, List<Task> buyers)
    {
        var wanted = orders.Count + OrdersBeforeAndAfter;
        while (orders.Count < wanted)
        {
            foreach (var failed in buyers.Where(buyer => buyer.IsFaulted)) await failed;
            await Task.Delay(LookEvery, time);
        }
    }

    private static async Task VerifyAsync(Installation place, List<Discrepancy> discrepancies)
    {
        foreach (var (node, number) in place.Nodes.Select((node, index) => (node, index + 1)))
        {
            var exitCode = await node.StopAsync();
            if (exitCode != 0) discrepancies.Add(new Discrepancy(Promise.NothingIsStuck, string.Create(CultureInfo.InvariantCulture, $"Asked to stop, node {number} ended with {exitCode}.")));
        }

        var (verdict, output) = await place.Florin.RunAsync(place.Data, "ledger", "verify");
        if (verdict != 0) discrepancies.Add(new Discrepancy(Promise.TheLedgerEqualsTheCharges, $"florin ledger verify ended with {verdict}: {output.Trim()}"));
    }
}

/// <param name="Orders">How many were begun.</param>
/// <param name="Requests">How many were sent, repetitions with them.</param>
/// <param name="RefusedWebhooks">Events that the receiver refused the first time.</param>
/// <param name="RefusedWrites">On a full disk.</param>
internal sealed record CrashFigures(
    long Orders, int Requests, int Repeated, int RefusedWebhooks, int RefusedWrites, TimeSpan Started, TimeSpan Paid, TimeSpan Rested);
