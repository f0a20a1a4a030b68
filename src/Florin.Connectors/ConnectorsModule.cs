using System.Collections.Frozen;
using Florin.Connectors.Aurora;
using Florin.Connectors.Castellan;
using Florin.Connectors.Hangang;
using Florin.Connectors.Health;
using Florin.Connectors.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Florin.Connectors;

/// <summary>The gateways that Florin can talk to.</summary>
public interface IConnectors
{
    IReadOnlyList<IConnector> All { get; }

    /// <exception cref="ArgumentException">No connector has that name.</exception>
    IConnector Get(string name);
}

/// <summary>What an operator, or a rehearsal, decides about gateways.</summary>
public sealed record ConnectorsOptions
{
    /// <summary>How long after an operation was sent the simulated acquirers' "never heard of it" is final.</summary>
    public TimeSpan SandboxNotFoundIsFinalAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>When a gateway counts as ill, and how much it may keep waiting.</summary>
    public GatewayHealthOptions Health { get; init; } = new();
}

public static class ConnectorsModule
{
    /// <summary>Durations are recorded as <c>florin.gateway.duration</c> by the meter of this name.</summary>
    public const string MeterName = GatewayHttp.MeterName;

    public static IServiceCollection AddConnectors(this IServiceCollection services, ConnectorsOptions? options = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging().AddMetrics();
        services.AddSingleton(options ?? new ConnectorsOptions());
        services.AddSingleton<GatewayHealth>();
        services.AddSingleton<IGatewayHealth>(provider => provider.GetRequiredService<GatewayHealth>());
        return services.AddSingleton<IConnectors, Connectors>();
    }

    private sealed class Connectors : IConnectors, IDisposable
    {
        private readonly List<GatewayHttp> plumbing = [];
        private readonly FrozenDictionary<string, IConnector> byName;

        public Connectors(TimeProvider time, ConnectorsOptions options, GatewayHealth health)
        {
            var notFoundIsFinalAfter = options.SandboxNotFoundIsFinalAfter;
            IConnector[] bare =
            [
                new AuroraConnector(Http(AuroraConnector.ConnectorName), notFoundIsFinalAfter),
                new CastellanConnector(Http(CastellanConnector.ConnectorName), notFoundIsFinalAfter),
                new HangangConnector(Http(HangangConnector.ConnectorName), time, notFoundIsFinalAfter),
            ];
            All = [.. bare.Select(connector => new GuardedConnector(connector, health, time))];
            byName = All.ToFrozenDictionary(connector => connector.Name);

            // Each connector has connections of its own: one gateway that hangs does not use up another's.
            GatewayHttp Http(string name)
            {
                var http = new GatewayHttp(name, time, connectionsPerHost: options.Health.ConnectionsPerHost);
                plumbing.Add(http);
                return http;
            }
        }

        public IReadOnlyList<IConnector> All { get; }

        public IConnector Get(string name) => byName.TryGetValue(name, out var connector)
            ? connector
            : throw new ArgumentException($"There is no connector named '{name}'.", nameof(name));

        public void Dispose()
        {
            foreach (var http in plumbing) http.Dispose();
        }
    }
}
