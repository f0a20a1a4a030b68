using Florin.Storage;

namespace Florin.Crash.Books;

/// <summary>Waits until everything that was begun has an end.</summary>
internal static class Quiet
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <returns>What was still open when the time was over; empty where all came to its end.</returns>
    public static async Task<string> WaitAsync(IDatabase database, TimeSpan longest, TimeProvider time)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var open = await OpenAsync(database, time);
            if (open.Length == 0 || time.GetElapsedTime(began) > longest) return open;
            await Task.Delay(LookEvery, time);
        }
    }

    // Regular work is always due again, and what waits for tomorrow (a checkout session's end) is not waited for.
    private static async Task<string> OpenAsync(IDatabase database, TimeProvider time)
    {
        var counts = await database.ReadAsync(
            async reader => await reader.QueryAsync(
                $"""
                 SELECT 'attempts', COUNT(*) FROM payment_attempts WHERE state IN ('sent', 'unknown', 'challenge')
                 UNION ALL SELECT 'captures and voids', COUNT(*) FROM charge_operations WHERE state IN ('sent', 'unknown')
                 UNION ALL SELECT 'refunds', COUNT(*) FROM refunds WHERE state IN ('sent', 'unknown')
                 UNION ALL SELECT 'payments', COUNT(*) FROM payment_intents WHERE status = 'processing'
                 UNION ALL SELECT 'jobs', COUNT(*) FROM jobs WHERE state = 'queued' AND key <> 'regular' AND run_at_ms <= {time.GetUtcNow()}
                 UNION ALL SELECT 'deliveries', COUNT(*) FROM webhook_deliveries WHERE state = 'pending'
                 """,
                row => (What: row.Text(0), Count: row.Int64(1))),
            CancellationToken.None);
        return string.Join(", ", counts.Where(count => count.Count > 0).Select(count => $"{count.Count} {count.What}"));
    }
}
