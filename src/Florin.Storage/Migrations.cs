using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Florin.Kernel;

namespace Florin.Storage;

/// <summary>Says that a module keeps tables: its numbered files lie embedded under <c>Migrations/</c>.</summary>
/// <param name="Module">Lower-case name, stored with each migration.</param>
/// <param name="Floor">Modules migrate from the lowest floor up, so that tables may refer downwards.</param>
public sealed record MigrationSource(string Module, int Floor, Assembly Assembly);

/// <summary>The database has migrations that this program does not know, or other texts than it knows.</summary>
public sealed class NewerDatabaseException(string message) : DatabaseException(message);

internal interface IMigrationTarget
{
    Task<IAsyncDisposable> LockMigrationsAsync(CancellationToken ct);

    /// <summary>Writes the record and runs the script in one transaction, unless the record is there already.</summary>
    Task RunMigrationAsync(string script, Sql record, CancellationToken ct);
}

/// <summary>Brings the tables of every module to what this program expects: forward only, under a lock, checksummed.</summary>
/// <remarks>
/// Files are <c>0001_name.sql</c> for both engines. What differs stands between <c>/*sqlite ... */</c> or
/// <c>/*postgres ... */</c> and is live on that engine alone. SQLite reads <c>uuid</c>, <c>bytea</c>, <c>jsonb</c> and
/// <c>bigint</c> as mere hints, so one text serves both.
/// </remarks>
internal sealed partial class MigrationRunner(IDatabase database, IEnumerable<MigrationSource> sources, TimeProvider time)
{
    private static readonly SqlFragment Bookkeeping = new(
        """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            module text NOT NULL, number bigint NOT NULL, name text NOT NULL, checksum text NOT NULL,
            applied_at_ms bigint NOT NULL, PRIMARY KEY (module, number))
        """);

    private sealed record Migration(string Module, long Number, string Name, string Script, string Checksum);

    private sealed record Applied(string Module, long Number, string Name, string Checksum);

    /// <exception cref="NewerDatabaseException">The database was migrated by a newer program, or by another one.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        var target = (IMigrationTarget)database;
        await using var held = await target.LockMigrationsAsync(ct);
        await database.WriteAsync(async tx => await tx.ExecuteAsync(Sql.Of(Bookkeeping)), ct);
        var applied = await AppliedAsync(ct);
        var known = Known();
        Compare(applied, known);
        foreach (var migration in known)
        {
            if (applied.Any(a => a.Module == migration.Module && a.Number == migration.Number)) continue;
            var now = time.GetUtcNow();
            await target.RunMigrationAsync(
                ForEngine(migration.Script),
                $"""
                 INSERT INTO schema_migrations (module, number, name, checksum, applied_at_ms)
                 VALUES ({migration.Module}, {migration.Number}, {migration.Name}, {migration.Checksum}, {now})
                 ON CONFLICT (module, number) DO NOTHING
                 """,
                ct);
        }
    }

    private static void Compare(List<Applied> applied, List<Migration> known)
    {
        foreach (var done in applied)
        {
            var match = known.Find(m => m.Module == done.Module && m.Number == done.Number) ?? throw new NewerDatabaseException(
                $"The database has migration {done.Module} {done.Number} ({done.Name}), which this version of Florin does not know: it was used by a newer version.");
            if (match.Checksum != done.Checksum)
            {
                throw new NewerDatabaseException(
                    $"Migration {done.Module} {done.Number} ({done.Name}) differs from the one the database was made with.");
            }
        }
    }

    [GeneratedRegex(@"/\*(sqlite|postgres)\s(.*?)\*/", RegexOptions.Singleline)]
    private static partial Regex EngineBlock();

    private string ForEngine(string script)
    {
        var mine = database.Engine == SqlEngine.Sqlite ? "sqlite" : "postgres";
        return EngineBlock().Replace(script, block => block.Groups[1].Value == mine ? block.Groups[2].Value : "");
    }

    private Task<List<Applied>> AppliedAsync(CancellationToken ct) => database.ReadAsync(
        async reader => await reader.QueryAsync(
            $"SELECT module, number, name, checksum FROM schema_migrations",
            row => new Applied(row.Text(0), row.Int64(1), row.Text(2), row.Text(3))),
        ct);

    private List<Migration> Known()
    {
        var known = new List<Migration>();
        foreach (var source in sources.OrderBy(s => s.Floor).ThenBy(s => s.Module, StringComparer.Ordinal))
        {
            var names = source.Assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith("Migrations/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal);
            foreach (var name in names)
            {
                using var reader = new StreamReader(source.Assembly.GetManifestResourceStream(name)!);
                var script = reader.ReadToEnd();
                var file = Path.GetFileNameWithoutExtension(name);
                var number = long.Parse(file.AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture);
                if (known.Find(other => other.Module == source.Module && other.Number == number) is { } other)
                {
                    throw new InvalidOperationException($"Two migrations of {source.Module} have the number {number}: {other.Name} and {file[5..]}.");
                }

                var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
                known.Add(new Migration(source.Module, number, file[5..], script, checksum));
            }
        }

        return known;
    }
}
