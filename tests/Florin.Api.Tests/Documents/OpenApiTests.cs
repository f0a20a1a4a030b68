using System.Text.Json;
using System.Text.Json.Nodes;
using Florin.Api.OpenApi;
using Florin.Api.OpenApi.Objects;
using Florin.Api.Requests;
using Florin.Api.Routing;

namespace Florin.Api.Tests.Documents;

public sealed class OpenApiTests(ApiServer api) : IClassFixture<ApiServer>
{
    private const string File = "docs/openapi/v1.json";

    public static TheoryData<string> Routes => [.. ApiRoutes.All.Select(route => route.ToString())];

    [Fact]
    public async Task The_document_that_is_served_is_the_one_that_is_checked_in()
    {
        var served = (await api.SendAsync("GET", OpenApiDocument.Path, key: null)).Text;
        if (System.IO.File.Exists(Approved.PathOf(File)))
        {
            var checkedIn = JsonElement.Parse(await System.IO.File.ReadAllTextAsync(Approved.PathOf(File)));
            var broken = BreakingChanges.Between(checkedIn, JsonElement.Parse(served));
            Assert.True(
                broken.Count == 0 || Approved.IsApprovingBreaks,
                $"This breaks those who use the API; FLORIN_APPROVE=breaking acknowledges it, with a line under 'API changes' in CHANGELOG.md:\n{string.Join('\n', broken)}");
        }

        Approved.AssertIs(served, File);
    }

    [Theory]
    [InlineData("the route is gone", "no more: GET /v1/charges/{id}")]
    [InlineData("the parameter is gone", "no more: POST /v1/refunds takes the body.reason")]
    [InlineData("the word is gone", "no more: POST /v1/refunds takes the body.reason as \"fraudulent\"")]
    [InlineData("the property is gone", "no more: object refund.status")]
    [InlineData("the property may be absent", "no more: object refund always has refund.status")]
    [InlineData("the parameter is required", "new: POST /v1/refunds requires the body.reason")]
    public async Task A_planted_change_that_breaks_callers_is_caught(string change, string told)
    {
        var served = (await api.SendAsync("GET", OpenApiDocument.Path, key: null)).Text;
        var changed = JsonNode.Parse(served)!.AsObject();
        var refund = changed["components"]!["schemas"]!["refund"]!;
        var body = changed["paths"]!["/v1/refunds"]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!.AsObject();
        switch (change)
        {
            case "the route is gone":
                changed["paths"]!.AsObject().Remove("/v1/charges/{id}");
                break;
            case "the parameter is gone":
                body["properties"]!.AsObject().Remove("reason");
                break;
            case "the word is gone":
                body["properties"]!["reason"]!["enum"]!.AsArray().RemoveAt(1);
                break;
            case "the property is gone":
                refund["properties"]!.AsObject().Remove("status");
                break;
            case "the property may be absent":
                refund["required"] = new JsonArray([.. refund["required"]!.AsArray().Where(name => name!.GetValue<string>() != "status").Select(name => name!.DeepClone())]);
                break;
            default:
                body["required"] = new JsonArray("reason");
                break;
        }

        Assert.Contains(told, BreakingChanges.Between(JsonElement.Parse(served), JsonElement.Parse(changed.ToJsonString())));
        Assert.Empty(BreakingChanges.Between(JsonElement.Parse(served), JsonElement.Parse(served)));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public void Every_route_says_what_it_does_and_answers_with_an_object_that_is_described(string route)
    {
        Assert.True(RouteSummaries.All.ContainsKey(route), $"{route} has no sentence in {nameof(RouteSummaries)}.");
        var answers = ApiRoutes.All.Single(one => one.ToString() == route).Answers.Name;
        Assert.True(WireObjects.Find(answers) is not null, $"'{answers}' is not among {nameof(WireObjects)}.");
    }

    [Fact]
    public void No_sentence_is_left_of_a_route_that_is_gone() =>
        Assert.Empty(RouteSummaries.All.Keys.Except(ApiRoutes.All.Select(route => route.ToString())));

    [Fact]
    public async Task Sets_lists_alternatives_and_what_is_required_are_told_as_the_handlers_read_them()
    {
        var document = (await api.SendAsync("GET", OpenApiDocument.Path, key: null)).Json;
        var create = Body(document, "/v1/payment_intents");
        Assert.Equal(["amount", "currency"], Required(create));
        var card = Property(create, "payment_method_data", "card");
        Assert.True(card.GetProperty("properties").TryGetProperty("token", out _));
        Assert.True(card.GetProperty("properties").TryGetProperty("number", out _));
        Assert.False(card.TryGetProperty("required", out _));
        Assert.Equal(["number", "exp_month", "exp_year"], Required(Property(Body(document, "/v1/tokens"), "card")).OrderByDescending(name => name == "number"));
        Assert.False(Body(document, "/v1/refunds").TryGetProperty("required", out _));
        var line = Property(Body(document, "/v1/checkout/sessions"), "line_items").GetProperty("items");

        // Either of price and price_data will do, so neither is required.
        Assert.False(line.TryGetProperty("required", out _));
        Assert.Equal(["currency", "unit_amount"], Required(Property(Body(document, "/v1/products"), "default_price_data")).Order());
        var created = document.GetProperty("paths").GetProperty("/v1/events").GetProperty("get").GetProperty("parameters")
            .EnumerateArray().Single(parameter => parameter.GetProperty("name").GetString() == "created").GetProperty("schema");
        Assert.Equal(["integer", "object"], created.GetProperty("anyOf").EnumerateArray().Select(form => form.GetProperty("type").GetString()));
    }

    [Fact]
    public void A_parameter_that_is_read_after_the_check_is_a_fault()
    {
        var parameters = new ParameterReader(Node.Map.Empty);
        parameters.Text("first");
        Assert.Null(parameters.Finish());
        Assert.Throws<InvalidOperationException>(() => parameters.Text("second"));
    }

    [Fact]
    public async Task The_page_of_the_API_lists_every_route_and_object()
    {
        var page = await api.SendAsync("GET", ReferencePages.Path, key: null);
        Assert.Equal(200, page.Status);
        Assert.All(ApiRoutes.All, route => Assert.Contains($"<h3><code>{route}</code></h3>", page.Text, StringComparison.Ordinal));
        Assert.All(WireObjects.All, wire => Assert.Contains($"id=\"object.{wire.Name}\"", page.Text, StringComparison.Ordinal));
        Assert.Contains("<code>payment_method_data[card][number]</code>", page.Text, StringComparison.Ordinal);
        Assert.Contains("<code>off_session</code>", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id": "re_1"}""", "$ lacks object")]
    [InlineData("""{"amount": "10"}""", "$.amount is \"10\", not integer")]
    [InlineData("""{"status": "done"}""", "$.status is \"done\", none of [\"pending\",\"succeeded\",\"failed\"]")]
    [InlineData("""{"currency": null}""", "$.currency is null, not string")]
    [InlineData("""{"surprise": 1}""", "$.surprise is not described")]
    [InlineData("""{"charge": "pi_1"}""", "$.charge is \"pi_1\", not ^ch_")]
    public async Task A_planted_answer_that_does_not_fit_is_caught(string body, string told)
    {
        var contract = await api.ContractAsync();
        var violations = contract.Violations("GET", "/v1/refunds/re_1?expand[]=x", 200, System.Text.Encoding.UTF8.GetBytes(body));
        Assert.Contains(violations, violation => Unindented(violation).StartsWith(told, StringComparison.Ordinal));
    }

    // The document is written to be read; its values are quoted as they stand there.
    private static string Unindented(string text) => System.Text.RegularExpressions.Regex.Replace(text, "\\s*\n\\s*", "");

    private static JsonElement Body(JsonElement document, string path) => document.GetProperty("paths").GetProperty(path)
        .GetProperty("post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");

    private static JsonElement Property(JsonElement schema, params string[] path) =>
        path.Aggregate(schema, (found, name) => found.GetProperty("properties").GetProperty(name));

    private static IEnumerable<string?> Required(JsonElement schema) => schema.GetProperty("required").EnumerateArray().Select(name => name.GetString());
}
