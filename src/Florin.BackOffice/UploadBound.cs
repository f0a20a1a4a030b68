using Microsoft.AspNetCore.Http.Metadata;

namespace Florin.BackOffice;

/// <summary>How long a body may be where files come in.</summary>
/// <param name="mostBytes">Somewhat more than the form takes, so that who sends too much is told so, and is not cut off.</param>
internal sealed class UploadBound(long mostBytes) : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => mostBytes;
}
