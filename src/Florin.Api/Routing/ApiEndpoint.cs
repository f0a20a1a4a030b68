using System.Text;
using Florin.Api.Errors;
using Florin.Api.Expansion;
using Florin.Api.Requests;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Merchants;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Florin.Api.Routing;

/// <summary>Takes one request through the steps that all share: key, limit, right, version, body, idempotency, handler, expansion.</summary>
internal sealed class ApiEndpoint(
    ApiServices services, Expander expander, RateLimits limits, RequestRecorder recorder, ILogger<ApiEndpoint> logger)
{
    public async Task RunAsync(HttpContext http, ApiRoute route)
    {
        if (route.AllowsBrowsers) Cors.Allow(http.Response);
        var presented = PresentedKey(http.Request);
        var authenticated = await services.Merchants.AuthenticateAsync(presented, http.Connection.RemoteIpAddress, http.RequestAborted);
        if (!authenticated.TryGet(out var caller, out var stranger))
        {
            await ApiResponse.WriteAsync(http, services.Problems.From(stranger, ApiPaths.PlaceOf(http)), replayOf: null);
            return;
        }

        var record = recorder.Begin(http, caller, ApiKeyRules.Masked(presented!));
        var reply = await ReplyAsync(http, route, record);
        record.Answer = reply.Answer;
        await ApiResponse.WriteAsync(http, reply.Answer, reply.ReplayOf, reply.RetryAfter);
    }

    private async Task<Reply> ReplyAsync(HttpContext http, ApiRoute route, RequestRecord record)
    {
        if (limits.Refuse(record.Caller) is { } limited)
        {
            RequestRecorder.Forget(record);
            return Refuse(limited.Refusal, ApiPaths.PlaceOf(http)) with { RetryAfter = limited.RetryAfter };
        }

        var place = ApiPaths.PlaceOf(http);
        try
        {
            return await AuthenticatedAsync(http, route, record, place);
        }
        catch (MalformedRequestException malformed)
        {
            return new Reply(services.Problems.From(StatusOf(malformed.Code), malformed.Code, malformed.Message, place, malformed.Param));
        }
        catch (LedgerRefusedException refused)
        {
            // A balance that no answer can show; nothing was written.
            return Refuse(refused.Refusal, place);
        }
        catch (DatabaseBusyException)
        {
            Log.RequestShed(logger, http.Request.Method, place.Path);
            var busy = new Refusal(
                RefusalKind.Unavailable, "service_unavailable", "Too much is going on; repeat the request with the same idempotency key.");
            return Refuse(busy, place);
        }
    }

    private async Task<Reply> AuthenticatedAsync(HttpContext http, ApiRoute route, RequestRecord record, ErrorPlace place)
    {
        var (caller, ct) = (record.Caller, http.RequestAborted);
        if (caller.Kind == ApiKeyKind.Publishable && !route.AllowsBrowsers)
        {
            return Refuse(
                new Refusal(RefusalKind.Forbidden, "secret_key_required", $"{route} needs a secret key; this is a publishable one."), place);
        }

        if (RouteRights.ProblemOf(route, caller, record.MaskedKey) is { } unallowed) return Refuse(unallowed, place);
        if (ApiVersion.ProblemOf(http.Request.Headers) is { } problem)
        {
            return Refuse(new Refusal(RefusalKind.Invalid, "api_version_unknown", problem), place);
        }

        if (route.TakesFile && (!route.TakesTextToo || MultipartBody.IsOne(http.Request)))
        {
            var (parts, upload) = await MultipartBody.ReadAsync(http.Request, ct);
            return await InTurnAsync(route, place, () => AnsweredAsync(http, route, record, place, parts, upload), ct);
        }

        var parse = await RequestBody.ReadParametersAsync(http.Request, route.Limits, ct);
        return await InTurnAsync(route, place, () => AnsweredAsync(http, route, record, place, parse(), upload: null), ct);
    }

    // Waited for with all that was sent at hand, so that whoever sends slowly takes nobody's turn.
    private async Task<Reply> InTurnAsync(ApiRoute route, ErrorPlace place, Func<Task<Reply>> answer, CancellationToken ct) => route.IsLong
        ? (await services.LongWrites.RunAsync(answer, ct)).Match(reply => reply, refusal => Refuse(refusal, place))
        : await answer();

    private async Task<Reply> AnsweredAsync(
        HttpContext http, ApiRoute route, RequestRecord record, ErrorPlace place, Node.Map tree, UploadedFile? upload)
    {
        var (caller, ct) = (record.Caller, http.RequestAborted);
        record.Parameters = tree;
        if (!TryReadKey(http, caller, tree, out var key))
        {
            return Refuse(
                new Refusal(RefusalKind.Invalid, "idempotency_key_invalid", "Idempotency-Key must be 1 to 255 visible ASCII characters."), place);
        }

        var parameters = new ParameterReader(tree);
        var paths = ExpandPaths.Read(parameters, route.Answers, caller.Kind);
        if (RouteRights.ProblemOf(route, paths, caller, record.MaskedKey) is { } unseen) return Refuse(unseen, place);
        var call = new ApiCall(services, caller, parameters, PathIds(http), place, key, ct)
        {
            Upload = upload,
            PrefersCsv = PrefersCsv(http.Request),
            AnswerHeaders = http.Response.Headers,
            Actor = new AuditActor(AuditActorKind.ApiKey, record.MaskedKey, http.Connection.RemoteIpAddress?.ToString()),
        };
        var reply = await OnceAsync(route, call, key);
        return paths.Count > 0 && reply.Answer.Status == StatusCodes.Status200OK
            ? reply with { Answer = await expander.ExpandAsync(reply.Answer, route.Answers, paths, call.Scope, ct) }
            : reply;
    }

    private async Task<Reply> OnceAsync(ApiRoute route, ApiCall call, IdempotencyKey? key)
    {
        if (key is null) return new Reply(await route.Handle(call));
        var state = await services.Gate.StateAsync(key, call.Ct);
        if (state is IdempotencyState.Unused)
        {
            try
            {
                return new Reply(await route.Handle(call));
            }
            catch (IdempotencyKeyTakenException taken)
            {
                // Two requests looked, and one claimed the key: the other waits for its answer.
                state = taken.State is IdempotencyState.InFlight ? await services.Gate.StateAsync(key, call.Ct) : taken.State;
            }
            catch (Exception failure) when (failure is not (MalformedRequestException or LedgerRefusedException or OperationCanceledException))
            {
                // Perhaps the key was claimed and the answer could not be stored. Whoever only hangs up does so before: from then on
                // nobody listens to that any more.
                services.Gate.GiveUp(key);
                throw;
            }
        }

        return state switch
        {
            IdempotencyState.Finished finished => new Reply(finished.Response, finished.FirstRequestId),
            IdempotencyState.Mismatch mismatch => new Reply(call.Refuse(new Refusal(
                RefusalKind.IdempotencyMismatch,
                "idempotency_error",
                $"This idempotency key was used for another request, {mismatch.FirstRequestId} at {mismatch.FirstAt:O}."))),
            IdempotencyState.CutOff cutOff => await AfterCutOffAsync(route, call, cutOff.Subject),
            _ => InUse(call),
        };
    }

    private static async Task<Reply> AfterCutOffAsync(ApiRoute route, ApiCall call, Guid? subject)
    {
        if (subject is { } known && route.AnswerCutOff is { } answer && await answer(call, known) is { } present) return new Reply(present);
        return InUse(call);
    }

    private static Reply InUse(ApiCall call) => new(call.Refuse(new Refusal(
        RefusalKind.InFlight, "idempotency_key_in_use", "A request with this idempotency key is being worked on.")));

    private Reply Refuse(Refusal refusal, ErrorPlace place) => new(services.Problems.From(refusal, place));

    private bool TryReadKey(HttpContext http, ApiCaller caller, Node tree, out IdempotencyKey? key)
    {
        key = null;
        // Reading is safe to repeat as it is. A repeated DELETE does nothing twice either, but would be told that nothing is
        // there, which looks like a mistake to whoever lost the first answer.
        if (!HttpMethods.IsPost(http.Request.Method) && !HttpMethods.IsDelete(http.Request.Method)) return true;
        var header = http.Request.Headers["Idempotency-Key"];
        if (header.Count == 0) return true;
        if (header.Count > 1 || !IdempotencyKeys.TryRead(header[0] ?? "", out var text)) return false;

        // A browser cannot ask for what a server was answered.
        var scope = caller.Kind == ApiKeyKind.Publishable ? $"{caller.Scope}:publishable" : caller.Scope.ToString();
        var fingerprint = services.Keys.Fingerprint(http.Request.Method, http.Request.Path.Value ?? "", tree);
        key = new IdempotencyKey(caller.Scope.Shard, scope, text, fingerprint, http.TraceIdentifier);
        return true;
    }

    private static Dictionary<string, string> PathIds(HttpContext http) =>
        http.Request.RouteValues.ToDictionary(value => value.Key, value => value.Value as string ?? "");

    // Named itself, and not by a wildcard, which all the world sends; and wanted no less than JSON.
    private static bool PrefersCsv(HttpRequest request)
    {
        var (csv, json) = (0.0, 0.0);
        foreach (var type in request.GetTypedHeaders().Accept)
        {
            if (type.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase)) csv = type.Quality ?? 1;
            else if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)) json = type.Quality ?? 1;
        }

        return csv > 0 && csv >= json;
    }

    /// <summary>The key of <c>Bearer KEY</c>, or the user of Basic authentication; null where there is none.</summary>
    internal static string? PresentedKey(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } header]) return null;
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return header["Bearer ".Length..].Trim();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        Span<byte> decoded = stackalloc byte[512];
        if (!Convert.TryFromBase64String(header["Basic ".Length..].Trim(), decoded, out var length)) return null;
        var pair = Encoding.Latin1.GetString(decoded[..length]);
        var colon = pair.IndexOf(':');
        return colon < 0 ? pair : pair[..colon];
    }

    private static int StatusOf(string malformedCode) => malformedCode switch
    {
        "body_too_large" => StatusCodes.Status413PayloadTooLarge,
        "content_type_unsupported" => StatusCodes.Status415UnsupportedMediaType,
        _ => StatusCodes.Status400BadRequest,
    };

    private sealed record Reply(StoredResponse Answer, string? ReplayOf = null)
    {
        public TimeSpan? RetryAfter { get; init; }
    }
}
