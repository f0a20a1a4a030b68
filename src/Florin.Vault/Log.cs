using Microsoft.Extensions.Logging;

namespace Florin.Vault;

/// <summary>Event ids 1200 to 1299.</summary>
internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Error, "{Count} cards could not be wrapped by the active key, the first is {CardId}: their rows were changed; keep the older key")]
    public static partial void CardsNotRewrapped(ILogger logger, int count, CardId cardId);
}
