using System.Collections.Concurrent;
using Florin.Payments.UnknownOutcomes;
using Florin.Storage;
using Florin.Testing.Databases;

namespace Florin.Payments.Tests;

/// <summary>The queue of unknown outcomes, which every page of the back office counts, is read by what is in it, however many payments
/// there are beside.</summary>
public sealed class PlanTests(SqlitePayments fixture) : PaymentsTests(fixture), IClassFixture<SqlitePayments>
{
    [Fact]
    public async Task The_queue_is_read_by_the_indexes_of_what_is_in_it()
    {
        var plans = new ConcurrentDictionary<string, string>();
        var store = Florin.Get<OutcomeStore>();
        await Florin.Database.ReadAsync(
            async reader =>
            {
                var explained = new ExplainedReader(reader, plans);
                await store.CountAsync(explained, Florin.Scope, new UnknownOutcomeFilter());
                await store.ListAsync(explained, Florin.Scope, new UnknownOutcomeFilter(), new PageRequest<UnknownOutcomeId>(10));
                await store.IdsAsync(explained, Florin.Scope, new UnknownOutcomeFilter(), 10);
                return await store.CountUpToAsync(explained, Florin.Scope, new UnknownOutcomeFilter(), 10);
            },
            Ct);

        Assert.Equal(4, plans.Count);
        Assert.All(plans.Values, plan => Assert.DoesNotContain("PRIMARY KEY (shard=?)", plan, StringComparison.Ordinal));
        Assert.All(
            new[] { "payment_attempts_unknown", "charge_operations_unknown", "refunds_unknown", "setup_attempts_unknown", "dispute_responses_unknown", "charges_waiting", "disputes_waiting" },
            index => Assert.All(plans.Values, plan => Assert.Contains($"INDEX {index} (shard=?", plan, StringComparison.Ordinal)));
    }
}
