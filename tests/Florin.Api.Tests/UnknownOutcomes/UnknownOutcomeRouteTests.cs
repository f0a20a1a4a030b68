namespace Florin.Api.Tests.UnknownOutcomes;

public abstract class UnknownOutcomeRouteTests(RealApi api)
{
    private const string Queue = "/v1/florin/unknown_outcomes";

    [Fact]
    public async Task What_has_no_outcome_is_listed_counted_shown_asked_about_and_settled_by_hand()
    {
        var refund = await PendingRefundAsync();
        var id = "uo_" + refund[3..];

        var listed = (await api.GetAsync(Queue + "?kind=refund&currency=usd&waits_for_person=false")).GetProperty("data").EnumerateArray().Single(each => each.Id() == id);
        Assert.Equal((refund, "no_answer", 500), (listed.Text("operation"), listed.Text("reason"), listed.GetProperty("amount").GetInt64()));
        Assert.True((await api.GetAsync(Queue + "/count")).GetProperty("by_kind").GetProperty("refund").GetInt64() >= 1);

        var asked = await api.PostAsync($"{Queue}/{id}/query", "");
        Assert.Equal("pending", asked.GetProperty("acts")[0].Text("said"));

        var settled = await api.PostAsync($"{Queue}/{id}/accept", "outcome=refunded&gateway_reference=au_1&evidence=Their%20statement");
        Assert.Equal(("settled", "refunded"), (settled.Text("reason"), settled.GetProperty("acts").EnumerateArray().Last().Text("said")));
        Assert.Equal("succeeded", (await api.GetAsync($"/v1/refunds/{refund}")).Text("status"));
        var audited = (await api.GetAsync($"/v1/florin/audit_records?subject={id}")).GetProperty("data").EnumerateArray().ToList();
        Assert.Equal(["unknown_outcome.accepted", "unknown_outcome.queried"], audited.Select(each => each.Text("action")));
        Assert.All(audited, each => Assert.Equal("127.0.0.1", each.GetProperty("actor").Text("source")));
    }

    [Fact]
    public async Task A_bulk_action_is_one_however_often_it_is_asked_for()
    {
        var id = "uo_" + (await PendingRefundAsync())[3..];

        var bulk = await api.PostAsync(Queue + "/bulk", $"act=query&ids[]={id}");

        Assert.Equal(1, bulk.GetProperty("total").GetInt64());
        var shown = await api.GetAsync($"{Queue}/bulk/{bulk.Id()}");
        Assert.Contains(shown.Text("status"), new[] { "running", "complete" });
        Assert.Equal(id, Assert.Single((await api.GetAsync($"{Queue}/bulk/{bulk.Id()}/items")).GetProperty("data").EnumerateArray().ToList()).Id());
        Assert.Contains(bulk.Id(), (await api.GetAsync(Queue + "/bulk")).Ids());
    }

    [Fact]
    public async Task A_bulk_action_takes_ten_thousand_ids_and_not_one_more()
    {
        var ids = Enumerable.Range(1, 10_001).Select(number => $"ids[]=uo_{number:x32}").ToList();

        var bulk = await api.PostAsync(Queue + "/bulk", "act=query&" + string.Join('&', ids.Take(10_000)));

        Assert.Equal(10_000, bulk.GetProperty("total").GetInt64());
        Assert.Equal((400, "bulk_too_large", "ids"), await api.RefusedAsync("POST", Queue + "/bulk", "act=query&" + string.Join('&', ids)));
    }

    [Fact]
    public async Task The_policy_for_late_money_is_shown_and_changed()
    {
        Assert.Equal("refund", (await api.GetAsync("/v1/florin/payment_policies")).Text("late_success"));
        Assert.Equal("ask", (await api.PostAsync("/v1/florin/payment_policies", "late_success=ask")).Text("late_success"));
        Assert.Equal("ask", (await api.GetAsync("/v1/florin/payment_policies")).Text("late_success"));
        Assert.Equal("refund", (await api.PostAsync("/v1/florin/payment_policies", "late_success=refund")).Text("late_success"));
    }

    // Aurora says for a while that it works on the refund: that is no outcome yet.
    private async Task<string> PendingRefundAsync()
    {
        var intent = await api.PostAsync("/v1/payment_intents", "amount=500&currency=usd&payment_method=pm_card_pendingRefund&confirm=true");
        return (await api.PostAsync("/v1/refunds", $"payment_intent={intent.Id()}")).Id();
    }
}

public sealed class UnknownOutcomeRoutesOnSqlite(RealApiOnSqlite api) : UnknownOutcomeRouteTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class UnknownOutcomeRoutesOnPostgres(RealApiOnPostgres api) : UnknownOutcomeRouteTests(api), IClassFixture<RealApiOnPostgres>;
