using Florin.Merchants;
using Florin.Payments;
using Florin.Storage;

namespace Florin.Host.Demo;

/// <summary>Rules of the demo shop to look at: each acquirer has its home currencies, and another one where it can stand in.</summary>
internal sealed class DemoRouting(IRouting routing)
{
    private const string Rules =
        """
        {
          "rules": [
            {
              "name": "Won at Hangang",
              "when": { "currencies": ["krw"] },
              "then": { "prefer": ["hangang", "aurora"] }
            },
            {
              "name": "British cards in pounds at Castellan",
              "when": { "card_countries": ["GB"], "currencies": ["gbp"] },
              "then": { "prefer": ["castellan", "aurora"] }
            },
            {
              "name": "Large dollars are shared",
              "when": { "amount": { "currency": "usd", "min": 100000 } },
              "then": { "split": { "aurora": 70, "castellan": 30 } }
            },
            {
              "name": "Dollars at Aurora, else Castellan",
              "when": { "currencies": ["usd"] },
              "then": { "prefer": ["aurora", "castellan"] }
            }
          ],
          "max_attempts": 2
        }
        """;

    private static readonly AuditActor Actor = new(AuditActorKind.Command, "florin start");

    private static readonly PaymentRequest Request = new(DemoShop.Scope, Origin: null);

    /// <summary>Where the shop has had any rules, its owner's are left alone.</summary>
    public async Task EnsureAsync(CancellationToken ct)
    {
        var had = await routing.ListAsync(DemoShop.Scope, new PageRequest<RoutingVersionId>(1), ct);
        if (had.Items.Count > 0) return;
        var made = await routing.CreateAsync(Request, new NewRoutingVersion(Rules, "Home currencies"), Actor, answer: null, ct);
        _ = (await routing.ActivateAsync(Request, made.Value.Id, Actor, answer: null, ct)).Value;
    }
}
