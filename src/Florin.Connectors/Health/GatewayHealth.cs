using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Florin.Connectors.Health;

/// <summary>Every account that was called, for as long as this process runs.</summary>
/// <remarks>There are as many as operators set up, and each is some kilobytes, so none is ever forgotten.</remarks>
internal sealed class GatewayHealth : IGatewayHealth, IDisposable
{
    private readonly ConcurrentDictionary<(ConnectorAccountId Account, string Method), GatewayLine> lines = [];
    private readonly GatewayHealthOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<GatewayHealth> log;
    private readonly Meter meter;
    private readonly Counter<long> shed;
    private readonly Counter<long> moves;

    public GatewayHealth(ConnectorsOptions options, TimeProvider time, IMeterFactory meters, ILogger<GatewayHealth> log)
    {
        (this.options, this.time, this.log) = (options.Health, time, log);
        meter = meters.Create(ConnectorsModule.MeterName);
        shed = meter.CreateCounter<long>("florin.gateway.shed", "{call}", "Calls that were not sent because a gateway had too many, or its circuit was open.");
        moves = meter.CreateCounter<long>("florin.gateway.circuit.moves", "{move}", "How often a circuit opened or closed.");
        meter.CreateObservableGauge("florin.gateway.circuits", CircuitsByState, "{account}", "Accounts by the state of their circuit.");
        meter.CreateObservableGauge("florin.gateway.in_flight", InFlight, "{call}", "Calls that wait for a gateway.");
        meter.CreateObservableGauge("florin.gateway.queued", Queued, "{call}", "Calls that wait for room.");
    }

    public bool IsAvailable(ConnectorAccountId account, string method) => !lines.TryGetValue((account, method), out var line) || line.IsAvailable;

    public bool HasRoomForQuestions(ConnectorAccountId account, string method) =>
        !lines.TryGetValue((account, method), out var line) || line.Questions.IsFree || GatewayPlace.IsHeldIn(line.Questions);

    public ValueTask<GatewayPlace?> PlaceToSendAsync(ConnectorAccount account, string method) => PlaceAsync(LineOf(account, method).Payments, account);

    public ValueTask<GatewayPlace?> PlaceToAskAsync(ConnectorAccount account, string method) => PlaceAsync(LineOf(account, method).Questions, account);

    public GatewayStanding? Find(ConnectorAccountId account, string method) => lines.TryGetValue((account, method), out var line) ? line.Standing() : null;

    public IReadOnlyList<GatewayStanding> Snapshot() =>
        [.. lines.Values.Select(line => line.Standing()).OrderBy(standing => standing.Connector, StringComparer.Ordinal).ThenBy(standing => standing.Account.Value)];

    public GatewayLine LineOf(ConnectorAccount account, string method) => lines.TryGetValue((account.Id, method), out var line)
        ? line
        : lines.GetOrAdd((account.Id, method), _ => NewLine(account, method));

    /// <param name="reason">One of a few fixed words.</param>
    public void CountShed(string connector, string reason) => shed.Add(1, new("connector", connector), new("reason", reason));

    public void Dispose()
    {
        meter.Dispose();
        foreach (var line in lines.Values) line.Dispose();
    }

    private async ValueTask<GatewayPlace?> PlaceAsync(Lane lane, ConnectorAccount account)
    {
        var place = await GatewayPlace.TakeAsync(lane);
        if (place is null) CountShed(account.Connector, "full");
        return place;
    }

    private GatewayLine NewLine(ConnectorAccount account, string method)
    {
        var (id, connector) = (account.Id, account.Connector);
        return new GatewayLine(id, connector, method, options, time, state =>
        {
            moves.Add(1, new("connector", connector), new("state", WordOf(state)));
            if (state == CircuitState.Open) Log.CircuitOpened(log, connector, id, method);
            else Log.CircuitClosed(log, connector, id, method);
        });
    }

    // Each set of labels is said each time, also with nothing to count, so that what is over does not go on being shown.
    private IEnumerable<Measurement<int>> CircuitsByState() =>
        from byConnector in lines.Values.GroupBy(line => line.Connector)
        from state in Enum.GetValues<CircuitState>()
        select new Measurement<int>(
            byConnector.Count(line => line.Circuit == state), new("connector", byConnector.Key), new("state", WordOf(state)));

    private IEnumerable<Measurement<int>> InFlight() => ByLane(figures => figures.InFlight);

    private IEnumerable<Measurement<int>> Queued() => ByLane(figures => figures.Queued);

    private IEnumerable<Measurement<int>> ByLane(Func<LaneFigures, int> figure)
    {
        foreach (var byConnector in lines.Values.GroupBy(line => line.Connector))
        {
            yield return Of("payments", line => line.Payments);
            yield return Of("questions", line => line.Questions);

            Measurement<int> Of(string lane, Func<GatewayLine, Lane> select) => new(
                byConnector.Sum(line => figure(select(line).Figures)), new("connector", byConnector.Key), new("lane", lane));
        }
    }

    private static string WordOf(CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.Open => "open",
        CircuitState.HalfOpen => "half_open",
    };
}
