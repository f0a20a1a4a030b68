using System.Runtime.CompilerServices;
using System.Text;
using Florin.Kernel;
using Florin.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Connectors.Tests;

/// <summary>
/// Recorded exchanges, one file a case: the call, each request that we write with the gateway's answer to it, and what
/// we understand. With FLORIN_RECORD=1 requests and understanding are written anew, to be read in the diff.
/// </summary>
public sealed class RecordedTests
{
    private const string Key = "at_0192f3c4d5e67890a1b2c3d4e5f60718";

    // Headers that say nothing of the gateway's format.
    private static readonly string[] Unpinned = ["Host:", "Content-Length:"];

    public static IEnumerable<object[]> Cases() =>
        from file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Recorded"), "*.txt", SearchOption.AllDirectories)
        orderby file
        select new object[] { Path.GetFileName(Path.GetDirectoryName(file))!, Path.GetFileName(file) };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task We_write_and_understand_what_was_recorded(string acquirer, string file)
    {
        var path = Path.Combine("Recorded", acquirer, file);
        var sections = (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, path))).Split("=== ");
        var call = sections[0].Trim();
        var answers = sections.Where(section => section.StartsWith("answer\n", StringComparison.Ordinal))
            .Select(section => section["answer\n".Length..].TrimEnd('\n')).ToList();
        var next = 0;
        await using var gateway = new RawGateway(async (stream, _) =>
        {
            await RawGateway.WriteAsync(stream, Framed(answers[next++]));
            return true;
        });
        await using var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(new ManualTime()).AddConnectors().BuildServiceProvider();

        var understood = await CallAsync(
            services.GetRequiredService<IConnectors>().Get(acquirer), call, RunningSandbox.AccountAt(acquirer, gateway.Url));

        var actual = new StringBuilder(call).Append('\n');
        foreach (var (request, answer) in gateway.Heard.Zip(answers))
        {
            actual.Append("=== request\n").Append(Pinned(request)).Append("\n=== answer\n").Append(answer).Append('\n');
        }

        actual.Append("=== understood\n").Append(understood).Append('\n');
        if (Environment.GetEnvironmentVariable("FLORIN_RECORD") == "1")
        {
            await File.WriteAllTextAsync(Path.Combine(SourceFolder(), path), actual.ToString());
        }

        Assert.Equal(string.Join("=== ", sections), actual.ToString());
    }

    private static async Task<GatewayAnswer> CallAsync(IConnector connector, string call, ConnectorAccount account)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var amount = new Money(1250, Currency.Eur);
        var card = new GatewayCard(Secret.Of("4242424242424242"), 12, 2034, Secret.Of("123"), "김민지 & Söhne");
        var authorize = new AuthorizeOrder(
            Key, amount, true, card, new Uri("https://pay.example/return"), new Uri("https://pay.example/hook"), "Lamp <1>");
        return await (call switch
        {
            "authorize and capture" => connector.AuthorizeAsync(authorize, account, patience.Token),
            "authorize" => connector.AuthorizeAsync(
                authorize with { Capture = false, WebhookUrl = null, Description = null }, account, patience.Token),
            "confirm" => connector.ConfirmAsync(new ConfirmOrder(Key, "ref/1", amount, true), account, patience.Token),
            "capture" => connector.CaptureAsync(
                new CaptureOrder(Key, "ref/1", amount, new Money(2000, Currency.Eur)), account, patience.Token),
            "void" => connector.VoidAsync(new VoidOrder(Key, "ref/1", amount), account, patience.Token),
            "refund" => connector.RefundAsync(
                new RefundOrder(Key, "ref/1", amount, new Money(2000, Currency.Eur), "returned"), account, patience.Token),
            "query authorize" => connector.QueryAsync(
                new QueryOrder(GatewayOperation.Authorize, Key, null, amount), account, patience.Token),
            "query refund" => connector.QueryAsync(
                new QueryOrder(GatewayOperation.Refund, Key, null, amount), account, patience.Token),
            _ => throw new InvalidDataException($"'{call}' is no call."),
        });
    }

    private static string Pinned(string request)
    {
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var head = request[..end].Split("\r\n")
            .Where(line => !Unpinned.Any(name => line.StartsWith(name, StringComparison.OrdinalIgnoreCase)));
        return string.Join('\n', head) + "\n\n" + request[(end + 4)..];
    }

    private static string Framed(string answer)
    {
        var end = answer.IndexOf("\n\n", StringComparison.Ordinal);
        var body = end < 0 ? "" : answer[(end + 2)..];
        var head = (end < 0 ? answer : answer[..end]).Replace("\n", "\r\n", StringComparison.Ordinal);
        return $"{head}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
    }

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
