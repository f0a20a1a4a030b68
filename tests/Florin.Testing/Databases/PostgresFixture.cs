using Florin.Storage;
using Npgsql;

namespace Florin.Testing.Databases;

/// <summary>A fresh database on the server that <c>FLORIN_TEST_POSTGRES</c> names, as in
/// <c>postgres://postgres@127.0.0.1:5432/postgres</c>.</summary>
/// <remarks>Test classes on it carry <c>[Trait("Engine", "postgres")]</c>, so that <c>--filter "Engine!=postgres"</c> leaves
/// them out where there is no server.</remarks>
public sealed class PostgresFixture : DatabaseFixture
{
    private readonly string name = NewName();
    private readonly List<string> more = [];

    public override SqlEngine Engine => SqlEngine.Postgres;

    // Few connections each, since test classes run side by side on one server.
    public override DatabaseUrl Url => new(new UriBuilder(Server) { Path = name, Query = "Maximum Pool Size=16" }.Uri.ToString());

    private static Uri Server => new(Environment.GetEnvironmentVariable("FLORIN_TEST_POSTGRES") ?? throw new InvalidOperationException(
        "Set FLORIN_TEST_POSTGRES to the URL of a PostgreSQL database in which databases may be made, as in "
        + "postgres://postgres@127.0.0.1:5432/postgres, or leave these tests out with --filter \"Engine!=postgres\"."));

    public override async Task<DatabaseUrl> NewDatabaseAsync()
    {
        var another = NewName();
        await ExecuteAsync($"CREATE DATABASE {another}");
        more.Add(another);
        return UrlOf(another);
    }

    public override async Task InitializeAsync() => await ExecuteAsync($"CREATE DATABASE {name}");

    // FORCE, since the pools of the test's services may not have let go yet.
    public override async Task DisposeAsync()
    {
        foreach (var made in more.Prepend(name)) await ExecuteAsync($"DROP DATABASE {made} WITH (FORCE)");
    }

    private static string NewName() => $"florin_test_{Guid.NewGuid():N}";

    private static DatabaseUrl UrlOf(string database) => new(new UriBuilder(Server) { Path = database }.Uri.ToString());

    private static async Task ExecuteAsync(string statement)
    {
        var user = Server.UserInfo.Split(':', 2);
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = Server.Host,
            Port = Server.Port > 0 ? Server.Port : 5432,
            Database = Uri.UnescapeDataString(Server.AbsolutePath.TrimStart('/')),
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
