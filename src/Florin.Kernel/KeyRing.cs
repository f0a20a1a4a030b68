using System.Security.Cryptography;
using System.Text;

namespace Florin.Kernel;

/// <summary>The keys that this installation keeps outside of its database: a root key, and what is derived from it.</summary>
/// <remarks>Keys for single purposes are derived by HKDF-SHA256 (RFC 5869), so that one leaked use betrays no other.</remarks>
public sealed class KeyRing
{
    public const int KeyBytes = 32;

    private readonly Secret<byte[]> root;

    /// <param name="root">32 random bytes, the same for the life of the installation.</param>
    public KeyRing(Secret<byte[]> root)
    {
        if (root.Reveal().Length != KeyBytes) throw new ArgumentException($"A root key has {KeyBytes} bytes.", nameof(root));
        this.root = root;
    }

    /// <summary>The 32-byte key for one purpose, always the same for the same root key.</summary>
    public Secret<byte[]> Derive(string purpose) =>
        Secret.Of(HKDF.DeriveKey(HashAlgorithmName.SHA256, root.Reveal(), KeyBytes, info: Encoding.UTF8.GetBytes(purpose)));
}
