using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.TestHelpers;

/// <summary><c>/v1/test_helpers/test_clocks</c>.</summary>
internal static class TestClockRoutes
{
    private const string Url = "/v1/test_helpers/test_clocks";
    private const int MostNameCharacters = 300;
    private static readonly AnsweredObject One = new("test_helpers.test_clock");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", Url, RouteAccess.Secret, One, CreateAsync),
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, static call => call.ListAsync<TestClockId, TestClock>(
            Url, page => call.Services.TestClocks.ListAsync(call.Scope, page, call.Ct), PaymentJson.Write)),
        new("GET", Url + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<TestClockId, TestClock>(
            "test clock", id => call.Services.TestClocks.FindAsync(call.Scope, id, call.Ct), PaymentJson.Write)),
        new("POST", Url + "/{id}/advance", RouteAccess.Secret, One, AdvanceAsync),
        new("DELETE", Url + "/{id}", RouteAccess.Secret, One, DeleteAsync),
    ];

    private static async Task<StoredResponse> CreateAsync(ApiCall call)
    {
        // A clock is the merchant's here, and not some customers'.
        var parameters = call.Parameters.Unsupported("customer");
        var frozenAt = ReadFrozenTime(parameters);
        var name = CardParameters.NullIfEmpty(parameters.Text("name", MostNameCharacters));
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return await call.WriteAsync<TestClock>(
            answer => call.Services.TestClocks.CreateAsync(call.Request, new NewTestClock(frozenAt!.Value, name), answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> AdvanceAsync(ApiCall call)
    {
        var to = ReadFrozenTime(call.Parameters);
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<TestClockId>(out var id)) return call.NoSuch("test clock");
        return await call.WriteAsync<TestClock>(
            answer => call.Services.TestClocks.AdvanceAsync(call.Request, id, to!.Value, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> DeleteAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<TestClockId>(out var id)) return call.NoSuch("test clock");
        return await call.WriteAsync<DeletedTestClock>(
            answer => call.Services.TestClocks.DeleteAsync(call.Request, id, answer, call.Ct),
            static (writer, gone) =>
            {
                writer.WriteStartObject();
                writer.WriteId("id"u8, gone.Id);
                writer.WriteString("object"u8, "test_helpers.test_clock"u8);
                writer.WriteBoolean("deleted"u8, true);
                writer.WriteEndObject();
            });
    }

    private static DateTimeOffset? ReadFrozenTime(ParameterReader parameters)
    {
        if (!parameters.Has("frozen_time")) parameters.Missing<string>("frozen_time");
        return parameters.Instant("frozen_time");
    }
}
