using Microsoft.Extensions.Logging;

namespace Florin.Connectors.Health;

/// <summary>Event ids 4000 to 4099.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Warning, "The circuit to {Connector} opened for account {Account}, {Method}: new payments are turned away for a while")]
    public static partial void CircuitOpened(ILogger logger, string connector, ConnectorAccountId account, string method);

    [LoggerMessage(4001, LogLevel.Information, "The circuit to {Connector} closed again for account {Account}, {Method}")]
    public static partial void CircuitClosed(ILogger logger, string connector, ConnectorAccountId account, string method);
}
