using Florin.Pages;

namespace Florin.Checkout;

/// <summary>The style sheet and the script of the hosted checkout; <c>MapAssets(CheckoutAssets.Files)</c> serves them.</summary>
internal static class CheckoutAssets
{
    public static AssetSet Files { get; } =
        AssetSet.Load(typeof(CheckoutAssets).Assembly, "checkout", PagesAssets.BaseSheet);
}
