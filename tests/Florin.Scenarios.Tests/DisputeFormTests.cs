using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Florin.Testing.Processes;

namespace Florin.Scenarios.Tests;

/// <summary>Somebody answers a dispute in the back office, and what they wrote is not lost whatever stands in its way.</summary>
public sealed partial class DisputeFormTests(FlorinOnSqlite fixture) : IClassFixture<FlorinOnSqlite>, IAsyncLifetime
{
    // As many calls as Florin lets wait for one gateway at once.
    private const int Room = 128;
    private const int PatientSeconds = 60;

    private static readonly byte[] Receipt = "%PDF-1.7 a receipt"u8.ToArray();

    private FlorinServer Florin => fixture.Florin;

    private HttpClient Clerk { get; set; } = null!;

    public async Task InitializeAsync()
    {
        await fixture.RestartAsync(PatientSeconds);
        Clerk = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(Florin.Url) };
        using var signedIn = await Clerk.PostAsync("/office/sign-in", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["form_token"] = await FormTokenAsync("/office/sign-in"),
            ["email"] = Florin.Report.GetProperty("back_office_email").GetString()!,
            ["password"] = Florin.Report.GetProperty("back_office_password").GetString()!,
        }));
        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
    }

    public Task DisposeAsync()
    {
        Clerk.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task What_was_written_and_uploaded_is_there_again_while_the_gateway_has_no_room_and_is_submitted_later()
    {
        var dispute = await DisputedAsync();
        await Florin.HoldAsync("authorize", "before", count: Room);
        var payments = Enumerable.Range(0, Room).Select(_ => Florin.PostAsync("/v1/payment_intents", null, Talking.Card("4242424242424242", 1_999, "usd"))).ToList();
        await Florin.HeldAsync(Room);

        var (status, page) = await SubmitAsync(dispute, "It was <delivered>.", Receipt);
        await Florin.ReleaseAsync();
        await Task.WhenAll(payments);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("nothing was sent", page, StringComparison.Ordinal);
        Assert.Contains("It was &lt;delivered&gt;.</textarea>", page, StringComparison.Ordinal);
        Assert.Matches("/office/files/file_[0-9a-f]{32}\">receipt.pdf", page);

        // The form as it is now, with no file chosen anew.
        Assert.Equal(HttpStatusCode.SeeOther, (await SubmitAsync(dispute, "It was <delivered>.", file: null)).Status);
        var evidence = (await Florin.GetAsync($"/v1/disputes/{dispute}")).Body.GetProperty("evidence");
        Assert.Equal("It was <delivered>.", evidence.GetProperty("uncategorized_text").GetString());
        Assert.StartsWith("file_", evidence.GetProperty("receipt").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_written_is_there_again_beside_a_file_that_is_no_document()
    {
        var dispute = await DisputedAsync();

        var (status, page) = await SubmitAsync(dispute, "It was <delivered>.", "MZ a program"u8.ToArray());

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("It was &lt;delivered&gt;.</textarea>", page, StringComparison.Ordinal);
    }

    /// <returns>The id of a dispute that wants an answer.</returns>
    private async Task<string> DisputedAsync()
    {
        var paid = await Florin.PostAsync(
            "/v1/payment_intents", null, ("amount", "1999"), ("currency", "usd"), ("payment_method", "pm_card_createDispute"), ("confirm", "true"));
        var found = await Florin.WaitForAsync($"/v1/disputes?charge={paid["latest_charge"]}", now => now.Body.GetProperty("data").GetArrayLength() == 1);
        return found.Body.GetProperty("data")[0].GetProperty("id").GetString()!;
    }

    private async Task<(HttpStatusCode Status, string Page)> SubmitAsync(string dispute, string text, byte[]? file)
    {
        var path = $"/office/disputes/{dispute}";
        using var form = new MultipartFormDataContent
        {
            { new StringContent(await FormTokenAsync(path)), "form_token" },
            { new StringContent(text), "uncategorized_text" },
            { new StringContent("submit"), "do" },
        };
        if (file is not null)
        {
            form.Add(new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("application/pdf") } }, "receipt", "receipt.pdf");
        }

        using var answer = await Clerk.PostAsync(path, form);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    // The frame of a page has a form too, to sign out; the page's own comes after it.
    private async Task<string> FormTokenAsync(string path) => FormToken().Matches(await Clerk.GetStringAsync(path))[^1].Groups[1].Value;

    [GeneratedRegex("name=\"form_token\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
