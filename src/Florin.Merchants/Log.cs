using Microsoft.Extensions.Logging;

namespace Florin.Merchants;

/// <summary>Event ids 1300 to 1399.</summary>
internal static partial class Log
{
    [LoggerMessage(1300, LogLevel.Warning, "User {UserId} is locked until {Until} after {Attempts} wrong passwords")]
    public static partial void UserLocked(ILogger logger, UserId userId, DateTimeOffset until, long attempts);

    [LoggerMessage(1301, LogLevel.Information, "API key {KeyId} of {Merchant} was revoked")]
    public static partial void KeyRevoked(ILogger logger, ApiKeyId keyId, Kernel.MerchantId merchant);

    [LoggerMessage(1302, LogLevel.Information, "API key {KeyId} of {Merchant} was rolled to {NewKeyId}; it is good until {Until}")]
    public static partial void KeyRolled(ILogger logger, ApiKeyId keyId, Kernel.MerchantId merchant, ApiKeyId newKeyId, DateTimeOffset until);

    [LoggerMessage(1303, LogLevel.Warning, "When API keys were last used could not be written down; it is tried again")]
    public static partial void KeyUsesNotWritten(ILogger logger, Exception failure);

    [LoggerMessage(1304, LogLevel.Warning, "{Count} requests are missing in the request log: they could not be written down")]
    public static partial void RequestsNotWritten(ILogger logger, int count, Exception failure);

    [LoggerMessage(1305, LogLevel.Information, "API key {KeyId} ({Kind}) of {Merchant} was made; live: {IsLive}")]
    public static partial void KeyCreated(ILogger logger, ApiKeyId keyId, ApiKeyKind kind, Kernel.MerchantId merchant, bool isLive);
}
