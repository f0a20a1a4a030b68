using Microsoft.Extensions.Logging;

namespace Florin.Host.Logging;

/// <summary>Event ids 9000 to 9099.</summary>
internal static partial class Log
{
    [LoggerMessage(9000, LogLevel.Information, "{Method} {Route} answered {Status} in {DurationMs} ms")]
    public static partial void Request(ILogger logger, string method, string route, int status, long durationMs);
}
