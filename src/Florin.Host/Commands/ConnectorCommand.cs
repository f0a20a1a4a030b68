using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments;

namespace Florin.Host.Commands;

/// <summary><c>florin connector set</c>: tells through which gateway a merchant's payments go.</summary>
internal static class ConnectorCommand
{
    public static Command Create() => new("connector", "Sets a merchant's accounts with gateways.") { SetCommand() };

    private static Command SetCommand()
    {
        var merchant = SharedOptions.Merchant();
        var connector = SharedOptions.Required("--connector", "NAME", "The gateway: aurora, castellan or hangang.");
        var baseUrl = new Option<Uri>("--base-url")
        {
            Description = "Where the gateway is, such as http://127.0.0.1:8081/aurora/ for the sandbox beside the default port.",
            HelpName = "URL",
            Required = true,
            CustomParser = ParseUrl,
        };
        var credentials = new Option<Dictionary<string, Secret<string>>>("--credential")
        {
            Description = "One of what the gateway knows the merchant by. Given once for each.",
            HelpName = "NAME=VALUE",
            DefaultValueFactory = _ => [],
            CustomParser = ParseCredentials,
        };
        var currencies = new Option<HashSet<string>>("--currency")
        {
            Description = "Choose this account for this currency. May be given again; without it, for all that the gateway takes.",
            HelpName = "CODE",
            DefaultValueFactory = _ => [],
            CustomParser = ParseCurrencies,
        };
        var priority = new Option<int>("--priority")
        {
            Description = "Of several accounts that fit, the lowest number is chosen.",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
            CustomParser = ParsePriority,
        };
        var disputeFees = new Option<Dictionary<string, long>>("--dispute-fee")
        {
            Description = "What a chargeback costs the merchant, such as USD=15.00. Given once for each currency; without it, nothing.",
            HelpName = "CODE=AMOUNT",
            DefaultValueFactory = _ => [],
            CustomParser = ParseDisputeFees,
        };
        var (mode, installation) = (new ModeOptions(), new InstallationOptions());
        var command = new Command("set", "Adds an account with a gateway, or replaces the merchant's one with it.")
        {
            merchant, connector, baseUrl, credentials, currencies, priority, disputeFees,
        };
        mode.AddTo(command);
        installation.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            await using var place = await OpenInstallation.ToChangeAsync(installation.Read(parsed), ct);
            var gateway = Find(place.Get<IConnectors>(), connector, parsed.GetRequiredValue(connector));
            var given = parsed.GetRequiredValue(credentials);
            RequireCredentials(gateway, credentials, given);
            var owner = await place.Get<IMerchants>().FindAsync(merchant, parsed.GetValue(merchant), ct);
            var scope = new MerchantScope(owner.Id, mode.IsLive(parsed));
            var account = new NewConnectorAccount(
                gateway.Name, parsed.GetRequiredValue(baseUrl), given, parsed.GetRequiredValue(currencies), parsed.GetValue(priority))
            {
                DisputeFees = parsed.GetRequiredValue(disputeFees),
            };
            if (scope.IsLive && account.BaseUrl.Scheme != Uri.UriSchemeHttps)
            {
                throw new CannotRunException("--base-url of a live account begins with https://: card numbers travel there.");
            }

            var ensured = await place.Get<IConnectorAccounts>().EnsureAsync(scope, account, ct);
            if (!ensured.IsSuccess) throw new CannotRunException(ensured.Refusal.Message);
            parsed.InvocationConfiguration.Output.WriteLine(
                $"{owner.Id} takes {ModeOptions.Word(scope.IsLive)} payments through {gateway.Name} at {account.BaseUrl}.");
        });
        return command;
    }

    private static IConnector Find(IConnectors connectors, Option option, string name) =>
        connectors.All.FirstOrDefault(connector => connector.Name == name)
        ?? throw new CannotRunException(
            $"{option.Name} takes one of {string.Join(", ", connectors.All.Select(connector => connector.Name))}, and not '{name}'.");

    // All of them, and nothing else: a signature that is checked with a missing secret would be checked with none.
    private static void RequireCredentials(IConnector gateway, Option option, Dictionary<string, Secret<string>> given)
    {
        if (!given.Keys.ToHashSet().SetEquals(gateway.CredentialNames))
        {
            throw new CannotRunException($"{option.Name}: {gateway.Name} wants {string.Join(" and ", gateway.CredentialNames)}.");
        }
    }

    private static Uri ParseUrl(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var url)
            && url is { Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" })
        {
            return url;
        }

        result.AddError($"--base-url takes an address such as https://gateway.example/api/, and not '{text}'.");
        return null!;
    }

    private static Dictionary<string, Secret<string>> ParseCredentials(ArgumentResult result)
    {
        var credentials = new Dictionary<string, Secret<string>>();
        foreach (var token in result.Tokens)
        {
            // Only what stands before the sign is repeated in a message: the rest is secret.
            var at = token.Value.IndexOf('=', StringComparison.Ordinal);
            if (at < 1 || at == token.Value.Length - 1) result.AddError("--credential takes NAME=VALUE, such as api_key=....");
            else if (!credentials.TryAdd(token.Value[..at], Secret.Of(token.Value[(at + 1)..])))
            {
                result.AddError($"--credential names {token.Value[..at]} twice.");
            }
        }

        return credentials;
    }

    private static HashSet<string> ParseCurrencies(ArgumentResult result)
    {
        var codes = new HashSet<string>();
        foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (Currency.TryGet(text, out var currency) && currency.IsPayable) codes.Add(currency.Code);
            else result.AddError($"--currency takes a currency of ISO 4217, such as KRW, and not '{text}'.");
        }

        return codes;
    }

    private static Dictionary<string, long> ParseDisputeFees(ArgumentResult result)
    {
        var fees = new Dictionary<string, long>();
        foreach (var token in result.Tokens)
        {
            if (token.Value.Split('=') is [var code, var text] && Currency.TryGet(code, out var currency) && currency.IsPayable
                && Money.TryParseDecimal(text, currency, out var fee) && fee.Minor >= 0)
            {
                fees[currency.Code] = fee.Minor;
            }
            else
            {
                result.AddError($"--dispute-fee takes CODE=AMOUNT, such as USD=15.00, and not '{token.Value}'.");
            }
        }

        return fees;
    }

    private static int ParsePriority(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        result.AddError($"--priority takes a number from 0, and not '{text}'.");
        return 0;
    }
}
