using System.Security.Cryptography;
using System.Text;

namespace Florin.Kernel;

/// <summary>Seals small secrets that lie in the database: credentials of gateways, signing secrets of webhooks.</summary>
/// <remarks>AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit nonce; the context is authenticated, so that a sealed
/// secret cannot be moved to another row.</remarks>
public sealed class SecretBox(KeyRing keys, string purpose)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    // Names the layout below, so that another one can follow it.
    private const byte Layout = 1;

    private readonly Secret<byte[]> key = keys.Derive(purpose);

    /// <param name="context">What the secret belongs to, as in an id.</param>
    public byte[] Seal(Secret<string> secret, string context, RandomSource random)
    {
        var plain = Encoding.UTF8.GetBytes(secret.Reveal());
        var box = new byte[1 + NonceBytes + TagBytes + plain.Length];
        box[0] = Layout;
        var nonce = box.AsSpan(1, NonceBytes);
        random.Fill(nonce);
        using var aes = new AesGcm(key.Reveal(), TagBytes);
        aes.Encrypt(nonce, plain, box.AsSpan(1 + NonceBytes + TagBytes), box.AsSpan(1 + NonceBytes, TagBytes), Encoding.UTF8.GetBytes(context));
        CryptographicOperations.ZeroMemory(plain);
        return box;
    }

    /// <exception cref="CryptographicException">The box was not sealed by this key for this context.</exception>
    public Secret<string> Open(byte[] box, string context)
    {
        if (box.Length < 1 + NonceBytes + TagBytes || box[0] != Layout) throw new CryptographicException("Not a sealed secret.");
        var plain = new byte[box.Length - 1 - NonceBytes - TagBytes];
        using var aes = new AesGcm(key.Reveal(), TagBytes);
        aes.Decrypt(
            box.AsSpan(1, NonceBytes),
            box.AsSpan(1 + NonceBytes + TagBytes),
            box.AsSpan(1 + NonceBytes, TagBytes),
            plain,
            Encoding.UTF8.GetBytes(context));
        return Secret.Of(Encoding.UTF8.GetString(plain));
    }
}
