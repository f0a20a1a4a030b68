using System.Buffers.Binary;
using Florin.Kernel;

namespace Florin.Simulation.Tests.Scheduling;

/// <summary>All chance of a simulation: the same seed throws the same numbers, on every machine and version of .NET.</summary>
/// <remarks>SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). Fit for faults, never for keys.</remarks>
internal sealed class Dice(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
    {
        unchecked
        {
            var mixed = state += 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>Dice of their own for one part, so that another throw elsewhere does not change all of its throws.</summary>
    public Dice Fork() => new(Next());

    /// <summary>From 0 up to but not including <paramref name="bound"/>.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    public long Between(long least, long most) => least + (long)(Next() % (ulong)(most - least + 1));

    public double Fraction() => (Next() >> 11) / (double)(1UL << 53);

    public bool Happens(double probability) => Fraction() < probability;

    public T OneOf<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    public TimeSpan Between(TimeSpan least, TimeSpan most) => TimeSpan.FromTicks(Between(least.Ticks, most.Ticks));

    /// <summary>A wait of some seconds.</summary>
    public TimeSpan Seconds(double least, double most) => Between(TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most));
}

/// <summary>The random bytes of one node.</summary>
internal sealed class SeededBytes(Dice dice) : RandomSource
{
    public override void Fill(Span<byte> bytes)
    {
        Span<byte> word = stackalloc byte[8];
        while (bytes.Length > 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, dice.Next());
            var part = Math.Min(bytes.Length, word.Length);
            word[..part].CopyTo(bytes);
            bytes = bytes[part..];
        }
    }
}
