using Microsoft.Extensions.Logging;

namespace Florin.Api;

/// <summary>Event ids 6000 to 6099. The request id stands in the scope of every line (<c>RequestId</c>).</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(ILogger logger, string method, string path, Exception failure);

    [LoggerMessage(6001, LogLevel.Warning, "A webhook for {ConnectorAccount} was refused: {Code}")]
    public static partial void GatewayWebhookRefused(ILogger logger, string connectorAccount, string code);

    [LoggerMessage(6002, LogLevel.Warning, "{Method} {Path} was shed: the database is busy")]
    public static partial void RequestShed(ILogger logger, string method, string path);
}
