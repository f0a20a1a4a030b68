using Florin.Pages;

namespace Florin.BackOffice;

/// <summary>The back office's style sheet and script; <c>MapAssets(OfficeAssets.Files)</c> serves them.</summary>
internal static class OfficeAssets
{
    public static AssetSet Files { get; } = AssetSet.Load(typeof(OfficeAssets).Assembly, "office", PagesAssets.BaseSheet);
}
