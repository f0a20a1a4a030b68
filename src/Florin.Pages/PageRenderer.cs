using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Florin.Pages;

/// <summary>Turns a model into HTML.</summary>
public static class PageRenderer
{
    // A view can inject nothing, so its model is its only input. Korean is written as it is, not as references to
    // code points, which would make a page more than twice as long.
    private static readonly ServiceProvider Services = new ServiceCollection()
        .AddSingleton(HtmlEncoder.Create(UnicodeRanges.All))
        .BuildServiceProvider();

    /// <returns>The whole document. A view that throws has sent nothing, so the caller can still answer an error.</returns>
    public static async Task<string> RenderAsync(PageModel model)
    {
        await using var renderer = new HtmlRenderer(Services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = ParameterView.FromDictionary(
                new Dictionary<string, object?> { [nameof(Page.PageModel)] = model });
            var root = await renderer.RenderComponentAsync(model.View, parameters);
            return root.ToHtmlString();
        });
    }
}
