using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Florin.Kernel;

namespace Florin.Payments.Wire;

/// <summary>How ids, times, texts and lists look on the wire.</summary>
public static class WireWriter
{
    /// <summary>Every script is written as it is; what could end a script or an attribute in HTML stays escaped.</summary>
    public static JsonWriterOptions Options { get; } = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
#if !DEBUG
        // Our writers are checked by tests; in production each object would only be checked again.
        SkipValidation = true,
#endif
    };

    /// <summary>Writes to a buffer of its own and gives the bytes.</summary>
    public static byte[] Bytes<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        var scratch = Scratch.Rent();
        try
        {
            write(scratch.Writer, state);
            scratch.Writer.Flush();
            return scratch.Buffer.WrittenSpan.ToArray();
        }
        finally
        {
            scratch.Return();
        }
    }

    public static void WriteId<T>(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, T id) where T : struct, IId<T>
    {
        // On the path of each payment: written without a string in between.
        Span<byte> text = stackalloc byte[48];
        var length = 0;
        foreach (var letter in T.Prefix) text[length++] = (byte)letter;
        id.Value.TryFormat(text[length..], out var digits, "N");
        writer.WriteString(name, text[..(length + digits)]);
    }

    public static void WriteIdOrNull<T>(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, T? id) where T : struct, IId<T>
    {
        if (id is { } known) writer.WriteId(name, known);
        else writer.WriteNull(name);
    }

    /// <summary>Unix seconds.</summary>
    public static void WriteInstant(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset? instant)
    {
        if (instant is { } known) writer.WriteNumber(name, known.ToUnixTimeSeconds());
        else writer.WriteNull(name);
    }

    /// <summary>A text, or null.</summary>
    public static void WriteText(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text) => writer.WriteString(name, text);

    public static void WriteUrl(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, Uri? url) =>
        writer.WriteString(name, url?.AbsoluteUri);

    public static void WriteMetadata(this Utf8JsonWriter writer, IReadOnlyDictionary<string, string> metadata)
    {
        writer.WriteStartObject("metadata"u8);
        foreach (var (key, value) in metadata) writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    public static void WriteEmptyObject(this Utf8JsonWriter writer, ReadOnlySpan<byte> name)
    {
        writer.WriteStartObject(name);
        writer.WriteEndObject();
    }

    public static void WriteEmptyArray(this Utf8JsonWriter writer, ReadOnlySpan<byte> name)
    {
        writer.WriteStartArray(name);
        writer.WriteEndArray();
    }

    public static void WriteTexts(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyCollection<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    /// <summary>Stripe's list: <c>object</c>, <c>url</c>, <c>has_more</c>, <c>data</c>.</summary>
    /// <param name="url">The path of the list, as in <c>/v1/refunds</c>.</param>
    public static void WriteList<T>(
        this Utf8JsonWriter writer, string url, IReadOnlyCollection<T> items, bool hasMore, Action<Utf8JsonWriter, T> writeItem)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var item in items) writeItem(writer, item);
        writer.WriteEndArray();
        writer.WriteBoolean("has_more"u8, hasMore);
        writer.WriteString("url"u8, url);
        writer.WriteEndObject();
    }

    /// <summary>A writer and its buffer, kept for the next object this thread writes.</summary>
    private sealed class Scratch
    {
        // A list of a hundred objects may grow a buffer this far; what grew further is left to the collector.
        private const int KeptBytes = 512 * 1024;

        [ThreadStatic]
        private static Scratch? free;

        private Scratch() => Writer = new Utf8JsonWriter(Buffer, Options);

        public System.Buffers.ArrayBufferWriter<byte> Buffer { get; } = new(4096);

        public Utf8JsonWriter Writer { get; }

        public static Scratch Rent()
        {
            var scratch = free ?? new Scratch();
            free = null;
            return scratch;
        }

        public void Return()
        {
            if (Buffer.Capacity > KeptBytes) return;
            Buffer.ResetWrittenCount();
            Writer.Reset(Buffer);
            free = this;
        }
    }
}
