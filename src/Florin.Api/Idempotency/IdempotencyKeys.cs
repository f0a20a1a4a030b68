using System.Buffers.Binary;
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
        var canonical = new Canonical(hash);
        canonical.Add('m', method);
        canonical.Add('p', path);
        canonical.Add(parameters);
        return canonical.Finish();
    }

    /// <summary>What is hashed, gathered so that a body of ten thousand transactions is hashed in some hundred pieces.</summary>
    private sealed class Canonical(IncrementalHash hash)
    {
        private const int HeadBytes = 5;

        private readonly byte[] gathered = new byte[16 * 1024];
        private int length;

        public void Add(Node node)
        {
            switch (node)
            {
                case Node.Text text:
                    Add('t', text.Value);
                    break;
                case Node.Null:
                    Add('n', "");
                    break;
                case Node.Sequence sequence:
                    AddCount('[', sequence.Items.Count);
                    foreach (var item in sequence.Items) Add(item);
                    break;
                case Node.Map map:
                    AddCount('{', map.Members.Count);
                    var names = map.Members.Keys.ToArray();
                    Array.Sort(names, StringComparer.Ordinal);
                    foreach (var name in names)
                    {
                        Add('k', name);
                        Add(map.Members[name]);
                    }

                    break;
            }
        }

        // Each text is told apart from its neighbours by its length.
        public void Add(char kind, string text)
        {
            var most = Encoding.UTF8.GetMaxByteCount(text.Length);
            if (most > gathered.Length - HeadBytes)
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                AddCount(kind, bytes.Length);
                Flush();
                hash.AppendData(bytes);
                return;
            }

            if (HeadBytes + most > gathered.Length - length) Flush();
            var written = Encoding.UTF8.GetBytes(text, gathered.AsSpan(length + HeadBytes));
            AddCount(kind, written);
            length += written;
        }

        public byte[] Finish()
        {
            Flush();
            return hash.GetHashAndReset();
        }

        private void AddCount(char kind, int count)
        {
            if (HeadBytes > gathered.Length - length) Flush();
            gathered[length] = (byte)kind;
            BinaryPrimitives.WriteInt32BigEndian(gathered.AsSpan(length + 1), count);
            length += HeadBytes;
        }

        private void Flush()
        {
            hash.AppendData(gathered.AsSpan(0, length));
            length = 0;
        }
    }
}
