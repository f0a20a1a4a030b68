using Florin.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Florin.Simulation.Tests;

/// <summary>What the modules log. An exception that no fault of the simulation's explains is a finding.</summary>
internal sealed class SimulatedLog(Action<string> note, Action<string> find) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The simulation hears everything itself.");

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        var text = formatter(state, exception);
        note(exception is null ? $"logs: {text}" : $"logs: {text} ({exception.GetType().Name}: {exception.Message})");
        if (exception is not null && !IsExplained(exception)) find($"\"{text}\" was logged with {exception}");
    }

    /// <summary>Whether the simulation itself threw it, or had reason to: then it is no finding.</summary>
    public static bool IsExplained(Exception exception) =>
        exception is DatabaseBusyException or CommitUncertainException or OperationCanceledException
        || exception.Message.StartsWith("The gateway would not return", StringComparison.Ordinal);

    public void Dispose()
    {
    }

    /// <summary>For the making of the template, where nothing is to be heard.</summary>
    public static SimulatedLog Deaf { get; } = new(static _ => { }, static _ => { });
}
