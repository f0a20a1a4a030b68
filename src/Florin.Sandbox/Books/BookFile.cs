using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Florin.Kernel;

namespace Florin.Sandbox.Books;

/// <summary>The book on disk: one JSON line for each change of an operation; the last line of an operation counts.</summary>
/// <remarks>
/// A line is written to the operating system before the acquirer answers and is not fsynced: that survives the end of
/// the process (kill -9), which is what the sandbox promises, though not the end of the machine's power.
/// </remarks>
internal sealed class BookFile : IDisposable
{
    private readonly FileStream stream;
    private readonly ArrayBufferWriter<byte> pending = new();
    private readonly Utf8JsonWriter json;

    private BookFile(FileStream stream)
    {
        this.stream = stream;
        json = new Utf8JsonWriter(pending);
    }

    /// <summary>Reads every line into <paramref name="restore"/>, then opens the file for the lines to come.</summary>
    /// <param name="remaining">What the lines came to; the file is rewritten when it holds much more than that.</param>
    public static BookFile Open(string path, Action<BookLine> restore, Func<IReadOnlyCollection<Operation>> remaining)
    {
        // Exclusive: two sandboxes on one book would each miss what the other approved.
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        var (lines, intactBytes) = Read(stream, restore);
        // A kill in the middle of a write leaves half a line; nobody was answered on the strength of it.
        stream.SetLength(intactBytes);
        stream.Seek(0, SeekOrigin.End);
        var file = new BookFile(stream);
        var operations = remaining();
        if (lines > 1000 && lines > operations.Count * 4L) return file.Rewrite(path, operations);
        return file;
    }

    /// <summary>Adds the operation's present state; on return the operating system has it.</summary>
    public void Append(Operation operation)
    {
        AppendLater(operation);
        Flush();
    }

    /// <summary>Adds the operation's present state with the next <see cref="Append"/>.</summary>
    public void AppendLater(Operation operation)
    {
        JsonSerializer.Serialize(json, BookLine.Of(operation), BookJson.Default.BookLine);
        json.Flush();
        json.Reset();
        pending.Write("\n"u8);
    }

    public void Dispose()
    {
        Flush();
        json.Dispose();
        stream.Dispose();
    }

    private void Flush()
    {
        stream.Write(pending.WrittenSpan);
        pending.ResetWrittenCount();
    }

    private BookFile Rewrite(string path, IReadOnlyCollection<Operation> operations)
    {
        var fresh = path + ".new";
        using (var compact = new BookFile(new FileStream(fresh, FileMode.Create, FileAccess.ReadWrite, FileShare.Read)))
        {
            foreach (var operation in operations) compact.Append(operation);
        }

        Dispose();
        File.Move(fresh, path, overwrite: true);
        var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        stream.Seek(0, SeekOrigin.End);
        return new BookFile(stream);
    }

    private static (long Lines, long IntactBytes) Read(FileStream stream, Action<BookLine> restore)
    {
        var lines = 0L;
        var intact = 0L;
        var buffer = new byte[64 * 1024];
        var held = 0;
        while (true)
        {
            if (held == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            var read = stream.Read(buffer, held, buffer.Length - held);
            if (read == 0) return (lines, intact);
            held += read;
            var start = 0;
            int length;
            while ((length = buffer.AsSpan(start, held - start).IndexOf((byte)'\n')) >= 0)
            {
                restore(JsonSerializer.Deserialize(buffer.AsSpan(start, length), BookJson.Default.BookLine)
                    ?? throw new InvalidDataException($"Line {lines + 1} of the sandbox's book is empty."));
                lines++;
                intact += length + 1;
                start += length + 1;
            }

            buffer.AsSpan(start, held - start).CopyTo(buffer);
            held -= start;
        }
    }
}

/// <summary>One operation at one moment, as the book's file keeps it.</summary>
internal sealed record BookLine(
    long Sequence,
    string Acquirer,
    string Key,
    OperationKind Kind,
    long Amount,
    string Currency,
    string Reference,
    string? Parent,
    long ReceivedMs,
    OperationState State,
    string? DeclineReason,
    string? AuthorizationCode,
    long? AnsweredMs,
    int Requests,
    string? WebhookUrl,
    CardDetails? Card,
    Challenge? Challenge,
    Dispute? Dispute = null)
{
    public static BookLine Of(Operation operation)
    {
        var authorization = operation.Payment.Authorization;
        return new BookLine(
            operation.Sequence,
            operation.Acquirer,
            operation.Key,
            operation.Kind,
            operation.Amount.Minor,
            operation.Amount.Currency.Code,
            operation.Reference,
            operation == authorization ? null : authorization.Reference,
            operation.ReceivedAt.ToUnixTimeMilliseconds(),
            operation.State,
            operation.DeclineReason,
            operation.AuthorizationCode,
            operation.AnsweredAt?.ToUnixTimeMilliseconds(),
            operation.Requests,
            operation.WebhookUrl?.AbsoluteUri,
            operation.Card,
            operation.Challenge,
            operation.Dispute);
    }

    public Operation ToOperation(Payment payment)
    {
        var operation = new Operation
        {
            Sequence = Sequence,
            Acquirer = Acquirer,
            Key = Key,
            Kind = Kind,
            Amount = new Money(Amount, Kernel.Currency.Get(Currency)),
            Reference = Reference,
            Payment = payment,
            ReceivedAt = DateTimeOffset.FromUnixTimeMilliseconds(ReceivedMs),
            WebhookUrl = WebhookUrl is null ? null : new Uri(WebhookUrl),
            Card = Card,
        };
        ApplyTo(operation);
        return operation;
    }

    public void ApplyTo(Operation operation)
    {
        operation.State = State;
        operation.DeclineReason = DeclineReason;
        operation.AuthorizationCode = AuthorizationCode;
        operation.AnsweredAt = AnsweredMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
        operation.Requests = Requests;
        operation.Challenge = Challenge;
        operation.Dispute = Dispute;
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BookLine))]
internal sealed partial class BookJson : JsonSerializerContext;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BookPage<OperationView>))]
[JsonSerializable(typeof(BookPage<PaymentView>))]
[JsonSerializable(typeof(BookPage<DisputeView>))]
internal sealed partial class BookViewJson : JsonSerializerContext;
