using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace Florin.Sandbox;

/// <summary>What the sandbox's few pages share.</summary>
internal static class Html
{
    public static string Encode(string? text) => HtmlEncoder.Default.Encode(text ?? "");

    public static Task WriteAsync(HttpContext context, int status, string language, string title, string body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        // No form-action: browsers apply it to the redirect after a form too, and that leads to the merchant.
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";
        return response.WriteAsync($"""
            <!doctype html>
            <html lang="{language}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Encode(title)}</title>
            <link rel="stylesheet" href="/sandbox.css">
            </head>
            {body}
            </html>
            """);
    }
}
