using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments;

namespace Florin.Host.Commands;

/// <summary><c>florin merchant policy</c>: what a merchant decided once for all payments of a mode.</summary>
internal static class MerchantPolicyCommand
{
    public static Command Create()
    {
        var merchant = SharedOptions.Merchant();
        var late = new Option<LateSuccessPolicy?>("--late-success")
        {
            Description = "What becomes of money that comes after its payment was given up: refund (the default), accept or ask. Left out, nothing is changed.",
            HelpName = "POLICY",
            CustomParser = ParsePolicy,
        };
        var (mode, json, installation) = (new ModeOptions(), SharedOptions.Json(), new InstallationOptions());
        var command = new Command("policy", "Shows or sets what becomes of a merchant's money that comes too late.") { merchant, late, json };
        mode.AddTo(command);
        installation.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            // Reading goes on beside a server that holds the data directory; changing does not.
            var wanted = parsed.GetValue(late);
            await using var place = wanted is null
                ? await OpenInstallation.ToReadAsync(installation.Read(parsed), ct)
                : await OpenInstallation.ToChangeAsync(installation.Read(parsed), ct);
            var owner = await place.Get<IMerchants>().FindAsync(merchant, parsed.GetValue(merchant), ct);
            var policies = place.Get<IPaymentPolicies>();
            var now = await policies.FindAsync(new MerchantScope(owner.Id, mode.IsLive(parsed)), ct);
            if (wanted is { } chosen)
            {
                var actor = new AuditActor(AuditActorKind.Command, "florin merchant policy");
                now = await policies.SetAsync(now.Scope, actor, now with { LateSuccess = chosen }, answer: null, ct);
            }

            var (modeWord, word) = (ModeOptions.Word(now.Scope.IsLive), WordOf(now.LateSuccess));
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(json)
                ? SharedOptions.ToJsonLine(new { Merchant = owner.Id.ToString(), Livemode = now.Scope.IsLive, LateSuccess = word })
                : $"{owner.Id}  {modeWord}  late success: {word}");
        });
        return command;
    }

    private static string WordOf(LateSuccessPolicy policy) => JsonNamingPolicy.SnakeCaseLower.ConvertName(policy.ToString());

    private static LateSuccessPolicy? ParsePolicy(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        foreach (var policy in Enum.GetValues<LateSuccessPolicy>())
        {
            if (WordOf(policy) == text) return policy;
        }

        result.AddError($"--late-success takes refund, accept or ask, and not '{text}'.");
        return null;
    }
}
