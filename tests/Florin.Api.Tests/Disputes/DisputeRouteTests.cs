using System.Text.Json;

namespace Florin.Api.Tests.Disputes;

/// <summary>Disputes, files and balances over HTTP, as the API shows them.</summary>
public abstract class DisputeRouteTests(RealApi api)
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];

    [Fact]
    public async Task A_dispute_is_answered_with_a_file_and_shows_all_that_belongs_to_it()
    {
        var (charge, dispute) = await api.DisputedAsync();
        Assert.Equal("needs_response", dispute.Text("status"));
        Assert.Equal(charge, dispute.Text("charge"));
        var withdrawal = Assert.Single(dispute.GetProperty("balance_transactions").EnumerateArray());
        Assert.Equal(("adjustment", "dispute", -1999), (withdrawal.Text("type"), withdrawal.Text("reporting_category"), withdrawal.GetProperty("amount").GetInt32()));

        var file = (await api.UploadAsync(Png, "proof.png")).Json;
        Assert.Equal(("file", "png", "proof.png", Png.Length), (file.Text("object"), file.Text("type"), file.Text("filename"), file.GetProperty("size").GetInt32()));
        var staged = await api.PostAsync(
            $"/v1/disputes/{dispute.Id()}", $"evidence[receipt]={file.Id()}&evidence[customer_name]=Minji&submit=false&metadata[case]=7&expand[]=evidence.receipt&expand[]=charge");
        Assert.Equal("png", staged.GetProperty("evidence").GetProperty("receipt").Text("type"));
        Assert.Equal("Minji", staged.GetProperty("evidence").Text("customer_name"));
        Assert.True(staged.GetProperty("evidence_details").GetProperty("has_evidence").GetBoolean());
        Assert.Equal(0, staged.GetProperty("evidence_details").GetProperty("submission_count").GetInt32());
        Assert.True(staged.GetProperty("charge").GetProperty("disputed").GetBoolean());
        Assert.Equal("7", staged.GetProperty("metadata").Text("case"));

        var submitted = await api.PostAsync($"/v1/disputes/{dispute.Id()}", "evidence[uncategorized_text]=winning_evidence");
        Assert.Equal("under_review", submitted.Text("status"));
        Assert.Equal(1, submitted.GetProperty("evidence_details").GetProperty("submission_count").GetInt32());
        var won = await api.EventuallyAsync(dispute.Id(), "won");
        Assert.Equal(2, won.GetProperty("balance_transactions").GetArrayLength());
        Assert.Contains((await api.EventsOfAsync(dispute.Id())).Select(each => each.Text("type")), type => type == "charge.dispute.closed");
    }

    [Fact]
    public async Task Disputes_are_listed_by_charge_and_payment_and_refuse_what_they_do_not_know()
    {
        var (charge, dispute) = await api.DisputedAsync();

        Assert.Equal([dispute.Id()], (await api.GetAsync($"/v1/disputes?charge={charge}")).Ids());
        Assert.Equal([dispute.Id()], (await api.GetAsync($"/v1/disputes?payment_intent={dispute.Text("payment_intent")}&created[gte]=1")).Ids());
        Assert.Equal((404, "resource_missing", "id"), await api.RefusedAsync("GET", "/v1/disputes/dp_01980000000070008000000000000001"));
        Assert.Equal((400, "parameter_unknown", "evidence[recipt]"), await api.RefusedAsync("POST", $"/v1/disputes/{dispute.Id()}", "evidence[recipt]=x"));
        Assert.Equal((400, "parameter_missing", "evidence"), await api.RefusedAsync("POST", $"/v1/disputes/{dispute.Id()}", "submit=true"));
        Assert.Equal((404, "resource_missing", "evidence[receipt]"), await api.RefusedAsync("POST", $"/v1/disputes/{dispute.Id()}", "evidence[receipt]=/etc/passwd"));
        Assert.Equal((400, "charge_disputed", "charge"), await api.RefusedAsync("POST", "/v1/refunds", $"charge={charge}"));
        Assert.Equal("lost", (await api.PostAsync($"/v1/disputes/{dispute.Id()}/close")).Text("status"));
    }

    [Fact]
    public async Task What_is_uploaded_comes_back_as_a_download_that_no_browser_runs()
    {
        var file = (await api.UploadAsync(Png, "a\";b.html")).Json;

        var answer = await api.SendAsync("GET", $"/v1/files/{file.Id()}/contents");

        Assert.Equal(200, answer.Status);
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        Assert.Equal("default-src 'none'; sandbox", answer.Headers["Content-Security-Policy"]);
        Assert.EndsWith($"/v1/files/{file.Id()}/contents", file.Text("url"), StringComparison.Ordinal);
        Assert.Equal(403, (await api.SendAsync("GET", $"/v1/files/{file.Id()}/contents", fromBrowser: true)).Status);
        Assert.Equal([file.Id()], (await api.GetAsync("/v1/files?purpose=dispute_evidence&limit=1")).Ids());
    }

    [Fact]
    public async Task An_upload_is_refused_by_name_when_it_is_none()
    {
        Assert.Equal("file_type_unsupported", (await api.UploadAsync("#!/bin/sh"u8.ToArray(), "a.pdf")).Code);
        Assert.Equal("file_too_large", (await api.UploadAsync([], "a.pdf")).Code);
        Assert.Equal("body_too_large", (await api.UploadAsync([.. Png, .. new byte[6 * 1024 * 1024]], "a.png")).Code);
        Assert.Equal("parameter_invalid", (await api.UploadAsync(Png, "a.png", purpose: "selfie")).Code);
        Assert.Equal("content_type_unsupported", (await api.SendAsync("POST", "/v1/files", "purpose=dispute_evidence")).Code);
        Assert.Equal("parameter_unknown", (await api.UploadAsync(Png, "a.png", more: ("file_link_data[create]", "true"))).Code);
        Assert.Equal("parameter_missing", (await api.UploadAsync(null, "")).Code);
    }

    [Fact]
    public async Task The_same_upload_with_the_same_key_is_one_file_and_another_is_refused()
    {
        var first = await api.UploadAsync(Png, "a.png", key: "upload-1");
        var again = await api.UploadAsync(Png, "a.png", key: "upload-1");
        var other = await api.UploadAsync([.. Png, 9], "a.png", key: "upload-1");

        Assert.Equal(first.Json.Id(), again.Json.Id());
        Assert.Equal("idempotency_error", other.Code);
    }

    [Fact]
    public async Task Every_movement_of_the_balance_has_its_transaction()
    {
        var paid = await api.PostAsync("/v1/payment_intents", "amount=5000&currency=eur&payment_method=pm_card_visa&confirm=true&expand[]=latest_charge.balance_transaction");
        var charged = paid.GetProperty("latest_charge").GetProperty("balance_transaction");
        Assert.Equal(("balance_transaction", "charge", "pending"), (charged.Text("object"), charged.Text("type"), charged.Text("status")));
        Assert.Equal((5000, 145, 4855), (charged.GetProperty("amount").GetInt32(), charged.GetProperty("fee").GetInt32(), charged.GetProperty("net").GetInt32()));
        Assert.Equal(145, Assert.Single(charged.GetProperty("fee_details").EnumerateArray()).GetProperty("amount").GetInt32());
        var refund = await api.PostAsync("/v1/refunds", $"payment_intent={paid.Id()}&amount=1000");

        var bySource = await api.GetAsync($"/v1/balance_transactions?source={refund.Id()}&expand[]=data.source");
        Assert.Equal([refund.Text("balance_transaction")!], bySource.Ids());
        Assert.Equal("refund", bySource.GetProperty("data")[0].GetProperty("source").Text("object"));
        Assert.Equal(charged.Id(), (await api.GetAsync($"/v1/balance_transactions/{charged.Id()}")).Id());
        Assert.Contains(charged.Id(), (await api.GetAsync("/v1/balance_transactions?type=charge&currency=eur")).Ids());
        Assert.Equal((400, "parameter_invalid", "type"), await api.RefusedAsync("GET", "/v1/balance_transactions?type=payout"));
        Assert.Equal((404, "resource_missing", "payout"), await api.RefusedAsync("GET", "/v1/balance_transactions?payout=po_1"));

        var balance = await api.GetAsync("/v1/balance");
        var pending = balance.GetProperty("pending").EnumerateArray().Single(each => each.Text("currency") == "eur");
        Assert.Equal(3855, pending.GetProperty("amount").GetInt32());
    }

}

public sealed class DisputeRoutesOnSqlite(RealApiOnSqlite api) : DisputeRouteTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class DisputeRoutesOnPostgres(RealApiOnPostgres api) : DisputeRouteTests(api), IClassFixture<RealApiOnPostgres>;
