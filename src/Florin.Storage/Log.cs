using Microsoft.Extensions.Logging;

namespace Florin.Storage;

/// <summary>Event ids 1000 to 1099.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Error, "Jobs could not be claimed")]
    public static partial void JobsNotClaimed(ILogger logger, Exception failure);

    [LoggerMessage(1001, LogLevel.Error, "How job {Kind} {Key} ended could not be written down; it will run again")]
    public static partial void JobNotSettled(ILogger logger, string kind, string key, Exception failure);

    [LoggerMessage(1002, LogLevel.Error, "Job {Kind} {Key} gave up: {Why}")]
    public static partial void JobGaveUp(ILogger logger, string kind, string key, string why);

    [LoggerMessage(1003, LogLevel.Warning, "Job {Kind} {Key} failed at attempt {Attempt}")]
    public static partial void JobFailed(ILogger logger, string kind, string key, int attempt, Exception failure);

    [LoggerMessage(1004, LogLevel.Warning, "This node could not tell the others that it lives")]
    public static partial void NodeNotRenewed(ILogger logger, Exception failure);

    [LoggerMessage(1005, LogLevel.Warning, "The keys of {Count} failed requests could not be freed; it is tried again")]
    public static partial void KeysNotGivenUp(ILogger logger, int count, Exception failure);
}
