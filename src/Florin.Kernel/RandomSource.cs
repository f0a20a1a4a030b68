using System.Buffers.Text;
using System.Security.Cryptography;

namespace Florin.Kernel;

/// <summary>Where random bytes come from; injected, so that a simulation can seed it.</summary>
public abstract class RandomSource
{
    /// <summary>The operating system's generator, fit for keys and tokens.</summary>
    public static RandomSource System { get; } = new SystemSource();

    public abstract void Fill(Span<byte> bytes);

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    /// <summary>A token of letters, digits, '-' and '_' that carries <paramref name="bytes"/> random bytes.</summary>
    public string Token(int bytes) => Base64Url.EncodeToString(Bytes(bytes));

    /// <summary>A token of lower-case hex digits that carries <paramref name="bytes"/> random bytes.</summary>
    public string HexToken(int bytes) => Convert.ToHexStringLower(Bytes(bytes));

    /// <summary>A number from 0 up to but not including 1, for jitter; never for secrets.</summary>
    public double Fraction()
    {
        Span<byte> bytes = stackalloc byte[4];
        Fill(bytes);
        return BitConverter.ToUInt32(bytes) / (uint.MaxValue + 1.0);
    }

    private sealed class SystemSource : RandomSource
    {
        public override void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
    }
}
