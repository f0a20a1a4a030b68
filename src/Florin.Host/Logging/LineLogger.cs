using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Florin.Kernel;
using Microsoft.Extensions.Logging;

namespace Florin.Host.Logging;

/// <summary>Writes each log event as one line, with anything that looks like a card number masked.</summary>
/// <remarks>Written at once and not queued: the last lines before a crash are the ones that are wanted.</remarks>
internal sealed class LineLoggerProvider(Stream output, bool json, TimeProvider time) : ILoggerProvider
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock gate = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void Dispose() => output.Flush();

    private void Write(LogLevel level, EventId id, string category, string message, object? state, Exception? failure)
    {
        var line = json
            ? JsonLine(level, id, category, message, state, failure)
            : PlainLine(level, category, message, failure);
        var bytes = Encoding.UTF8.GetBytes(CardNumbers.Redact(line) + "\n");
        lock (gate)
        {
            output.Write(bytes);
            output.Flush();
        }
    }

    private string JsonLine(LogLevel level, EventId id, string category, string message, object? state, Exception? failure)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, JsonOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("time", time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("level", level.ToString().ToLowerInvariant());
            writer.WriteNumber("event", id.Id);
            writer.WriteString("category", category);
            writer.WriteString("message", message);
            foreach (var (name, value) in state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
            {
                if (name != "{OriginalFormat}") WriteValue(writer, name, value);
            }

            if (failure is not null) writer.WriteString("exception", failure.ToString());
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNull(name);
                break;
            case bool flag:
                writer.WriteBoolean(name, flag);
                break;
            case int number:
                writer.WriteNumber(name, number);
                break;
            case long number:
                writer.WriteNumber(name, number);
                break;
            default:
                // ToString, never serialization: what is secret prints as [secret].
                writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private string PlainLine(LogLevel level, string category, string message, Exception? failure)
    {
        var clock = time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        var line = $"{clock} {level.ToString().ToLowerInvariant()} {category}: {message}";
        return failure is null ? line : $"{line}\n{failure}";
    }

    private sealed class LineLogger(LineLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(logLevel, eventId, category, formatter(state, exception), state, exception);
    }
}
