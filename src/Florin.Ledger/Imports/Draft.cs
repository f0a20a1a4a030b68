using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Florin.Kernel;

namespace Florin.Ledger.Imports;

/// <summary>A transaction as a file has it.</summary>
/// <param name="Line">Where it begins.</param>
/// <param name="Text">That line.</param>
internal sealed record Draft(int Line, string Text, DateTimeOffset EffectiveAt, IReadOnlyList<NewPosting> Postings)
{
    public const string DefaultKind = "journal";

    /// <summary>Null where the file names none.</summary>
    public string? Reference { get; init; }

    public string Kind { get; init; } = DefaultKind;

    public Guid? Subject { get; init; }

    public Correction? Correction { get; init; }

    public LedgerTransactionId? Corrects { get; init; }

    public string? Metadata { get; init; }
}

/// <summary>What several forms of files write in the same way.</summary>
internal static class DraftText
{
    public const string OpeningBalances = "opening_balances";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A reference made of what a transaction says, so that the same file brings the same once more.</summary>
    /// <param name="occurrence">1 for the first of several that say the same.</param>
    public static string ReferenceOf(string content, int occurrence)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, 16));
        return occurrence == 1 ? $"import:{hash}" : $"import:{hash}:{occurrence}";
    }

    /// <summary>All that tells one transaction from another, parted by a sign that is in none of its parts.</summary>
    public static string ContentOf(Draft draft)
    {
        var content = new StringBuilder().AppendJoin('\0', draft.EffectiveAt.ToUnixTimeMilliseconds(), draft.Kind, draft.Metadata);
        foreach (var (account, side, amount) in draft.Postings)
        {
            content.Append('\0').AppendJoin('\0', account.Code, account.Kind.Word(), side.Word(), amount);
        }

        return content.ToString();
    }

    /// <summary>The cause of a transaction whose file names none: its reference, as a UUIDv8.</summary>
    public static Guid SubjectOf(string reference)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(reference));
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    public static string MetadataOf(string description) =>
        JsonSerializer.Serialize(new Dictionary<string, string> { ["description"] = description }, Readable);

    public static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>An amount with a decimal point and no more digits after it than its currency has, zeros included: the point of
    /// <c>1.000 EUR</c> may part thousands.</summary>
    /// <returns>False also for the one number that has no opposite.</returns>
    public static bool TryAmount(string text, Currency currency, out Money amount)
    {
        amount = default;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0 && text.Length - point - 1 > currency.Digits) return false;
        return Money.TryParseDecimal(text, currency, out amount) && amount.Minor != long.MinValue;
    }

    /// <summary>The midnight with which a day begins.</summary>
    public static DateTimeOffset Midnight(DateOnly date, TimeZoneInfo zone)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    /// <summary>An instant as exports write it.</summary>
    public static bool TryInstant(string text, out DateTimeOffset instant) => DateTimeOffset.TryParseExact(
        text,
        ["yyyy-MM-dd'T'HH:mm:ss.fff'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'"],
        System.Globalization.CultureInfo.InvariantCulture,
        System.Globalization.DateTimeStyles.AssumeUniversal,
        out instant);

    public static bool TryDate(string text, out DateOnly date) => DateOnly.TryParseExact(
        text, ["yyyy-M-d", "yyyy/M/d", "yyyy.M.d"], System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out date)
        && date.Year > 1;

    /// <summary>The day and the exact instant of a transaction, of which a file gives one or both.</summary>
    /// <returns>Null with a sentence where they are wrong or contradict each other.</returns>
    public static DateTimeOffset? EffectiveAt(string? date, string? instant, TimeZoneInfo zone, out string fault)
    {
        fault = "";
        var day = default(DateOnly);
        if (date is not null && !TryDate(date, out day))
        {
            fault = $"'{date}' is no date of the form 2026-11-21.";
            return null;
        }

        if (instant is null) return Midnight(day, zone);
        if (!TryInstant(instant, out var at))
        {
            fault = $"'{instant}' is no instant of the form 2026-11-21T09:30:00.000Z.";
            return null;
        }

        var dayOfInstant = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
        if (date is null || dayOfInstant == day) return at;
        fault = $"{instant} is on {dayOfInstant:yyyy-MM-dd} in {zone.Id}, and the date says {date}. Give the time zone of the file, or change both.";
        return null;
    }
}
