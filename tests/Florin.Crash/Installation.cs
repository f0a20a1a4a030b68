using System.Net.Http.Headers;
using System.Text.Json;
using Florin.Crash.Processes;
using Florin.Sandbox;

namespace Florin.Crash;

/// <summary>Everything that runs: a database, the acquirers, one node on SQLite or two on PostgreSQL, and the merchant's receiver.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly DirectoryInfo place = Directory.CreateTempSubdirectory("florin-crash-");

    private Installation(PostgresServer? postgres, SandboxProcess sandbox, WebhookReceiver receiver) =>
        (Postgres, Sandbox, Receiver) = (postgres, sandbox, receiver);

    public PostgresServer? Postgres { get; }

    public SandboxProcess Sandbox { get; }

    public WebhookReceiver Receiver { get; }

    public FlorinProgram Florin { get; private set; } = null!;

    public IReadOnlyList<FlorinNode> Nodes { get; private set; } = [];

    public string SecretKey { get; private set; } = "";

    public string Database { get; private set; } = "";

    /// <summary>Of the first node.</summary>
    public string Data { get; private set; } = "";

    /// <summary>Where logs are kept for whoever looks into a discrepancy.</summary>
    public string Logs { get; private set; } = "";

    public static async Task<Installation> StartAsync(CrashPlan plan, string florinHost, string? postgresBin, string logs)
    {
        var postgres = plan.IsPostgres ? await PostgresServer.StartAsync(postgresBin!, PortPairs.Take()) : null;
        var sandbox = new SandboxProcess(PortPairs.Take(), Path.Combine(logs, "sandbox.book"));
        var installation = new Installation(postgres, sandbox, await WebhookReceiver.StartAsync(PortPairs.Take())) { Logs = logs };
        try
        {
            await installation.OpenAsync(plan, florinHost);
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
        await Sandbox.DisposeAsync();
        await Receiver.DisposeAsync();
        if (Postgres is not null) await Postgres.DisposeAsync();
        place.Delete(recursive: true);
    }

    private async Task OpenAsync(CrashPlan plan, string florinHost)
    {
        Data = plan.SmallDisk is { } disk ? Path.Combine(disk, "data") : Path.Combine(place.FullName, "node-1");
        Database = Postgres?.Url ?? "sqlite:" + Path.Combine(Data, "florin.db");
        Florin = new FlorinProgram(florinHost, Database);
        await Sandbox.StartAsync();
        var merchant = JsonElement.Parse(await Florin.MustRunAsync(Data, "merchant", "create", "--name", "Crash", "--country", "KR", "--test", "--json"));
        SecretKey = merchant.GetProperty("secret_key").GetString()!;
        foreach (var (acquirer, currency) in new[] { ("aurora", "USD"), ("castellan", "EUR"), ("hangang", "KRW") })
        {
            string[] credentials = [.. SandboxCredentials.ByAcquirer[acquirer].SelectMany(pair => new[] { "--credential", $"{pair.Key}={pair.Value}" })];
            await Florin.MustRunAsync(
                Data,
                ["connector", "set", "--merchant", merchant.GetProperty("merchant").GetString()!, "--test", "--connector", acquirer,
                    "--base-url", new Uri(Sandbox.Url, acquirer).AbsoluteUri, "--currency", currency, .. credentials]);
        }

        var nodes = new List<FlorinNode> { Florin.Node(PortPairs.Take(), Data, Path.Combine(Logs, "node-1.log")) };
        if (Postgres is not null)
        {
            // Every node has a directory of its own, and the same keys.
            var second = Directory.CreateDirectory(Path.Combine(place.FullName, "node-2")).FullName;
            File.Copy(Path.Combine(Data, "florin.key"), Path.Combine(second, "florin.key"));
            nodes.Add(Florin.Node(PortPairs.Take(), second, Path.Combine(Logs, "node-2.log")));
        }

        Nodes = nodes;
        foreach (var node in nodes) await node.StartAsync();
        await ListenAsync();
    }

    private async Task ListenAsync()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", SecretKey);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("url", Receiver.Url), KeyValuePair.Create("enabled_events[]", "*")]);
        using var answer = await http.PostAsync(new Uri(Nodes[0].Url, "/v1/webhook_endpoints"), form);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"The webhook endpoint was refused: {await answer.Content.ReadAsStringAsync()}");
    }
}
