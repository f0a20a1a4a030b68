using Florin.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Api.Errors;

/// <summary>Where <c>doc_url</c> leads: a page for every word, and a list of them all.</summary>
internal static class ErrorPages
{
    public const string Path = "/docs/errors";

    public static AssetSet Files { get; } = AssetSet.Load(typeof(ErrorPages).Assembly, "api", PagesAssets.BaseSheet);

    public static void Map(IEndpointRouteBuilder routes, ErrorDocuments documents)
    {
        routes.MapAssets(Files);
        routes.MapGet(Path, static () => List(StatusCodes.Status200OK)).AllowAnonymous();
        routes.MapGet(Path + "/{word}", (string word) => documents.Find(word) is { } document ? Show(document) : List(StatusCodes.Status404NotFound))
            .AllowAnonymous();
    }

    /// <summary>What the related words of a section are to it.</summary>
    public static string RelatedTitle(ErrorSection section) => section.Field == "code" ? "Decline codes that come with it" : "Comes with the code";

    private static PageResult List(int status) => PageResult.Of(new ErrorsModel { Language = Language.English, Here = Path }, status);

    private static PageResult Show(ErrorDocument document) => PageResult.Of(
        new ErrorModel { Language = Language.English, Here = $"{Path}/{document.Word}", Document = document });
}

/// <remarks>In English alone, as the messages of the API are.</remarks>
internal sealed record ErrorsModel : PageModel
{
    public IReadOnlyList<ErrorCode> Codes { get; } = ErrorCodes.All;

    public IReadOnlyList<DeclineReason> Reasons { get; } = DeclineReasons.All;

    protected override Type View => typeof(ErrorsPage);
}

internal sealed record ErrorModel : PageModel
{
    public required ErrorDocument Document { get; init; }

    protected override Type View => typeof(ErrorPage);
}
