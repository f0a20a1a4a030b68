using System.Text;
using Microsoft.AspNetCore.Http;

namespace Florin.Pages;

/// <summary>Answers with a page: <c>return PageResult.Of(new PayModel { … });</c></summary>
public sealed class PageResult : IResult, IStatusCodeHttpResult
{
    private PageResult(PageModel model, int statusCode) => (Model, StatusCode) = (model, statusCode);

    public PageModel Model { get; }

    public int? StatusCode { get; }

    /// <summary>Origins besides our own that the page's forms may end up at, redirects included.</summary>
    public IReadOnlyList<string> FormActionOrigins { get; init; } = [];

    public static PageResult Of(PageModel model, int statusCode = StatusCodes.Status200OK) => new(model, statusCode);

    public static PageResult Of(PageModel model, int statusCode, IReadOnlyList<string> formActionOrigins) =>
        new(model, statusCode) { FormActionOrigins = formActionOrigins };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var bytes = Encoding.UTF8.GetBytes(await PageRenderer.RenderAsync(Model));
        var response = httpContext.Response;
        response.StatusCode = StatusCode!.Value;
        PageHeaders.Apply(response.Headers, FormActionOrigins);
        response.Headers.ContentLanguage = Model.Language.Tag();
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }
}
