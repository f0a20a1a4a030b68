using Florin.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Florin.Merchants;

/// <summary>Writes waiting requests down in batches, and keeps out of the way of payments.</summary>
/// <remarks>After each batch it rests four times as long as the batch took, so the log has at most a fifth of the database's
/// time however many requests come. What finds the queue full in the meantime is lost, and counted.</remarks>
internal sealed class RequestLogWriter(RequestLog requests, RequestLogMetrics metrics, TimeProvider time, ILogger<RequestLogWriter> log)
    : BackgroundService
{
    private const int Batch = 100;
    private const int RestPerWork = 4;
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(50);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        while (Take() is { Count: > 0 } batch) await TryWriteDownAsync(batch, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await requests.Waiting.WaitToReadAsync(stoppingToken))
            {
                var began = time.GetTimestamp();
                await TryWriteDownAsync(Take(), stoppingToken);
                var rest = time.GetElapsedTime(began) * RestPerWork;
                await Task.Delay(rest > ShortestRest ? rest : ShortestRest, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping; what still waits is written down by StopAsync.
        }
    }

    private List<LoggedRequest> Take()
    {
        var batch = new List<LoggedRequest>(Batch);
        while (batch.Count < Batch && requests.Waiting.TryRead(out var request)) batch.Add(request);
        return batch;
    }

    // Neither a database that is away nor a row that cannot be written may end the worker, and with it the server.
    private async Task TryWriteDownAsync(List<LoggedRequest> batch, CancellationToken ct)
    {
        try
        {
            await requests.WriteDownAsync(batch, ct);
            metrics.Written(batch.Count);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            metrics.Lost(batch.Count);
            Log.RequestsNotWritten(log, batch.Count, failure);
        }
    }
}
