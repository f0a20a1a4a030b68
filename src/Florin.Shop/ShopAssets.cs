using Florin.Pages;

namespace Florin.Shop;

/// <summary>The demo shop's style sheet and product pictures; <c>MapAssets(ShopAssets.Files)</c> serves them.</summary>
internal static class ShopAssets
{
    public static AssetSet Files { get; } = AssetSet.Load(typeof(ShopAssets).Assembly, "shop", PagesAssets.BaseSheet);
}
