using Florin.Payments;

namespace Florin.BackOffice.Pages;

/// <summary>What is urgent looks so: red where money is wrong, gold where somebody must decide.</summary>
internal static class OutcomeTone
{
    public static string Of(UnknownOutcomeReason reason) => reason switch
    {
        UnknownOutcomeReason.NoAnswer => "calm",
        UnknownOutcomeReason.ScheduleExhausted or UnknownOutcomeReason.LateSuccess => "warn",
        UnknownOutcomeReason.NotReturned or UnknownOutcomeReason.DisputeContradicted => "bad",
        UnknownOutcomeReason.Settled => "good",
    };
}
