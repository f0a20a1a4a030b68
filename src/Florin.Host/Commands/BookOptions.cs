using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Merchants;

namespace Florin.Host.Commands;

/// <summary>Whose book is meant, and whose midnight parts its days.</summary>
internal sealed class BookOptions
{
    private readonly Option<MerchantId> merchant = SharedOptions.Merchant();
    private readonly ModeOptions mode = new();
    private readonly InstallationOptions installation = new();
    private readonly Option<TimeZoneInfo> zone = new("--time-zone")
    {
        Description = "Whose midnight parts the days, such as Asia/Seoul. Default: UTC.",
        HelpName = "ZONE",
        DefaultValueFactory = _ => TimeZoneInfo.Utc,
        CustomParser = ParseZone,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(merchant);
        mode.AddTo(command);
        command.Options.Add(zone);
        installation.AddTo(command);
    }

    public TimeZoneInfo Zone(ParseResult parsed) => parsed.GetRequiredValue(zone);

    public async Task<(OpenInstallation Place, MerchantScope Scope)> OpenToReadAsync(ParseResult parsed, CancellationToken ct) =>
        await WithScopeAsync(await OpenInstallation.ToReadAsync(installation.Read(parsed), ct), parsed, ct);

    public async Task<(OpenInstallation Place, MerchantScope Scope)> OpenToChangeAsync(ParseResult parsed, CancellationToken ct) =>
        await WithScopeAsync(await OpenInstallation.ToChangeAsync(installation.Read(parsed), ct), parsed, ct);

    private async Task<(OpenInstallation Place, MerchantScope Scope)> WithScopeAsync(OpenInstallation place, ParseResult parsed, CancellationToken ct)
    {
        try
        {
            var owner = await place.Get<IMerchants>().FindAsync(merchant, parsed.GetValue(merchant), ct);
            return (place, new MerchantScope(owner.Id, mode.IsLive(parsed)));
        }
        catch
        {
            await place.DisposeAsync();
            throw;
        }
    }

    private static TimeZoneInfo ParseZone(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(text, out var found)) return found;
        result.AddError($"--time-zone takes a name such as Asia/Seoul or UTC, and not '{text}'.");
        return TimeZoneInfo.Utc;
    }
}

/// <summary><c>--from</c> and <c>--to</c>: days, both included, by one of a transaction's two dates.</summary>
internal sealed class SpanOptions
{
    private readonly Option<DateOnly?> from = Day("--from", "The first day, such as 2026-01-01. Default: since ever.");
    private readonly Option<DateOnly?> to = Day("--to", "The last day. Default: up to now.");
    private readonly Option<string> by = new("--by")
    {
        Description = "Which date counts: effective (when it counts) or recorded (when it was written down).",
        DefaultValueFactory = _ => "effective",
    };

    public void AddTo(Command command)
    {
        by.AcceptOnlyFromAmong("effective", "recorded");
        command.Options.Add(from);
        command.Options.Add(to);
        command.Options.Add(by);
    }

    public LedgerSpan Read(ParseResult parsed, TimeZoneInfo zone) => new(
        parsed.GetRequiredValue(by) == "recorded" ? LedgerDate.Recorded : LedgerDate.Effective,
        parsed.GetValue(from) is { } first ? Midnight(first, zone) : null,
        parsed.GetValue(to) is { } last ? Midnight(last.AddDays(1), zone) : null);

    /// <summary>As in <c>2026-01-01 to 2026-01-31, by effective date</c>.</summary>
    public string Describe(ParseResult parsed) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Word(parsed.GetValue(from), "the beginning")} to {Word(parsed.GetValue(to), "now")}, by {parsed.GetRequiredValue(by)} date");

    private static string Word(DateOnly? day, string other) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? other;

    private static DateTimeOffset Midnight(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight));
    }

    private static Option<DateOnly?> Day(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "DATE",
        CustomParser = result =>
        {
            // Years at the ends of the calendar have no midnight in every zone.
            var text = result.Tokens[0].Value;
            if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 1 and < 9999) return day;
            result.AddError($"{name} takes a day such as 2026-01-31, and not '{text}'.");
            return null;
        },
    };
}
