using System.Text;
using Florin.Kernel;

namespace Florin.Connectors.Tests;

/// <summary>No answer, however spoilt, makes a connector throw or believe in another amount.</summary>
public sealed class NonsenseTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>
{
    private const string Key = "at_0192f3c4d5e67890a1b2c3d4e5f60718";
    private static readonly Money Amount = new(1250, Currency.Eur);

    [Theory]
    [InlineData("aurora", "application/json")]
    [InlineData("hangang", "application/x-www-form-urlencoded")]
    [InlineData("castellan", "application/xml")]
    public async Task A_spoilt_answer_is_never_an_exception_and_never_another_amount(string acquirer, string contentType)
    {
        var recorded = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "Recorded", acquirer, "asked_and_found.txt"));
        var good = recorded.Split("=== answer\n")[1].Split("\n\n", 2)[1].Split("\n=== understood")[0];
        var body = "";
        await using var gateway = new RawGateway(async (stream, _) =>
        {
            await RawGateway.SayAsync(stream, "200 OK", contentType, body);
            return true;
        });

        foreach (var spoilt in Spoilt(good))
        {
            body = spoilt;
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var answer = await fixture.Sandbox.Connectors.Get(acquirer).QueryAsync(
                new QueryOrder(GatewayOperation.Authorize, Key, null, Amount),
                RunningSandbox.AccountAt(acquirer, gateway.Url), patience.Token);

            if (answer is GatewayAnswer.Captured captured) Assert.Equal(Amount, captured.Amount);
            else if (spoilt.Length < good.Length / 2) Assert.IsType<GatewayAnswer.Unknown>(answer);
        }
    }

    [Theory]
    [InlineData("aurora")]
    [InlineData("hangang")]
    [InlineData("castellan")]
    public async Task What_a_buyer_types_as_a_name_never_breaks_the_request(string acquirer)
    {
        foreach (var name in new[] { "\ud83d\ude00", "half \ud83d", "\u0000\u0001\u001f", "</Holder>&amp;=\"\\" })
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var answer = await fixture.Sandbox.Connectors.Get(acquirer).AuthorizeAsync(
                new AuthorizeOrder(
                    "at_" + RandomSource.System.HexToken(16), Amount, true,
                    new GatewayCard(Secret.Of("4242424242424242"), 12, 2034, null, name),
                    new Uri("https://pay.example/return"), null, name),
                fixture.Sandbox.Account(acquirer), patience.Token);

            Assert.IsType<GatewayAnswer.Captured>(answer);
        }
    }

    private static IEnumerable<string> Spoilt(string good)
    {
        yield return "[]";
        yield return "1";
        yield return "null";
        yield return """{"status":"\ud800","key":"\ud800"}""";
        yield return """{"status":"captured","amount":{},"currency":[],"error":[]}""";
        yield return "<Response/>";
        yield return "<Response><Result/></Response>";
        yield return "%ZZ=%&&&==;;";
        for (var length = 0; length < good.Length; length += 7) yield return good[..length];

        // A fixed seed: a failure is found again.
        var chance = new Random(20261120);
        for (var i = 0; i < 500; i++)
        {
            var text = new StringBuilder(good);
            for (var change = chance.Next(1, 4); change > 0; change--)
            {
                var at = chance.Next(text.Length);
                switch (chance.Next(3))
                {
                    case 0: text[at] = (char)chance.Next(1, 128); break;
                    case 1: text.Remove(at, 1); break;
                    default: text.Insert(at, (char)chance.Next(1, 128)); break;
                }
            }

            yield return text.ToString();
        }
    }
}
