using System.Text;
using System.Text.Json;
using Florin.Host.Logging;
using Florin.Kernel;
using Microsoft.Extensions.Logging;

namespace Florin.Host.Tests;

public sealed class LoggingTests
{
    [Fact]
    public void A_line_is_json_with_the_values_of_its_message()
    {
        var line = JsonDocument.Parse(Logged(log => log.LogWarning(new EventId(42), "Captured {AmountMinor} for {Key}", 1_999L, Secret.Of("geheim")))).RootElement;

        Assert.Equal("warning", line.GetProperty("level").GetString());
        Assert.Equal(42, line.GetProperty("event").GetInt32());
        Assert.Equal(1_999, line.GetProperty("AmountMinor").GetInt64());
        Assert.Equal("[secret]", line.GetProperty("Key").GetString());
        Assert.Equal("Captured 1999 for [secret]", line.GetProperty("message").GetString());
    }

    [Fact]
    public void A_card_number_is_masked_in_values_messages_and_exceptions_and_the_line_is_still_json()
    {
        var text = Logged(log => log.LogError(new InvalidOperationException("met 4000000000000002"), "read {Number}", "4242424242424242"));

        Assert.DoesNotContain("4242424242424242", text, StringComparison.Ordinal);
        Assert.DoesNotContain("4000000000000002", text, StringComparison.Ordinal);
        Assert.Equal("[card number]", JsonDocument.Parse(text).RootElement.GetProperty("Number").GetString());
    }

    private static string Logged(Action<ILogger> write)
    {
        using var output = new MemoryStream();
        using var provider = new LineLoggerProvider(output, json: true, TimeProvider.System);
        write(provider.CreateLogger("tests"));
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
