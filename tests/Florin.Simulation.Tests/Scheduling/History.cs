using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Florin.Simulation.Tests.Scheduling;

/// <summary>What happened, for a person to read; two runs of a seed have the same.</summary>
internal sealed class History
{
    private readonly List<Line> lines = [];

    public int Count => lines.Count;

    public void Add(TimeSpan at, string actor, string what) => lines.Add(new Line(at, actor, what));

    /// <summary>SHA-256 of all of it, in hex.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToString())));

    public override string ToString()
    {
        var text = new StringBuilder(lines.Count * 100);
        foreach (var (at, actor, what) in lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(long)at.TotalSeconds,8}.{at.Ticks % TimeSpan.TicksPerSecond / 10:D6}  {actor,-10}  {what}").Append('\n');
        }

        return text.ToString();
    }

    private readonly record struct Line(TimeSpan At, string Actor, string What);
}
