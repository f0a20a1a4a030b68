using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Florin.Payments;

namespace Florin.Architecture.Tests;

/// <summary>docs/architecture.md draws the moves of an attempt; what is drawn is what the code allows.</summary>
public sealed partial class DiagramTests
{
    [Fact]
    public void The_drawn_moves_of_an_attempt_are_those_of_the_table() =>
        Assert.Equal(MovesInCode(), Drawn(File.ReadAllText(Path.Combine(Source.Root, "docs", "architecture.md"))));

    [Fact]
    public void A_planted_move_is_caught() =>
        Assert.NotEqual(MovesInCode(), Drawn("stateDiagram-v2\n    declined --> captured: Taken\n"));

    // The table is the module's own, so it is looked at from outside.
    private static List<string> MovesInCode()
    {
        var owner = typeof(IPayments).Assembly.GetType("Florin.Payments.Attempts.AttemptMoves", throwOnError: true)!;
        var table = (IEnumerable)owner.GetField("Table", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        var moves = new List<string>();
        foreach (var pair in table)
        {
            var key = (ITuple)pair.GetType().GetProperty("Key")!.GetValue(pair)!;
            var to = pair.GetType().GetProperty("Value")!.GetValue(pair);
            moves.Add($"{Word(key[0])} --> {Word(to)}: {key[1]}");
        }

        moves.Sort(StringComparer.Ordinal);
        return moves;
    }

    private static List<string> Drawn(string document)
    {
        var diagram = document[document.IndexOf("stateDiagram-v2", StringComparison.Ordinal)..];
        return [.. Move().Matches(diagram).Select(match => match.Value.Trim()).Order(StringComparer.Ordinal)];
    }

    private static string Word(object? state) => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{state}");

    [GeneratedRegex(@"^ +\w+ --> \w+: \w+$", RegexOptions.Multiline)]
    private static partial Regex Move();
}
