using Microsoft.Extensions.Logging;

namespace Florin.Merchants;

/// <summary>Event ids 1300 to 1399.</summary>
internal static partial class Log
{
    [LoggerMessage(1300, LogLevel.Warning, "User {UserId} is locked until {Until} after {Attempts} wrong passwords")]
    public static partial void UserLocked(ILogger logger, UserId userId, DateTimeOffset until, long attempts);

    [LoggerMessage(1301, LogLevel.Information, "API key {KeyId} of {Merchant} was revoked")]
    public static partial void KeyRevoked(ILogger logger, ApiKeyId keyId, Kernel.MerchantId merchant);
}
