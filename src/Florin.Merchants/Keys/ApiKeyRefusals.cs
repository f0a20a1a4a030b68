using System.Net;
using Florin.Kernel;

namespace Florin.Merchants;

internal static class ApiKeyRefusals
{
    public static readonly Refusal NotGiven = new(
        RefusalKind.Unauthenticated,
        "api_key_missing",
        "You did not provide an API key. Provide it in the Authorization header, using Bearer auth "
        + "(e.g. 'Authorization: Bearer fsk_test_...').");

    public static Refusal Malformed(string presented) => new(
        RefusalKind.Unauthenticated,
        "api_key_invalid",
        $"Invalid API Key provided: {ApiKeyText.Masked(presented)}. Keys begin with fsk_test_, fsk_live_, frk_test_, frk_live_, fpk_test_ or fpk_live_.");

    public static Refusal Unknown(string presented) => new(
        RefusalKind.Unauthenticated, "api_key_invalid", $"Invalid API Key provided: {ApiKeyText.Masked(presented)}");

    public static Refusal Revoked(string presented) => new(
        RefusalKind.Unauthenticated, "api_key_revoked", $"Revoked API Key provided: {ApiKeyText.Masked(presented)}");

    public static Refusal Expired(string presented) => new(
        RefusalKind.Unauthenticated, "api_key_expired", $"Expired API Key provided: {ApiKeyText.Masked(presented)}. It was rolled; use the new one.");

    public static Refusal NotFromHere(string presented, IPAddress? source) => new(
        RefusalKind.Forbidden,
        "ip_address_not_allowed",
        $"The API key {ApiKeyText.Masked(presented)} is not allowed from {(source is null ? "where this request came from" : source)}.");

    public static Refusal Missing(ApiKeyId id) => new(RefusalKind.NotFound, "resource_missing", $"There is no API key {id}.", "id");

    public static Refusal NotInUse(ApiKeyId id) => new(
        RefusalKind.Conflict, "api_key_not_in_use", $"{id} was revoked or rolled before; make a new key instead.", "id");

    public static readonly Refusal OverlapInvalid = new(
        RefusalKind.Invalid,
        "parameter_invalid",
        $"A rolled key goes on for at most {ApiKeyRules.LongestOverlap.TotalDays} days, and not until a time that has passed.",
        "expires_at");
}
