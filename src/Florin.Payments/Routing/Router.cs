using Florin.Connectors;
using Florin.Kernel;

namespace Florin.Payments.Routing;

/// <summary>Chooses the gateway for an attempt: what the merchant asked for, else the first account that can do it.</summary>
internal sealed class Router(ConnectorAccounts accounts)
{
    public async Task<Result<ConnectorAccount>> ChooseAsync(PaymentIntent intent, CancellationToken ct)
    {
        foreach (var row in await accounts.OfAsync(intent.Scope, ct))
        {
            if (intent.Connector is { } asked && row.Account.Connector != asked) continue;
            if (CanTake(row, intent)) return row.Account;
        }

        return PaymentRefusals.NoConnector(intent.Connector, intent.Amount.Currency, intent.CaptureMethod);
    }

    // An account's own list of currencies is a preference of routing; a merchant who names the gateway means it.
    private bool CanTake(AccountRow row, PaymentIntent intent)
    {
        var can = accounts.ConnectorOf(row.Account).Capabilities;
        var currency = intent.Amount.Currency.Code;
        if (can.Currencies.Count > 0 && !can.Currencies.Contains(currency)) return false;
        if (intent.CaptureMethod == CaptureMethod.Manual && !can.ManualCapture) return false;
        return intent.Connector is not null || row.Currencies.Count == 0 || row.Currencies.Contains(currency);
    }
}
