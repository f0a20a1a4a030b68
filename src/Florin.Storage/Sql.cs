using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Florin.Kernel;

namespace Florin.Storage;

/// <summary>A piece of SQL that is part of the program: column lists, engine-specific clauses. Never a value.</summary>
public readonly record struct SqlFragment(string Text);

/// <summary>A statement and its values. Written as an interpolated string in which every hole is a parameter.</summary>
/// <remarks>
/// <c>$"SELECT amount_minor FROM charges WHERE shard = {shard} AND id = {id}"</c>. A value cannot become SQL text: a
/// hole takes a value (which is bound), a <see cref="SqlFragment"/> (which is spelled out in the source), or another
/// <see cref="Sql"/> (which is spliced in with its values). Both engines read <c>$1</c>, <c>$2</c> ...
/// </remarks>
[InterpolatedStringHandler]
public sealed class Sql
{
    private readonly StringBuilder text;
    private readonly List<SqlValue> values;
    private string? built;

    public Sql(int literalLength, int formattedCount)
    {
        text = new StringBuilder(literalLength + (formattedCount * 4));
        values = new List<SqlValue>(formattedCount);
    }

    private Sql(string statement)
    {
        text = new StringBuilder(statement);
        values = [];
    }

    public string Text => built ??= text.ToString();

    public IReadOnlyList<SqlValue> Values => values;

    /// <summary>A statement without values, from text that is part of the program.</summary>
    public static Sql Of(SqlFragment statement) => new(statement.Text);

    public Sql Append(Sql more)
    {
        AppendFormatted(more);
        return this;
    }

    public void AppendLiteral(string literal) => text.Append(literal);

    public void AppendFormatted(SqlFragment fragment) => text.Append(fragment.Text);

    public void AppendFormatted(long value) => Bind(SqlValue.Of(value));

    public void AppendFormatted(long? value) => Bind(SqlValue.Of(value));

    public void AppendFormatted(bool value) => Bind(SqlValue.Of(value));

    public void AppendFormatted(bool? value) => Bind(value is { } known ? SqlValue.Of(known) : SqlValue.Null(SqlKind.Bool));

    public void AppendFormatted(string? value) => Bind(SqlValue.Of(value));

    public void AppendFormatted(byte[]? value) => Bind(SqlValue.Of(value));

    public void AppendFormatted(Guid value) => Bind(SqlValue.Of(value));

    public void AppendFormatted(Guid? value) => Bind(value is { } known ? SqlValue.Of(known) : SqlValue.Null(SqlKind.Uuid));

    public void AppendFormatted(ShardId value) => Bind(SqlValue.Of(value));

    public void AppendFormatted(Currency value) => Bind(SqlValue.Of(value.Code));

    /// <summary>Instants are stored as unix milliseconds.</summary>
    public void AppendFormatted(DateTimeOffset value) => Bind(SqlValue.Of(value.ToUnixTimeMilliseconds()));

    public void AppendFormatted(DateTimeOffset? value) => Bind(SqlValue.Of(value?.ToUnixTimeMilliseconds()));

    public void AppendFormatted(SqlJson value) => Bind(SqlValue.Of(value));

    internal void AppendFormatted(SqlValue value) => Bind(value);

    public void AppendFormatted(SqlArray value) => Bind(SqlValue.Of(value));

    public void AppendFormatted<T>(T id) where T : struct, IId => Bind(SqlValue.Of(RequireSet(id.Value)));

    public void AppendFormatted<T>(T? id) where T : struct, IId =>
        Bind(id is { } known ? SqlValue.Of(RequireSet(known.Value)) : SqlValue.Null(SqlKind.Uuid));

    /// <summary>A list for <c>IN (...)</c>, each member a parameter; keep it short and of few different lengths.</summary>
    public void AppendFormatted<T>(IReadOnlyCollection<T> ids) where T : struct, IId
    {
        var first = true;
        foreach (var id in ids)
        {
            if (!first) text.Append(", ");
            Bind(SqlValue.Of(RequireSet(id.Value)));
            first = false;
        }
    }

    /// <inheritdoc cref="AppendFormatted{T}(IReadOnlyCollection{T})"/>
    public void AppendFormatted(IReadOnlyCollection<string> members)
    {
        var first = true;
        foreach (var member in members)
        {
            if (!first) text.Append(", ");
            Bind(SqlValue.Of(member));
            first = false;
        }
    }

    /// <inheritdoc cref="AppendFormatted{T}(IReadOnlyCollection{T})"/>
    public void AppendFormatted(IReadOnlyCollection<Guid> members)
    {
        var first = true;
        foreach (var member in members)
        {
            if (!first) text.Append(", ");
            Bind(SqlValue.Of(RequireSet(member)));
            first = false;
        }
    }

    public void AppendFormatted(Sql other)
    {
        if (other.values.Count == 0 || values.Count == 0)
        {
            text.Append(other.Text);
        }
        else
        {
            AppendRenumbered(other.Text);
        }

        values.AddRange(other.values);
    }

    internal static Guid RequireSet(Guid value) => value != Guid.Empty
        ? value
        : throw new ArgumentException("An id that nobody set cannot be stored or asked for.");

    private void AppendRenumbered(string statement)
    {
        for (var i = 0; i < statement.Length; i++)
        {
            if (statement[i] != '$' || i + 1 == statement.Length || !char.IsAsciiDigit(statement[i + 1]))
            {
                text.Append(statement[i]);
                continue;
            }

            var number = 0;
            while (i + 1 < statement.Length && char.IsAsciiDigit(statement[i + 1])) number = (number * 10) + (statement[++i] - '0');
            text.Append(SqlPlaceholders.Name(values.Count + number));
        }
    }

    private void Bind(SqlValue value)
    {
        values.Add(value);
        text.Append(SqlPlaceholders.Name(values.Count));
    }
}

internal static class SqlPlaceholders
{
    private static readonly ConcurrentDictionary<int, string> Names = [];

    public static string Name(int number) =>
        Names.GetOrAdd(number, static n => "$" + n.ToString(System.Globalization.CultureInfo.InvariantCulture));
}

/// <summary>A JSON document: <c>jsonb</c> on PostgreSQL, text on SQLite.</summary>
public readonly record struct SqlJson(string? Text);

/// <summary>Many values as one parameter, for <c>unnest</c> and <c>= ANY</c>; PostgreSQL alone has such.</summary>
public readonly record struct SqlArray
{
    private SqlArray(SqlKind element, Array values) => (Element, Values) = (element, values);

    public SqlKind Element { get; }

    public Array Values { get; }

    public static SqlArray Of(long[] values) => new(SqlKind.Int64, values);

    public static SqlArray Of(short[] values) => new(SqlKind.Int16, values);

    public static SqlArray Of(bool[] values) => new(SqlKind.Bool, values);

    public static SqlArray Of(Guid[] values) => new(SqlKind.Uuid, values);

    public static SqlArray Of(Guid?[] values) => new(SqlKind.Uuid, values);

    public static SqlArray Of(string?[] values) => new(SqlKind.Text, values);

    public static SqlArray Of(byte[][] values) => new(SqlKind.Bytes, values);
}

public enum SqlKind
{
    Int64,
    Int16,
    Bool,
    Text,
    Bytes,
    Uuid,
    Json,
    Array,
}

/// <summary>One bound value, without boxing.</summary>
public readonly struct SqlValue
{
    private SqlValue(SqlKind kind, bool isNull = false, long int64 = 0, Guid uuid = default, object? reference = null) =>
        (Kind, IsNull, Int64, Uuid, Reference) = (kind, isNull, int64, uuid, reference);

    public SqlKind Kind { get; }

    public bool IsNull { get; }

    public long Int64 { get; }

    public Guid Uuid { get; }

    public object? Reference { get; }

    public static SqlValue Null(SqlKind kind) => new(kind, isNull: true);

    public static SqlValue Of(long value) => new(SqlKind.Int64, int64: value);

    public static SqlValue Of(long? value) => value is { } known ? Of(known) : Null(SqlKind.Int64);

    public static SqlValue Of(ShardId shard) => new(SqlKind.Int16, int64: shard.Value);

    internal static SqlValue Of(short value) => new(SqlKind.Int16, int64: value);

    public static SqlValue Of(bool value) => new(SqlKind.Bool, int64: value ? 1 : 0);

    /// <exception cref="ArgumentException">The text has a NUL, at which SQLite would cut it off and PostgreSQL refuses it.</exception>
    public static SqlValue Of(string? value) => value is null || !value.Contains('\0')
        ? new(SqlKind.Text, value is null, reference: WellFormed(value))
        : throw new ArgumentException("Text with a NUL character cannot be stored.");

    // Half of a surrogate pair, as cutting a text may leave, has no UTF-8: PostgreSQL's driver throws over it.
    private static string? WellFormed(string? value) => value.AsSpan().ContainsAnyInRange('\ud800', '\udfff')
        ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value!))
        : value;

    public static SqlValue Of(byte[]? value) => new(SqlKind.Bytes, value is null, reference: value);

    public static SqlValue Of(Guid value) => new(SqlKind.Uuid, uuid: value);

    public static SqlValue Of(SqlArray value) => new(SqlKind.Array, reference: value);

    public static SqlValue Of(SqlJson value) => new(SqlKind.Json, value.Text is null, reference: value.Text);
}
