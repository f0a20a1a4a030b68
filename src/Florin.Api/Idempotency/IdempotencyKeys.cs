using System.Security.Cryptography;
using System.Text;
using Florin.Api.Requests;
using Florin.Kernel;

namespace Florin.Api;

/// <summary>Reads <c>Idempotency-Key</c>, and tells the same request from another one.</summary>
internal sealed class IdempotencyKeys(KeyRing keys)
{
    private const int MostCharacters = 255;

    // Bodies carry card numbers, and a bare hash of one can be guessed by trying (PCI DSS 3.5.1.1); a keyed one cannot.
    private readonly Secret<byte[]> fingerprintKey = keys.Derive("api idempotency fingerprint");

    /// <summary>The key itself, from the bare form or the quoted one (RFC 8941 section 3.3.3).</summary>
    public static bool TryRead(string header, out string key)
    {
        key = header is ['"', .., '"'] and not "\"" ? header[1..^1] : header;
        return key.Length is > 0 and <= MostCharacters && IsVisibleAscii(key);
    }

    public static bool IsVisibleAscii(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>The same for the same method, path and parameters, in whatever order and encoding they came.</summary>
    public byte[] Fingerprint(string method, string path, Node parameters)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, fingerprintKey.Reveal());
        Append(hash, 'm', method);
        Append(hash, 'p', path);
        Append(hash, parameters);
        return hash.GetHashAndReset();
    }

    private static void Append(IncrementalHash hash, Node node)
    {
        switch (node)
        {
            case Node.Text text:
                Append(hash, 't', text.Value);
                break;
            case Node.Null:
                Append(hash, 'n', "");
                break;
            case Node.Sequence sequence:
                AppendCount(hash, '[', sequence.Items.Count);
                foreach (var item in sequence.Items) Append(hash, item);
                break;
            case Node.Map map:
                AppendCount(hash, '{', map.Members.Count);
                foreach (var (name, value) in map.Members.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    Append(hash, 'k', name);
                    Append(hash, value);
                }

                break;
        }
    }

    // Each text is told apart from its neighbours by its length.
    private static void Append(IncrementalHash hash, char kind, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        AppendCount(hash, kind, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void AppendCount(IncrementalHash hash, char kind, int count)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = (byte)kind;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(head[1..], count);
        hash.AppendData(head);
    }
}
