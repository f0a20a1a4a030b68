using Florin.Kernel;

namespace Florin.Merchants;

internal static class ApiKeyRefusals
{
    public static readonly Refusal Missing = new(
        RefusalKind.Unauthenticated,
        "api_key_missing",
        "You did not provide an API key. Provide it in the Authorization header, using Bearer auth "
        + "(e.g. 'Authorization: Bearer fsk_test_...').");

    public static Refusal Malformed(string presented) => new(
        RefusalKind.Unauthenticated,
        "api_key_invalid",
        $"Invalid API Key provided: {ApiKeyText.Masked(presented)}. Keys begin with fsk_test_, fsk_live_, fpk_test_ or fpk_live_.");

    public static Refusal Unknown(string presented) => new(
        RefusalKind.Unauthenticated, "api_key_invalid", $"Invalid API Key provided: {ApiKeyText.Masked(presented)}");

    public static Refusal Revoked(string presented) => new(
        RefusalKind.Unauthenticated, "api_key_revoked", $"Revoked API Key provided: {ApiKeyText.Masked(presented)}");
}
