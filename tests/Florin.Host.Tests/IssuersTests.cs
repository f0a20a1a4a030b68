using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Florin.Host.Tests;

/// <summary>The operator's table of issuers by its commands, and what it does to the cards of a running Florin.</summary>
public sealed class IssuersTests : IDisposable
{
    private const string Table =
        """
        first,last,country,brand,funding,issuer
        453957,453959,KR,visa,credit,"Han Bank, Seoul"
        45395787,45395787,SG,visa,prepaid,
        """;

    private static readonly HttpClient Http = new();

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_table_is_tried_loaded_shown_and_used_by_the_server()
    {
        await BeginAsync();
        await File.WriteAllTextAsync(directory.At("issuers.csv"), Table);

        Assert.Equal((0, "2 ranges would be the table (nothing was kept).\n"), await IssuersAsync("import", directory.At("issuers.csv"), "--dry-run"));
        Assert.Equal(
            (1, "No table was imported.\nNo range has such numbers: the country of such cards is not known.\n"), await IssuersAsync("show", "453957"));
        Assert.Equal((0, "2 ranges are the table now.\n"), await IssuersAsync("import", directory.At("issuers.csv")));
        var (shown, ranges) = await IssuersAsync("show", "4539578");
        Assert.Equal(0, shown);
        Assert.EndsWith(" UTC.\n45395787  SG  visa prepaid\n453957-453959  KR  visa credit Han Bank, Seoul\n", ranges, StringComparison.Ordinal);
        Assert.Contains("400000826  GB  visa credit Test card  (test mode alone)\n", (await IssuersAsync("show", "400000826")).Output, StringComparison.Ordinal);

        var port = PortPairs.Take();
        using var florin = FlorinProcess.Run("start", "--port", port.ToString(CultureInfo.InvariantCulture), "--data", directory.At("data"), "--json");
        await florin.WaitForOutputAsync("\n");
        Assert.Equal(("SG", "prepaid"), await CardAsync(port, "4539578763621486"));
        Assert.Equal(("KR", "credit"), await CardAsync(port, "4539570000000004"));
        Assert.Equal((null, "unknown"), await CardAsync(port, "4929420573595709"));

        // SQLite has one writer.
        Assert.Equal(2, (await IssuersAsync("import", directory.At("issuers.csv"))).ExitCode);
        Assert.Equal(0, await florin.StopAsync());
    }

    [Fact]
    public async Task A_faulty_file_is_1_names_its_lines_and_leaves_the_table_as_it_was()
    {
        await BeginAsync();
        await File.WriteAllTextAsync(directory.At("issuers.csv"), Table);
        await File.WriteAllTextAsync(directory.At("faulty.csv"), Table + "\n4242424242424242,4242424242424242,US,,,\n453957,453959,JP,,,\n510000,510000,Japan,,,\n");
        await IssuersAsync("import", directory.At("issuers.csv"));

        var (exitCode, output) = await IssuersAsync("import", directory.At("faulty.csv"));

        Assert.Equal(1, exitCode);
        Assert.Equal(
            """
            line 4: first is 6 to 11 digits.
            line 4: last is 6 to 11 digits.
            line 6: country is a code of ISO 3166-1 alpha-2, such as KR.
            line 5: Each range stands once; this one stands in line 2 as well.
            Nothing was changed: 4 faults.

            """,
            output);
        Assert.Contains("453957-453959  KR", (await IssuersAsync("show", "453957")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_run_is_2_and_a_number_that_was_typed_is_not_repeated()
    {
        await BeginAsync();

        var (exitCode, output, errors) = await FlorinProcess.ToEndAsync("issuers", "show", "4242424242424242", "--data", directory.At("data"));
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("6 to 11 digits", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("4242", errors, StringComparison.Ordinal);
        Assert.Equal(2, (await IssuersAsync("import", directory.At("nowhere.csv"))).ExitCode);
    }

    private async Task BeginAsync()
    {
        var (exitCode, _, errors) = await FlorinProcess.ToEndAsync(
            "merchant", "create", "--name", "Shop", "--country", "KR", "--test", "--data", directory.At("data"));
        Assert.True(exitCode == 0, errors);
    }

    private async Task<(int ExitCode, string Output)> IssuersAsync(params string[] arguments)
    {
        var (exitCode, output, _) = await FlorinProcess.ToEndAsync(["issuers", .. arguments, "--data", directory.At("data")]);
        return (exitCode, output);
    }

    private static async Task<(string? Country, string? Funding)> CardAsync(int port, string number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/v1/payment_methods");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "fsk_test_florin_demo");
        request.Content = new FormUrlEncodedContent(
            [new("type", "card"), new("card[number]", number), new("card[exp_month]", "12"), new("card[exp_year]", "2040"), new("card[cvc]", "123")]);
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        using var json = JsonDocument.Parse(text);
        var card = json.RootElement.GetProperty("card");
        return (card.GetProperty("country").GetString(), card.GetProperty("funding").GetString());
    }
}
