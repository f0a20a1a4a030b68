using System.Security.Cryptography;
using System.Text;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Storage;

namespace Florin.BackOffice.SignIn;

/// <summary>A person who is signed in.</summary>
/// <param name="Id">Names the session in form tokens; says nothing about the cookie.</param>
internal sealed record OfficeSession(string Id, BackOfficeUser User, Merchant Merchant)
{
    /// <summary>The back office shows test mode until live mode is set up.</summary>
    public MerchantScope Scope => new(Merchant.Id, IsLive: false);
}

/// <summary>Sessions in the database: ended at sign-out, after an idle hour, or after twelve hours.</summary>
internal sealed class OfficeSessions(IDatabase database, IMerchants merchants, RandomSource random, TimeProvider time)
{
    public static readonly TimeSpan LongestLife = TimeSpan.FromHours(12);

    private static readonly TimeSpan LongestIdle = TimeSpan.FromHours(1);

    // Not each page view is written down.
    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(1);

    private const int TokenBytes = 32;

    /// <returns>The token for the cookie.</returns>
    public async Task<string> BeginAsync(BackOfficeUser user, CancellationToken ct)
    {
        var token = random.Token(TokenBytes);
        var hash = HashOf(token);
        var now = time.GetUtcNow();
        await database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync($"DELETE FROM office_sessions WHERE started_at_ms < {now - LongestLife}");
                await tx.ExecuteAsync(
                    $"INSERT INTO office_sessions (token_hash, user_id, started_at_ms, last_seen_at_ms) VALUES ({hash}, {user.Id}, {now}, {now})");
            },
            ct);
        return token;
    }

    public async Task<OfficeSession?> FindAsync(string? token, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(token)) return null;
        var hash = HashOf(token);
        var now = time.GetUtcNow();
        var row = await database.AskAsync(
            async reader => await reader.FirstAsync<(UserId User, DateTimeOffset Seen)?>(
                $"""
                 SELECT user_id, last_seen_at_ms FROM office_sessions
                  WHERE token_hash = {hash} AND started_at_ms > {now - LongestLife} AND last_seen_at_ms > {now - LongestIdle}
                 """,
                found => (found.Id<UserId>(0), found.Instant(1))),
            ct);
        if (row is not { } session || await merchants.FindUserAsync(session.User, ct) is not { } user) return null;
        if (now - session.Seen > SeenEvery)
        {
            await database.WriteAsync(
                async tx => await tx.ExecuteAsync($"UPDATE office_sessions SET last_seen_at_ms = {now} WHERE token_hash = {hash}"), ct);
        }

        var merchant = await merchants.FindAsync(user.Merchant, ct);
        return new OfficeSession(Convert.ToHexStringLower(hash.AsSpan(0, 16)), user, merchant!);
    }

    public Task EndAsync(string token, CancellationToken ct)
    {
        var hash = HashOf(token);
        return database.WriteAsync(async tx => await tx.ExecuteAsync($"DELETE FROM office_sessions WHERE token_hash = {hash}"), ct);
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
