using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Florin.Kernel;

/// <summary>A currency of ISO 4217 list one, with the digits of its minor unit.</summary>
/// <remarks>
/// Codes without a minor unit (metals, funds, tests: XAU, XDR, XXX ...) are known, so that they can be refused by
/// name, but carry no amounts: <see cref="IsPayable"/> is false.
/// </remarks>
public sealed class Currency : IEquatable<Currency>
{
    private static readonly FrozenDictionary<string, Currency> ByCode = Load();

    private Currency(string code, string numericCode, int? digits, string name)
    {
        Code = code;
        LowerCode = code.ToLowerInvariant();
        NumericCode = numericCode;
        Digits = digits ?? 0;
        IsPayable = digits is not null;
        Name = name;
        MinorPerMajor = (long)Math.Pow(10, Digits);
    }

    public static Currency Usd { get; } = Get("USD");

    public static Currency Eur { get; } = Get("EUR");

    public static Currency Krw { get; } = Get("KRW");

    /// <summary>Every code of the list, in alphabetical order.</summary>
    public static IReadOnlyList<Currency> All { get; } = [.. ByCode.Values.OrderBy(c => c.Code, StringComparer.Ordinal)];

    /// <summary>Three upper-case letters, as in <c>KRW</c>.</summary>
    public string Code { get; }

    /// <summary>The same three letters as the wire shows them: <c>krw</c>.</summary>
    public string LowerCode { get; }

    /// <summary>Three digits, as in <c>410</c>.</summary>
    public string NumericCode { get; }

    /// <summary>How many digits follow the decimal point: 0 for won, 2 for euro, 3 for dinar.</summary>
    public int Digits { get; }

    /// <summary>How many minor units make one major unit: 1, 100, 1000 or 10000.</summary>
    public long MinorPerMajor { get; }

    /// <summary>Whether amounts can be named in it.</summary>
    public bool IsPayable { get; }

    public string Name { get; }

    /// <summary>Finds a currency by its code, in either case.</summary>
    public static bool TryGet(string? code, [NotNullWhen(true)] out Currency? currency)
    {
        currency = null;
        return code is { Length: 3 } && ByCode.TryGetValue(code, out currency);
    }

    /// <exception cref="ArgumentException">The code is not in the list.</exception>
    public static Currency Get(string code) => TryGet(code, out var currency)
        ? currency
        : throw new ArgumentException($"'{code}' is not an ISO 4217 currency code.", nameof(code));

    public bool Equals(Currency? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => Code.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Code;

    private static FrozenDictionary<string, Currency> Load()
    {
        // ISO 4217 list one as of 2026-02-01: code, numeric code, digits ("-" where there is no minor unit), name.
        using var stream = typeof(Currency).Assembly.GetManifestResourceStream("iso4217.csv")!;
        using var reader = new StreamReader(stream);
        reader.ReadLine();
        var byCode = new Dictionary<string, Currency>(StringComparer.OrdinalIgnoreCase);
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            int? digits = cells[2] == "-" ? null : cells[2][0] - '0';
            byCode.Add(cells[0], new Currency(cells[0], cells[1], digits, cells[3]));
        }

        return byCode.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
