using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Florin.Crash;

/// <summary>Where the merchant is told of events. One event in twenty is refused the first time it comes.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private const int RefuseOneIn = 20;

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, int> calls = [];
    private readonly ConcurrentDictionary<string, int> taken = [];
    private int refused;

    private WebhookReceiver(int port)
    {
        Url = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/hook";
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(Url[..^"/hook".Length]);
        app = builder.Build();
        app.Run(ReceiveAsync);
    }

    public string Url { get; }

    /// <summary>How often each event was taken, by its id.</summary>
    public IReadOnlyDictionary<string, int> Taken => taken;

    public int Refused => refused;

    public static async Task<WebhookReceiver> StartAsync(int port)
    {
        var receiver = new WebhookReceiver(port);
        await receiver.app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var json = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        var id = json.RootElement.GetProperty("id").GetString()!;
        var isFirst = calls.AddOrUpdate(id, 1, (_, count) => count + 1) == 1;
        if (isFirst && calls.Count % RefuseOneIn == 0)
        {
            Interlocked.Increment(ref refused);
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        taken.AddOrUpdate(id, 1, (_, count) => count + 1);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
