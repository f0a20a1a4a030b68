using Florin.Payments;

namespace Florin.BackOffice;

/// <summary>The addresses of the back office's pages.</summary>
internal static class OfficePaths
{
    public const string Home = "/office";
    public const string Payments = Home + "/payments";
    public const string Webhooks = Home + "/webhooks";

    public static string Payment(PaymentIntentId id) => $"{Payments}/{id}";

    public static string Refund(PaymentIntentId id) => $"{Payments}/{id}/refund";
}
