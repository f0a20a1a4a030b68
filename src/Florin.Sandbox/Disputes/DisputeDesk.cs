using Florin.Sandbox.Books;
using Florin.Sandbox.Webhooks;
using Microsoft.Extensions.Hosting;

namespace Florin.Sandbox.Disputes;

/// <summary>The issuers' people: they open disputes, mind the deadlines, decide, and have each step announced.</summary>
internal sealed class DisputeDesk(Book book, WebhookQueue webhooks, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                // Nobody looks at a clock while there is nothing to mind.
                await book.DisputeCameAsync(stoppingToken);
                while (book.HasOpenDisputes)
                {
                    foreach (var authorization in book.MoveDisputes()) Announce(authorization);
                    await Task.Delay(Pause, time, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The sandbox stops; what came due is found at the next start.
        }
    }

    private void Announce(Operation authorization)
    {
        if (authorization.WebhookUrl is not null) webhooks.EnqueueDispute(authorization);
    }
}
