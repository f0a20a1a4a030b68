using System.Globalization;
using Florin.Bench;
using Florin.Crash.Books;
using Florin.Crash.Buyers;

namespace Florin.Crash;

/// <summary>What came of a run: figures, and every discrepancy with its ids.</summary>
internal sealed class CrashReport(
    CrashPlan plan, Evidence evidence, IReadOnlyList<Discrepancy> discrepancies, IReadOnlyDictionary<Disturbance, int> done, CrashFigures figures)
{
    private const int MostPrinted = 50;
    private const int MostInVerdict = 10;

    public bool IsSound => discrepancies.Count == 0;

    private string Engine => plan.IsPostgres ? "PostgreSQL, two nodes" : "SQLite, one node";

    private IEnumerable<Promise> Promises =>
        Enum.GetValues<Promise>().Where(promise => promise != Promise.AFullDiskIsRefusedClearly || done.ContainsKey(Disturbance.FillDisk));

    public void Print(TextWriter output, TimeProvider time)
    {
        output.WriteLine();
        output.WriteLine(Machine.Describe(time));
        output.WriteLine($"{Engine}, {plan.Buyers} buyers, seed {plan.Seed}");
        foreach (var (name, value) in Rows()) output.WriteLine($"  {name,-58} {value,12}");
        output.WriteLine();
        foreach (var promise in Promises) output.WriteLine($"  {promise,-58} {Count(discrepancies.Count(found => found.Promise == promise)),12}");
        foreach (var found in discrepancies.Take(MostPrinted)) output.WriteLine($"  DISCREPANCY {found}");
        if (discrepancies.Count > MostPrinted) output.WriteLine($"  and {discrepancies.Count - MostPrinted} more");
        output.WriteLine(IsSound ? "Everything is as promised." : $"{discrepancies.Count} things are NOT as promised.");
    }

    /// <summary>One verdict a line, in the Test Anything Protocol.</summary>
    public IEnumerable<string> ToTap()
    {
        var disturbed = string.Join(", ", done.Select(pair => $"{Count(pair.Value)} {pair.Key}"));
        foreach (var promise in Promises)
        {
            var against = discrepancies.Where(found => found.Promise == promise).ToList();
            yield return $"{(against.Count == 0 ? "ok" : "not ok")} - {Engine}, {disturbed}: {promise}";
            foreach (var found in against.Take(MostInVerdict)) yield return $"# {found}";
        }
    }

    private IEnumerable<(string Name, string Value)> Rows()
    {
        foreach (var (disturbance, count) in done) yield return (disturbance.ToString(), Count(count));
        var answers = evidence.Clients.Where(line => line.IsAnswer).ToList();
        yield return ("orders", Count(figures.Orders));
        yield return ("requests sent", Count(figures.Requests));
        yield return ("of these repeated with the same key", Count(figures.Repeated));
        yield return ("payments acknowledged as paid", Count(answers.Count(line => IsPaid(line))));
        yield return ("holds acknowledged", Count(answers.Count(line => line.Act == Act.Hold && line.Acknowledges("requires_capture"))));
        yield return ("captures acknowledged", Count(answers.Count(line => line.Act == Act.Capture && line.Acknowledges("succeeded"))));
        yield return ("holds freed, acknowledged", Count(answers.Count(line => line.Act == Act.Cancel && line.Acknowledges("canceled"))));
        yield return ("refunds acknowledged", Count(answers.Count(line => line.Act == Act.Refund && line.Acknowledges("succeeded"))));
        yield return ("answered as processing or pending", Count(answers.Count(line => line.Acknowledges("processing") || line.Acknowledges("pending"))));
        yield return ("refused with a decline (402)", Count(answers.Count(line => line.Status == 402)));
        yield return ("refused otherwise", Count(answers.Count(line => line.Status is not (200 or 402))));
        yield return ("most tries until an answer", Count(answers.Count == 0 ? 0 : answers.Max(line => line.Tries)));
        yield return ("operations in the acquirers' books", Count(evidence.Acquirers.Operations.Count));
        yield return ("charges, captures, voids and refunds in Florin", Count(evidence.Florin.Charges.Count + evidence.Florin.Operations.Count));
        yield return ("events", Count(evidence.Florin.Events.Count));
        yield return ("webhooks refused by the receiver at first", Count(figures.RefusedWebhooks));
        yield return ("events that arrived more than once", Count(evidence.Told.Count(told => told.Value > 1)));
        if (done.ContainsKey(Disturbance.FillDisk)) yield return ("writes refused on a full disk", Count(figures.RefusedWrites));
        yield return ("seconds to start, paying, until quiet", $"{Seconds(figures.Started)}, {Seconds(figures.Paid)}, {Seconds(figures.Rested)}");
    }

    private static bool IsPaid(ClientLine line) =>
        (line.Act == Act.Pay && line.Acknowledges("succeeded")) || (line.Act == Act.Checkout && line.Acknowledges("paid"));

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture);
}
