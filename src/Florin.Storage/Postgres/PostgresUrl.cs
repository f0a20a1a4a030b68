using Npgsql;

namespace Florin.Storage.Postgres;

internal static class PostgresUrl
{
    /// <summary>Turns <c>postgres://user:password@host:port/name?Npgsql Setting=value</c> into what the driver reads.</summary>
    /// <exception cref="FormatException">The text is no such URL.</exception>
    public static string ToConnectionString(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql"))
        {
            throw new FormatException("A database is named by sqlite:PATH or postgres://user:password@host:port/name.");
        }

        var user = uri.UserInfo.Split(':', 2);
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port > 0 ? uri.Port : 5432,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,

            // Two nodes fit within the server's own default of 100; more at once would only wait for each other there.
            MaxPoolSize = 40,
        };
        if (string.IsNullOrEmpty(settings.Database)) throw new FormatException("The database URL names no database.");
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (pair.Split('=', 2)[0], pair.Split('=', 2).ElementAtOrDefault(1) ?? "");
            try
            {
                settings[Uri.UnescapeDataString(name)] = Uri.UnescapeDataString(value);
            }
            catch (Exception failure) when (failure is ArgumentException or KeyNotFoundException or FormatException)
            {
                throw new FormatException($"The database URL has a setting '{name}' that PostgreSQL's driver does not take.", failure);
            }
        }

        return settings.ConnectionString;
    }
}
