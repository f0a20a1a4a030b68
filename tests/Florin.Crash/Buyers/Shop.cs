using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Florin.Crash.Buyers;

/// <summary>What was answered for good.</summary>
/// <param name="Tries">How often it was asked.</param>
internal sealed record Answer(int Status, JsonElement Body, int Tries)
{
    private JsonElement? Error => Status != 200 && Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("error", out var error) ? error : null;

    public string State => Error is { } error ? Text(error, "code") ?? "error" : Text(Body, "status") ?? "";

    /// <summary>The id of the object, or of the payment intent that an error is about.</summary>
    public string? Id => Error is { } error
        ? error.TryGetProperty("payment_intent", out var intent) && intent.ValueKind == JsonValueKind.Object ? Text(intent, "id") : null
        : Text(Body, "id");

    public static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>Calls Florin as Stripe's SDKs do: the same request with the same key again, through another node, until it is answered.</summary>
internal sealed partial class Shop(IReadOnlyList<Uri> nodes, string secretKey, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>After so long a buyer gives up, and that is a discrepancy.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromSeconds(30),
        ConnectTimeout = TimeSpan.FromSeconds(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private int tries;
    private int retries;

    public int Tries => tries;

    public int Retries => retries;

    /// <returns>Null where nobody answered in all the time.</returns>
    public async Task<Answer?> PostAsync(Random random, string path, string key, params (string Name, string Value)[] fields)
    {
        var answered = await UntilAnsweredAsync(random, node =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node, path)) { Content = Form(fields) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secretKey);
            request.Headers.Add("Idempotency-Key", key);
            return request;
        });
        return answered is { } found ? new Answer(found.Status, Parse(found.Body), found.Tries) : null;
    }

    public async Task<Answer?> GetAsync(Random random, string path)
    {
        var answered = await UntilAnsweredAsync(random, node =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node, path));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secretKey);
            return request;
        });
        return answered is { } found ? new Answer(found.Status, Parse(found.Body), found.Tries) : null;
    }

    /// <summary>Answers the issuer's page and comes back to Florin, whichever node is there.</summary>
    public async Task<bool> ConfirmAtIssuerAsync(Random random, string issuerUrl)
    {
        var issuer = new Uri(issuerUrl);
        var confirmed = await UntilAnsweredAsync(random, _ => new HttpRequestMessage(HttpMethod.Post, issuer) { Content = Form(("otp", "123456")) });
        if (confirmed is not { Location: { } back }) return false;
        return await UntilAnsweredAsync(random, node => new HttpRequestMessage(HttpMethod.Get, new Uri(node, back.PathAndQuery))) is not null;
    }

    /// <summary>Pays on the hosted page. The form's token makes sending it again safe.</summary>
    public async Task<bool> PayOnPageAsync(Random random, string path, string card)
    {
        var page = await UntilAnsweredAsync(random, node => new HttpRequestMessage(HttpMethod.Get, new Uri(node, path)));
        if (page is not { Status: 200 } shown || FormToken().Match(shown.Body) is not { Success: true } token) return false;
        (string, string)[] form =
        [
            ("form_token", token.Groups[1].Value), ("email", "hana@example.com"), ("cardnumber", card), ("exp", "12/34"), ("cvc", "737"), ("name", "Hana Kim"),
        ];
        return await UntilAnsweredAsync(random, node => new HttpRequestMessage(HttpMethod.Post, new Uri(node, path + "/pay")) { Content = Form(form) }) is not null;
    }

    public void Dispose() => http.Dispose();

    private async Task<(int Status, string Body, Uri? Location, int Tries)?> UntilAnsweredAsync(Random random, Func<Uri, HttpRequestMessage> request)
    {
        var began = time.GetTimestamp();
        var node = random.Next(nodes.Count);
        for (var tried = 1; time.GetElapsedTime(began) < Patience; tried++)
        {
            Interlocked.Increment(ref tries);
            if (tried > 1) Interlocked.Increment(ref retries);
            if (await TryAsync(request(nodes[(node + tried) % nodes.Count])) is { } answered) return (answered.Status, answered.Body, answered.Location, tried);
            // Doubles from a tenth of a second, with half of it by chance, so that buyers do not come back all at once.
            var pause = TimeSpan.FromMilliseconds(100 * Math.Pow(2, Math.Min(tried, 6)));
            await Task.Delay((pause < LongestPause ? pause : LongestPause) * (0.5 + (random.NextDouble() / 2)), time);
        }

        return null;
    }

    /// <returns>Null where the answer is none, or says to ask again.</returns>
    private async Task<(int Status, string Body, Uri? Location)?> TryAsync(HttpRequestMessage request)
    {
        using var enough = new CancellationTokenSource(AnswerWithin, time);
        try
        {
            using (request)
            {
                using var response = await http.SendAsync(request, enough.Token);
                var body = await response.Content.ReadAsStringAsync(enough.Token);
                return IsFinal(response) ? ((int)response.StatusCode, body, response.Headers.Location) : null;
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    // A stored answer stays what it is, and says so.
    private static bool IsFinal(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Stripe-Should-Retry", out var mayRetry)
            ? mayRetry.Single() == "false"
            : response.StatusCode is not (HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError);

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static JsonElement Parse(string body)
    {
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    [GeneratedRegex("name=\"form_token\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
