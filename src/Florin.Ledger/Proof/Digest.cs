using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Florin.Kernel;

namespace Florin.Ledger.Proof;

/// <summary>SHA-256 over the canonical bytes of a row: integers big-endian, texts with their length in front, so that no
/// two rows have the same bytes.</summary>
/// <remarks>The form is frozen: a golden test holds it, since an exported head must be checkable for ever.</remarks>
internal sealed class Digest
{
    public const int Size = SHA256.HashSizeInBytes;

    // Says which rows and which form of them follow, so that a row of one table cannot stand for one of another.
    public const byte TransactionForm = 1;
    public const byte AccountForm = 2;
    public const byte AccountStateForm = 3;
    public const byte HoldForm = 4;
    public const byte HoldEndForm = 5;
    public const byte PeriodForm = 6;
    public const byte PeriodEventForm = 7;
    public const byte AccountNotesForm = 8;

    // One for each thread: what the library sets up for a hash costs it as much as the hash of a row.
    [ThreadStatic]
    private static IncrementalHash? hash;

    private byte[] bytes = new byte[512];
    private int length;

    public static Digest Begin(byte form)
    {
        var digest = new Digest();
        digest.Restart(form);
        return digest;
    }

    /// <summary>Begins another row, to use the same memory for many.</summary>
    public void Restart(byte form)
    {
        length = 0;
        Room(1)[0] = form;
    }

    /// <summary>Begins with bytes that another digest began with.</summary>
    public void Restart(ReadOnlySpan<byte> begun)
    {
        length = 0;
        begun.CopyTo(Room(begun.Length));
    }

    /// <summary>What was added so far; good until more is.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, length);

    public Digest Add(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(Room(8), value);
        return this;
    }

    public Digest Add(long? value) => value is { } known ? Add(true).Add(known) : Add(false);

    public Digest Add(bool value)
    {
        Room(1)[0] = value ? (byte)1 : (byte)0;
        return this;
    }

    public Digest Add(Guid value)
    {
        value.TryWriteBytes(Room(16), bigEndian: true, out _);
        return this;
    }

    public Digest Add(Guid? value) => value is { } known ? Add(true).Add(known) : Add(false);

    public Digest Add(string? value)
    {
        if (value is null)
        {
            BinaryPrimitives.WriteInt32BigEndian(Room(4), -1);
            return this;
        }

        var size = Encoding.UTF8.GetByteCount(value);
        BinaryPrimitives.WriteInt32BigEndian(Room(4), size);
        Encoding.UTF8.GetBytes(value, Room(size));
        return this;
    }

    /// <summary>The same as for a text, of what that text is in UTF-8.</summary>
    public Digest AddUtf8(ReadOnlySpan<byte> text)
    {
        BinaryPrimitives.WriteInt32BigEndian(Room(4), text.Length);
        text.CopyTo(Room(text.Length));
        return this;
    }

    public byte[] Finish()
    {
        var made = new byte[Size];
        Finish(made);
        return made;
    }

    public void Finish(Span<byte> made) => Hash(bytes.AsSpan(0, length), made);

    /// <summary>The head of a chain after one more transaction.</summary>
    public static void Link(Span<byte> head, long seq, ReadOnlySpan<byte> digest)
    {
        Span<byte> link = stackalloc byte[Size + 8 + Size];
        head.CopyTo(link);
        BinaryPrimitives.WriteInt64BigEndian(link[Size..], seq);
        digest.CopyTo(link[(Size + 8)..]);

        // A transaction recorded before there were digests has none.
        Hash(link[..(Size + 8 + digest.Length)], head);
    }

    private static void Hash(ReadOnlySpan<byte> row, Span<byte> made)
    {
        hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(row);
        hash.GetHashAndReset(made);
    }

    private Span<byte> Room(int size)
    {
        if (length + size > bytes.Length) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + size));
        var room = bytes.AsSpan(length, size);
        length += size;
        return room;
    }
}

/// <summary>The columns of a transaction or hold that a digest covers, as they are stored.</summary>
internal readonly record struct DigestedHeader(
    short Shard, Guid Id, Guid Merchant, bool IsLive, string Reference, string Kind, Guid Subject, long EffectiveAtMs,
    long RecordedAtMs, string? Metadata)
{
    public static DigestedHeader Of(NewLedgerTransaction transaction, Guid id, long recordedAtMs) => new(
        transaction.Scope.Shard.Value,
        id,
        transaction.Scope.Merchant.Value,
        transaction.Scope.IsLive,
        transaction.Reference,
        transaction.Kind,
        transaction.Subject,
        transaction.EffectiveAt.ToUnixTimeMilliseconds(),
        recordedAtMs,
        transaction.Metadata);

    public void AddTo(Digest digest) => digest
        .Add(Shard).Add(Id).Add(Merchant).Add(IsLive).Add(Reference).Add(Kind).Add(Subject).Add(EffectiveAtMs)
        .Add(RecordedAtMs).Add(Metadata);
}

internal static class Digests
{
    /// <summary>Adds what a transaction has beside its header; its lines follow.</summary>
    public static Digest BeginTransaction(this Digest digest, in DigestedHeader header, string? correction, Guid? corrects, Guid? hold, long epoch)
    {
        digest.Restart(Digest.TransactionForm);
        header.AddTo(digest);
        return digest.Add(correction).Add(corrects).Add(hold).Add(epoch);
    }

    public static Digest BeginHold(this Digest digest, in DigestedHeader header, long? lapsesAtMs)
    {
        digest.Restart(Digest.HoldForm);
        header.AddTo(digest);
        return digest.Add(lapsesAtMs);
    }

    public static Digest AddLine(this Digest digest, long line, Guid account, long side, long amountMinor, string currency) =>
        digest.Add(line).Add(account).Add(side).Add(amountMinor).Add(currency);

    public static Digest AddLines(this Digest digest, IReadOnlyList<NewPosting> postings, IReadOnlyList<KnownAccount> accounts)
    {
        for (var i = 0; i < accounts.Count; i++)
        {
            var (_, side, amount) = postings[i];
            digest.AddLine(i, accounts[i].Id.Value, side.Sign(), amount.Minor, amount.Currency.Code);
        }

        return digest;
    }

    public static byte[] OfTransaction(
        this Digest digest, NewLedgerTransaction transaction, IReadOnlyList<KnownAccount> accounts, Guid id, long recordedAtMs, Guid? hold, long epoch) =>
        digest
            .BeginTransaction(
                DigestedHeader.Of(transaction, id, recordedAtMs), transaction.Correction?.Word(), transaction.Corrects?.Value, hold, epoch)
            .AddLines(transaction.Postings, accounts)
            .Finish();

    public static byte[] OfAccount(
        AccountName name, Guid id, string kind, long createdAtMs, long? minMinor, long? maxMinor, string? metadata) =>
        Digest.Begin(Digest.AccountForm)
            .Add(name.Scope.Shard.Value).Add(id).Add(name.Scope.Merchant.Value).Add(name.Scope.IsLive).Add(name.Code).Add(kind)
            .Add(name.Currency.Code).Add(createdAtMs).Add(minMinor).Add(maxMinor).Add(metadata)
            .Finish();

    public static byte[] OfHoldEnd(short shard, Guid hold, string outcome, Guid? transaction, long endedAtMs) =>
        Digest.Begin(Digest.HoldEndForm).Add(shard).Add(hold).Add(outcome).Add(transaction).Add(endedAtMs).Finish();

    public static byte[] OfAccountState(short shard, Guid account, string state, long changedAtMs) =>
        Digest.Begin(Digest.AccountStateForm).Add(shard).Add(account).Add(state).Add(changedAtMs).Finish();

    public static byte[] OfAccountNotes(short shard, Guid account, string? metadata) =>
        Digest.Begin(Digest.AccountNotesForm).Add(shard).Add(account).Add(metadata).Finish();

    public static byte[] OfPeriod(short shard, Guid merchant, bool isLive, long startsAtMs, long endsAtMs, long closedAtMs) =>
        Digest.Begin(Digest.PeriodForm).Add(shard).Add(merchant).Add(isLive).Add(startsAtMs).Add(endsAtMs).Add(closedAtMs).Finish();

    public static byte[] OfPeriodEvent(
        short shard, Guid id, Guid merchant, bool isLive, string action, long startsAtMs, long endsAtMs, string actor, string reason, long recordedAtMs) =>
        Digest.Begin(Digest.PeriodEventForm)
            .Add(shard).Add(id).Add(merchant).Add(isLive).Add(action).Add(startsAtMs).Add(endsAtMs).Add(actor).Add(reason).Add(recordedAtMs)
            .Finish();
}
