namespace Florin.Pages;

/// <summary>The files of the pages kit itself.</summary>
public static class PagesAssets
{
    private static readonly AssetSet Files = AssetSet.Load(typeof(PagesAssets).Assembly, "pages");

    /// <summary>Tokens, type, forms, buttons, tables and notices; each module's sheet begins with it.</summary>
    public static Asset BaseSheet => Files["florin.css"];
}
