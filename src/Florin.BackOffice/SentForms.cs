using Florin.Pages;
using Florin.Payments;
using Microsoft.AspNetCore.Http;

namespace Florin.BackOffice;

/// <summary>What people send from the pages, read.</summary>
internal static class SentForms
{
    /// <summary>The form of a request. One that cannot be read is empty, and refused like any without a token of ours.</summary>
    public static async Task<IFormCollection> ReadSentFormAsync(this HttpContext http, CancellationToken ct) =>
        (await http.Request.TryReadSentFormAsync(ct)).Form ?? FormCollection.Empty;

    /// <summary>A field as it was typed, without the character that databases do not take.</summary>
    public static string Typed(this IFormCollection form, string name) => form[name].ToString().Replace("\0", "", StringComparison.Ordinal).Trim();

    public static async Task<NewFile> ReadAsync(this IFormFile sent, FilePurpose purpose, CancellationToken ct)
    {
        using var content = new MemoryStream((int)sent.Length);
        await sent.CopyToAsync(content, ct);
        return new NewFile(purpose, sent.FileName, content.ToArray());
    }
}
