using System.Diagnostics.Metrics;

namespace Florin.Merchants;

/// <summary>The figures of this module, under the meter <c>Florin.Merchants</c>.</summary>
internal sealed class RequestLogMetrics : IDisposable
{
    private readonly Meter meter;
    private readonly Counter<long> written;
    private readonly Counter<long> lost;

    public RequestLogMetrics(IMeterFactory meters)
    {
        meter = meters.Create("Florin.Merchants");
        written = meter.CreateCounter<long>("florin.request_log.written", "{request}", "Requests written to the request log.");
        lost = meter.CreateCounter<long>("florin.request_log.lost", "{request}", "Requests missing in the request log, since too many came at once.");
    }

    public void Written(int requests) => written.Add(requests);

    public void Lost(int requests) => lost.Add(requests);

    public void Dispose() => meter.Dispose();
}
