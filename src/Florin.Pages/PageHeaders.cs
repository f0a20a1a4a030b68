using Microsoft.AspNetCore.Http;

namespace Florin.Pages;

/// <summary>The headers that keep a page to itself.</summary>
public static class PageHeaders
{
    /// <summary>Writes them; a page that needs more than this is a page to argue about.</summary>
    /// <param name="formActionOrigins">Origins besides our own that forms may end up at. Browsers enforce
    /// <c>form-action</c> on redirects after a POST too, so a form whose answer redirects to another site needs that
    /// site here, or a page of ours between.</param>
    public static void Apply(IHeaderDictionary headers, IReadOnlyList<string> formActionOrigins)
    {
        headers.ContentSecurityPolicy = PolicyFor(formActionOrigins);
        // Not no-referrer: under it browsers send "Origin: null" with our own forms, and the origin could not be
        // checked. Other sites learn nothing from same-origin either.
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] =
            "camera=(), geolocation=(), microphone=(), payment=(self), publickey-credentials-get=(self)";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.XContentTypeOptions = "nosniff";
        // For browsers that predate frame-ancestors.
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
    }

    private static string PolicyFor(IReadOnlyList<string> formActionOrigins)
    {
        var formAction = string.Join(' ', formActionOrigins.Select(OriginOf).Prepend("'self'"));
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            + $"font-src 'self'; form-action {formAction}; frame-ancestors 'none'; base-uri 'none'; "
            + "require-trusted-types-for 'script'";
    }

    private static string OriginOf(string text)
    {
        // Parsed, so that what is configured cannot smuggle another directive in.
        var uri = new Uri(text, UriKind.Absolute);
        return uri.Scheme is "https" or "http"
            ? uri.GetLeftPart(UriPartial.Authority)
            : throw new ArgumentException($"'{text}' is not an http origin.", nameof(text));
    }
}
