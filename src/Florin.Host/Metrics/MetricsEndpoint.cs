using System.Diagnostics;
using Florin.Host.Commands;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Host.Metrics;

/// <summary><c>/metrics</c>: what Prometheus reads. Labels come from small sets; no id and no amount is among them.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/metrics", ShowAsync);

    private static async Task ShowAsync(HttpContext context)
    {
        var text = new PrometheusText();
        WriteProcess(text);
        await WriteBacklogAsync(text, context.RequestServices.GetRequiredService<IJobs>(), context.RequestAborted);
        foreach (var series in context.RequestServices.GetRequiredService<MetricsCollector>().Collect()) text.Write(series);
        context.Response.ContentType = PrometheusText.ContentType;
        await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }

    private static void WriteProcess(PrometheusText text)
    {
        using var process = Process.GetCurrentProcess();
        var started = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1_000.0;
        text.Write("florin_build_info", "gauge", "The version that runs.", ("version", FlorinCommand.Version, 1));
        text.Write("process_resident_memory_bytes", "gauge", "Resident memory.", ("", "", process.WorkingSet64));
        text.Write("process_cpu_seconds_total", "counter", "Processor time used.", ("", "", process.TotalProcessorTime.TotalSeconds));
        text.Write("process_start_time_seconds", "gauge", "When the process started, in unix seconds.", ("", "", started));
        text.Write("dotnet_gc_heap_bytes", "gauge", "Managed memory in use.", ("", "", GC.GetTotalMemory(forceFullCollection: false)));
        text.Write("dotnet_gc_allocated_bytes_total", "counter", "Managed memory allocated so far.", ("", "", GC.GetTotalAllocatedBytes()));
        text.Write(
            "dotnet_gc_pause_seconds_total",
            "counter",
            "Time that collections stopped the program.",
            ("", "", GC.GetTotalPauseDuration().TotalSeconds));
        text.Write(
            "dotnet_gc_collections_total",
            "counter",
            "Collections by generation.",
            Enumerable.Range(0, GC.MaxGeneration + 1).Select(one => ("generation", $"{one}", (double)GC.CollectionCount(one))));
        text.Write("dotnet_thread_pool_threads", "gauge", "Threads of the pool.", ("", "", ThreadPool.ThreadCount));
        text.Write("dotnet_thread_pool_queue_length", "gauge", "Work that waits for a thread.", ("", "", ThreadPool.PendingWorkItemCount));
    }

    private static async Task WriteBacklogAsync(PrometheusText text, IJobs jobs, CancellationToken ct)
    {
        IReadOnlyList<JobBacklog> backlog;
        try
        {
            backlog = await jobs.BacklogAsync(ct);
        }
        catch (DatabaseException)
        {
            // The rest is wanted all the more while the database is away, and this says that it is.
            text.Write("florin_database_up", "gauge", "Whether the database answers.", ("", "", 0));
            return;
        }

        text.Write("florin_database_up", "gauge", "Whether the database answers.", ("", "", 1));
        text.Write("florin_jobs_queued", "gauge", "Jobs that wait.", backlog.Select(one => ("kind", one.Kind, (double)one.Queued)));
        text.Write("florin_jobs_dead", "gauge", "Jobs that gave up.", backlog.Select(one => ("kind", one.Kind, (double)one.Dead)));
        text.Write(
            "florin_jobs_oldest_due_seconds",
            "gauge",
            "How late the oldest due job is.",
            backlog.Select(one => ("kind", one.Kind, one.OldestDue.TotalSeconds)));
    }
}
