using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Florin.Kernel;

/// <summary>A shard: where the rows of one merchant live. Twelve bits, so 0 to 4095.</summary>
public readonly record struct ShardId
{
    public const int Count = 4096;

    public ShardId(short value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, Count);
        Value = value;
    }

    public short Value { get; }

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A typed id: a prefix that tells its kind, and 128 bits that tell its age and its shard.</summary>
/// <remarks>
/// Shown as the prefix and 32 hex digits. The bits are those of a UUIDv7 (RFC 9562): 48 of unix milliseconds, 12 that
/// count within the millisecond, 50 random ones, and in the last 12 (the last three hex digits) the shard. So ids sort
/// by age, and any id, in a URL or in a gateway's callback, says where its rows live. An id is no secret.
/// </remarks>
public interface IId
{
    Guid Value { get; }
}

/// <inheritdoc cref="IId"/>
public interface IId<TSelf> : IId where TSelf : struct, IId<TSelf>
{
    static abstract string Prefix { get; }

    static abstract TSelf From(Guid value);
}

public static class Ids
{
    private const int HexDigits = 32;

    public static string Format<T>(T id) where T : struct, IId<T> =>
        string.Create(T.Prefix.Length + HexDigits, id.Value, static (span, value) =>
        {
            T.Prefix.CopyTo(span);
            value.TryFormat(span[T.Prefix.Length..], out _, "N");
        });

    /// <summary>Reads an id with the prefix of <typeparamref name="T"/>; anything else is no id of that kind.</summary>
    public static bool TryParse<T>([NotNullWhen(true)] string? text, out T id) where T : struct, IId<T>
    {
        id = default;
        if (text is null || text.Length != T.Prefix.Length + HexDigits) return false;
        if (!text.StartsWith(T.Prefix, StringComparison.Ordinal)) return false;

        // One id has one text: upper-case digits would be a second one that caches and signatures do not know.
        var hex = text.AsSpan(T.Prefix.Length);
        if (hex.ContainsAnyInRange('A', 'Z')) return false;
        if (!Guid.TryParseExact(hex, "N", out var value) || value == Guid.Empty) return false;
        id = T.From(value);
        return true;
    }

    /// <exception cref="FormatException">The text is no id of that kind.</exception>
    public static T Parse<T>(string text) where T : struct, IId<T> =>
        TryParse<T>(text, out var id) ? id : throw new FormatException($"'{text}' is not an id with prefix {T.Prefix}");

    /// <summary>The shard written in the last 12 bits.</summary>
    public static ShardId ShardOf(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return new ShardId((short)(BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]) & 0x0FFF));
    }

    public static ShardId Shard<T>(this T id) where T : struct, IId => ShardOf(id.Value);

    public static bool IsDefault<T>(this T id) where T : struct, IId => id.Value == Guid.Empty;

    /// <summary>The instant in the first 48 bits, to the millisecond.</summary>
    public static DateTimeOffset CreatedAt<T>(this T id) where T : struct, IId
    {
        Span<byte> bytes = stackalloc byte[16];
        id.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds((long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16));
    }
}

/// <summary>Makes ids: ordered within a process even inside one millisecond, unguessable in 50 bits.</summary>
public sealed class IdSource(TimeProvider time, RandomSource random)
{
    private readonly Lock gate = new();
    private long lastTick;

    public T New<T>(ShardId shard) where T : struct, IId<T> => T.From(NewValue(shard));

    public Guid NewValue(ShardId shard)
    {
        // A tick is a millisecond and a 12-bit count within it. A clock that stands still or steps back only counts on.
        ulong tick;
        lock (gate)
        {
            lastTick = Math.Max(lastTick + 1, time.GetUtcNow().ToUnixTimeMilliseconds() << 12);
            tick = (ulong)lastTick;
        }

        Span<byte> bytes = stackalloc byte[16];
        random.Fill(bytes[8..]);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((tick & ~0xFFFUL) << 4) | 0x7000 | (tick & 0xFFF));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        bytes[14] = (byte)((bytes[14] & 0xF0) | (shard.Value >> 8));
        bytes[15] = (byte)(shard.Value & 0xFF);
        return new Guid(bytes, bigEndian: true);
    }
}
