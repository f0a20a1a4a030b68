using Microsoft.Extensions.Logging;

namespace Florin.Vault;

/// <summary>Event ids 1200 to 1299.</summary>
internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Error, "{Count} cards could not be wrapped by the active key, the first is {CardId}: their rows were changed; keep the older key")]
    public static partial void CardsNotRewrapped(ILogger logger, int count, CardId cardId);

    [LoggerMessage(1201, LogLevel.Information, "The table of issuers has {Ranges} ranges (version {Version})")]
    public static partial void IssuersLoaded(ILogger logger, long ranges, long version);

    [LoggerMessage(1202, LogLevel.Warning, "The table of issuers could not be looked at; the one in memory holds on")]
    public static partial void IssuersNotRead(ILogger logger, Exception failure);
}
