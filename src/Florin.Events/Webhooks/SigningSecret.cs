using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Florin.Kernel;

namespace Florin.Events.Webhooks;

/// <summary>Seals the signing secrets of endpoints, so that a copy of the database signs nothing.</summary>
internal sealed class SigningSecrets(KeyRing keys, RandomSource random)
{
    // The first byte of what is stored, so that another way of sealing can stand beside this one.
    private const byte Version = 1;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int SecretBytes = 32;

    private readonly Secret<byte[]> key = keys.Derive("florin.events.webhook-secrets");

    public Secret<string> New() => Secret.Of(WebhookSignatures.SecretPrefix + Convert.ToBase64String(random.Bytes(SecretBytes)));

    public byte[] Seal(WebhookEndpointId endpoint, Secret<string> secret)
    {
        var plain = Encoding.ASCII.GetBytes(secret.Reveal());
        var stored = new byte[1 + NonceBytes + TagBytes + plain.Length];
        stored[0] = Version;
        var nonce = stored.AsSpan(1, NonceBytes);
        random.Fill(nonce);
        using var aes = new AesGcm(key.Reveal(), TagBytes);
        aes.Encrypt(nonce, plain, stored.AsSpan(1 + NonceBytes + TagBytes), stored.AsSpan(1 + NonceBytes, TagBytes), BoundTo(endpoint));
        return stored;
    }

    /// <exception cref="CryptographicException">It was sealed for another endpoint or with another key, or was changed.</exception>
    public Secret<string> Open(WebhookEndpointId endpoint, ReadOnlySpan<byte> stored)
    {
        if (stored.Length <= 1 + NonceBytes + TagBytes || stored[0] != Version)
        {
            throw new CryptographicException("The signing secret is not sealed in a way that is known.");
        }

        var plain = new byte[stored.Length - 1 - NonceBytes - TagBytes];
        using var aes = new AesGcm(key.Reveal(), TagBytes);
        aes.Decrypt(
            stored.Slice(1, NonceBytes),
            stored[(1 + NonceBytes + TagBytes)..],
            stored.Slice(1 + NonceBytes, TagBytes),
            plain,
            BoundTo(endpoint));
        return Secret.Of(Encoding.ASCII.GetString(plain));
    }

    // A sealed secret that is moved to another row does not open there.
    private static byte[] BoundTo(WebhookEndpointId endpoint) => endpoint.Value.ToByteArray(bigEndian: true);
}

/// <summary>The two signatures that each webhook carries. One secret serves both, but not the same bytes of it.</summary>
internal static class WebhookSignatures
{
    public const string SecretPrefix = "whsec_";

    /// <summary>The <c>Stripe-Signature</c> header: the key is the whole text of the secret.</summary>
    /// <param name="secrets">The endpoint's secret, and after a roll the one before: one signature each, any of which suffices.</param>
    public static string Stripe(IReadOnlyList<Secret<string>> secrets, DateTimeOffset at, byte[] body)
    {
        var timestamp = Timestamp(at);
        var signatures = secrets.Select(secret => Mac(Encoding.ASCII.GetBytes(secret.Reveal()), timestamp + ".", body));
        return $"t={timestamp}" + string.Concat(signatures.Select(mac => $",v1={Convert.ToHexStringLower(mac)}"));
    }

    /// <summary>The <c>webhook-signature</c> header of Standard Webhooks: the key is what the base64 part stands for.</summary>
    /// <inheritdoc cref="Stripe" path="/param"/>
    public static string Standard(IReadOnlyList<Secret<string>> secrets, string messageId, DateTimeOffset at, byte[] body)
    {
        var keys = secrets.Select(secret => Convert.FromBase64String(secret.Reveal()[SecretPrefix.Length..]));
        return string.Join(' ', keys.Select(key => "v1," + Convert.ToBase64String(Mac(key, $"{messageId}.{Timestamp(at)}.", body))));
    }

    public static string Timestamp(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static byte[] Mac(byte[] key, string before, byte[] body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(Encoding.ASCII.GetBytes(before));
        mac.AppendData(body);
        return mac.GetHashAndReset();
    }
}
