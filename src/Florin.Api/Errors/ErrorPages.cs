using Florin.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Florin.Api.Errors;

/// <summary>Where <c>doc_url</c> leads: every code on one page, each with its own anchor.</summary>
internal static class ErrorPages
{
    public const string Path = "/docs/errors";

    public static AssetSet Files { get; } = AssetSet.Load(typeof(ErrorPages).Assembly, "api", PagesAssets.BaseSheet);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapAssets(Files);
        routes.MapGet(Path, static () => PageResult.Of(new ErrorsModel { Language = Language.English, Here = Path })).AllowAnonymous();
    }
}

/// <remarks>In English alone, as the messages of the API are.</remarks>
internal sealed record ErrorsModel : PageModel
{
    public IReadOnlyList<ErrorCode> Codes { get; } = ErrorCodes.All;

    protected override Type View => typeof(ErrorsPage);
}
