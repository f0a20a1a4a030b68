using System.Buffers.Binary;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Florin.Kernel;
using Florin.Merchants;

namespace Florin.Host.Commands;

/// <summary><c>florin merchant create</c> and <c>list</c>; its keys are <see cref="MerchantKeyCommand"/>'s, its policies <see cref="MerchantPolicyCommand"/>'s.</summary>
internal static class MerchantCommand
{
    private const int MaxBasisPoints = 10_000;

    public static Command Create() => new("merchant", "Makes and lists merchants, their API keys and policies.")
    {
        CreateCommand(),
        ListCommand(),
        MerchantPolicyCommand.Create(),
        MerchantKeyCommand.Create(),
    };

    private static Command CreateCommand()
    {
        var name = SharedOptions.Required("--name", "NAME", "What buyers know the merchant by.");
        var country = new Option<string>("--country")
        {
            Description = "Where the merchant is: two letters of ISO 3166-1, such as KR.",
            HelpName = "CC",
            Required = true,
            CustomParser = ParseCountry,
        };
        var basisPoints = new Option<int>("--fee-basis-points")
        {
            Description = "What you keep of each capture, in hundredths of a percent: 290 is 2.9 %.",
            HelpName = "N",
            DefaultValueFactory = _ => 0,
            CustomParser = ParseBasisPoints,
        };
        var fixedFees = new Option<Dictionary<string, long>>("--fee-fixed")
        {
            Description = "What you keep besides, in minor units by currency: usd=30,krw=300. May be given again.",
            HelpName = "CURRENCY=MINOR,...",
            DefaultValueFactory = _ => [],
            CustomParser = ParseFixedFees,
        };
        var (mode, json, installation) = (new ModeOptions(), SharedOptions.Json(), new InstallationOptions());
        var command = new Command("create", "Makes a merchant with one secret and one publishable key, and shows them this once.")
        {
            name, country, basisPoints, fixedFees, json,
        };
        mode.AddTo(command);
        installation.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var wanted = new NewMerchant(
                AnyShard(),
                SharedOptions.NotBlank(parsed.GetRequiredValue(name), name.Name),
                parsed.GetRequiredValue(country),
                new MerchantFees(parsed.GetValue(basisPoints), parsed.GetRequiredValue(fixedFees)));
            await using var place = await OpenInstallation.ToBeginAsync(installation.Read(parsed), ct);
            var merchants = place.Get<IMerchants>();
            var merchant = await merchants.CreateAsync(wanted, ct);
            var scope = new MerchantScope(merchant.Id, mode.IsLive(parsed));
            var secret = await merchants.CreateKeyAsync(scope, ApiKeyKind.Secret, "First secret key", ct);
            var publishable = await merchants.CreateKeyAsync(scope, ApiKeyKind.Publishable, "First publishable key", ct);
            Print(parsed.InvocationConfiguration.Output, merchant, secret, publishable, asJson: parsed.GetValue(json));
        });
        return command;
    }

    private static Command ListCommand()
    {
        var (json, installation) = (SharedOptions.Json(), new InstallationOptions());
        var command = new Command("list", "Lists the merchants.") { json };
        installation.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            await using var place = await OpenInstallation.ToReadAsync(installation.Read(parsed), ct);
            foreach (var merchant in await place.Get<IMerchants>().ListAsync(ct))
            {
                output.WriteLine(parsed.GetValue(json) ? SharedOptions.ToJsonLine(ReportOf(merchant)) : LineOf(merchant));
            }
        });
        return command;
    }

    // Merchants are spread evenly; on one database a shard is only a column.
    private static ShardId AnyShard() =>
        new((short)(BinaryPrimitives.ReadUInt16BigEndian(RandomSource.System.Bytes(2)) % ShardId.Count));

    private static void Print(TextWriter output, Merchant merchant, NewApiKey secret, NewApiKey publishable, bool asJson)
    {
        if (asJson)
        {
            output.WriteLine(SharedOptions.ToJsonLine(new
            {
                Merchant = merchant.Id.ToString(),
                merchant.Name,
                merchant.Country,
                SecretKeyId = secret.Key.Id.ToString(),
                SecretKey = secret.Text.Reveal(),
                PublishableKeyId = publishable.Key.Id.ToString(),
                PublishableKey = publishable.Text.Reveal(),
            }));
            return;
        }

        output.WriteLine($"merchant          {merchant.Id}");
        output.WriteLine($"secret key        {secret.Text.Reveal()}");
        output.WriteLine($"publishable key   {publishable.Text.Reveal()}");
        output.WriteLine("The secret key is not shown again: only its hash is kept.");
    }

    private static string LineOf(Merchant merchant)
    {
        var percent = merchant.Fees.BasisPoints / 100m;
        var fees = merchant.Fees.FixedMinor
            .OrderBy(fee => fee.Key, StringComparer.Ordinal)
            .Select(fee => new Money(fee.Value, Currency.Get(fee.Key)).ToString());
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{merchant.Id}  {merchant.Country}  {string.Join(" + ", fees.Prepend($"{percent:0.##} %"))}  {merchant.Name}");
    }

    private static object ReportOf(Merchant merchant) => new
    {
        Merchant = merchant.Id.ToString(),
        merchant.Name,
        merchant.Country,
        FeeBasisPoints = merchant.Fees.BasisPoints,
        FeeFixed = merchant.Fees.FixedMinor.ToDictionary(fee => Currency.Get(fee.Key).LowerCode, fee => fee.Value),
        Created = merchant.CreatedAt.ToUnixTimeSeconds(),
    };

    private static string ParseCountry(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.Length == 2 && text.All(char.IsAsciiLetter)) return text.ToUpperInvariant();
        result.AddError($"--country takes two letters of ISO 3166-1, such as KR, and not '{text}'.");
        return "";
    }

    private static int ParseBasisPoints(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        if (isNumber && number <= MaxBasisPoints) return number;
        result.AddError($"--fee-basis-points takes a number from 0 to {MaxBasisPoints}, and not '{text}'.");
        return 0;
    }

    private static Dictionary<string, long> ParseFixedFees(ArgumentResult result)
    {
        var fees = new Dictionary<string, long>();
        foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            var parts = text.Split('=');
            if (parts.Length != 2
                || !Currency.TryGet(parts[0], out var currency)
                || !currency.IsPayable
                || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
            {
                result.AddError($"--fee-fixed takes a currency and minor units, such as usd=30, and not '{text}'.");
            }
            else if (!fees.TryAdd(currency.Code, minor))
            {
                result.AddError($"--fee-fixed names {currency.LowerCode} twice.");
            }
        }

        return fees;
    }
}
