using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Encodings.Web;
using System.Text.Json;
using Florin.Kernel;
using Florin.Merchants;

namespace Florin.Host.Commands;

/// <summary>Options that several commands have, and how they are read.</summary>
internal static class SharedOptions
{
    private static readonly JsonSerializerOptions JsonForm = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Option<MerchantId> Merchant() => new("--merchant")
    {
        Description = "The merchant's id, as florin merchant list shows it.",
        HelpName = "ID",
        Required = true,
        CustomParser = result => Id<MerchantId>(result, "--merchant"),
    };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON, one object a line, instead of text." };

    public static Option<string> Required(string name, string helpName, string description) =>
        new(name) { Description = description, HelpName = helpName, Required = true };

    public static T Id<T>(ArgumentResult result, string option) where T : struct, IId<T>
    {
        var text = result.Tokens[0].Value;
        if (Ids.TryParse<T>(text, out var id)) return id;
        result.AddError($"{option} takes an id that begins with {T.Prefix}, and not '{text}'.");
        return default;
    }

    /// <exception cref="CannotRunException">The text is empty.</exception>
    public static string NotBlank(string text, string option) =>
        string.IsNullOrWhiteSpace(text) ? throw new CannotRunException($"{option} must not be empty.") : text.Trim();

    /// <exception cref="CannotRunException">There is no such merchant.</exception>
    public static async Task<Merchant> FindAsync(
        this IMerchants merchants, Option<MerchantId> option, MerchantId id, CancellationToken ct) =>
        await merchants.FindAsync(id, ct) ?? throw new CannotRunException($"{option.Name}: there is no merchant {id} here.");

    public static string ToJsonLine(object report) => JsonSerializer.Serialize(report, JsonForm);
}

/// <summary><c>--test</c> or <c>--live</c>: a command that makes something says for which mode.</summary>
internal sealed class ModeOptions
{
    private readonly Option<bool> test = new("--test") { Description = "For test mode." };
    private readonly Option<bool> live = new("--live") { Description = "For live mode." };

    public static string Word(bool isLive) => isLive ? "live" : "test";

    public void AddTo(Command command)
    {
        command.Options.Add(test);
        command.Options.Add(live);
        command.Validators.Add(result =>
        {
            if (result.GetValue(test) == result.GetValue(live)) result.AddError("Say either --test or --live.");
        });
    }

    public bool IsLive(ParseResult parsed) => parsed.GetValue(live);
}
