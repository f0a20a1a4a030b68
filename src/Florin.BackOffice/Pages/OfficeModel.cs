using Florin.Pages;

namespace Florin.BackOffice.Pages;

/// <summary>A page for people who are signed in.</summary>
internal abstract record OfficeModel : PageModel
{
    public required OfficeFrame Frame { get; init; }

    /// <summary>Which entry of the navigation it lies behind.</summary>
    public abstract OfficeSection Section { get; }
}

/// <summary>The entries of the navigation, each one idea.</summary>
internal enum OfficeSection
{
    Payments,
    UnknownOutcomes,
    Disputes,
    Ledger,
    Routing,
    Webhooks,
    Keys,
    Requests,
    Gateways,
    Audit,
}

/// <summary>What every signed-in page shows around its content.</summary>
/// <param name="UserName">Who is signed in, as they signed in.</param>
/// <param name="SignOutAction">A form with the one field <c>form_token</c> is posted here.</param>
internal sealed record OfficeFrame(
    bool TestMode,
    string MerchantName,
    string UserName,
    string PaymentsUrl,
    string DisputesUrl,
    string WebhooksUrl,
    string SignOutAction,
    string SignOutToken)
{
    /// <summary>The most that <see cref="UnknownOutcomes"/> counts; what is shown then says that there are more.</summary>
    public const int MostUnknownOutcomes = 100;

    /// <summary>How many items wait in the work queue.</summary>
    public int UnknownOutcomes { get; init; }
}
