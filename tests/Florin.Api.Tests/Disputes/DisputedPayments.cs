using System.Net.Http.Headers;
using System.Text.Json;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Api.Tests.Disputes;

/// <summary>Buyers who dispute, and files, for tests of the API.</summary>
internal static class DisputedPayments
{
    public static async Task<(string Charge, JsonElement Dispute)> DisputedAsync(this RealApi api)
    {
        var paid = await api.PostAsync("/v1/payment_intents", "amount=1999&currency=usd&payment_method=pm_card_createDispute&confirm=true");
        var charge = paid.Text("latest_charge")!;
        for (var tries = 0; tries < 400; tries++)
        {
            await WorkAsync(api);
            var found = await api.GetAsync($"/v1/disputes?charge={charge}");
            if (found.GetProperty("data").GetArrayLength() == 1) return (charge, found.GetProperty("data")[0]);
            await Task.Delay(25, CancellationToken.None);
        }

        throw new TimeoutException("The dispute was never seen.");
    }

    public static async Task<JsonElement> EventuallyAsync(this RealApi api, string id, string status)
    {
        for (var tries = 0; tries < 400; tries++)
        {
            await WorkAsync(api);
            var now = await api.GetAsync($"/v1/disputes/{id}");
            if (now.Text("status") == status) return now;
            await Task.Delay(25, CancellationToken.None);
        }

        throw new TimeoutException($"It never became {status}.");
    }

    // This host runs no workers: what they would do is done here, in which nobody waits for a clock.
    private static async Task WorkAsync(RealApi api)
    {
        foreach (var handler in api.Services.GetServices<IJobHandler>().Where(each => each.Kind is "payments.look_for_disputes"))
        {
            await handler.RunAsync(new Job(api.Scope.Shard, handler.Kind, "", "", 1), CancellationToken.None);
        }

        var follow = api.Services.GetServices<IJobHandler>().Single(each => each.Kind == "payments.dispute");
        var waiting = await api.Services.GetRequiredService<IDatabase>().ReadAsync(
            async reader => await reader.QueryAsync($"SELECT key FROM jobs WHERE kind = 'payments.dispute'", row => row.Text(0)), CancellationToken.None);
        foreach (var key in waiting) await follow.RunAsync(new Job(api.Scope.Shard, follow.Kind, key, "", 1), CancellationToken.None);
    }

    public static async Task<Answer> UploadAsync(
        this RealApi api, byte[]? content, string name, string purpose = "dispute_evidence", string? key = null, (string Name, string Value)? more = null)
    {
        using var form = new MultipartFormDataContent { { new StringContent(purpose), "purpose" } };
        if (more is { } field) form.Add(new StringContent(field.Value), field.Name);
        if (content is not null)
        {
            var part = new ByteArrayContent(content);
            part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "file", FileName = $"\"{name.Replace("\"", "%22", StringComparison.Ordinal)}\"" };
            form.Add(part);
        }

        return await api.SendAsync(HttpMethod.Post, "/v1/files", form, key);
    }
}
