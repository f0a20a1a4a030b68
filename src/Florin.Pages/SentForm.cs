using Microsoft.AspNetCore.Http;

namespace Florin.Pages;

/// <summary>Reading what a browser posted, where what was posted may be anything.</summary>
public static class SentForm
{
    /// <returns>The form; or null and the status that says why it is none: 415 for another type, 413 for one that is too large, 400 for one that is broken.</returns>
    public static async Task<(IFormCollection? Form, int Status)> TryReadSentFormAsync(this HttpRequest request, CancellationToken ct)
    {
        if (!request.HasFormContentType) return (null, StatusCodes.Status415UnsupportedMediaType);
        try
        {
            return (await request.ReadFormAsync(ct), StatusCodes.Status200OK);
        }
        catch (BadHttpRequestException refused)
        {
            return (null, refused.StatusCode);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException)
        {
            // More fields than a form of ours has, or a multipart body that ends or begins in the middle.
            return (null, StatusCodes.Status400BadRequest);
        }
    }
}
