using System.Runtime.CompilerServices;
using System.Text;

namespace Florin.Vault.Issuers;

/// <summary>A file line by line, none of them longer in memory than a line of the table can be.</summary>
internal static class IssuerLines
{
    public const int MostCharacters = 1_000;

    private const char Quote = '"';

    /// <returns>Each line without its end, with its number from 1; null in place of one that is too long.</returns>
    public static async IAsyncEnumerable<(long Number, string? Text)> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken ct)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        var buffer = new char[64 * 1024];
        var line = new StringBuilder();
        var (number, isTooLong) = (1L, false);
        while (await reader.ReadAsync(buffer, ct) is > 0 and var read)
        {
            for (var at = 0; at < read;)
            {
                var end = Array.IndexOf(buffer, '\n', at, read - at);
                var length = (end < 0 ? read : end) - at;
                isTooLong |= line.Length + length > MostCharacters;
                if (!isTooLong) line.Append(buffer, at, length);
                at += length + 1;
                if (end < 0) break;
                yield return (number++, isTooLong ? null : line.ToString().TrimEnd('\r'));
                line.Clear();
                isTooLong = false;
            }
        }

        if (line.Length > 0 || isTooLong) yield return (number, isTooLong ? null : line.ToString().TrimEnd('\r'));
    }

    /// <summary>The cells of a line of CSV (RFC 4180), each without spaces around it. A cell does not go on in the next line.</summary>
    /// <returns>Null where a quote is not closed, or something follows one that is.</returns>
    public static List<string>? Cells(string line)
    {
        var cells = new List<string>();
        var at = 0;
        while (true)
        {
            while (at < line.Length && line[at] == ' ') at++;
            if (at < line.Length && line[at] == Quote)
            {
                if (Quoted(line, ref at) is not { } cell) return null;
                cells.Add(cell);
            }
            else
            {
                var comma = line.IndexOf(',', at);
                var end = comma < 0 ? line.Length : comma;
                cells.Add(line[at..end].Trim());
                at = end;
            }

            if (at == line.Length) return cells;
            at++;
        }
    }

    private static string? Quoted(string line, ref int at)
    {
        var cell = new StringBuilder();
        while (true)
        {
            var close = line.IndexOf(Quote, at + 1);
            if (close < 0) return null;
            cell.Append(line, at + 1, close - at - 1);
            at = close + 1;
            if (at == line.Length || line[at] != Quote) break;
            cell.Append(Quote);
        }

        while (at < line.Length && line[at] == ' ') at++;
        return at == line.Length || line[at] == ',' ? cell.ToString().Trim() : null;
    }
}
