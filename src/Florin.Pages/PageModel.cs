using Microsoft.AspNetCore.Components;

namespace Florin.Pages;

/// <summary>All that a page shows. A view sees nothing else: no services, no request, no clock.</summary>
public abstract record PageModel
{
    public required Language Language { get; init; }

    /// <summary>Path and query of this page, without <c>lang</c>; the language switch leads back here.</summary>
    public required string Here { get; init; }

    /// <summary>The component that shows it: a <see cref="Page"/>.</summary>
    protected internal abstract Type View { get; }

    /// <summary>This page's address in another language.</summary>
    public string HereIn(Language language) =>
        Here + (Here.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "lang=" + language.Tag();
}

/// <summary>The base of a view, and of a part of one.</summary>
/// <remarks>
/// The Razor compiler makes every component public, and a public component cannot have a parameter of an internal
/// type. So the parameter is the base record, and a view reads its own with <see cref="As{T}"/>.
/// </remarks>
public abstract class Page : ComponentBase
{
    [Parameter, EditorRequired]
    public PageModel PageModel { get; set; } = null!;

    protected T As<T>() where T : class => PageModel as T
        ?? throw new InvalidOperationException($"{GetType().Name} shows {typeof(T).Name}, not {PageModel?.GetType().Name}.");
}
