using Npgsql;
using NpgsqlTypes;

namespace Florin.Storage.Postgres;

/// <summary>One transaction on a PostgreSQL connection.</summary>
internal sealed class PostgresSession(NpgsqlConnection connection, CancellationToken ct) : ITransaction
{
    // Up to here a statement of as many rows, of which few different ones are kept prepared; beyond, one of arrays.
    private const int FewRows = 16;

    // Beyond this, COPY: it costs a round trip of its own, and the server a good deal less for each row, since it fills whole
    // pages before it writes them to its log.
    private const int ManyRows = 500;

    private readonly List<(Sql Sql, int? ExpectedRows)> queued = [];
    private List<Action>? committed;
    private DatabaseException? failure;

    public SqlEngine Engine => SqlEngine.Postgres;

    public async ValueTask<List<T>> QueryAsync<T>(Sql sql, Func<ISqlRow, T> map)
    {
        var rows = new List<T>();
        await RunAsync(
            sql,
            async reader =>
            {
                var row = new PostgresRow(reader);
                while (await reader.ReadAsync(ct)) rows.Add(map(row));
            });
        return rows;
    }

    public async ValueTask<T?> FirstAsync<T>(Sql sql, Func<ISqlRow, T> map)
    {
        T? first = default;
        await RunAsync(
            sql,
            async reader =>
            {
                if (await reader.ReadAsync(ct)) first = map(new PostgresRow(reader));
            });
        return first;
    }

    public async ValueTask EachAsync(Sql sql, Action<ISqlRow> read) => await RunAsync(
        sql,
        async reader =>
        {
            var row = new PostgresRow(reader);
            while (await reader.ReadAsync(ct)) read(row);
        });

    public async ValueTask<int> ExecuteAsync(Sql sql) => await RunAsync(sql, read: null);

    public ValueTask EnqueueAsync(Sql sql, int? expectedRows = null)
    {
        queued.Add((sql, expectedRows));
        return ValueTask.CompletedTask;
    }

    public async ValueTask InsertAsync(NewRows rows)
    {
        if (rows.Count == 0) return;
        if (rows.Count > ManyRows && rows.OnConflict is null)
        {
            await CopyAsync(rows);
            return;
        }

        var insert = rows.Count > FewRows ? Unnested(rows) : Listed(rows);
        if (rows.OnConflict is not { } onConflict) queued.Add((insert, rows.Count));
        else queued.Add((insert.Append($" {onConflict}"), null));
    }

    public bool IsAbandoned { get; private set; }

    public void OnCommitted(Action action) => (committed ??= []).Add(action);

    public void Abandon() => IsAbandoned = true;

    public void RunCommitted()
    {
        if (IsAbandoned) return;
        foreach (var action in committed ?? []) action();
    }

    public async ValueTask FlushAsync()
    {
        if (queued.Count == 0) return;
        var (last, expectedRows) = queued[^1];
        queued.RemoveAt(queued.Count - 1);
        CheckRows(await RunAsync(last, read: null), expectedRows, last);
    }

    // The server answers COMMIT with a silent ROLLBACK after a statement failed, so a caught failure must be thrown anew.
    public void ThrowIfFailed()
    {
        if (failure is not null) throw failure;
    }

    public static DatabaseException Translate(PostgresException failure, string text)
    {
        var message = $"PostgreSQL says {failure.SqlState}: {failure.MessageText}, at: {text}";
        return failure.SqlState == PostgresErrorCodes.UniqueViolation
            ? new UniqueViolationException(message, failure)
            : new DatabaseException(message, failure);
    }

    private static Sql Listed(NewRows rows)
    {
        Sql insert = $"INSERT INTO {rows.Table} ({new SqlFragment(rows.ColumnNames)}) VALUES ";
        for (var row = 0; row < rows.Count; row++)
        {
            insert.AppendLiteral(row == 0 ? "(" : ", (");
            for (var i = 0; i < rows.Columns.Count; i++)
            {
                if (i > 0) insert.AppendLiteral(", ");
                insert.AppendFormatted(rows.Columns[i].Of(row));
            }

            insert.AppendLiteral(")");
        }

        return insert;
    }

    private static Sql Unnested(NewRows rows)
    {
        Sql insert = $"INSERT INTO {rows.Table} ({new SqlFragment(rows.ColumnNames)}) SELECT ";
        Sql arrays = $"";
        for (var i = 0; i < rows.Columns.Count; i++)
        {
            if (i > 0) insert.AppendLiteral(", ");
            if (rows.Columns[i].Values is not { } values)
            {
                insert.AppendFormatted(rows.Columns[i].Same);
                continue;
            }

            insert.AppendLiteral("r." + rows.Columns[i].Name);
            if (arrays.Values.Count > 0) arrays.AppendLiteral(", ");
            arrays.AppendFormatted(values);
            arrays.AppendLiteral($"::{TypeName(values.Element)}[]");
        }

        var names = new SqlFragment(string.Join(", ", rows.Columns.Where(column => column.Values is not null).Select(column => column.Name)));
        return insert.Append($" FROM unnest({arrays}) AS r ({names})");
    }

    private async Task CopyAsync(NewRows rows)
    {
        await FlushAsync();
        var copy = $"COPY {rows.Table.Text} ({rows.ColumnNames}) FROM STDIN (FORMAT BINARY)";
        try
        {
            await using var importer = await connection.BeginBinaryImportAsync(copy, ct);
            for (var row = 0; row < rows.Count; row++)
            {
                await importer.StartRowAsync(ct);
                foreach (var column in rows.Columns) await WriteAsync(importer, column.Of(row));
            }

            await importer.CompleteAsync(ct);
        }
        catch (PostgresException refused)
        {
            throw failure = Translate(refused, copy);
        }
        catch (NpgsqlException lost)
        {
            throw failure = new DatabaseLostException($"PostgreSQL was lost: {lost.Message}", lost);
        }
    }

    private Task WriteAsync(NpgsqlBinaryImporter importer, in SqlValue value)
    {
        if (value.IsNull) return importer.WriteNullAsync(ct);
        var type = TypeOf(value.Kind);
        return value.Kind switch
        {
            SqlKind.Int64 => importer.WriteAsync(value.Int64, type, ct),
            SqlKind.Int16 => importer.WriteAsync((short)value.Int64, type, ct),
            SqlKind.Bool => importer.WriteAsync(value.Int64 != 0, type, ct),
            SqlKind.Uuid => importer.WriteAsync(value.Uuid, type, ct),
            SqlKind.Text or SqlKind.Json => importer.WriteAsync((string)value.Reference!, type, ct),
            SqlKind.Bytes => importer.WriteAsync((byte[])value.Reference!, type, ct),
            SqlKind.Array => throw new NotSupportedException("A column of one row holds one value."),
        };
    }

    // Sends what was enqueued and the statement itself in one go; returns how many rows the statement changed.
    private async Task<int> RunAsync(Sql sql, Func<NpgsqlDataReader, Task>? read)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (waiting, _) in queued) batch.BatchCommands.Add(CommandOf(waiting));
        batch.BatchCommands.Add(CommandOf(sql));
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(ct);
            if (read is not null)
            {
                // Results come one a statement; the enqueued ones return no rows and so show no result of their own.
                await read(reader);
            }

            while (await reader.NextResultAsync(ct))
            {
            }
        }
        catch (PostgresException refused)
        {
            queued.Clear();
            throw failure = Translate(refused, refused.BatchCommand?.CommandText ?? sql.Text);
        }
        catch (NpgsqlException lost)
        {
            queued.Clear();
            throw failure = new DatabaseLostException($"PostgreSQL was lost: {lost.Message}", lost);
        }

        for (var i = 0; i < queued.Count; i++) CheckRows((int)batch.BatchCommands[i].RecordsAffected, queued[i].ExpectedRows, queued[i].Sql);
        queued.Clear();
        return (int)batch.BatchCommands[^1].RecordsAffected;
    }

    private void CheckRows(int changed, int? expectedRows, Sql sql)
    {
        if (expectedRows is { } expected && changed != expected)
        {
            throw failure = new DatabaseException($"{changed} rows changed where {expected} must: {sql.Text}");
        }
    }

    private static NpgsqlBatchCommand CommandOf(Sql sql)
    {
        var command = new NpgsqlBatchCommand(sql.Text);
        foreach (var value in sql.Values) command.Parameters.Add(ParameterOf(value));
        return command;
    }

    private static NpgsqlParameter ParameterOf(SqlValue value)
    {
        if (value.IsNull) return new NpgsqlParameter { NpgsqlDbType = TypeOf(value.Kind), Value = DBNull.Value };
        return value.Kind switch
        {
            SqlKind.Int64 => new NpgsqlParameter<long> { TypedValue = value.Int64, NpgsqlDbType = NpgsqlDbType.Bigint },
            SqlKind.Int16 => new NpgsqlParameter<short> { TypedValue = (short)value.Int64, NpgsqlDbType = NpgsqlDbType.Smallint },
            SqlKind.Bool => new NpgsqlParameter<bool> { TypedValue = value.Int64 != 0, NpgsqlDbType = NpgsqlDbType.Boolean },
            SqlKind.Uuid => new NpgsqlParameter<Guid> { TypedValue = value.Uuid, NpgsqlDbType = NpgsqlDbType.Uuid },
            SqlKind.Text => new NpgsqlParameter<string> { TypedValue = (string)value.Reference!, NpgsqlDbType = NpgsqlDbType.Text },
            SqlKind.Json => new NpgsqlParameter<string> { TypedValue = (string)value.Reference!, NpgsqlDbType = NpgsqlDbType.Jsonb },
            SqlKind.Bytes => new NpgsqlParameter<byte[]> { TypedValue = (byte[])value.Reference!, NpgsqlDbType = NpgsqlDbType.Bytea },
            SqlKind.Array => ParameterOf((SqlArray)value.Reference!),
        };
    }

    private static NpgsqlParameter ParameterOf(SqlArray array) =>
        new() { Value = array.Values, NpgsqlDbType = NpgsqlDbType.Array | TypeOf(array.Element) };

    private static NpgsqlDbType TypeOf(SqlKind kind) => kind switch
    {
        SqlKind.Int64 => NpgsqlDbType.Bigint,
        SqlKind.Int16 => NpgsqlDbType.Smallint,
        SqlKind.Bool => NpgsqlDbType.Boolean,
        SqlKind.Text => NpgsqlDbType.Text,
        SqlKind.Bytes => NpgsqlDbType.Bytea,
        SqlKind.Uuid => NpgsqlDbType.Uuid,
        SqlKind.Json => NpgsqlDbType.Jsonb,
        SqlKind.Array => NpgsqlDbType.Array,
    };

    private static string TypeName(SqlKind kind) => kind switch
    {
        SqlKind.Int64 => "bigint",
        SqlKind.Int16 => "smallint",
        SqlKind.Bool => "boolean",
        SqlKind.Text => "text",
        SqlKind.Bytes => "bytea",
        SqlKind.Uuid => "uuid",
        SqlKind.Json => "jsonb",
        SqlKind.Array => throw new NotSupportedException("There are no arrays of arrays."),
    };
}
