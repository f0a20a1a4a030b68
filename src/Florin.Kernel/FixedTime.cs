using System.Security.Cryptography;
using System.Text;

namespace Florin.Kernel;

/// <summary>Comparing what must not be guessed: tokens, client secrets, signatures.</summary>
public static class FixedTime
{
    /// <summary>Compares in a time that tells nothing about where two texts differ.</summary>
    public static bool Equal(string expected, string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));
}
