using Florin.Kernel;
using Florin.Payments;
using Florin.Storage;

namespace Florin.Shop.Orders;

/// <summary>The rows of orders and of what is on the shelf.</summary>
internal static class OrderStore
{
    private static readonly SqlFragment Columns = new(
        "code, token, merchant_id, live, slug, quantity, total_minor, currency, state, checkout_session_id, placed_at_ms");

    public static ValueTask InsertAsync(ITransaction tx, Order order) => tx.EnqueueAsync(
        $"""
         INSERT INTO shop_orders (shard, {Columns}, changed_at_ms)
         VALUES ({order.Scope.Shard}, {order.Code}, {order.Token}, {order.Scope.Merchant}, {order.Scope.IsLive}, {order.Slug},
                 {(long)order.Quantity}, {order.Total.Minor}, {order.Total.Currency}, {Word(order.State)}, {order.Session}, {order.PlacedAt},
                 {order.PlacedAt})
         """,
        expectedRows: 1);

    /// <returns>False when it is no longer in the state it is moved from; nothing is changed then.</returns>
    public static async ValueTask<bool> TryMoveAsync(ITransaction tx, Order order, OrderState to, CheckoutSessionId? session, DateTimeOffset now) =>
        await tx.ExecuteAsync(
            $"""
             UPDATE shop_orders SET state = {Word(to)}, checkout_session_id = {session}, changed_at_ms = {now}
              WHERE shard = {order.Scope.Shard} AND code = {order.Code} AND state = {Word(order.State)}
             """) == 1;

    public static ValueTask<Order?> FindAsync(ISqlReader reader, MerchantScope scope, string code) => reader.FirstAsync(
        $"""
         SELECT {Columns} FROM shop_orders
          WHERE shard = {scope.Shard} AND code = {code} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}
         """,
        Read);

    /// <summary>Puts products on the shelf that were never there.</summary>
    public static ValueTask SeedAsync(ITransaction tx, string slug, int units) => tx.EnqueueAsync(
        $"INSERT INTO shop_stock (slug, available) VALUES ({slug}, {(long)units}) ON CONFLICT (slug) DO NOTHING");

    /// <summary>Takes units off the shelf unless there are too few.</summary>
    public static async ValueTask<bool> TryReserveAsync(ITransaction tx, string slug, int units) => await tx.ExecuteAsync(
        $"UPDATE shop_stock SET available = available - {(long)units} WHERE slug = {slug} AND available >= {(long)units}") == 1;

    public static ValueTask ReleaseAsync(ITransaction tx, string slug, int units) => tx.EnqueueAsync(
        $"UPDATE shop_stock SET available = available + {(long)units} WHERE slug = {slug}",
        expectedRows: 1);

    public static async ValueTask<IReadOnlyDictionary<string, long>> AvailableAsync(ISqlReader reader)
    {
        var rows = await reader.QueryAsync($"SELECT slug, available FROM shop_stock", row => (Slug: row.Text(0), Units: row.Int64(1)));
        return rows.ToDictionary(row => row.Slug, row => row.Units);
    }

    private static string Word(OrderState state) => state switch
    {
        OrderState.Prepay => "prepay",
        OrderState.InProgress => "inprogress",
        OrderState.Success => "success",
        OrderState.Fail => "fail",
        OrderState.Cancel => "cancel",
        OrderState.Complete => "complete",
    };

    private static OrderState StateOf(string word) =>
        Enum.GetValues<OrderState>().Single(state => Word(state) == word);

    private static Order Read(ISqlRow row) => new(
        row.Text(0),
        row.Text(1),
        new MerchantScope(row.Id<MerchantId>(2), row.Bool(3)),
        row.Text(4),
        row.Int32(5),
        row.Money(6, 7),
        StateOf(row.Text(8)),
        row.IdOrNull<CheckoutSessionId>(9),
        row.Instant(10));
}
