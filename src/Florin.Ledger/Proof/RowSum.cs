using System.Buffers.Binary;
using Florin.Kernel;

namespace Florin.Ledger.Proof;

/// <summary>A sum over rows that does not depend on their order: places that hold the same rows have the same sum.</summary>
/// <remarks>Places that hold other rows have the same sum by a chance of one in 2^64, which nobody can raise who does not know the key,
/// and that is drawn anew for each proof. It is no digest: nobody who has seen it should be kept from making rows that fit it.</remarks>
internal sealed class RowSum(RowKey key)
{
    private ulong sum;

    public long Rows { get; private set; }

    public RowHash Begin() => new(key);

    public void Add(in RowHash row)
    {
        sum = unchecked(sum + row.Value);
        Rows++;
    }

    public void Add(RowSum other)
    {
        sum = unchecked(sum + other.sum);
        Rows += other.Rows;
    }

    public bool Equals(RowSum other) => Rows == other.Rows && sum == other.sum;
}

/// <param name="Factor">Odd.</param>
internal readonly record struct RowKey(ulong Start, ulong Factor)
{
    public static RowKey Draw(RandomSource random)
    {
        var bytes = random.Bytes(16);
        return new RowKey(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8)) | 1);
    }
}

/// <summary>Values of one row, folded into 64 bits by multiplication: the two halves of each product are joined.</summary>
internal struct RowHash(RowKey key)
{
    private ulong state = key.Start;

    public readonly ulong Value => Mix(state, key.Start);

    public RowHash Add(long value)
    {
        state = Mix(state, unchecked((ulong)value));
        return this;
    }

    public RowHash Add(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes);
        state = Mix(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        state = Mix(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        return this;
    }

    public RowHash Add(ReadOnlySpan<byte> value)
    {
        state = Mix(state, (ulong)value.Length);
        for (; value.Length >= 8; value = value[8..]) state = Mix(state, BinaryPrimitives.ReadUInt64LittleEndian(value));
        var last = 0UL;
        for (var i = 0; i < value.Length; i++) last |= (ulong)value[i] << (8 * i);
        state = Mix(state, last);
        return this;
    }

    private readonly ulong Mix(ulong left, ulong right)
    {
        var upper = Math.BigMul(left ^ right, key.Factor, out var lower);
        return upper ^ lower;
    }
}
