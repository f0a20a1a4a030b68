using Florin.Kernel;

namespace Florin.Sandbox.Books;

internal sealed partial class Book
{
    /// <summary>Undoes an authorization by the merchant's key, whether it has come yet or not.</summary>
    /// <returns>How the authorization stands now: reversed; or as it was, where money had been taken or it was declined. Null
    /// where the key is of another operation.</returns>
    public Operation? Reverse(string acquirer, string key, Money amount)
    {
        lock (gate)
        {
            if (!byKey.TryGetValue((acquirer, key), out var authorization)) return Forestall(acquirer, key, amount);
            if (authorization.Kind != OperationKind.Authorize) return null;
            LapseIfExpired(authorization);
            if (!CanBeReversed(authorization)) return authorization;
            authorization.State = OperationState.Reversed;
            authorization.AuthorizationCode = null;
            Save(authorization);
            return authorization;
        }
    }

    // A hold that somebody has captured or freed since is no longer this message's to undo.
    private static bool CanBeReversed(Operation authorization) => authorization.State switch
    {
        OperationState.Approved => !authorization.Payment.IsCaptured && !authorization.Payment.IsVoided,
        OperationState.Ready or OperationState.Challenged or OperationState.Authenticated => true,
        OperationState.Declined or OperationState.Working or OperationState.Withdrawn or OperationState.Reversed => false,
    };

    // The request may still be on its way; when it arrives it finds its key taken.
    private Operation Forestall(string acquirer, string key, Money amount)
    {
        var reversed = new Operation
        {
            Sequence = ++lastSequence,
            Acquirer = acquirer,
            Key = key,
            Kind = OperationKind.Authorize,
            Amount = amount,
            Reference = NewReference(acquirer),
            Payment = new Payment(),
            ReceivedAt = time.GetUtcNow(),
            State = OperationState.Reversed,
            Card = new CardDetails("unknown", "0000", "reversed_before_it_came", Capture: false, Description: null),
        };
        Add(reversed);
        return reversed;
    }
}
