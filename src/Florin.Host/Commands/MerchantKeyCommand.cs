using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Florin.Kernel;
using Florin.Merchants;

namespace Florin.Host.Commands;

/// <summary><c>florin merchant key create</c>, <c>list</c>, <c>roll</c> and <c>revoke</c>.</summary>
internal static class MerchantKeyCommand
{
    public static Command Create() => new("key", "Makes, lists, rolls and revokes a merchant's API keys.")
    {
        CreateCommand(),
        ListCommand(),
        RollCommand(),
        RevokeCommand(),
    };

    private static Command CreateCommand()
    {
        var merchant = SharedOptions.Merchant();
        var kind = new Option<ApiKeyKind?>("--kind")
        {
            Description = "secret (the default), publishable, or restricted (the default with --allow).",
            HelpName = "KIND",
            CustomParser = ParseKind,
        };
        var name = SharedOptions.Required("--name", "NAME", "What the key is for, to know it by.");
        var allow = new Option<IReadOnlyList<KeyValuePair<ApiResource, ApiRight>>>("--allow")
        {
            Description = "What a restricted key may do, as in refunds:write or charges:read. May be given more than once, or with commas.",
            HelpName = "RESOURCE:RIGHT",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = ParseRights,
        };
        var from = new NetworkOption("--from", "From where the key may be used: an address, or a network such as 203.0.113.0/24. Default: anywhere.");
        var (mode, json, installation) = (new ModeOptions(), SharedOptions.Json(), new InstallationOptions());
        var command = new Command("create", "Makes a key and shows it this once.") { merchant, kind, name, allow, from, json };
        mode.AddTo(command);
        installation.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var rights = parsed.GetValue(allow) ?? [];
            var draft = new ApiKeyDraft(
                parsed.GetValue(kind) ?? (rights.Count > 0 ? ApiKeyKind.Restricted : ApiKeyKind.Secret),
                SharedOptions.NotBlank(parsed.GetRequiredValue(name), name.Name))
            {
                Permissions = PermissionsOf(rights),
                AllowedFrom = from.Read(parsed),
            };
            Check(draft);
            await using var place = await OpenInstallation.ToChangeAsync(installation.Read(parsed), ct);
            var merchants = place.Get<IMerchants>();
            var owner = await merchants.FindAsync(merchant, parsed.GetValue(merchant), ct);
            var made = await merchants.CreateKeyAsync(new MerchantScope(owner.Id, mode.IsLive(parsed)), draft, ct);
            Show(made, parsed.InvocationConfiguration.Output, parsed.GetValue(json));
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
            var (merchants, now) = (place.Get<IMerchants>(), place.Get<TimeProvider>().GetUtcNow());
            var owner = await merchants.FindAsync(merchant, parsed.GetValue(merchant), ct);
            foreach (var isLive in (bool[])[false, true])
            {
                foreach (var key in await merchants.ListKeysAsync(new MerchantScope(owner.Id, isLive), ct))
                {
                    output.WriteLine(parsed.GetValue(json) ? SharedOptions.ToJsonLine(ReportOf(key, isLive)) : LineOf(key, isLive, now));
                }
            }
        });
        return command;
    }

    private static Command RollCommand()
    {
        var (merchant, key) = (SharedOptions.Merchant(), Key());
        var overlap = new Option<int>("--overlap-hours")
        {
            Description = "How long the old key goes on beside the new one. Default 0: it ends at once.",
            HelpName = "HOURS",
            DefaultValueFactory = _ => 0,
            CustomParser = ParseHours,
        };
        var (json, installation) = (SharedOptions.Json(), new InstallationOptions());
        var command = new Command("roll", "Makes a key that may do what an old one may, shows it this once, and ends the old one.")
        {
            merchant, key, overlap, json,
        };
        installation.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var id = parsed.GetValue(key);
            await using var place = await OpenInstallation.ToChangeAsync(installation.Read(parsed), ct);
            var merchants = place.Get<IMerchants>();
            var owner = await merchants.FindAsync(merchant, parsed.GetValue(merchant), ct);
            var until = place.Get<TimeProvider>().GetUtcNow().AddHours(parsed.GetValue(overlap));
            var keys = await merchants.ListKeysAsync(new MerchantScope(owner.Id, IsLive: true), ct);
            var scope = new MerchantScope(owner.Id, IsLive: keys.Any(live => live.Id == id));
            var rolled = await merchants.RollKeyAsync(scope, id, until, ct);
            if (!rolled.TryGet(out var made, out var refusal)) throw new CannotRunException($"{key.Name}: {refusal.Message}");
            var output = parsed.InvocationConfiguration.Output;
            Show(made, output, parsed.GetValue(json));
            if (!parsed.GetValue(json)) output.WriteLine($"{id} is good until {Text(until)}.");
        });
        return command;
    }

    private static Command RevokeCommand()
    {
        var (merchant, key, installation) = (SharedOptions.Merchant(), Key(), new InstallationOptions());
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

    private static Option<ApiKeyId> Key() => new("--key")
    {
        Description = "The key's id, as florin merchant key list shows it.",
        HelpName = "ID",
        Required = true,
        CustomParser = result => SharedOptions.Id<ApiKeyId>(result, "--key"),
    };

    /// <exception cref="CannotRunException">The options do not go together.</exception>
    private static void Check(ApiKeyDraft draft)
    {
        if (draft.Kind == ApiKeyKind.Restricted && draft.Permissions is null)
        {
            throw new CannotRunException("--kind restricted wants --allow: what the key may do, as in --allow refunds:write.");
        }

        if (draft.Kind != ApiKeyKind.Restricted && draft.Permissions is not null)
        {
            throw new CannotRunException($"--allow: a {Word(draft.Kind)} key cannot be limited so; make a restricted one.");
        }

        if (draft.Kind == ApiKeyKind.Publishable && !draft.AllowedFrom.IsAnywhere)
        {
            throw new CannotRunException("--from: a publishable key is used by buyers, who are anywhere.");
        }

        if (draft.Name.Length > ApiKeyRules.LongestName)
        {
            throw new CannotRunException($"--name: a name has at most {ApiKeyRules.LongestName} characters.");
        }
    }

    private static ApiKeyPermissions? PermissionsOf(IReadOnlyList<KeyValuePair<ApiResource, ApiRight>> rights)
    {
        var twice = rights.GroupBy(right => right.Key).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) throw new CannotRunException($"--allow: {twice.Key.Word()} is named twice; who may write may read.");
        return rights.Count == 0 ? null : new ApiKeyPermissions(rights);
    }

    private static void Show(NewApiKey made, TextWriter output, bool asJson)
    {
        if (asJson)
        {
            output.WriteLine(SharedOptions.ToJsonLine(new { Id = made.Key.Id.ToString(), Key = made.Text.Reveal() }));
            return;
        }

        output.WriteLine($"id    {made.Key.Id}");
        output.WriteLine($"key   {made.Text.Reveal()}");
        output.WriteLine("It is not shown again: only its hash is kept.");
    }

    private static string LineOf(ApiKey key, bool isLive, DateTimeOffset now)
    {
        var use = (key.RevokedAt, key.IsInUse(now)) switch
        {
            (not null, _) => "revoked",
            (null, true) => "in use ",
            (null, false) => "expired",
        };
        var line = $"{key.Id}  {ModeOptions.Word(isLive)}  {Word(key.Kind),-11}  ...{key.Hint}  {use}  {key.Name}  last used {Text(key.LastUsedAt)}";
        if (key.Permissions is { } permissions) line += $"  may {permissions}";
        if (!key.AllowedFrom.IsAnywhere) line += $"  from {key.AllowedFrom}";
        return key is { ExpiresAt: { } end, RevokedAt: null } && end > now ? line + $"  until {Text(end)}" : line;
    }

    private static string Text(DateTimeOffset? instant) =>
        instant?.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) ?? "never";

    private static object ReportOf(ApiKey key, bool isLive) => new
    {
        Id = key.Id.ToString(),
        Livemode = isLive,
        Kind = Word(key.Kind),
        key.Hint,
        key.Name,
        Permissions = key.Permissions?.Rights.ToDictionary(given => given.Key.Word(), given => given.Value.Word()),
        AllowedFrom = key.AllowedFrom.Texts,
        Created = key.CreatedAt.ToUnixTimeSeconds(),
        LastUsed = key.LastUsedAt?.ToUnixTimeSeconds(),
        Expires = key.ExpiresAt?.ToUnixTimeSeconds(),
        Revoked = key.RevokedAt?.ToUnixTimeSeconds(),
    };

    private static string Word(ApiKeyKind kind) => kind switch
    {
        ApiKeyKind.Secret => "secret",
        ApiKeyKind.Publishable => "publishable",
        ApiKeyKind.Restricted => "restricted",
    };

    private static ApiKeyKind? ParseKind(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        foreach (var kind in Enum.GetValues<ApiKeyKind>())
        {
            if (Word(kind) == text) return kind;
        }

        result.AddError($"--kind takes secret, publishable or restricted, and not '{text}'.");
        return null;
    }

    private static List<KeyValuePair<ApiResource, ApiRight>> ParseRights(ArgumentResult result)
    {
        var rights = new List<KeyValuePair<ApiResource, ApiRight>>();
        foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
        {
            var (name, word) = text.Split(':') is [var before, var after] ? (before, after) : (text, "");
            if (ApiResources.TryParse(name, out ApiResource resource) && ApiResources.TryParse(word, out ApiRight right))
            {
                rights.Add(KeyValuePair.Create(resource, right));
                continue;
            }

            var known = string.Join(", ", Enum.GetValues<ApiResource>().Select(each => each.Word()));
            result.AddError($"--allow takes a resource and read or write, as in refunds:write, and not '{text}'. Resources: {known}.");
        }

        return rights;
    }

    private static int ParseHours(ArgumentResult result)
    {
        var most = (int)ApiKeyRules.LongestOverlap.TotalHours;
        var isNumber = int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var hours);
        if (isNumber && hours <= most) return hours;
        result.AddError($"--overlap-hours takes a number from 0 to {most}, and not '{result.Tokens[0].Value}'.");
        return default;
    }
}
