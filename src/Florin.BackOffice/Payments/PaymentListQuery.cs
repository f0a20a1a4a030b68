using System.Globalization;
using Florin.BackOffice.Pages;
using Florin.Kernel;
using Florin.Payments;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Florin.BackOffice.Payments;

/// <summary>The list's filter as its address has it: read for the query, and kept for the page's own links.</summary>
internal static class PaymentListQuery
{
    private static readonly string[] Names = ["q", "state", "currency", "from", "to", "min", "max"];

    /// <summary>A limit of what is worth reading of an address.</summary>
    private const int LongestValue = 200;

    public static PaymentFilter Read(IQueryCollection query) => new(
        Text: Value(query, "q"),
        State: QueryValue.TryParse<PaymentBadge>(Value(query, "state"), out var state) ? state : null,
        Currency: Currency.TryGet(Value(query, "currency"), out var currency) ? currency.Code : null,
        MinAmount: Value(query, "min"),
        MaxAmount: Value(query, "max"),
        FromDay: Value(query, "from"),
        ToDay: Value(query, "to"))
    {
        MinAmountUnreadable = Value(query, "min") is { } min && BoundOf(min) is null,
        MaxAmountUnreadable = Value(query, "max") is { } max && BoundOf(max) is null,
        FromDayUnreadable = Value(query, "from") is { } from && DayOf(from) is null,
        ToDayUnreadable = Value(query, "to") is { } to && DayOf(to) is null,
    };

    public static PaymentIntentFilter ToFilter(PaymentFilter filter)
    {
        var (status, refunded, isUnknown) = Meaning(filter.State);
        return new PaymentIntentFilter(
            status,
            filter.Currency is null ? null : Currency.Get(filter.Currency),
            filter.MinAmount is null ? null : BoundOf(filter.MinAmount),
            filter.MaxAmount is null ? null : BoundOf(filter.MaxAmount),
            filter.FromDay is null ? null : DayOf(filter.FromDay),
            filter.ToDay is null ? null : DayOf(filter.ToDay)?.AddDays(1),
            refunded,
            isUnknown,
            filter.Text);
    }

    /// <summary>The list's address with this filter and another place in it.</summary>
    public static string Url(IQueryCollection query, string cursorName, string cursor)
    {
        var kept = Names.Where(name => Value(query, name) is not null).ToDictionary(name => name, name => Value(query, name));
        if (query.ContainsKey("lang")) kept["lang"] = query["lang"];
        kept[cursorName] = cursor;
        return QueryHelpers.AddQueryString(OfficePaths.Payments, kept);
    }

    private static (PaymentIntentStatus? Status, RefundedPart? Refunded, bool IsUnknown) Meaning(PaymentBadge? badge) =>
        badge is { } known ? Meaning(known) : (null, null, false);

    private static (PaymentIntentStatus? Status, RefundedPart? Refunded, bool IsUnknown) Meaning(PaymentBadge badge) => badge switch
    {
        PaymentBadge.RequiresPaymentMethod => (PaymentIntentStatus.RequiresPaymentMethod, null, false),
        PaymentBadge.RequiresConfirmation => (PaymentIntentStatus.RequiresConfirmation, null, false),
        PaymentBadge.RequiresAction => (PaymentIntentStatus.RequiresAction, null, false),
        PaymentBadge.Processing => (PaymentIntentStatus.Processing, null, false),
        PaymentBadge.Unknown => (PaymentIntentStatus.Processing, null, true),
        PaymentBadge.RequiresCapture => (PaymentIntentStatus.RequiresCapture, null, false),
        PaymentBadge.Succeeded => (PaymentIntentStatus.Succeeded, RefundedPart.None, false),
        PaymentBadge.PartiallyRefunded => (PaymentIntentStatus.Succeeded, RefundedPart.Some, false),
        PaymentBadge.Refunded => (PaymentIntentStatus.Succeeded, RefundedPart.All, false),
        PaymentBadge.Canceled => (PaymentIntentStatus.Canceled, null, false),
    };

    private static string? Value(IQueryCollection query, string name)
    {
        var text = query[name].ToString().Trim();
        return text.Length is 0 or > LongestValue ? null : text;
    }

    // An amount in major units means another number of minor units in each currency; what a currency has no digits for
    // is cut off, which for a bound is near enough.
    private static AmountBound? BoundOf(string text)
    {
        const NumberStyles Styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands;
        const decimal Most = 9_999_999_999;
        if (!decimal.TryParse(text, Styles, CultureInfo.InvariantCulture, out var major) || major > Most) return null;
        return new AmountBound((long)major, (long)(major * 100), (long)(major * 1_000), (long)(major * 10_000));
    }

    private static DateTimeOffset? DayOf(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day : null;
}
