using System.Buffers.Binary;
using System.Security.Cryptography;
using Florin.Connectors;

namespace Florin.Payments.Routing;

/// <summary>The accounts of a merchant in the order in which rules would have them tried. What an account can do is not looked
/// at yet.</summary>
/// <param name="Rule">Null for the default.</param>
/// <param name="Ordered">Those that the rule or the default names, or all by their priority.</param>
/// <param name="Named">Those whose own list of currencies does not count, because the rule names them.</param>
/// <param name="PassedOver">The rules that did not hold for the one reason that the country of the card is not known.</param>
internal sealed record RoutePlan(
    RoutingRule? Rule, RoutingDraw? Draw, IReadOnlyList<AccountRow> Ordered, IReadOnlySet<ConnectorAccountId> Named, IReadOnlySet<ConnectorAccountId> Excluded, IReadOnlyList<string> PassedOver);

/// <summary>Applies rules to a payment. Pure: the same document, facts and accounts give the same plan on every node, any day.</summary>
internal static class RoutePlanner
{
    /// <param name="drawnBy">What a split is drawn by; one payment's attempts at several gateways share it.</param>
    public static RoutePlan Plan(RoutingDocument document, RoutingFacts facts, PaymentAttemptId drawnBy, IReadOnlyList<AccountRow> accounts)
    {
        var excluded = new HashSet<ConnectorAccountId>();
        var passedOver = new List<string>();
        RoutingRule? decisive = null;
        foreach (var rule in document.Rules)
        {
            if (!rule.When.Holds(facts))
            {
                if (rule.When.LacksCountryAlone(facts)) passedOver.Add(rule.Name);
                continue;
            }

            foreach (var row in accounts)
            {
                if (rule.Exclude.Any(name => name.Names(row.Account))) excluded.Add(row.Account.Id);
            }

            if (!rule.Decides) continue;
            decisive = rule;
            break;
        }

        var draw = decisive is { Split.Count: > 0 } ? DrawOf(decisive, drawnBy) : null;
        var wanted = decisive is null ? [] : draw is null ? decisive.Prefer : Drawn(decisive, draw.Number);
        List<AccountRow> ordered = [.. wanted.SelectMany(name => accounts.Where(row => name.Names(row.Account))).DistinctBy(row => row.Account.Id)];
        var named = ordered.Select(row => row.Account.Id).ToHashSet();
        var rest = document.Default is { } otherwise ? otherwise.SelectMany(name => accounts.Where(row => name.Names(row.Account))) : accounts;
        ordered.AddRange(rest.DistinctBy(row => row.Account.Id).Where(row => !named.Contains(row.Account.Id)));
        return new RoutePlan(decisive, draw, ordered, named, excluded, passedOver);
    }

    // A hash of the id, not its own digits: those tell the time, and the shard.
    private static RoutingDraw DrawOf(RoutingRule rule, PaymentAttemptId drawnBy)
    {
        Span<byte> id = stackalloc byte[16];
        drawnBy.Value.TryWriteBytes(id, bigEndian: true, out _);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(id, hash);
        var total = rule.Split.Sum(share => share.Weight);

        // 64 bits over at most a million: what the remainder prefers is beyond measuring.
        var number = (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)total);
        return new RoutingDraw(drawnBy, number, total);
    }

    // The one that was drawn, then the others by weight.
    private static IEnumerable<AccountName> Drawn(RoutingRule rule, int number)
    {
        var passed = 0;
        var first = rule.Split.First(share => (passed += share.Weight) > number);
        return rule.Split.Where(share => share != first).OrderByDescending(share => share.Weight).Select(share => share.Account).Prepend(first.Account);
    }
}
