using System.Security.Cryptography;
using System.Text;
using Florin.Payments;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Florin.Api.Requests;

/// <param name="Name">As the uploader calls it. Nothing is decided by it.</param>
internal sealed record UploadedFile(string? Name, ReadOnlyMemory<byte> Content);

/// <summary>Reads an upload (RFC 7578): some parameters and one file, all within bounds, and none of it to disk.</summary>
internal static class MultipartBody
{
    private const int MostParts = 20;
    private const int MostTextBytes = 16 * 1024;
    private const int MostBytes = NewFile.MostBytes + (64 * 1024);

    /// <summary>Tells the server that this route takes more than others. Somewhat more than a file may have, so that who sends
    /// too large a one is told so, and is not cut off.</summary>
    public sealed class Bound : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => 2 * NewFile.MostBytes;
    }

    public static bool IsOne(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase);

    /// <returns>The parameters, among which <c>file</c> is the hash of the file: so the same upload is known by its key again.</returns>
    /// <exception cref="MalformedRequestException">It is no upload, or out of bounds.</exception>
    public static async Task<(Node.Map Parameters, UploadedFile? File)> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= 70 } boundary)
        {
            throw new MalformedRequestException("content_type_unsupported", "Send multipart/form-data with a part named file.");
        }

        if (request.ContentLength > MostBytes) throw TooLarge();
        try
        {
            return await ReadPartsAsync(new MultipartReader(boundary.Value!, request.Body) { BodyLengthLimit = MostBytes, HeadersCountLimit = 8 }, ct);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw new MalformedRequestException("request_malformed", "The upload is broken, or a part of it is too large.");
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge();
        }
    }

    private static async Task<(Node.Map Parameters, UploadedFile? File)> ReadPartsAsync(MultipartReader reader, CancellationToken ct)
    {
        var texts = new StringBuilder();
        UploadedFile? file = null;
        for (var parts = 0; await reader.ReadNextSectionAsync(ct) is { } section; parts++)
        {
            if (parts == MostParts) throw new MalformedRequestException("parameters_too_many", $"An upload has at most {MostParts} parts.");
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                || HeaderUtilities.RemoveQuotes(disposition.Name).Value is not { Length: > 0 } name)
            {
                throw new MalformedRequestException("request_malformed", "A part of the upload has no name.");
            }

            if (disposition.IsFileDisposition())
            {
                if (name != "file" || file is not null) throw new MalformedRequestException("parameter_duplicate", "An upload has one file, named file.", "file");
                var fileName = disposition.FileNameStar.HasValue ? disposition.FileNameStar : HeaderUtilities.RemoveQuotes(disposition.FileName);
                file = new UploadedFile(fileName.Value, await BytesAsync(section, MostBytes, ct));
                continue;
            }

            // By way of the form's own writing, so that names and bounds are those of every other request.
            if (texts.Length > 0) texts.Append('&');
            texts.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(TextOf(await BytesAsync(section, MostTextBytes, ct))));
        }

        var parameters = FormParser.Parse(Encoding.UTF8.GetBytes(texts.ToString()), BodyLimits.Usual);
        if (file is null) return (parameters, null);
        var members = parameters.Members.ToDictionary();
        if (!members.TryAdd("file", new Node.Text(Convert.ToHexStringLower(SHA256.HashData(file.Content.Span))))) throw TreeBuilder.Doubled("file");
        return (new Node.Map(members), file);
    }

    private static async Task<byte[]> BytesAsync(MultipartSection section, int most, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await section.Body.ReadAsync(buffer, ct)) > 0)
        {
            if (bytes.Length + read > most) throw TooLarge();
            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }

    private static string TextOf(byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new MalformedRequestException("invalid_characters", "A part of the upload is not UTF-8.");
        }
    }

    private static MalformedRequestException TooLarge() => new("body_too_large", $"A file has at most {NewFile.MostBytes} bytes.", "file");
}
