using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Florin.Api;
using Florin.Host.Start;

namespace Florin.Host.Commands;

/// <summary><c>florin start</c>: everything in one process, until Ctrl-C or SIGTERM.</summary>
internal static class StartCommand
{
    // The sandbox listens on the port after it.
    private const int LastPort = 65_534;

    private const int SecondsOfMonth = 30 * 24 * 3_600;

    public static Command Create()
    {
        var port = new Option<int>("--port")
        {
            Description = "Where to listen; the sandbox takes the next port.",
            HelpName = "PORT",
            DefaultValueFactory = _ => 8080,
            CustomParser = result => Number(result, "--port", 1, LastPort),
        };
        var host = new Option<string>("--host")
        {
            Description = "The IP address to listen on; 0.0.0.0 for all of this machine's.",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var publicUrl = new Option<string?>("--public-url")
        {
            Description = "Where browsers and gateways reach this Florin, when that is not the address it listens on.",
            HelpName = "URL",
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON line with every URL and key instead of the banner." };
        var noDemo = new Option<bool>("--no-demo") { Description = "Do not make the demo shop, its keys and its user." };
        var logRequests = new Option<bool>("--log-requests") { Description = "Log one line a request: method, route, status, time." };
        var drain = new Option<int>("--drain-seconds")
        {
            Description = "When stopping: stay up this long, answering 'not ready', so that a load balancer looks away first.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 0,
            CustomParser = result => Number(result, "--drain-seconds", 0, 600),
        };
        var gatewayTimeout = new Option<int>("--gateway-timeout")
        {
            Description = "How long a gateway may take to answer; then its answer counts as lost and is asked for.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 20,
            CustomParser = result => Number(result, "--gateway-timeout", 1, 60),
        };
        var querySchedule = new Option<IReadOnlyList<TimeSpan>?>("--query-schedule")
        {
            Description = "When a gateway is asked about an unknown outcome, in seconds from one query to the next, such as 5,30,120.",
            HelpName = "SECONDS,...",
            CustomParser = ParseSchedule,
        };
        var sandboxFinalAfter = new Option<int>("--sandbox-final-after")
        {
            Description = "How long after it was sent a simulated acquirer's 'never heard of it' is final. Not for gateways with real money.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 120,
            CustomParser = result => Number(result, "--sandbox-final-after", 1, 3_600),
        };
        var liveLimit = RateLimit("live");
        var testLimit = RateLimit("test");
        var trustedProxies = new NetworkOption("--trusted-proxy", "A proxy, or a network of them, whose X-Forwarded-For is believed. May be given more than once.");
        var settlementDays = new Option<int>("--settlement-days")
        {
            Description = "How many days after the day of its capture money counts as available.",
            HelpName = "DAYS",
            DefaultValueFactory = _ => 2,
            CustomParser = result => Number(result, "--settlement-days", 0, 90),
        };
        var demoPayments = new Option<bool>("--demo-payments") { Description = "Make some payments in the demo shop, one of them disputed and two unknown." };
        var installation = new InstallationOptions();

        var command = new Command("start", "Starts Florin.")
        {
            port, host, publicUrl, json, noDemo, logRequests, drain, gatewayTimeout, querySchedule, sandboxFinalAfter, liveLimit, testLimit, trustedProxies, settlementDays, demoPayments,
        };
        installation.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var address = StartSettings.ParseHost(parsed.GetRequiredValue(host));
            var settings = new StartSettings(
                installation.Read(parsed),
                address,
                parsed.GetValue(port),
                StartSettings.ParsePublicUrl(parsed.GetValue(publicUrl), address, parsed.GetValue(port)),
                Demo: !parsed.GetValue(noDemo),
                Json: parsed.GetValue(json),
                LogRequests: parsed.GetValue(logRequests),
                TimeSpan.FromSeconds(parsed.GetValue(drain)),
                TimeSpan.FromSeconds(parsed.GetValue(gatewayTimeout)),
                new ApiOptions { LiveRequestsPerSecond = parsed.GetValue(liveLimit), TestRequestsPerSecond = parsed.GetValue(testLimit) },
                trustedProxies.Read(parsed).Networks,
                TimeSpan.FromDays(parsed.GetValue(settlementDays)),
                DemoPayments: parsed.GetValue(demoPayments) && !parsed.GetValue(noDemo))
            {
                QuerySchedule = parsed.GetValue(querySchedule),
                SandboxNotFoundIsFinalAfter = TimeSpan.FromSeconds(parsed.GetValue(sandboxFinalAfter)),
            };
            await FlorinServer.RunAsync(settings, parsed.InvocationConfiguration.Output, ct);
            return 0;
        });
        return command;
    }

    private static Option<int> RateLimit(string mode) => new($"--rate-limit-{mode}")
    {
        Description = $"How many requests each {mode} key may make in a second; 0 for no limit.",
        HelpName = "REQUESTS",
        DefaultValueFactory = _ => ApiOptions.DefaultRequestsPerSecond,
        CustomParser = result => Number(result, $"--rate-limit-{mode}", 0, 1_000_000),
    };

    private static TimeSpan[]? ParseSchedule(ArgumentResult result)
    {
        var waits = new List<TimeSpan>();
        foreach (var text in result.Tokens[0].Value.Split(','))
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= SecondsOfMonth)
            {
                waits.Add(TimeSpan.FromSeconds(seconds));
                continue;
            }

            result.AddError($"--query-schedule takes seconds from 1 to {SecondsOfMonth} between commas, and not '{text}'.");
            return null;
        }

        return [.. waits];
    }

    private static int Number(ArgumentResult result, string option, int least, int most)
    {
        var text = result.Tokens[0].Value;
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        if (isNumber && number >= least && number <= most) return number;
        result.AddError($"{option} takes a number from {least} to {most}, and not '{text}'.");
        return default;
    }
}
