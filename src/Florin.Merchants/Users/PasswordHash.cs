using System.Globalization;
using System.Security.Cryptography;
using Florin.Kernel;

namespace Florin.Merchants;

/// <summary>PBKDF2 with HMAC-SHA512, written as <c>pbkdf2-sha512$iterations$salt$hash</c>.</summary>
internal static class PasswordHash
{
    // OWASP's password storage cheat sheet for PBKDF2-HMAC-SHA512.
    private const int Iterations = 210_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const string Algorithm = "pbkdf2-sha512";

    public static string Of(Secret<string> password, RandomSource random)
    {
        var salt = random.Bytes(SaltBytes);
        var hash = Derive(password, salt, Iterations);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Algorithm}${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
    }

    public static bool Matches(string stored, Secret<string> password)
    {
        var parts = stored.Split('$');
        if (parts.Length != 4 || parts[0] != Algorithm) throw new InvalidOperationException("A password hash has an unknown form.");
        var hash = Derive(password, Convert.FromBase64String(parts[2]), int.Parse(parts[1], CultureInfo.InvariantCulture));
        return CryptographicOperations.FixedTimeEquals(hash, Convert.FromBase64String(parts[3]));
    }

    private static byte[] Derive(Secret<string> password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password.Reveal(), salt, iterations, HashAlgorithmName.SHA512, HashBytes);
}
