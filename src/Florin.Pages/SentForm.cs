using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Florin.Pages;

/// <summary>Reading what a browser posted, where what was posted may be anything.</summary>
public static class SentForm
{
    /// <returns>The form; or null and the status that says why it is none: 415 for another type, 413 for one that is too large, 400 for one that is broken.</returns>
    public static Task<(IFormCollection? Form, int Status)> TryReadSentFormAsync(this HttpRequest request, CancellationToken ct) =>
        TryReadAsync(request, static (request, ct) => request.ReadFormAsync(ct), ct);

    /// <summary>The same for a form with files: as large as said (and as the endpoint's own bound lets through), and kept in memory, so that no document lies on a disk.</summary>
    public static Task<(IFormCollection? Form, int Status)> TryReadSentFilesAsync(this HttpRequest request, int mostBytes, CancellationToken ct)
    {
        var options = new FormOptions { MultipartBodyLengthLimit = mostBytes, MemoryBufferThreshold = mostBytes, ValueCountLimit = 100 };
        return TryReadAsync(request, (each, token) => each.ReadFormAsync(options, token), ct);
    }

    private static async Task<(IFormCollection? Form, int Status)> TryReadAsync(
        HttpRequest request, Func<HttpRequest, CancellationToken, Task<IFormCollection>> read, CancellationToken ct)
    {
        if (!request.HasFormContentType) return (null, StatusCodes.Status415UnsupportedMediaType);
        try
        {
            return (await read(request, ct), StatusCodes.Status200OK);
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
