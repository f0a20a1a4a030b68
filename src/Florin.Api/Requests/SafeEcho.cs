using Florin.Kernel;

namespace Florin.Api.Requests;

/// <summary>What of a request may be repeated in an answer or a log: short, and never what looks like a card number.</summary>
internal static class SafeEcho
{
    private const int MostCharacters = 80;

    public static string Name(string written) => Text(written);

    public static string Text(string written)
    {
        if (CardNumbers.AppearIn(written)) return "[hidden]";
        return written.Length <= MostCharacters ? written : written[..MostCharacters] + "...";
    }
}
