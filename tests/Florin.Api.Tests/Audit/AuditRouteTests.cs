using Florin.Merchants;
using Florin.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Api.Tests.Audit;

public abstract class AuditRouteTests(RealApi api)
{
    private const string Records = "/v1/florin/audit_records";

    [Fact]
    public async Task What_was_changed_by_hand_is_listed_with_who_did_it()
    {
        var audit = api.Services.GetRequiredService<IAudit>();
        var ada = new AuditActor(AuditActorKind.User, "ada@example.com", "192.0.2.7");
        await api.Services.GetRequiredService<IDatabase>().WriteAsync(
            async tx =>
            {
                await audit.RecordAsync(tx, new AuditEntry(api.Scope, ada, "teapot.filled", "tp_1", """{"was":"empty"}"""));
                await audit.RecordAsync(tx, new AuditEntry(api.Scope, ada with { Kind = AuditActorKind.Command, Source = null }, "teapot.emptied", "tp_2"));
                await audit.RecordAsync(tx, new AuditEntry(api.Scope with { IsLive = true }, ada, "teapot.live", "tp_1"));
            },
            CancellationToken.None);

        var all = (await api.GetAsync(Records + "?action=teapot.")).GetProperty("data");
        Assert.Equal(["teapot.emptied", "teapot.filled"], all.EnumerateArray().Select(record => record.Text("action")));
        var filled = Assert.Single((await api.GetAsync(Records + "?subject=tp_1")).GetProperty("data").EnumerateArray());
        Assert.Equal(("florin.audit_record", """{"was":"empty"}"""), (filled.Text("object"), filled.Text("details")));
        var actor = filled.GetProperty("actor");
        Assert.Equal(("user", "ada@example.com", "192.0.2.7"), (actor.Text("type"), actor.Text("name"), actor.Text("source")));
        Assert.Equal(2, (await api.GetAsync(Records + "?actor=ada@example.com")).GetProperty("data").GetArrayLength());
        Assert.Equal((400, "parameter_unknown", "actors"), await api.RefusedAsync("GET", Records + "?actors=ada"));
    }
}

public sealed class AuditRoutesOnSqlite(RealApiOnSqlite api) : AuditRouteTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class AuditRoutesOnPostgres(RealApiOnPostgres api) : AuditRouteTests(api), IClassFixture<RealApiOnPostgres>;
