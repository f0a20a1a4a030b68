using Florin.Kernel;

namespace Florin.Ledger;

/// <summary>References of a merchant's own among those of everybody in the shard.</summary>
/// <remarks>The book knows a reference once in a shard. With the scope before it, a merchant's own one can neither be taken by
/// a neighbour nor stand in the way of Florin's (<c>capture:ch_...</c>), and no answer tells what others have used.</remarks>
internal static class OwnReferences
{
    public const int MaxLength = 200;

    public static bool IsWellFormed(string reference) => reference.Length is > 0 and <= MaxLength && !reference.Contains('\0');

    public static string Stored(MerchantScope scope, string reference) => $"{scope}/{reference}";

    public static bool IsStored(MerchantScope scope, string reference) => reference.StartsWith(Stored(scope, ""), StringComparison.Ordinal);

    /// <summary>As the merchant wrote it, or as Florin did.</summary>
    public static string Shown(MerchantScope scope, string stored) => IsStored(scope, stored) ? stored[Stored(scope, "").Length..] : stored;
}
