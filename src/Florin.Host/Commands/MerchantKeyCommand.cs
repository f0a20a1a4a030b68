using System.CommandLine;
using System.CommandLine.Parsing;
using Florin.Kernel;
using Florin.Merchants;

namespace Florin.Host.Commands;

/// <summary><c>florin merchant key create</c>, <c>list</c> and <c>revoke</c>.</summary>
internal static class MerchantKeyCommand
{
    public static Command Create() => new("key", "Makes, lists and revokes a merchant's API keys.")
    {
        CreateCommand(),
        ListCommand(),
        RevokeCommand(),
    };

    private static Command CreateCommand()
    {
        var merchant = SharedOptions.Merchant();
        var kind = new Option<ApiKeyKind>("--kind")
        {
            Description = "secret (the default) or publishable.",
            HelpName = "KIND",
            DefaultValueFactory = _ => ApiKeyKind.Secret,
            CustomParser = ParseKind,
        };
        var name = SharedOptions.Required("--name", "NAME", "What the key is for, to know it by.");
        var (mode, json, installation) = (new ModeOptions(), SharedOptions.Json(), new InstallationOptions());
        var command = new Command("create", "Makes a key and shows it this once.") { merchant, kind, name, json };
        mode.AddTo(command);
        installation.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var keyName = SharedOptions.NotBlank(parsed.GetRequiredValue(name), name.Name);
            await using var place = await OpenInstallation.ToChangeAsync(installation.Read(parsed), ct);
            var merchants = place.Get<IMerchants>();
            var owner = await merchants.FindAsync(merchant, parsed.GetValue(merchant), ct);
            var scope = new MerchantScope(owner.Id, mode.IsLive(parsed));
            var made = await merchants.CreateKeyAsync(scope, parsed.GetValue(kind), keyName, ct);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                output.WriteLine(SharedOptions.ToJsonLine(new { Id = made.Key.Id.ToString(), Key = made.Text.Reveal() }));
                return;
            }

            output.WriteLine($"id    {made.Key.Id}");
            output.WriteLine($"key   {made.Text.Reveal()}");
            output.WriteLine("It is not shown again: only its hash is kept.");
        });
        return command;
    }

    private static Command ListCommand()
    {
        var (merchant, json, installation) = (SharedOptions.Merchant(), SharedOptions.Json(), new InstallationOptions());
        var command = new Command("list", "Lists a merchant's keys of both modes, without their text.") { merchant, json };
        installation.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            await using var place = await OpenInstallation.ToReadAsync(installation.Read(parsed), ct);
            var merchants = place.Get<IMerchants>();
            var owner = await merchants.FindAsync(merchant, parsed.GetValue(merchant), ct);
            foreach (var isLive in (bool[])[false, true])
            {
                foreach (var key in await merchants.ListKeysAsync(new MerchantScope(owner.Id, isLive), ct))
                {
                    output.WriteLine(parsed.GetValue(json) ? SharedOptions.ToJsonLine(ReportOf(key, isLive)) : LineOf(key, isLive));
                }
            }
        });
        return command;
    }

    private static Command RevokeCommand()
    {
        var merchant = SharedOptions.Merchant();
        var key = new Option<ApiKeyId>("--key")
        {
            Description = "The key's id, as florin merchant key list shows it.",
            HelpName = "ID",
            Required = true,
            CustomParser = result => SharedOptions.Id<ApiKeyId>(result, "--key"),
        };
        var installation = new InstallationOptions();
        var command = new Command("revoke", "Revokes a key for good.") { merchant, key };
        installation.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var id = parsed.GetValue(key);
            await using var place = await OpenInstallation.ToChangeAsync(installation.Read(parsed), ct);
            var merchants = place.Get<IMerchants>();
            var owner = await merchants.FindAsync(merchant, parsed.GetValue(merchant), ct);
            var isRevoked = await merchants.RevokeKeyAsync(new MerchantScope(owner.Id, IsLive: false), id, ct)
                || await merchants.RevokeKeyAsync(new MerchantScope(owner.Id, IsLive: true), id, ct);
            if (!isRevoked) throw new CannotRunException($"{key.Name}: {owner.Id} has no key {id}.");
            parsed.InvocationConfiguration.Output.WriteLine($"{id} is revoked.");
        });
        return command;
    }

    private static string LineOf(ApiKey key, bool isLive)
    {
        var use = key.RevokedAt is null ? "in use " : "revoked";
        return $"{key.Id}  {ModeOptions.Word(isLive)}  {Word(key.Kind),-11}  ...{key.Hint}  {use}  {key.Name}";
    }

    private static object ReportOf(ApiKey key, bool isLive) => new
    {
        Id = key.Id.ToString(),
        Livemode = isLive,
        Kind = Word(key.Kind),
        key.Hint,
        key.Name,
        Created = key.CreatedAt.ToUnixTimeSeconds(),
        Revoked = key.RevokedAt?.ToUnixTimeSeconds(),
    };

    private static string Word(ApiKeyKind kind) => kind switch
    {
        ApiKeyKind.Secret => "secret",
        ApiKeyKind.Publishable => "publishable",
    };

    private static ApiKeyKind ParseKind(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        foreach (var kind in Enum.GetValues<ApiKeyKind>())
        {
            if (Word(kind) == text) return kind;
        }

        result.AddError($"--kind takes secret or publishable, and not '{text}'.");
        return default;
    }
}
