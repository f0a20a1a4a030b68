using System.Collections.Frozen;

namespace Florin.Payments.Disputes;

/// <summary>Which way disputes go. They only go forward; steps may be missed, since gateways are asked and not followed.</summary>
internal static class DisputeMoves
{
    public static readonly FrozenDictionary<DisputeStatus, FrozenSet<DisputeStatus>> Table = new Dictionary<DisputeStatus, FrozenSet<DisputeStatus>>
    {
        [DisputeStatus.WarningNeedsResponse] = Set(
            DisputeStatus.WarningUnderReview, DisputeStatus.WarningClosed, DisputeStatus.NeedsResponse, DisputeStatus.UnderReview, DisputeStatus.Won, DisputeStatus.Lost),
        [DisputeStatus.WarningUnderReview] = Set(
            DisputeStatus.WarningClosed, DisputeStatus.NeedsResponse, DisputeStatus.UnderReview, DisputeStatus.Won, DisputeStatus.Lost),
        // An issuer may charge back after its inquiry.
        [DisputeStatus.WarningClosed] = Set(DisputeStatus.NeedsResponse, DisputeStatus.UnderReview, DisputeStatus.Won, DisputeStatus.Lost),
        [DisputeStatus.NeedsResponse] = Set(DisputeStatus.UnderReview, DisputeStatus.Won, DisputeStatus.Lost),
        [DisputeStatus.UnderReview] = Set(DisputeStatus.Won, DisputeStatus.Lost),
        [DisputeStatus.Won] = Set(),
        [DisputeStatus.Lost] = Set(),
    }.ToFrozenDictionary();

    /// <summary>Whether what a gateway says is news. An answer that was overtaken by a later one is not.</summary>
    public static bool IsForward(DisputeStatus from, DisputeStatus to) => Table[from].Contains(to);

    /// <summary>Whether a dispute that ended one way is said to have ended the other way.</summary>
    public static bool Contradicts(DisputeStatus before, DisputeStatus told) =>
        (before, told) is (DisputeStatus.Won, DisputeStatus.Lost) or (DisputeStatus.Lost, DisputeStatus.Won);

    private static FrozenSet<DisputeStatus> Set(params DisputeStatus[] to) => to.ToFrozenSet();
}
