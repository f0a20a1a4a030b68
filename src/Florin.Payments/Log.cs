using Microsoft.Extensions.Logging;

namespace Florin.Payments;

/// <summary>Event ids 3000 to 3099.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Error, "The connector {Connector} failed")]
    public static partial void ConnectorFailed(ILogger logger, string connector, Exception failure);

    [LoggerMessage(3001, LogLevel.Warning, "{Operation} was cut off before its answer was stored; its outcome is unknown and will be asked for")]
    public static partial void OutcomeCutOff(ILogger logger, string operation);

    [LoggerMessage(3002, LogLevel.Error, "The outcome of {Operation} is still unknown after {Queries} queries; a person must look")]
    public static partial void OutcomeStillUnknown(ILogger logger, string operation, int queries);

    [LoggerMessage(3004, LogLevel.Error, "{Operation} was cut off and could not be made unknown; it is tried again")]
    public static partial void NotSwept(ILogger logger, string operation, Exception failure);

    [LoggerMessage(3005, LogLevel.Warning, "{Operation} could not be asked about by hand")]
    public static partial void NotAsked(ILogger logger, string operation, Exception failure);

    [LoggerMessage(3003, LogLevel.Warning, "Payment {PaymentIntent} succeeded after it was given up; {Charge} is being returned")]
    public static partial void LateSuccess(ILogger logger, PaymentIntentId paymentIntent, ChargeId charge);
}
