using Microsoft.AspNetCore.Http;

namespace Florin.Pages;

/// <summary>303: what follows a POST is a GET, which a reload may repeat (RFC 9110 section 15.4.4).</summary>
public sealed class SeeOther(string location) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = location;
        httpContext.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
