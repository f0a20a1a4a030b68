using Florin.Sandbox.Settlements;

namespace Florin.Sandbox.Books;

internal sealed partial class Book
{
    /// <summary>What moved money at an acquirer on a day (UTC), in the order in which it came.</summary>
    /// <param name="feeOf">What the acquirer keeps of a captured amount.</param>
    public List<SettlementRow> Settled(string acquirer, DateOnly day, Func<long, long> feeOf)
    {
        lock (gate)
        {
            var rows = new List<SettlementRow>();
            foreach (var operation in operations)
            {
                if (operation.Acquirer != acquirer) continue;
                if (operation.State == OperationState.Approved && KindOf(operation) is { } kind)
                {
                    Add(operation, operation.Reference, kind, operation.Amount.Minor, operation.ReceivedAt);
                }

                if (operation.Dispute is { ChargedBack: > 0 } dispute) Add(operation, dispute.Reference, "chargeback", dispute.ChargedBack, dispute.OpenedAt);
            }

            return rows;

            void Add(Operation operation, string reference, string kind, long gross, DateTimeOffset at)
            {
                if (DateOnly.FromDateTime(at.UtcDateTime) != day) return;
                var fee = kind == "capture" ? feeOf(gross) : 0;
                rows.Add(new SettlementRow(
                    reference, operation.Key, operation.Payment.Authorization.Reference, kind, operation.Amount.Currency.Code, gross, fee, gross - fee, at));
            }
        }
    }

    private static string? KindOf(Operation operation) => operation.Kind switch
    {
        OperationKind.Capture => "capture",
        OperationKind.Authorize => operation.Card!.Capture ? "capture" : null,
        OperationKind.Refund => "refund",
        OperationKind.Void or OperationKind.Increment => null,
    };
}
