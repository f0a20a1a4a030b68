using System.IO.Compression;
using System.Security.Cryptography;

namespace Florin.Pages;

/// <summary>One embedded file, with its hash and, for text, its compressed forms.</summary>
public sealed class Asset
{
    private readonly Lazy<byte[]> brotli;
    private readonly Lazy<byte[]> gzip;

    internal Asset(string name, byte[] content)
    {
        var hash = SHA256.HashData(content);
        Name = name;
        Content = content;
        Hash = Convert.ToHexStringLower(hash.AsSpan(0, 8));
        Integrity = "sha256-" + Convert.ToBase64String(hash);
        (ContentType, IsText) = KindOf(name);
        var dot = name.LastIndexOf('.');
        HashedName = $"{name[..dot]}.{Hash}{name[dot..]}";
        brotli = new(() => Compress(stream => new BrotliStream(stream, CompressionLevel.SmallestSize, leaveOpen: true)));
        gzip = new(() => Compress(stream => new GZipStream(stream, CompressionLevel.SmallestSize, leaveOpen: true)));
    }

    /// <summary>The path under <c>wwwroot/</c>, with forward slashes.</summary>
    public string Name { get; }

    /// <summary>The same with the hash before the extension: <c>checkout.0123456789abcdef.css</c>.</summary>
    public string HashedName { get; }

    /// <summary>The first 16 hex digits of the content's SHA-256.</summary>
    public string Hash { get; }

    /// <summary>Subresource integrity, as in <c>sha256-…</c>.</summary>
    public string Integrity { get; }

    public string ContentType { get; }

    public ReadOnlyMemory<byte> Content { get; }

    private bool IsText { get; }

    /// <summary>The content as the client wants it, with the coding's name and a tag of just these bytes.</summary>
    internal (ReadOnlyMemory<byte> Bytes, string? Coding, string ETag) For(bool acceptsBrotli, bool acceptsGzip) =>
        (IsText, acceptsBrotli, acceptsGzip) switch
        {
            (true, true, _) => (brotli.Value, "br", $"\"{Hash}-br\""),
            (true, _, true) => (gzip.Value, "gzip", $"\"{Hash}-gz\""),
            _ => (Content, null, $"\"{Hash}\""),
        };

    private static (string ContentType, bool IsText) KindOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => ("text/css; charset=utf-8", true),
        ".js" => ("text/javascript; charset=utf-8", true),
        ".svg" => ("image/svg+xml", true),
        ".webp" => ("image/webp", false),
        ".png" => ("image/png", false),
        var other => throw new ArgumentException($"'{name}': files ending in '{other}' are not served.", nameof(name)),
    };

    private byte[] Compress(Func<Stream, Stream> wrap)
    {
        using var compressed = new MemoryStream();
        using (var coder = wrap(compressed)) coder.Write(Content.Span);
        return compressed.ToArray();
    }
}
