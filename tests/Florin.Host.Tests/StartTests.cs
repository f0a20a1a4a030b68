using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Florin.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Florin.Host.Tests;

public sealed class StartTests : IDisposable
{
    private static readonly HttpClient Http = new();

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task It_becomes_ready_and_ends_with_0_when_asked_to_stop()
    {
        using var florin = await StartAsync();

        var ready = await Http.GetAsync(new Uri(florin.Url, "health/ready"));
        var live = await Http.GetAsync(new Uri(florin.Url, "health/live"));

        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(0, await florin.Process.StopAsync());
        Assert.Equal("", florin.Process.Errors);
    }

    [Fact]
    public async Task It_starts_again_on_the_data_it_left()
    {
        using (var first = await StartAsync()) await first.Process.StopAsync();
        using var second = await StartAsync();

        Assert.Equal(0, await second.Process.StopAsync());
    }

    [Fact]
    public async Task With_json_standard_output_is_one_line_with_every_address_and_key()
    {
        using var florin = await StartAsync();
        await florin.Process.StopAsync();

        var line = Assert.Single(florin.Process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var report = JsonDocument.Parse(line).RootElement;
        foreach (var name in (string[])["url", "api_url", "shop_url", "back_office_url", "sandbox_url", "ready_url", "metrics_url"])
        {
            Assert.True(Uri.TryCreate(report.GetProperty(name).GetString(), UriKind.Absolute, out _), name);
        }

        Assert.Equal("fsk_test_florin_demo", report.GetProperty("secret_key").GetString());
        Assert.Equal("fpk_test_florin_demo", report.GetProperty("publishable_key").GetString());
        Assert.Equal("demo@florin.example", report.GetProperty("back_office_email").GetString());
    }

    [Fact]
    public async Task Without_the_demo_no_demo_key_is_shown()
    {
        using var florin = await StartAsync("--no-demo");

        Assert.DoesNotContain("fsk_test", florin.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_banner_is_plain_where_nobody_looks_at_a_terminal()
    {
        var port = PortPairs.Take();
        using var florin = FlorinProcess.Run("start", "--port", $"{port}", "--data", directory.At("data"));
        var banner = await florin.WaitForOutputAsync("Ctrl-C");

        Assert.Contains($"curl http://127.0.0.1:{port}/v1/payment_intents -u fsk_test_florin_demo:", banner, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', banner);
        await florin.StopAsync();
    }

    [Fact]
    public async Task The_data_directory_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        using var florin = await StartAsync();

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(directory.At("data")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_port_in_use_be_it_its_own_or_the_sandboxs_is_one_sentence_and_nothing_is_touched(int offset)
    {
        var port = PortPairs.Take();
        using var other = new TcpListener(IPAddress.Loopback, port + offset);
        other.Start();

        await AssertRefusedAsync($"Port {port + offset} ", "start", "--port", $"{port}", "--data", directory.At("data"));
        Assert.False(File.Exists(directory.At("data/florin.db")));
    }

    [Fact]
    public async Task A_second_start_on_the_same_data_is_refused()
    {
        using var florin = await StartAsync();

        await AssertRefusedAsync("Another Florin", "start", "--port", $"{PortPairs.Take()}", "--data", directory.At("data"));
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        using (var first = await StartAsync()) await first.Process.StopAsync();
        await AddMigrationOfTheFutureAsync();

        await AssertRefusedAsync("newer version", "start", "--port", $"{PortPairs.Take()}", "--data", directory.At("data"));
    }

    [Fact]
    public async Task A_key_file_that_is_not_the_databases_is_refused()
    {
        using (var first = await StartAsync()) await first.Process.StopAsync();
        File.Delete(directory.At("data/florin.key"));

        await AssertRefusedAsync("key", "start", "--port", $"{PortPairs.Take()}", "--data", directory.At("data"));
    }

    [Fact]
    public async Task Keys_given_by_configuration_need_no_file()
    {
        using (var first = await StartAsync()) await first.Process.StopAsync();
        var keys = await File.ReadAllTextAsync(directory.At("data/florin.key"));
        File.Delete(directory.At("data/florin.key"));

        var port = PortPairs.Take().ToString(CultureInfo.InvariantCulture);
        using var again = FlorinProcess.RunWithKeys(keys, "start", "--port", port, "--data", directory.At("data"), "--json");
        await again.WaitForOutputAsync("\n");

        Assert.False(File.Exists(directory.At("data/florin.key")));
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_one_sentence_without_its_password()
    {
        var closed = PortPairs.Take();
        var sentence = await AssertRefusedAsync(
            "cannot be reached",
            "start", "--port", $"{PortPairs.Take()}", "--data", directory.At("data"),
            "--database", $"postgres://florin:geheim@127.0.0.1:{closed}/florin");

        Assert.DoesNotContain("geheim", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("start", "--port", "0")]
    [InlineData("start", "--port", "65535")]
    [InlineData("start", "--port", "eighty")]
    [InlineData("start", "--port")]
    [InlineData("start", "--drain-seconds", "-1")]
    [InlineData("start", "--speed", "9")]
    [InlineData("start", "--host", "shop.example")]
    [InlineData("start", "--public-url", "ftp://pay.example")]
    [InlineData("start", "--public-url", "https://pay.example/below")]
    [InlineData("start", "--database", "mysql://localhost/florin")]
    [InlineData("start", "--data", "/proc/florin")]
    [InlineData("stop")]
    [InlineData("ledger")]
    public Task What_cannot_be_meant_is_one_sentence(params string[] arguments) =>
        AssertRefusedAsync("florin: ", arguments.Contains("--data") || arguments[0] != "start"
            ? arguments
            : [.. arguments, "--data", directory.At("data")]);

    [Fact]
    public async Task While_it_drains_it_still_answers_and_says_that_it_is_not_ready()
    {
        using var florin = await StartAsync("--drain-seconds", "2");
        await florin.Process.SignalAsync("TERM");
        await Task.Delay(500);

        var ready = await Http.GetAsync(new Uri(florin.Url, "health/ready"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var body = JsonDocument.Parse(await ready.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("stopping", body.GetProperty("checks").GetProperty("process").GetString());
        Assert.Equal(0, await florin.Process.ExitCodeAsync());
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        using var florin = await StartAsync("--drain-seconds", "60");
        await florin.Process.SignalAsync("TERM");
        await Task.Delay(200);
        await florin.Process.SignalAsync("TERM");

        Assert.Equal(130, await florin.Process.ExitCodeAsync());
    }

    [Fact]
    public async Task A_logged_request_is_one_json_line_with_its_route_and_without_its_query()
    {
        using var florin = await StartAsync("--log-requests");
        await Http.GetAsync(new Uri(florin.Url, "health/live?client_secret=geheim"));
        await florin.Process.StopAsync();

        var lines = florin.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var entry = Assert.Single(lines.Select(line => JsonDocument.Parse(line).RootElement), line => line.GetProperty("event").GetInt32() == 9000);
        Assert.Equal("/health/live", entry.GetProperty("Route").GetString());
        Assert.DoesNotContain("geheim", florin.Process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_does_not_say_what_it_is_made_of()
    {
        using var florin = await StartAsync();

        var answer = await Http.GetAsync(new Uri(florin.Url, "health/live"));

        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Metrics_are_text_that_Prometheus_reads()
    {
        using var florin = await StartAsync();
        await Http.GetAsync(new Uri(florin.Url, "health/live"));

        // The sandbox's web server is in the same process, and is not what is measured.
        await Http.GetAsync(new Uri($"http://127.0.0.1:{florin.Url.Port + 1}/book.json"));

        var answer = await Http.GetAsync(new Uri(florin.Url, "metrics"));
        var metrics = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        PrometheusGrammar.AssertValid(metrics);
        foreach (var name in (string[])[
            "process_resident_memory_bytes ",
            "florin_jobs_queued{",
            "florin_database_up 1",
            "http_server_request_duration_seconds_bucket{"])
        {
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        }
    }

    private static async Task<string> AssertRefusedAsync(string words, params IEnumerable<string> arguments)
    {
        var (exitCode, output, errors) = await FlorinProcess.ToEndAsync(arguments);
        Assert.Equal(2, exitCode);
        Assert.Equal("", output);
        var sentence = Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("florin: ", sentence, StringComparison.Ordinal);
        Assert.Contains(words, sentence, StringComparison.Ordinal);
        return sentence;
    }

    private async Task<Running> StartAsync(params IEnumerable<string> more)
    {
        var port = PortPairs.Take();
        var process = FlorinProcess.Run(["start", "--port", port.ToString(CultureInfo.InvariantCulture), "--data", directory.At("data"), "--json", .. more]);
        await process.WaitForOutputAsync("\n");
        return new Running(process, new Uri($"http://127.0.0.1:{port}/"));
    }

    private async Task AddMigrationOfTheFutureAsync()
    {
        var services = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        services.AddStorage(new DatabaseUrl("sqlite:" + directory.At("data/florin.db")));
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IDatabase>().WriteAsync(
            async tx => await tx.ExecuteAsync(
                $"""
                 INSERT INTO schema_migrations (module, number, name, checksum, applied_at_ms)
                 VALUES ('storage', {9_999L}, 'of_the_future', 'none', {0L})
                 """),
            CancellationToken.None);
    }

    private sealed record Running(FlorinProcess Process, Uri Url) : IDisposable
    {
        public void Dispose() => Process.Dispose();
    }
}
