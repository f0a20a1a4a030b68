using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Connectors.Tests;

/// <summary>What each gateway's no means, and which of them another gateway may be asked after.</summary>
public sealed class DeclineTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddConnectors().BuildServiceProvider();

    private IReadOnlyList<IConnector> All => services.GetRequiredService<IConnectors>().All;

    [Theory]
    [InlineData(DeclineCode.InsufficientFunds)]
    [InlineData(DeclineCode.LostCard)]
    [InlineData(DeclineCode.StolenCard)]
    [InlineData(DeclineCode.DoNotHonor)]
    [InlineData(DeclineCode.Fraudulent)]
    [InlineData(DeclineCode.GenericDecline)]
    [InlineData(DeclineCode.ExpiredCard)]
    [InlineData(DeclineCode.IncorrectCvc)]
    [InlineData(DeclineCode.AuthenticationRequired)]
    [InlineData(DeclineCode.CardVelocityExceeded)]
    public void What_the_issuer_said_no_to_is_asked_nowhere_else(DeclineCode code)
    {
        Assert.False(DeclineRule.Of(code).RetryableElsewhere);
        foreach (var rule in All.SelectMany(connector => connector.Declines.Words.Values).Where(rule => rule.Code == code)) Assert.False(rule.RetryableElsewhere);
    }

    [Fact]
    public void Each_gateways_own_trouble_may_be_another_gateways_payment()
    {
        foreach (var connector in All)
        {
            Assert.Contains(connector.Declines.Words.Values, rule => rule is { Class: DeclineClass.GatewayFault, RetryableElsewhere: true });
            Assert.Contains(connector.Declines.Words.Values, rule => rule is { Code: DeclineCode.IssuerNotAvailable, RetryableElsewhere: true });
        }
    }

    [Fact]
    public void A_request_that_a_gateway_does_not_understand_is_not_hidden_by_asking_another()
    {
        var aurora = services.GetRequiredService<IConnectors>().Get("aurora");

        Assert.Equal(
            new DeclineRule(DeclineCode.ProcessingError, DeclineClass.InvalidRequest, RetryableElsewhere: false),
            aurora.Declines.Judge(new GatewayAnswer.Declined(DeclineCode.ProcessingError, "invalid_request", "")));
        Assert.True(aurora.Declines.Judge(new GatewayAnswer.Declined(DeclineCode.ProcessingError, "PROCESSING", "")).RetryableElsewhere);
    }

    [Fact]
    public void A_word_that_no_table_has_is_judged_by_its_code()
    {
        foreach (var connector in All)
        {
            Assert.Equal(DeclineRule.Of(DeclineCode.GenericDecline), connector.Declines.Judge(new GatewayAnswer.Declined(DeclineCode.GenericDecline, "never heard", "")));
        }
    }

    [Fact]
    public async Task The_documented_table_is_the_code()
    {
        var path = Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../docs/integrate/declines.md");
        var table = Document();
        if (Environment.GetEnvironmentVariable("FLORIN_APPROVE") == "1") await File.WriteAllTextAsync(path, table);

        Assert.Equal(await File.ReadAllTextAsync(path), table);
    }

    public void Dispose() => services.Dispose();

    private string Document()
    {
        var text = new StringBuilder();
        text.Append("""
            # Declines

            What each gateway's word for no means, and whether the same payment may be sent to another gateway at once
            ([failover](routing.md#failover)). A test writes this page from the code: `FLORIN_APPROVE=1 ./test --only Connectors`.

            | class | meaning |
            | --- | --- |
            | `hard` | the issuer's no to this card or buyer: it would say so anywhere |
            | `soft` | a no of the moment |
            | `authentication_required` | the issuer wants the buyer, who was not asked or did not pass |
            | `invalid_request` | something that was typed or asked for is wrong |
            | `gateway_fault` | the gateway's own trouble; the issuer was never asked |

            ## By code

            What holds for a word that is in no table below.

            | code | class | elsewhere |
            | --- | --- | --- |

            """);
        foreach (var code in Enum.GetValues<DeclineCode>()) text.Append(Row(Spelled(code), DeclineRule.Of(code), withCode: false));
        foreach (var connector in All)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {char.ToUpperInvariant(connector.Name[0])}{connector.Name[1..]}\n\n| word | code | class | elsewhere |\n| --- | --- | --- | --- |\n");
            foreach (var (word, rule) in connector.Declines.Words.OrderBy(pair => pair.Key, StringComparer.Ordinal)) text.Append(Row(word, rule, withCode: true));
        }

        return text.ToString();
    }

    private static string Row(string word, DeclineRule rule, bool withCode) =>
        $"| `{word}` | {(withCode ? $"`{Spelled(rule.Code)}` | " : "")}`{Spelled(rule.Class)}` | {(rule.RetryableElsewhere ? "yes" : "no")} |\n";

    private static string Spelled<T>(T member) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.ToString());

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
