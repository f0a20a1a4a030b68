using System.Globalization;
using System.Text;
using System.Text.Json;
using Florin.Host.Commands;
using Florin.Host.Demo;
using Florin.Storage;

namespace Florin.Host.Start;

/// <param name="Number">Spaced for reading.</param>
internal sealed record BannerCard(string Number, string What);

/// <summary>What <c>florin start</c> says once it is up: where everything is, and the first payment to try.</summary>
internal sealed class StartReport(StartSettings settings, IReadOnlyList<BannerCard> cards)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Uri shop = new(settings.PublicUrl, "shop");
    private readonly Uri backOffice = new(settings.PublicUrl, "office");
    private readonly Uri api = new(settings.PublicUrl, "v1");
    private readonly Uri ready = new(settings.PublicUrl, "health/ready");
    private readonly Uri metrics = new(settings.PublicUrl, "metrics");

    public async Task PrintAsync(TextWriter output)
    {
        var isTerminal = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        await output.WriteLineAsync(settings.Json ? ToJsonLine() : ToBanner(isTerminal));
        await output.FlushAsync();
    }

    internal string ToJsonLine() => JsonSerializer.Serialize(
        new
        {
            Version = FlorinCommand.Version,
            ProcessId = Environment.ProcessId,
            Url = settings.PublicUrl,
            ApiUrl = api,
            ShopUrl = settings.Demo ? shop : null,
            BackOfficeUrl = backOffice,
            SandboxUrl = settings.SandboxUrl,
            ReadyUrl = ready,
            MetricsUrl = metrics,
            Database = settings.Place.Database.ToString(),
            DataDirectory = settings.Place.Data.Path,
            Merchant = settings.Demo ? DemoShop.Merchant.ToString() : null,
            SecretKey = settings.Demo ? DemoShop.SecretKey : null,
            PublishableKey = settings.Demo ? DemoShop.PublishableKey : null,
            BackOfficeEmail = settings.Demo ? DemoShop.Email : null,
            BackOfficePassword = settings.Demo ? DemoShop.Password : null,
        },
        Json);

    internal string ToBanner(bool colored)
    {
        var (bold, dim, accent, end) = colored ? ("\e[1m", "\e[2m", "\e[36m", "\e[0m") : ("", "", "", "");
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"\n  {bold}Florin {FlorinCommand.Version}{end} is ready.\n\n");
        if (settings.Demo) Row("Shop", $"{accent}{shop}{end}", "buy something with a test card");
        Row("Back office", $"{accent}{backOffice}{end}", settings.Demo ? $"{DemoShop.Email} / {DemoShop.Password}" : "");
        Row("API", $"{accent}{api}{end}", "");
        Row("Sandbox book", $"{accent}{settings.SandboxUrl}{end}", "what the simulated gateways think");
        Row("Database", settings.Place.Database.ToString(), "");
        if (settings.Demo)
        {
            text.Append('\n');
            Row("Secret key", DemoShop.SecretKey, "");
            Row("Publishable key", DemoShop.PublishableKey, "");
            AppendCards();
            AppendFirstPayment();
        }

        text.Append(CultureInfo.InvariantCulture, $"\n  {dim}Ctrl-C stops it; what is in flight is finished first.{end}\n");
        return text.ToString();

        void Row(string name, string value, string note)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {dim}{name,-16}{end} {value}");
            if (note.Length > 0) text.Append(CultureInfo.InvariantCulture, $"  {dim}{note}{end}");
            text.Append('\n');
        }

        void AppendCards()
        {
            if (cards.Count == 0) return;
            text.Append(CultureInfo.InvariantCulture, $"\n  {bold}Test cards{end}  {dim}any future expiry, any CVC{end}\n");
            foreach (var card in cards) text.Append(CultureInfo.InvariantCulture, $"  {card.Number,-22} {dim}{card.What}{end}\n");
        }

        void AppendFirstPayment() => text.Append(CultureInfo.InvariantCulture, $"\n  {bold}Take a payment{end}\n").Append(
            CultureInfo.InvariantCulture,
            $"""
               curl {api}/payment_intents -u {DemoShop.SecretKey}: \
                 -d amount=1999 -d currency=usd -d payment_method=pm_card_visa -d confirm=true

             """);
    }
}
