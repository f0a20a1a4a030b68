using System.Globalization;

namespace Florin.Vault.Issuers;

/// <summary>What a range says of a card.</summary>
internal sealed record IssuerFacts(string Country, CardBrand? Brand, CardFunding Funding);

/// <summary>Finds what is known of a number: one search in a sorted list. Ten bytes a range.</summary>
/// <remarks>Ranges that lie within others are laid flat when the table is built, so that each number is in one piece alone.</remarks>
internal sealed class IssuerTable
{
    public static readonly IssuerTable Empty = new Builder().Build();

    // The number at which each piece begins, and what holds from there on.
    private readonly long[] starts;
    private readonly ushort[] pieces;
    private readonly IssuerFacts?[] known;

    private IssuerTable(long[] starts, ushort[] pieces, IssuerFacts?[] known) => (this.starts, this.pieces, this.known) = (starts, pieces, known);

    /// <param name="digits">A whole card number.</param>
    /// <returns>Null where no range has it.</returns>
    public IssuerFacts? Find(ReadOnlySpan<char> digits)
    {
        var number = long.Parse(digits[..IssuerRange.MostDigits], NumberStyles.None, CultureInfo.InvariantCulture);
        var at = Array.BinarySearch(starts, number);
        if (at < 0) at = ~at - 1;
        return at < 0 ? null : known[pieces[at]];
    }

    /// <summary>Takes ranges in the order of <see cref="IssuerRow.Outwards"/>.</summary>
    internal sealed class Builder
    {
        private const ushort Nothing = 0;

        private readonly List<long> starts = [];
        private readonly List<ushort> pieces = [];
        private readonly List<IssuerFacts?> known = [null];
        private readonly Dictionary<IssuerFacts, ushort> places = [];

        // The ranges that the last number lies in, the narrowest on top.
        private readonly Stack<(long Last, ushort Place)> open = new();

        public Builder Add(IssuerRow row)
        {
            EndBefore(row.First);
            var place = PlaceOf(row.Facts);
            open.Push((row.Last, place));
            Begin(row.First, place);
            return this;
        }

        public IssuerTable Build()
        {
            EndBefore(long.MaxValue);
            return new IssuerTable([.. starts], [.. pieces], [.. known]);
        }

        private void EndBefore(long number)
        {
            while (open.TryPeek(out var ended) && ended.Last < number)
            {
                open.Pop();
                Begin(ended.Last + 1, open.TryPeek(out var outer) ? outer.Place : Nothing);
            }
        }

        private void Begin(long start, ushort place)
        {
            if (starts.Count > 0 && starts[^1] == start)
            {
                starts.RemoveAt(starts.Count - 1);
                pieces.RemoveAt(pieces.Count - 1);
            }

            // Neighbours that say the same are one piece.
            if ((pieces.Count == 0 ? Nothing : pieces[^1]) == place) return;
            starts.Add(start);
            pieces.Add(place);
        }

        // Of country, brand and funding there are some thousand combinations at most.
        private ushort PlaceOf(IssuerFacts facts)
        {
            if (places.TryGetValue(facts, out var place)) return place;
            place = checked((ushort)known.Count);
            known.Add(facts);
            places.Add(facts, place);
            return place;
        }
    }
}
