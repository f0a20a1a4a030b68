using Florin.Kernel;

namespace Florin.Vault;

/// <summary>The table of issuers: the country of a card, and what else its first digits tell. It is the operator's and holds for
/// every merchant; without one nothing is known of live cards.</summary>
/// <remarks>In test mode the ranges of the documented test cards come first.</remarks>
public interface IIssuers
{
    /// <summary>Replaces the whole table by a CSV file, or says of every bad line what was expected and keeps the table.</summary>
    /// <param name="csv">UTF-8; its first line names the columns. It is read once, and never held as a whole.</param>
    /// <param name="isDryRun">Looks at everything and keeps nothing.</param>
    /// <param name="onFault">Called for each fault as it is found, so that their number needs no bound.</param>
    Task<IssuerImport> ImportAsync(Stream csv, bool isDryRun, Action<IssuerFault> onFault, CancellationToken ct);

    /// <summary>What was imported last; null where nothing ever was.</summary>
    Task<IssuerTableInfo?> CurrentAsync(CancellationToken ct);

    /// <summary>The ranges that have numbers with these first digits, those of the test cards among them.</summary>
    /// <param name="bin">6 to <see cref="IssuerRange.MostDigits"/> digits.</param>
    /// <returns>The narrowest first, as they count; at most <paramref name="most"/>.</returns>
    /// <exception cref="ArgumentException">It is something else.</exception>
    Task<IReadOnlyList<IssuerRange>> FindAsync(string bin, int most, CancellationToken ct);
}

/// <param name="Ranges">How many the file has, as far as they are right.</param>
/// <param name="IsKept">Whether they are the table now.</param>
public sealed record IssuerImport(long Ranges, long Faults, bool IsKept);

/// <param name="Line">From 1; 0 for what is about the whole file.</param>
/// <param name="Message">What was expected. Shows nothing of the line: whoever takes the wrong file may have card numbers in it.</param>
public sealed record IssuerFault(long Line, string Message);

public sealed record IssuerTableInfo(long Version, long Ranges, DateTimeOffset ImportedAt);

/// <summary>Numbers that one issuer gives to one kind of card.</summary>
/// <param name="First">The digits that its lowest numbers begin with.</param>
/// <param name="Last">As many digits, which its highest numbers begin with.</param>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Issuer">Its name.</param>
/// <param name="IsTest">A documented test card's, in test mode alone.</param>
public sealed record IssuerRange(
    string First, string Last, string Country, CardBrand? Brand, CardFunding Funding, string? Issuer, bool IsTest)
{
    public const int LeastDigits = 6;

    /// <summary>One fewer than the shortest card numbers have; schemes part their ranges by no more.</summary>
    public const int MostDigits = 11;
}
