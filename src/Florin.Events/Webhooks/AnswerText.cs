using System.Text.RegularExpressions;
using Florin.Kernel;

namespace Florin.Events.Webhooks;

/// <summary>Makes what a merchant's server answered fit to be stored and shown.</summary>
internal static partial class AnswerText
{
    /// <summary>Without card numbers, keys of ours and signing secrets, and without the zero character, which PostgreSQL does
    /// not take in text.</summary>
    public static string Safe(string answer) =>
        CardNumbers.Redact(OurSecrets().Replace(answer, static found => found.Groups[1].Value + "[redacted]").Replace('\0', '\uFFFD'));

    // A server that prints its configuration when it fails prints these.
    [GeneratedRegex(@"\b((?:fsk|frk)_(?:test|live)_|whsec_)[A-Za-z0-9+/=_-]{8,}")]
    private static partial Regex OurSecrets();
}
