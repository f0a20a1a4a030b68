namespace Florin.Api.Tests.Keys;

public sealed class ConventionTests(ApiServer api) : IClassFixture<ApiServer>
{
    [Theory]
    [InlineData("2026-10-28.endive")]
    [InlineData("2026-09-30.endive")]
    [InlineData("2026-08-26.dahlia")]
    [InlineData("2026-03-25.dahlia")]
    public async Task The_two_newest_trains_are_spoken_and_named_in_the_answer(string version)
    {
        var answer = await api.SendAsync("GET", "/v1/payment_intents", version: version);
        Assert.Equal((200, version, version), (answer.Status, answer.Headers["Florin-Version"], answer.Headers["Stripe-Version"]));
    }

    [Theory]
    [InlineData("2025-09-30.clover")]
    [InlineData("2024-06-20")]
    [InlineData("endive")]
    [InlineData("2026-13-01.endive")]
    public async Task Another_version_is_refused_and_the_accepted_ones_are_named(string version)
    {
        var answer = await api.SendAsync("GET", "/v1/payment_intents", version: version);
        Assert.Equal((400, "api_version_unknown"), (answer.Status, answer.Code));
        var message = answer.Json.GetProperty("error").GetProperty("message").GetString()!;
        Assert.All((string[])["endive", "dahlia", version, "2026-10-28.endive"], word => Assert.Contains(word, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET", "/v1/payment_intents", "secret-test", 200)]
    [InlineData("GET", "/v1/payment_intents", null, 401)]
    [InlineData("GET", "/v1/nothing", "secret-test", 404)]
    [InlineData("PUT", "/v1/payment_intents", "secret-test", 405)]
    [InlineData("OPTIONS", "/v1/tokens", null, 204)]
    [InlineData("GET", "/docs/errors", null, 200)]
    public async Task Every_answer_has_a_request_id_of_its_own(string method, string path, string? key, int status)
    {
        var first = await api.SendAsync(method, path, key: key);
        var second = await api.SendAsync(method, path, key: key);
        Assert.Equal(status, first.Status);
        Assert.Matches("^req_[0-9a-f]{32}$", first.Headers["Request-Id"]);
        Assert.NotEqual(first.Headers["Request-Id"], second.Headers["Request-Id"]);
    }

    [Theory]
    [InlineData("/v1/tokens")]
    [InlineData("/v1/payment_intents")]
    [InlineData("/v1/webhook_endpoints")]
    public async Task A_body_of_more_than_a_mebibyte_is_not_read(string path)
    {
        var answer = await api.SendAsync("POST", path, "description=" + new string('x', 1024 * 1024));
        Assert.Equal((413, "body_too_large"), (answer.Status, answer.Code));
        Assert.Null((await api.Requests.OfAsync(answer.Headers["Request-Id"])).RequestBody);
    }
}

public abstract class IdempotentDeletionTests(RealApi api)
{
    [Fact]
    public async Task A_repeated_delete_is_told_what_the_first_one_was()
    {
        var (path, key) = (await NewEndpointAsync(), $"delete-{Guid.NewGuid():N}");

        var first = await api.SendAsync("DELETE", path, idempotencyKey: key);
        var second = await api.SendAsync("DELETE", path, idempotencyKey: key);

        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Equal(first.Text, second.Text);
        Assert.False(first.Headers.ContainsKey("Idempotent-Replayed"));
        Assert.Equal("true", second.Headers["Idempotent-Replayed"]);
        Assert.Equal(first.Headers["Request-Id"], second.Headers["Request-Id"]);
        Assert.Equal(404, (await api.SendAsync("DELETE", path)).Status);
    }

    [Fact]
    public async Task The_key_of_one_delete_is_not_that_of_another_request()
    {
        var (one, other, key) = (await NewEndpointAsync(), await NewEndpointAsync(), $"delete-{Guid.NewGuid():N}");
        Assert.Equal(200, (await api.SendAsync("DELETE", one, idempotencyKey: key)).Status);

        foreach (var (method, path, form) in ((string, string, string?)[])[("DELETE", other, null), ("POST", one, "description=x")])
        {
            var answer = await api.SendAsync(method, path, form, idempotencyKey: key);
            Assert.Equal((400, "idempotency_error"), (answer.Status, answer.Code));
        }

        Assert.Equal(200, (await api.SendAsync("GET", other)).Status);
    }

    [Fact]
    public async Task A_refused_delete_is_not_remembered()
    {
        var (path, key) = (await NewEndpointAsync(), $"delete-{Guid.NewGuid():N}");
        Assert.Equal(200, (await api.SendAsync("DELETE", path)).Status);
        for (var i = 0; i < 2; i++)
        {
            var answer = await api.SendAsync("DELETE", path, idempotencyKey: key);
            Assert.Equal(404, answer.Status);
            Assert.False(answer.Headers.ContainsKey("Idempotent-Replayed"));
        }
    }

    [Fact]
    public async Task Of_deletes_at_once_with_one_key_all_are_told_the_same()
    {
        var (path, key) = (await NewEndpointAsync(), $"delete-{Guid.NewGuid():N}");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => api.SendAsync("DELETE", path, idempotencyKey: key)));
        Assert.All(answers, answer => Assert.Equal((200, answers[0].Text), (answer.Status, answer.Text)));
        Assert.Equal(7, answers.Count(answer => answer.Headers.ContainsKey("Idempotent-Replayed")));
    }

    [Fact]
    public async Task An_update_of_an_endpoint_is_repeated_like_any_other_write()
    {
        var (path, key) = (await NewEndpointAsync(), $"update-{Guid.NewGuid():N}");
        var first = await api.SendAsync("POST", path, "description=first", idempotencyKey: key);
        await api.SendAsync("POST", path, "description=second");
        var repeated = await api.SendAsync("POST", path, "description=first", idempotencyKey: key);

        Assert.Equal(first.Text, repeated.Text);
        Assert.Equal("true", repeated.Headers["Idempotent-Replayed"]);
        Assert.Equal("second", (await api.GetAsync(path)).Text("description"));
    }

    private async Task<string> NewEndpointAsync()
    {
        var made = await api.PostAsync("/v1/webhook_endpoints", "url=https://a.example/hook&enabled_events[]=refund.failed");
        return $"/v1/webhook_endpoints/{made.Id()}";
    }
}

public sealed class IdempotentDeletionOnSqlite(RealApiOnSqlite api) : IdempotentDeletionTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class IdempotentDeletionOnPostgres(RealApiOnPostgres api) : IdempotentDeletionTests(api), IClassFixture<RealApiOnPostgres>;
