namespace Florin.Bench;

/// <param name="WarmUp">Paid as well, and not measured: compilers, caches and pools settle.</param>
internal sealed record LoadPlan(int Connections, TimeSpan WarmUp, TimeSpan Measured);

/// <summary>What a load came to.</summary>
/// <param name="Payments">Those acknowledged within the measured time.</param>
/// <param name="AllPayments">With those of the warm-up, and those in flight when the time was over.</param>
/// <param name="FirstError">The first answer that was no paid payment.</param>
internal sealed record LoadResult(
    int Payments, int AllPayments, int Errors, string? FirstError, TimeSpan Elapsed, double P50Ms, double P99Ms, double SlowestMs)
{
    public double PerSecond => Payments / Elapsed.TotalSeconds;
}
