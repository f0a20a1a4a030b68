using Florin.Payments;

namespace Florin.Checkout.Sessions;

/// <summary>The addresses of a session's pages, from the root of this installation.</summary>
internal static class SessionPaths
{
    public static string Page(CheckoutSession session) => $"/c/{session.Id}/{session.UrlToken}";

    public static string Pay(CheckoutSession session) => Page(session) + "/pay";

    public static string Status(CheckoutSession session) => Page(session) + "/status";
}
