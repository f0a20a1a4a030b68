using Florin.Kernel;
using Florin.Storage;
using Microsoft.Extensions.Logging;

namespace Florin.Merchants;

/// <summary>Who may sign in to the back office.</summary>
internal sealed class Users
{
    // PCI DSS 8.3.4 and 8.3.6.
    private const long MaxAttempts = 10;
    private static readonly TimeSpan LockFor = TimeSpan.FromMinutes(30);
    private const int MinPasswordLength = 12;

    public static readonly Refusal SignInFailed = new(
        RefusalKind.Unauthenticated,
        "sign_in_failed",
        "The e-mail address or the password is not right, or the account is locked for a while.");

    private static readonly SqlFragment Columns = new("id, merchant, email, name");

    private readonly IDatabase database;
    private readonly IdSource ids;
    private readonly TimeProvider time;
    private readonly RandomSource random;
    private readonly ILogger<Users> log;

    // Compared with where there is no such user, so that the answer takes as long as for one that exists.
    private readonly Lazy<string> nobodysHash;

    public Users(IDatabase database, IdSource ids, TimeProvider time, RandomSource random, ILogger<Users> log)
    {
        this.database = database;
        this.ids = ids;
        this.time = time;
        this.random = random;
        this.log = log;
        nobodysHash = new Lazy<string>(() => PasswordHash.Of(Secret.Of(random.HexToken(16)), random));
    }

    private sealed record Attempt(BackOfficeUser User, string PasswordHash, long Attempts, DateTimeOffset LockedUntil, bool WasLocked);

    public async Task<Result<BackOfficeUser>> CreateAsync(
        MerchantId merchant, string email, string name, Secret<string> password, CancellationToken ct)
    {
        var address = Normalize(email);
        if (!address.Contains('@', StringComparison.Ordinal))
        {
            return new Refusal(RefusalKind.Invalid, "email_invalid", $"'{email}' is not an e-mail address.", "email");
        }

        if (password.Reveal().Length < MinPasswordLength)
        {
            return new Refusal(
                RefusalKind.Invalid, "password_too_short", $"A password has {MinPasswordLength} characters or more.", "password");
        }

        var hash = PasswordHash.Of(password, random);
        var user = new BackOfficeUser(ids.New<UserId>(merchant.Shard()), merchant, address, name);
        var made = await database.WriteAsync(
            async tx => await tx.ExecuteAsync(
                $"""
                 INSERT INTO users (id, merchant, email, name, password_hash, created_at_ms)
                 VALUES ({user.Id}, {merchant}, {address}, {name}, {hash}, {time.GetUtcNow()})
                 ON CONFLICT (email) DO NOTHING
                 """),
            ct);
        return made == 1 ? user : new Refusal(RefusalKind.Conflict, "email_taken", $"There is a user {address} already.", "email");
    }

    /// <exception cref="ArgumentException">The password is too short or the address is none.</exception>
    /// <exception cref="InvalidOperationException">The address is that of another merchant's user.</exception>
    public async Task<BackOfficeUser> EnsureAsync(
        MerchantId merchant, string email, string name, Secret<string> password, CancellationToken ct)
    {
        var address = Normalize(email);
        var present = await FindByEmailAsync(address, ct);
        if (present is null)
        {
            var created = await CreateAsync(merchant, address, name, password, ct);
            if (created.IsSuccess) return created.Value;
            if (created.Refusal.Kind == RefusalKind.Invalid) throw new ArgumentException(created.Refusal.Message, created.Refusal.Param);

            // Another node was first.
            present = await FindByEmailAsync(address, ct);
        }

        if (present!.Merchant != merchant) throw new InvalidOperationException($"{address} is a user of {present.Merchant}.");
        return present;
    }

    public async Task<Result<BackOfficeUser>> SignInAsync(string email, Secret<string> password, CancellationToken ct)
    {
        var attempt = await CountAttemptAsync(Normalize(email), ct);
        var matches = PasswordHash.Matches(attempt?.PasswordHash ?? nobodysHash.Value, password);
        if (attempt is null || attempt.WasLocked) return SignInFailed;
        if (!matches)
        {
            if (attempt.Attempts >= MaxAttempts) Log.UserLocked(log, attempt.User.Id, attempt.LockedUntil, attempt.Attempts);
            return SignInFailed;
        }

        await database.WriteAsync(
            async tx => await tx.ExecuteAsync($"UPDATE users SET attempts = 0, locked_until_ms = 0 WHERE id = {attempt.User.Id}"),
            ct);
        return attempt.User;
    }

    public async Task<BackOfficeUser?> FindAsync(UserId id, CancellationToken ct) => await database.ReadAsync(
        async reader => await reader.FirstAsync($"SELECT {Columns} FROM users WHERE id = {id}", UserOf),
        ct);

    // Counted before the password is compared: guesses that come all at once pass no bound that way.
    private Task<Attempt?> CountAttemptAsync(string address, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var now = time.GetUtcNow();
            var counted = await tx.FirstAsync(
                $"""
                 UPDATE users
                    SET attempts = CASE WHEN attempts >= {MaxAttempts} THEN 1 ELSE attempts + 1 END,
                        locked_until_ms = CASE WHEN attempts + 1 = {MaxAttempts} THEN {now + LockFor} ELSE 0 END
                  WHERE email = {address} AND locked_until_ms <= {now}
                 RETURNING {Columns}, password_hash, attempts, locked_until_ms
                 """,
                row => new Attempt(UserOf(row), row.Text(4), row.Int64(5), row.Instant(6), WasLocked: false));
            return counted ?? await tx.FirstAsync(
                $"SELECT {Columns}, password_hash, attempts, locked_until_ms FROM users WHERE email = {address}",
                row => new Attempt(UserOf(row), row.Text(4), row.Int64(5), row.Instant(6), WasLocked: true));
        },
        ct);

    private Task<BackOfficeUser?> FindByEmailAsync(string address, CancellationToken ct) => database.ReadAsync(
        async reader => await reader.FirstAsync($"SELECT {Columns} FROM users WHERE email = {address}", UserOf),
        ct);

    private static string Normalize(string email) => email.Trim().ToLowerInvariant();

    private static BackOfficeUser UserOf(ISqlRow row) =>
        new(row.Id<UserId>(0), row.Id<MerchantId>(1), row.Text(2), row.Text(3));
}
