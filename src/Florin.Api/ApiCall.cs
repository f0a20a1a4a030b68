using System.Text.Json;
using Florin.Api.Errors;
using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Microsoft.AspNetCore.Http;

namespace Florin.Api;

/// <summary>One request that is authenticated and parsed.</summary>
internal sealed class ApiCall(
    ApiServices services,
    ApiCaller caller,
    ParameterReader parameters,
    IReadOnlyDictionary<string, string> pathIds,
    ErrorPlace place,
    IdempotencyKey? key,
    CancellationToken ct)
{
    public ApiServices Services => services;

    public ApiCaller Caller => caller;

    public MerchantScope Scope => caller.Scope;

    public bool IsFromBrowser => caller.Kind == ApiKeyKind.Publishable;

    public ParameterReader Parameters => parameters;

    public CancellationToken Ct => ct;

    /// <summary>The key, for the audit log.</summary>
    public AuditActor Actor { get; init; } = new(AuditActorKind.ApiKey, caller.Key.ToString());

    /// <summary>The file of a route that takes one; null where none was sent.</summary>
    public UploadedFile? Upload { get; init; }

    /// <summary>Whether a table would rather be had as CSV, by <c>Accept</c> (RFC 9110 section 12.5.1).</summary>
    public bool PrefersCsv { get; init; }

    /// <summary>Headers of the answer beside those that all have. They are not kept for a repetition.</summary>
    public IHeaderDictionary AnswerHeaders { get; init; } = new HeaderDictionary();

    public PaymentRequest Request => new(caller.Scope, new EventOrigin(place.RequestId, key?.Key));

    /// <summary>The id in the path, as the caller wrote it.</summary>
    public string PathId => pathIds["id"];

    public bool TryPathId<TId>(out TId id) where TId : struct, IId<TId> => Ids.TryParse(PathId, out id);

    /// <summary>Another id in the path than the first.</summary>
    public bool TryPathId<TId>(string name, out TId id) where TId : struct, IId<TId> => Ids.TryParse(pathIds[name], out id);

    public StoredResponse NoSuch(string kind, string name = "id") => Refuse(new Refusal(
        RefusalKind.NotFound, "resource_missing", $"No such {kind}: '{SafeEcho.Text(pathIds[name])}'.", name));

    public StoredResponse Refuse(Refusal refusal) => services.Problems.From(
        refusal.Subject switch
        {
            PaymentIntent intent => refusal with { Subject = Shown(intent) },
            SetupIntent intent => refusal with { Subject = Shown(intent) },
            _ => refusal,
        },
        place);

    /// <summary>Whether the caller may reach an intent: a browser only with the intent's own client secret, a server also without any.</summary>
    public bool MayReach(string clientSecret, Secret<string>? given) => given is null ? !IsFromBrowser : FixedTime.Equal(clientSecret, given.Reveal());

    /// <summary>An intent as this caller may see it: what merchants note on a payment is no browser's business.</summary>
    public PaymentIntent Shown(PaymentIntent intent) =>
        IsFromBrowser ? intent with { Metadata = CardParameters.NoMetadata, Connector = null, Customer = null } : intent;

    /// <inheritdoc cref="Shown(PaymentIntent)"/>
    public SetupIntent Shown(SetupIntent intent) =>
        IsFromBrowser ? intent with { Metadata = CardParameters.NoMetadata, Connector = null, Customer = null } : intent;

    public static StoredResponse Ok<T>(T value, Action<Utf8JsonWriter, T> write) =>
        new(200, ApiResponse.ContentType, WireWriter.Bytes(value, write));

    /// <summary>Does something that is answered, and stored, once.</summary>
    /// <param name="stored">What a repetition is shown, where that is less than the first answer.</param>
    public async Task<StoredResponse> WriteAsync<T>(
        Func<IdempotentWrite<T>?, Task<Result<T>>> act, Action<Utf8JsonWriter, T> write, Action<Utf8JsonWriter, T>? stored = null)
        where T : class
    {
        // The module renders within its transaction; what it rendered last is what was committed, and is not rendered again.
        (T? Value, StoredResponse? Answer) rendered = default;
        var once = key is null ? null : new IdempotentWrite<T>(services.Idempotency, key, outcome =>
        {
            var answer = outcome.Match(value => Ok(value, stored ?? write), Refuse);
            rendered = outcome.IsSuccess ? (outcome.Value, answer) : default;
            return answer;
        });

        var result = await act(once);
        if (!result.TryGet(out var made, out var refusal)) return Refuse(refusal);
        return stored is null && rendered.Answer is { } ready && ReferenceEquals(rendered.Value, made) ? ready : Ok(made, write);
    }

    public void WriteDispute(Utf8JsonWriter writer, Dispute dispute) => PaymentJson.Write(writer, dispute, services.Time.GetUtcNow());

    public void WriteFile(Utf8JsonWriter writer, StoredFile file) => PaymentJson.Write(writer, file, services.Address);

    public void WriteBalanceTransaction(Utf8JsonWriter writer, BalanceTransaction entry) =>
        PaymentJson.Write(writer, entry, services.Time.GetUtcNow());

    /// <summary>Shows the one thing that the path names.</summary>
    public async Task<StoredResponse> RetrieveAsync<TId, T>(
        string kind, Func<TId, Task<T?>> find, Action<Utf8JsonWriter, T> write)
        where TId : struct, IId<TId>
        where T : class
    {
        if (parameters.Finish() is { } refusal) return Refuse(refusal);
        return TryPathId<TId>(out var id) && await find(id) is { } found ? Ok(found, write) : NoSuch(kind);
    }

    /// <summary>Shows a page of a list: <c>limit</c>, <c>starting_after</c>, <c>ending_before</c>.</summary>
    /// <param name="refuse">What is answered instead, where the thing whose list it would be is not there.</param>
    public async Task<StoredResponse> ListAsync<TId, T>(
        string url, Func<PageRequest<TId>, Task<Page<T>>> list, Action<Utf8JsonWriter, T> write, Func<Task<StoredResponse?>>? refuse = null)
        where TId : struct, IId<TId>
    {
        var page = ReadPage<TId>();
        if (parameters.Finish() is { } refusal) return Refuse(refusal);
        if (refuse is not null && await refuse() is { } refused) return refused;
        var found = await list(page);
        return Ok(
            (url, found, write),
            static (writer, it) => writer.WriteList(it.url, it.found.Items, it.found.HasMore, it.write));
    }

    public PageRequest<TId> ReadPage<TId>() where TId : struct, IId<TId>
    {
        var limit = (int)(parameters.Integer("limit", 1, 100) ?? 10);
        var (after, before) = (parameters.Id<TId>("starting_after"), parameters.Id<TId>("ending_before"));
        if (after is not null && before is not null)
        {
            parameters.Refuse<string>("ending_before", "parameters_exclusive", "Give starting_after or ending_before, not both.");
        }

        return new PageRequest<TId>(limit, after, before);
    }
}
