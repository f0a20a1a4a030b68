using System.Diagnostics.Metrics;

namespace Florin.Payments;

/// <summary>Counts of what became of attempts, captures, voids and refunds. Labels come from small fixed sets.</summary>
internal sealed class PaymentsMetrics
{
    private readonly Counter<long> attempts;
    private readonly Counter<long> operations;
    private readonly Counter<long> failovers;

    public PaymentsMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("florin.payments");
        attempts = meter.CreateCounter<long>("florin.payments.attempts", description: "Payment attempts by what became of them");
        operations = meter.CreateCounter<long>("florin.payments.operations", description: "Captures, voids and refunds by what became of them");
        failovers = meter.CreateCounter<long>("florin.payments.failovers", description: "Payments sent to another gateway after one had turned them down");
    }

    public void WentElsewhere(string from, string to) => failovers.Add(
        1, new KeyValuePair<string, object?>("from", from), new KeyValuePair<string, object?>("to", to));

    public void AttemptSettled(string connector, AttemptState state) => attempts.Add(
        1, new KeyValuePair<string, object?>("connector", connector), new KeyValuePair<string, object?>("state", Words<AttemptState>.Of(state)));

    public void OperationSettled(string connector, string kind, OperationState state) => operations.Add(
        1,
        new KeyValuePair<string, object?>("connector", connector),
        new KeyValuePair<string, object?>("kind", kind),
        new KeyValuePair<string, object?>("state", Words<OperationState>.Of(state)));
}
