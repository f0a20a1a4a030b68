using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Florin.Sandbox;

internal static class RequestBody
{
    /// <summary>The whole body of a call that may carry documents.</summary>
    public static Task<byte[]> ReadEvidenceAsync(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = SandboxApplication.MaxEvidenceBytes;
        return ReadAsync(context);
    }

    /// <summary>The whole body; Kestrel refuses one above <see cref="SandboxApplication.MaxRequestBytes"/>.</summary>
    public static async Task<byte[]> ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
