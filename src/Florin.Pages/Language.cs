namespace Florin.Pages;

/// <summary>A language that every page speaks.</summary>
public enum Language
{
    English,
    Korean,
}

public static class Languages
{
    public static IReadOnlyList<Language> All { get; } = Enum.GetValues<Language>();

    /// <summary>The BCP 47 tag, as <c>lang</c> attributes and session locales write it.</summary>
    public static string Tag(this Language language) => language switch
    {
        Language.English => "en",
        Language.Korean => "ko",
    };

    /// <summary>The language's name for itself.</summary>
    public static string OwnName(this Language language) => language switch
    {
        Language.English => "English",
        Language.Korean => "한국어",
    };

    /// <summary>Reads a tag with or without a region: <c>ko</c>, <c>ko-KR</c>, <c>EN_us</c>.</summary>
    public static bool TryParse(string? tag, out Language language)
    {
        language = Language.English;
        var primary = (tag ?? "").Split('-', '_')[0].Trim();
        foreach (var candidate in All)
        {
            if (!primary.Equals(candidate.Tag(), StringComparison.OrdinalIgnoreCase)) continue;
            language = candidate;
            return true;
        }

        return false;
    }

    /// <summary>Chooses without a cookie: what the visitor asked for now, then what was kept for the session, then
    /// the browser's list, then English.</summary>
    /// <param name="asked">The <c>lang</c> query value.</param>
    /// <param name="kept">The locale kept with the session; <c>auto</c> and unknown tags count as none.</param>
    /// <param name="acceptLanguage">The <c>Accept-Language</c> header (RFC 9110 section 12.5.4).</param>
    public static Language Choose(string? asked, string? kept, string? acceptLanguage)
    {
        if (TryParse(asked, out var language) || TryParse(kept, out language)) return language;
        return FromAcceptLanguage(acceptLanguage);
    }

    private static Language FromAcceptLanguage(string? header)
    {
        // A browser sends a handful of ranges; a header of thousands is not worth reading to its end.
        const int RangesRead = 16;
        var best = (Language: Language.English, Quality: 0m);
        foreach (var range in (header ?? "").Split(',').Take(RangesRead))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            if (!TryParse(parts[0], out var language)) continue;
            var quality = QualityOf(parts);
            if (quality > best.Quality) best = (language, quality);
        }

        return best.Language;
    }

    private static decimal QualityOf(string[] parts)
    {
        const System.Globalization.NumberStyles Digits = System.Globalization.NumberStyles.AllowDecimalPoint;
        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        foreach (var part in parts.Skip(1))
        {
            if (!part.StartsWith("q=", StringComparison.OrdinalIgnoreCase)) continue;
            return decimal.TryParse(part.AsSpan(2), Digits, invariant, out var quality) ? quality : 0;
        }

        return 1;
    }
}
