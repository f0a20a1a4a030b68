using System.Collections.Concurrent;
using System.Text.Json;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.Routing;

internal sealed record AccountRow(ConnectorAccount Account, IReadOnlySet<string> Currencies, long Priority);

/// <summary>The merchants' accounts with gateways; credentials lie sealed in the database.</summary>
internal sealed class ConnectorAccounts(IDatabase database, IConnectors connectors, KeyRing keys, IdSource ids, RandomSource random, TimeProvider time)
    : IConnectorAccounts
{
    // Another node's change is seen this late at most.
    public static readonly TimeSpan RememberFor = TimeSpan.FromSeconds(2);

    private readonly SecretBox box = new(keys, "connector credentials");
    private readonly ConcurrentDictionary<MerchantScope, (IReadOnlyList<AccountRow> Rows, DateTimeOffset Until)> remembered = [];

    public async Task<Result<ConnectorAccountId>> EnsureAsync(MerchantScope scope, NewConnectorAccount account, CancellationToken ct)
    {
        var fresh = ids.New<ConnectorAccountId>(scope.Shard);
        var ensured = await database.WriteAsync(
            async tx =>
            {
                var present = await tx.FirstAsync(
                    $"""
                     SELECT id, connector, base_url, credentials, currencies, priority FROM connector_accounts
                      WHERE merchant_id = {scope.Merchant} AND live = {scope.IsLive} AND connector = {account.Connector}
                     """,
                    Read);
                if (present is not null && !SameCredentials(present.Account, account) && await IsAwaitedAsync(tx, scope, present.Account.Id))
                {
                    return InUse(account.Connector);
                }

                // The credentials are sealed for the account's own id, so an account that is there keeps its id.
                var id = present?.Account.Id ?? fresh;
                await WriteAsync(tx, scope, id, account);
                return id;
            },
            ct);
        remembered.TryRemove(scope, out _);
        return ensured;
    }

    private static Result<ConnectorAccountId> InUse(string connector) => new Refusal(
        RefusalKind.Conflict,
        "connector_account_in_use",
        $"Payments at {connector} have no known outcome yet; other credentials would ask another account about them. Wait until they are settled.");

    private static bool SameCredentials(ConnectorAccount present, NewConnectorAccount wanted) =>
        present.Credentials.Count == wanted.Credentials.Count
        && present.Credentials.All(pair => wanted.Credentials.TryGetValue(pair.Key, out var value) && value.Reveal() == pair.Value.Reveal());

    private static async Task<bool> IsAwaitedAsync(ISqlReader reader, MerchantScope scope, ConnectorAccountId id) => await reader.CountAsync(
        $"""
         SELECT (SELECT COUNT(*) FROM setup_attempts s
                  WHERE s.shard = {scope.Shard} AND s.connector_account_id = {id} AND s.state IN ('sent', 'unknown', 'challenge', 'authorized'))
              + COUNT(*) FROM payment_attempts a
          WHERE a.shard = {scope.Shard} AND a.connector_account_id = {id}
            AND (a.state IN ('sent', 'unknown', 'challenge')
                 OR EXISTS (SELECT 1 FROM charge_operations o
                             WHERE o.shard = a.shard AND o.charge_id = a.charge_id AND o.state IN ('sent', 'unknown'))
                 OR EXISTS (SELECT 1 FROM refunds r
                             WHERE r.shard = a.shard AND r.charge_id = a.charge_id AND r.state IN ('sent', 'unknown')))
         """) > 0;

    private async Task WriteAsync(ITransaction tx, MerchantScope scope, ConnectorAccountId id, NewConnectorAccount account)
    {
        var credentials = JsonSerializer.Serialize(account.Credentials.ToDictionary(pair => pair.Key, pair => pair.Value.Reveal()));
        var sealedCredentials = box.Seal(Secret.Of(credentials), id.ToString(), random);
        var currencies = string.Join(',', account.Currencies);
        var fees = JsonSerializer.Serialize(account.DisputeFees);
        await tx.ExecuteAsync(
            $"""
             INSERT INTO connector_accounts (id, merchant_id, live, connector, base_url, credentials, currencies, priority, enabled, created_at_ms, dispute_fees)
             VALUES ({id}, {scope.Merchant}, {scope.IsLive}, {account.Connector}, {account.BaseUrl.AbsoluteUri},
                     {sealedCredentials}, {currencies}, {(long)account.Priority}, {true}, {time.GetUtcNow()}, {fees})
             ON CONFLICT (merchant_id, live, connector) DO UPDATE
                SET base_url = excluded.base_url, credentials = excluded.credentials, currencies = excluded.currencies,
                    priority = excluded.priority, enabled = excluded.enabled, dispute_fees = excluded.dispute_fees
             """);
    }

    /// <summary>The accounts that may be used for new payments, first choice first.</summary>
    public async Task<IReadOnlyList<AccountRow>> OfAsync(MerchantScope scope, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (remembered.TryGetValue(scope, out var known) && known.Until > now) return known.Rows;
        IReadOnlyList<AccountRow> rows = await database.AskAsync(
            async reader => await reader.QueryAsync(
                $"""
                 SELECT id, connector, base_url, credentials, currencies, priority FROM connector_accounts
                  WHERE merchant_id = {scope.Merchant} AND live = {scope.IsLive} AND enabled = {true}
                  ORDER BY priority, connector
                 """,
                Read),
            ct);
        remembered[scope] = (rows, now + RememberFor);
        return rows;
    }

    /// <summary>One account by its id, also when it takes no new payments any more: old ones must be settled with it.</summary>
    public async Task<(ConnectorAccount Account, MerchantScope Scope)?> FindAsync(ConnectorAccountId id, CancellationToken ct) => await database.AskAsync(
        async reader => await reader.FirstAsync<(ConnectorAccount, MerchantScope)?>(
            $"""
             SELECT id, connector, base_url, credentials, currencies, priority, merchant_id, live
               FROM connector_accounts WHERE id = {id}
             """,
            row => (Read(row).Account, new MerchantScope(row.Id<MerchantId>(6), row.Bool(7)))),
        ct);

    /// <summary>Every account of every merchant, also those that take no new payments any more.</summary>
    public async Task<IReadOnlyList<(ConnectorAccount Account, MerchantScope Scope)>> AllAsync(CancellationToken ct) => await database.ReadAsync(
        async reader => await reader.QueryAsync(
            $"SELECT id, connector, base_url, credentials, currencies, priority, merchant_id, live FROM connector_accounts ORDER BY id",
            row => (Read(row).Account, new MerchantScope(row.Id<MerchantId>(6), row.Bool(7)))),
        ct);

    /// <summary>What a chargeback costs the merchant with this account.</summary>
    public static async ValueTask<Money> DisputeFeeAsync(ISqlReader reader, ConnectorAccountId id, Currency currency)
    {
        var fees = await reader.FirstAsync($"SELECT dispute_fees FROM connector_accounts WHERE id = {id}", row => row.Text(0));
        var minor = fees is null ? 0 : JsonSerializer.Deserialize<Dictionary<string, long>>(fees)!.GetValueOrDefault(currency.Code);
        return new Money(minor, currency);
    }

    public IConnector ConnectorOf(ConnectorAccount account) => connectors.Get(account.Connector);

    private AccountRow Read(ISqlRow row)
    {
        var id = row.Id<ConnectorAccountId>(0);
        var credentials = JsonSerializer.Deserialize<Dictionary<string, string>>(box.Open(row.Bytes(3), id.ToString()).Reveal())!;
        var account = new ConnectorAccount(
            id,
            row.Text(1),
            new Uri(row.Text(2)),
            credentials.ToDictionary(pair => pair.Key, pair => Secret.Of(pair.Value)));
        var currencies = row.Text(4).Split(',', StringSplitOptions.RemoveEmptyEntries);
        return new AccountRow(account, currencies.ToHashSet(StringComparer.Ordinal), row.Int64(5));
    }
}
