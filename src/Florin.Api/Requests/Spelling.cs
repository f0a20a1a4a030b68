namespace Florin.Api.Requests;

/// <summary>Guesses which name was meant.</summary>
internal static class Spelling
{
    // More changes than this, or as many as a third of the name has letters, and it is another word.
    private const int MostChanges = 3;

    public static string? Nearest(string written, IEnumerable<string> known)
    {
        if (written.Length > 100) return null;
        var nearest = known
            .Where(name => !name.Contains("][", StringComparison.Ordinal))
            .Select(name => (Name: name, Changes: Changes(written, name)))
            .OrderBy(candidate => candidate.Changes)
            .FirstOrDefault((Name: "", Changes: int.MaxValue));
        return nearest.Changes <= Math.Min(MostChanges, Math.Max(1, written.Length / 3)) ? nearest.Name : null;
    }

    /// <summary>The Levenshtein distance.</summary>
    private static int Changes(string from, string to)
    {
        var row = new int[to.Length + 1];
        for (var j = 0; j <= to.Length; j++) row[j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
