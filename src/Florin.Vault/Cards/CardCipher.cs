using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Florin.Kernel;

namespace Florin.Vault;

/// <summary>A card that could not be opened: a row was changed or swapped, or its key is missing.</summary>
public sealed class VaultIntegrityException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Envelope encryption: each card under a random data key, each data key under the active key-encryption key.</summary>
internal sealed class CardCipher(KeyFile keys, RandomSource random)
{
    // AES-256-GCM with a random 96-bit nonce and a 128-bit tag (NIST SP 800-38D). A data key encrypts once, and a
    // key-encryption key far fewer than the 2^32 times that random nonces allow it.
    private const byte Aes256Gcm = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = 1 + NonceBytes + TagBytes;

    public sealed record Envelope(string KeyId, byte[] WrappedKey, byte[] Ciphertext);

    /// <summary>What is encrypted of a card.</summary>
    public sealed record CardSecrets(Secret<string> Number, int ExpiryMonth, int ExpiryYear, string? HolderName);

    public Envelope Encrypt(MerchantScope scope, CardId id, CardSecrets card)
    {
        var dataKey = random.Bytes(KeyRing.KeyBytes);
        var plain = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{card.Number.Reveal()}\n{card.ExpiryMonth}\n{card.ExpiryYear}\n{card.HolderName}"));
        try
        {
            var wrapped = Seal(keys.Active.Key.Reveal(), dataKey, KeyBinding(scope, id, keys.Active.Id));
            return new Envelope(keys.Active.Id, wrapped, Seal(dataKey, plain, CardBinding(scope, id)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <exception cref="VaultIntegrityException">The row is not as it was written, or its key is missing.</exception>
    public CardSecrets Decrypt(MerchantScope scope, CardId id, Envelope envelope)
    {
        var dataKey = Unwrap(scope, id, envelope.KeyId, envelope.WrappedKey);
        var plain = Array.Empty<byte>();
        try
        {
            plain = Open(dataKey, envelope.Ciphertext, CardBinding(scope, id), id);
            var parts = Encoding.UTF8.GetString(plain).Split('\n', 4);
            return new CardSecrets(
                Secret.Of(parts[0]),
                int.Parse(parts[1], CultureInfo.InvariantCulture),
                int.Parse(parts[2], CultureInfo.InvariantCulture),
                parts[3].Length == 0 ? null : parts[3]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Wraps a data key anew by the active key; the card itself stays as it is.</summary>
    /// <exception cref="VaultIntegrityException">The row is not as it was written, or its key is missing.</exception>
    public byte[] Rewrap(MerchantScope scope, CardId id, string keyId, byte[] wrappedKey)
    {
        var dataKey = Unwrap(scope, id, keyId, wrappedKey);
        try
        {
            return Seal(keys.Active.Key.Reveal(), dataKey, KeyBinding(scope, id, keys.Active.Id));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    private byte[] Unwrap(MerchantScope scope, CardId id, string keyId, byte[] wrappedKey)
    {
        var key = keys.Keys.FirstOrDefault(key => key.Id == keyId)
            ?? throw new VaultIntegrityException($"Card {id} is wrapped by key {keyId}, which the key file lacks.");
        return Open(key.Key.Reveal(), wrappedKey, KeyBinding(scope, id, keyId), id);
    }

    // Rows that are swapped between merchants, modes, cards or keys do not open: each ciphertext is bound to its place.
    // The card is bound to its key-encryption key through its data key, whose wrapping names it; so rotation leaves the
    // card as it is.
    private static byte[] CardBinding(MerchantScope scope, CardId id) => Encoding.UTF8.GetBytes($"florin.card|{scope}|{id}");

    private static byte[] KeyBinding(MerchantScope scope, CardId id, string keyId) =>
        Encoding.UTF8.GetBytes($"florin.card-key|{scope}|{id}|{keyId}");

    private byte[] Seal(byte[] key, byte[] plain, byte[] binding)
    {
        var sealedBytes = new byte[HeaderBytes + plain.Length];
        var (nonce, tag, body) = Parts(sealedBytes);
        sealedBytes[0] = Aes256Gcm;
        random.Fill(nonce.Span);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce.Span, plain, body.Span, tag.Span, binding);
        return sealedBytes;
    }

    private static byte[] Open(byte[] key, byte[] sealedBytes, byte[] binding, CardId id)
    {
        if (sealedBytes.Length < HeaderBytes || sealedBytes[0] != Aes256Gcm)
        {
            throw new VaultIntegrityException($"Card {id} is stored in a form that this version does not know.");
        }

        var (nonce, tag, body) = Parts(sealedBytes);
        var plain = new byte[body.Length];
        try
        {
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(nonce.Span, body.Span, tag.Span, plain, binding);
            return plain;
        }
        catch (AuthenticationTagMismatchException failure)
        {
            throw new VaultIntegrityException($"Card {id} cannot be opened: its row was changed, or a key is not the right one.", failure);
        }
    }

    private static (Memory<byte> Nonce, Memory<byte> Tag, Memory<byte> Body) Parts(byte[] sealedBytes) => (
        sealedBytes.AsMemory(1, NonceBytes),
        sealedBytes.AsMemory(1 + NonceBytes, TagBytes),
        sealedBytes.AsMemory(HeaderBytes));
}
