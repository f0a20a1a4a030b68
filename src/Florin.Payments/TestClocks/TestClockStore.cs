using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.TestClocks;

/// <summary>The rows of test clocks.</summary>
internal static class TestClockStore
{
    private static readonly SqlFragment Columns = new("id, merchant_id, name, status, frozen_at_ms, deletes_after_ms, created_at_ms");

    /// <summary>What time it is for a merchant, in the same transaction as what depends on it.</summary>
    /// <param name="realNow">The time where there is no clock, and in live mode always.</param>
    public static async ValueTask<DateTimeOffset> NowAsync(ISqlReader reader, MerchantScope scope, DateTimeOffset realNow)
    {
        if (scope.IsLive) return realNow;
        return await reader.FirstAsync<DateTimeOffset?>(
            $"SELECT frozen_at_ms FROM test_clocks WHERE shard = {scope.Shard} AND merchant_id = {scope.Merchant}",
            row => row.Instant(0)) ?? realNow;
    }

    /// <returns>False where the merchant has a clock already.</returns>
    public static async ValueTask<bool> TryInsertAsync(ITransaction tx, TestClock clock) => await tx.ExecuteAsync(
        $"""
         INSERT INTO test_clocks (shard, {Columns})
         VALUES ({clock.Scope.Shard}, {clock.Id}, {clock.Scope.Merchant}, {clock.Name}, {Words<TestClockStatus>.Of(clock.Status)}, {clock.FrozenAt},
                 {clock.DeletesAfter}, {clock.CreatedAt})
         ON CONFLICT (shard, merchant_id) DO NOTHING
         """) == 1;

    public static ValueTask MoveAsync(ITransaction tx, TestClock to) => tx.EnqueueAsync(
        $"""
         UPDATE test_clocks SET status = {Words<TestClockStatus>.Of(to.Status)}, frozen_at_ms = {to.FrozenAt}
          WHERE shard = {to.Scope.Shard} AND id = {to.Id}
         """,
        expectedRows: 1);

    public static ValueTask DeleteAsync(ITransaction tx, TestClock clock) => tx.EnqueueAsync(
        $"DELETE FROM test_clocks WHERE shard = {clock.Scope.Shard} AND id = {clock.Id}", expectedRows: 1);

    public static ValueTask<TestClock?> FindAsync(ISqlReader reader, TestClockId id) => reader.FirstAsync(
        $"SELECT {Columns} FROM test_clocks WHERE shard = {id.Shard()} AND id = {id}", Read);

    /// <summary>Keeps others from moving the clock until the transaction ends.</summary>
    public static ValueTask<TestClock?> LockAsync(ITransaction tx, TestClockId id) => tx.FirstAsync(
        $"SELECT {Columns} FROM test_clocks WHERE shard = {id.Shard()} AND id = {id} {Rows.ForUpdate(tx)}", Read);

    public static ValueTask<Page<TestClock>> ListAsync(ISqlReader reader, MerchantScope scope, PageRequest<TestClockId> page) =>
        reader.PageAsync($"SELECT {Columns} FROM test_clocks WHERE shard = {scope.Shard} AND merchant_id = {scope.Merchant}", page, Read);

    private static TestClock Read(ISqlRow row) => new(
        row.Id<TestClockId>(0),
        new MerchantScope(row.Id<MerchantId>(1), IsLive: false),
        row.TextOrNull(2),
        Words<TestClockStatus>.Parse(row.Text(3)),
        row.Instant(4),
        row.Instant(5),
        row.Instant(6));
}
