using System.Text.RegularExpressions;

namespace Florin.Host.Tests;

/// <summary>The text exposition format 0.0.4, as far as a reader depends on it.</summary>
internal static partial class PrometheusGrammar
{
    public static void AssertValid(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var typed = new HashSet<string>();
        var samples = new HashSet<string>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal)) continue;
            if (Type().Match(line) is { Success: true } type)
            {
                Assert.True(typed.Add(type.Groups[1].Value), $"Typed twice: {line}");
                continue;
            }

            var sample = Sample().Match(line);
            Assert.True(sample.Success, $"Not a sample: {line}");
            Assert.True(samples.Add(sample.Groups[1].Value + sample.Groups[2].Value), $"The same series twice: {line}");
            var family = HistogramPart().Replace(sample.Groups[1].Value, "");
            Assert.True(typed.Contains(family) || typed.Contains(sample.Groups[1].Value), $"Without a type: {line}");
        }
    }

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$")]
    private static partial Regex Type();

    [GeneratedRegex("""^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\.)*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\.)*")*\})? (?:[-+]?[0-9.]+(?:E[-+]?[0-9]+)?|NaN|[-+]?Inf)$""")]
    private static partial Regex Sample();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramPart();
}
