using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Florin.Vault.Issuers;

/// <summary>Has the table in memory before the first card comes, and follows what is imported by another process.</summary>
internal sealed class IssuerWatch(IssuerDirectory issuers, TimeProvider time, ILogger<IssuerWatch> log) : BackgroundService
{
    // One short question; a table changes a few times a month.
    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await issuers.RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(LookEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested) break;
            try
            {
                await issuers.RefreshAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                // Most likely the database is away. What is in memory holds on.
                Log.IssuersNotRead(log, failure);
            }
        }
    }
}
