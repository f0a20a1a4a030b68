using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Florin.Kernel;

namespace Florin.Pages;

/// <summary>Proves that a form was made by us, for this purpose and this session, and not long ago.</summary>
/// <remarks>
/// A token and not the framework's antiforgery cookie: that cookie is SameSite=Strict, so a buyer who comes back from
/// an issuer's page has lost it (dotnet/aspnetcore#58370). The token is <c>expiry.mac</c>: unix seconds, and an
/// HMAC-SHA256 over purpose, session, expiry and all that the form must not change, such as the amount.
/// </remarks>
/// <param name="key">At least 32 bytes, used for nothing else.</param>
public sealed class FormTokens(Secret<byte[]> key, TimeProvider time)
{
    public string Issue(string purpose, string session, TimeSpan lifetime, params ReadOnlySpan<string> bound)
    {
        var expiry = time.GetUtcNow().Add(lifetime).ToUnixTimeSeconds();
        var mac = Mac(purpose, session, expiry, bound);
        return string.Create(CultureInfo.InvariantCulture, $"{expiry}.{Base64Url.EncodeToString(mac)}");
    }

    /// <summary>Whether the token is ours, unexpired, and was issued for exactly these words.</summary>
    public bool Verify(string? token, string purpose, string session, params ReadOnlySpan<string> bound)
    {
        // Ours are under 60 characters; nothing longer is worth decoding.
        if (token is null || token.Length > 80) return false;
        var point = token.IndexOf('.', StringComparison.Ordinal);
        if (point < 0) return false;
        var digits = NumberStyles.None;
        if (!long.TryParse(token.AsSpan(0, point), digits, CultureInfo.InvariantCulture, out var expiry)) return false;

        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var text = token.AsSpan(point + 1);
        if (!Base64Url.IsValid(text, out var length) || length != given.Length) return false;
        Base64Url.DecodeFromChars(text, given);

        var genuine = CryptographicOperations.FixedTimeEquals(given, Mac(purpose, session, expiry, bound));
        return genuine && time.GetUtcNow().ToUnixTimeSeconds() < expiry;
    }

    private byte[] Mac(string purpose, string session, long expiry, ReadOnlySpan<string> bound)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Reveal());
        Append(hmac, purpose);
        Append(hmac, session);
        Append(hmac, expiry.ToString(CultureInfo.InvariantCulture));
        foreach (var word in bound) Append(hmac, word);
        return hmac.GetHashAndReset();
    }

    private static void Append(IncrementalHash hmac, string word)
    {
        // Each word goes in behind its length, so that "ab","c" and "a","bc" differ.
        var bytes = Encoding.UTF8.GetBytes(word);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hmac.AppendData(length);
        hmac.AppendData(bytes);
    }
}
