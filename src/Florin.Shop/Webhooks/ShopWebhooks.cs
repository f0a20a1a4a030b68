using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Florin.Events;
using Florin.Kernel;
using Florin.Shop.Orders;
using Florin.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Shop.Webhooks;

/// <summary>How the shop is told that an order was paid or lapsed: by a signed webhook, as every merchant is.</summary>
internal sealed class ShopWebhooks(
    IDatabase database, IWebhookEndpoints endpoints, OrderDesk desk, ShopOwner owner, PublicAddress address, KeyRing keys, RandomSource random, TimeProvider time)
{
    private const string Path = "shop/webhook";
    private const int MaxBodyBytes = 256 * 1024;

    // As Stripe's libraries do: an old signature is a recording (RELIABILITY: 300 seconds both ways).
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private static readonly string[] Types = ["checkout.session.completed", "checkout.session.expired"];

    private readonly SecretBox box = new(keys, "shop webhook secret");

    /// <summary>Registers the shop's endpoint at the first start, and moves it where the address has changed.</summary>
    public async Task RegisterAsync(CancellationToken ct)
    {
        var url = address.To(Path).AbsoluteUri;
        if (await FindKeyAsync(ct) is { } known && await endpoints.FindAsync(owner.Scope, known.Endpoint, ct) is { } endpoint)
        {
            if (endpoint.Url == url && endpoint.IsEnabled) return;
            var moved = new WebhookEndpointChange(url, EnabledEvents: null, Description: null, Disabled: false, Metadata: null);
            _ = (await endpoints.UpdateAsync(owner.Scope, known.Endpoint, moved, answer: null, ct)).Value;
            return;
        }

        var settings = new WebhookEndpointSettings(url, Types, "Florin demo shop", ApiVersion: null, new Dictionary<string, string>());
        var created = (await endpoints.CreateAsync(owner.Scope, settings, answer: null, ct)).Value;
        var secret = box.Seal(created.Secret, owner.Scope.ToString(), random);
        await database.WriteAsync(
            async tx => await tx.ExecuteAsync(
                $"""
                 INSERT INTO shop_webhook_keys (merchant_id, live, endpoint_id, secret)
                 VALUES ({owner.Scope.Merchant}, {owner.Scope.IsLive}, {created.Endpoint.Id}, {secret})
                 ON CONFLICT (merchant_id, live) DO UPDATE SET endpoint_id = excluded.endpoint_id, secret = excluded.secret
                 """),
            ct);
    }

    public void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/" + Path, (HttpContext http, CancellationToken ct) => ReceiveAsync(http, ct))
        .AllowAnonymous();

    private async Task<IResult> ReceiveAsync(HttpContext http, CancellationToken ct)
    {
        if (http.Request.ContentLength is null or > MaxBodyBytes) return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        var body = new byte[http.Request.ContentLength.Value];
        await http.Request.Body.ReadExactlyAsync(body, ct);
        if (await FindKeyAsync(ct) is not { } key || !IsGenuine(http.Request.Headers["Stripe-Signature"], body, key.Secret)) return Results.BadRequest();
        if (OrderCodeIn(body) is { } code && await desk.FindAsync(code, ct) is { } order)
        {
            // The event says where to look; the order itself is settled from the session as it is now.
            var settled = await desk.SettleAsync(order, ct);
            await desk.AcknowledgeAsync(settled, ct);
        }

        return Results.Ok();
    }

    private static string? OrderCodeIn(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        var session = json.RootElement.GetProperty("data").GetProperty("object");
        return session.TryGetProperty("client_reference_id", out var code) ? code.GetString() : null;
    }

    // Stripe-Signature: t=seconds,v1=hex of HMAC-SHA256 over "t.body", with the whole whsec_ text as the key.
    private bool IsGenuine(string? header, byte[] body, Secret<string> secret)
    {
        var parts = (header ?? "").Split(',').Select(part => part.Split('=', 2)).Where(part => part.Length == 2).ToLookup(part => part[0], part => part[1]);
        if (!long.TryParse(parts["t"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return false;
        if ((time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > Tolerance) return false;
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret.Reveal()));
        hmac.AppendData(Encoding.UTF8.GetBytes(seconds.ToString(CultureInfo.InvariantCulture) + "."));
        hmac.AppendData(body);
        var expected = Convert.ToHexStringLower(hmac.GetHashAndReset());
        return parts["v1"].Any(given => FixedTime.Equal(expected, given));
    }

    private async Task<(WebhookEndpointId Endpoint, Secret<string> Secret)?> FindKeyAsync(CancellationToken ct) => await database.ReadAsync(
        async reader => await reader.FirstAsync<(WebhookEndpointId, Secret<string>)?>(
            $"SELECT endpoint_id, secret FROM shop_webhook_keys WHERE merchant_id = {owner.Scope.Merchant} AND live = {owner.Scope.IsLive}",
            row => (row.Id<WebhookEndpointId>(0), box.Open(row.Bytes(1), owner.Scope.ToString()))),
        ct);
}
