using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Florin.Host.Logging;

internal static class LoggingSetup
{
    /// <summary>Logs to standard error: for a person at a terminal, else one JSON object a line.</summary>
    public static void AddFlorinLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.SetMinimumLevel(LogLevel.Information);

        // The framework's lines about each request carry its query string, and a query may carry secrets.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System", LogLevel.Warning);
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);
        builder.Services.AddSingleton<ILoggerProvider>(provider => new LineLoggerProvider(
            Console.OpenStandardError(), json: Console.IsErrorRedirected, provider.GetRequiredService<TimeProvider>()));
    }
}
