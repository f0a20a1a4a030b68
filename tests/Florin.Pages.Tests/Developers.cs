using Florin.BackOffice.Pages;
using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments;

namespace Florin.Pages.Tests;

/// <summary>The pages for developers in every state that they have.</summary>
internal static class Developers
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 4, 31, TimeSpan.FromHours(9));
    private static readonly MerchantScope Shop = new(Ids.Parse<MerchantId>("acct_01980000000070008000000000000001"), IsLive: false);

    public static IEnumerable<(string, PageModel)> In(Language language) => [.. Keys(language), .. Requests(language), .. Gateways(language)];

    private static IEnumerable<(string, PageModel)> Keys(Language language)
    {
        var keys = new ApiKeysModel
        {
            Language = language,
            Here = "/office/keys",
            Frame = Samples.Frame,
            Keys = [.. Enum.GetValues<ApiKeyState>().Select(Row)],
        };
        yield return ("keys", keys);
        yield return ("keys-empty", keys with { Keys = [] });
        yield return ("keys-revoked", keys with { JustRevoked = "<script>alert(1)</script>" });

        var made = new NewApiKeyModel
        {
            Language = language,
            Here = "/office/keys/new",
            Frame = Samples.Frame,
            Action = "/office/keys/new",
            FormToken = "1795000000.dG9rZW4",
            Rights = new Dictionary<ApiResource, ApiRight> { [ApiResource.Refunds] = ApiRight.Write },
        };
        yield return ("key-new", made);
        yield return ("key-new-expired", made with { FormExpired = true });
        yield return ("key-new-errors", made with
        {
            Name = "",
            NameError = NewKeyError.NameMissing,
            RightsError = NewKeyError.NothingAllowed,
            Networks = "here\nthere",
            NetworksError = NewKeyError.NetworksUnreadable,
        });

        var shown = new ApiKeyShownModel
        {
            Language = language,
            Here = "/office/keys",
            Frame = Samples.Frame,
            Name = "Support desk",
            Key = Secret.Of("frk_test_261103ab472a4b7b496ab5b26776c6604134108efb18b02d"),
        };
        yield return ("key-shown", shown);
        yield return ("key-shown-rolled", shown with { OldUntil = Noon.AddDays(1) });

        var end = new ApiKeyEndModel
        {
            Language = language,
            Here = "/office/keys/key_1/roll",
            Frame = Samples.Frame,
            Action = "/office/keys/key_1/roll",
            FormToken = "1795000000.dG9rZW4",
            Key = Row(ApiKeyState.InUse, 0),
            IsRoll = true,
        };
        yield return ("key-roll", end);
        yield return ("key-revoke", end with { IsRoll = false });
        yield return ("key-roll-expired", end with { FormExpired = true });
    }

    private static IEnumerable<(string, PageModel)> Requests(Language language)
    {
        var requests = new RequestsModel
        {
            Language = language,
            Here = "/office/requests",
            Frame = Samples.Frame,
            Filter = new RequestFilter(null, null),
            Requests = [.. new[] { 200, 402, 500 }.Select(Request)],
            OlderUrl = "/office/requests?older_than=req_1",
        };
        yield return ("requests", requests);
        yield return ("requests-empty", requests with { Requests = [], OlderUrl = null });
        yield return ("requests-no-match", requests with
        {
            Filter = new RequestFilter(RequestOutcome.ServerError, "/v1/\"><b>"),
            Requests = [],
            OlderUrl = null,
            NewerUrl = "/office/requests",
        });

        var request = new RequestModel
        {
            Language = language,
            Here = "/office/requests/req_1",
            Frame = Samples.Frame,
            Request = Request(402),
            RequestJson = "{\n  \"amount\": \"1999\",\n  \"description\": \"<script>alert(1)</script>\"\n}",
            ResponseJson = "{\n  \"status\": 402\n}",
        };
        yield return ("request", request);
        yield return ("request-without-bodies", request with { RequestJson = null, ResponseJson = null });

        var audit = new AuditModel
        {
            Language = language,
            Here = "/office/audit",
            Frame = Samples.Frame,
            Filter = new AuditFilter(),
            Records = [.. Enum.GetValues<AuditActorKind>().Select(Record)],
            OlderUrl = "/office/audit?older_than=aud_1",
        };
        yield return ("audit", audit);
        yield return ("audit-empty", audit with { Records = [], OlderUrl = null });
        yield return ("audit-no-match", audit with { Filter = new AuditFilter("\"><b>"), Records = [], OlderUrl = null });
    }

    private static IEnumerable<(string, PageModel)> Gateways(Language language)
    {
        var gateways = new GatewaysModel
        {
            Language = language,
            Here = "/office/gateways",
            Frame = Samples.Frame,
            Gateways =
            [
                GatewayOf("aurora", 1, CircuitState.Closed),
                GatewayOf("castellan", 2, CircuitState.Open),
                GatewayOf("hangang", 3, CircuitState.HalfOpen),
                GatewayOf("aurora", 4, null) with { IsEnabled = false },
            ],
        };
        yield return ("gateways", gateways);
        yield return ("gateways-empty", gateways with { Gateways = [] });
    }

    private static Gateway GatewayOf(string connector, byte number, CircuitState? circuit)
    {
        var id = new ConnectorAccountId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, number));
        var figures = circuit == CircuitState.Closed ? new CallFigures(1_204, 0, 0, 61, 84, 190) : new CallFigures(240, 171, 33, 4, 9_742, 19_484);
        var standing = circuit is not { } state ? null : new GatewayStanding(
            id, connector, "card", state, state == CircuitState.Closed ? null : Noon, figures, figures,
            new LaneFigures(state == CircuitState.Closed ? 3 : 128, state == CircuitState.Closed ? 0 : 64, 17), default, state == CircuitState.Closed ? 0 : 812,
            state == CircuitState.Closed ? null : "No answer before our deadline.", state == CircuitState.Closed ? null : Noon);
        return new Gateway(id, connector, [], number, IsEnabled: true, standing);
    }

    private static ApiKeyRow Row(ApiKeyState state, int i) => new(
        $"key_019aa3f2c41b7c0e9f3b5a2d7e8f1{i:000}", $"Support desk {i}", "frk_test_****b02d", ApiKeyKind.Restricted, state,
        i == 0 ? [] : ["charges:read", "refunds:write"], i == 1 ? ["203.0.113.0/24", "2001:db8::/32"] : [], Noon,
        i == 0 ? null : Noon.AddHours(1), state is ApiKeyState.Ending or ApiKeyState.Expired ? Noon.AddDays(1) : null,
        state == ApiKeyState.InUse ? "/office/keys/key_1/roll" : null, state == ApiKeyState.Revoked ? null : "/office/keys/key_1/revoke");

    private static AuditRecord Record(AuditActorKind kind) => new(
        Ids.Parse<AuditRecordId>("aud_01a1fd1259b67000b069395eb71ff000"),
        new AuditEntry(
            Shop,
            new AuditActor(kind, "ada@example.com", kind == AuditActorKind.Command ? null : "203.0.113.7"),
            "unknown_outcome.accepted",
            "pat_01a1fd1259b67000b069395eb71ff001",
            kind == AuditActorKind.User ? """{"reason":"<script>alert(1)</script>"}""" : null),
        Noon);

    private static LoggedRequest Request(int status) => new(
        Ids.Parse<RequestId>("req_01a1fd1259b67000b069395eb71ff000"), Shop, Noon, "POST", "/v1/payment_intents", status,
        Ids.Parse<ApiKeyId>("key_01a1fd1259b67000b069395eb71ff001"), "fsk_test_****demo", status == 200 ? null : "203.0.113.7",
        status == 200 ? null : "order-6735", status == 200 ? null : "card_declined", 84, null, null);
}
