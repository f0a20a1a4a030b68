using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Florin.Testing.Contracts;

namespace Florin.Api.Tests.Fuzzing;

/// <summary>Nonsense in the shape of our own OpenAPI document: every answer is a success or a refusal, as described.</summary>
/// <remarks>
/// <c>FLORIN_FUZZ_SEED</c> repeats a run, and <c>FLORIN_FUZZ_REQUESTS</c> makes a longer one. That every answer, refusals included, has
/// the promised body is seen to by the client of <see cref="RealApi"/>.
/// </remarks>
public abstract class FuzzTests(RealApi api)
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly int Requests = int.Parse(Environment.GetEnvironmentVariable("FLORIN_FUZZ_REQUESTS") ?? "5000", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("FLORIN_FUZZ_SEED") ?? "20261121", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task No_request_breaks_hangs_or_shows_what_belongs_to_another_merchant()
    {
        var contract = ApiContract.Parse(await api.Client.GetStringAsync("/openapi/v1.json"));
        var (foreign, own) = (await MakeAsync(await api.OpenNeighbourAsync()), await MakeAsync(api.SecretKey));
        var fuzz = new FuzzRequests(contract.Document, [.. own, .. foreign]);
        var failures = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            // Each request has a seed of its own, so that one alone can be sent again.
            var request = fuzz.Make(Seed + number);
            if (await ProblemOfAsync(request, foreign) is { } problem) failures.Add($"seed {Seed + number}: {request}\n  {problem}");
        });
        Assert.True(failures.IsEmpty, $"{failures.Count} of {Requests} failed:\n{string.Join('\n', failures.Take(10))}");
    }

    /// <summary>One of each thing, for ids that are known.</summary>
    private async Task<List<string>> MakeAsync(string key)
    {
        var customer = (await PostAsync(key, "/v1/customers", "email=somebody@example.com")).Id();
        var intent = await PostAsync(key, "/v1/payment_intents", "amount=1000&currency=krw&payment_method=pm_card_visa&confirm=true");
        var refund = (await PostAsync(key, "/v1/refunds", $"payment_intent={intent.Id()}&amount=100")).Id();
        var session = (await PostAsync(
            key,
            "/v1/checkout/sessions",
            "mode=payment&success_url=https://a.example&line_items[0][price_data][currency]=krw&line_items[0][price_data][unit_amount]=10"
            + "&line_items[0][price_data][product_data][name]=Cup")).Id();
        var endpoint = (await PostAsync(key, "/v1/webhook_endpoints", "url=https://shop.example/hook&enabled_events[]=customer.deleted")).Id();
        var cash = (await PostAsync(key, "/v1/florin/ledger/accounts", "code=own:fuzz&kind=asset&currency=krw")).Id();
        var sale = $"reference=first&postings[0][account]={cash}&postings[0][side]=debit&postings[0][amount]=1&postings[1][account]={cash}&postings[1][side]=credit&postings[1][amount]=1";
        var entry = (await PostAsync(key, "/v1/florin/ledger/transactions", sale)).Id();
        var hold = (await PostAsync(key, "/v1/florin/ledger/holds", sale)).Id();
        return [customer, intent.Id(), intent.Text("latest_charge")!, intent.Text("payment_method")!, refund, session, endpoint, cash, entry, hold];
    }

    private async Task<JsonElement> PostAsync(string key, string path, string form)
    {
        var answer = await api.SendAsync("POST", path, form, key: key);
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Json;
    }

    private async Task<string?> ProblemOfAsync(FuzzRequest request, IReadOnlyList<string> foreign)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Address);
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", api.SecretKey);
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        }

        try
        {
            using var response = await api.Client.SendAsync(message, patience.Token);
            var text = await response.Content.ReadAsStringAsync(patience.Token);
            if ((int)response.StatusCode >= 500) return $"{(int)response.StatusCode} {text}";
            if (response.StatusCode != System.Net.HttpStatusCode.OK) return null;
            // An id that was sent may be repeated in metadata; an object of that id may not be shown.
            return foreign.FirstOrDefault(id => text.Contains($"\"id\":\"{id}\"", StringComparison.Ordinal)) is { } shown ? $"shows {shown} of another merchant" : null;
        }
        catch (Exception failure) when (failure is HttpRequestException or InvalidOperationException or OperationCanceledException or JsonException)
        {
            return failure.Message;
        }
    }
}

public sealed class FuzzOnSqlite(RealApiOnSqlite api) : FuzzTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class FuzzOnPostgres(RealApiOnPostgres api) : FuzzTests(api), IClassFixture<RealApiOnPostgres>;
