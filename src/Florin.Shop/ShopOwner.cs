using Florin.Kernel;

namespace Florin.Shop;

/// <summary>The merchant whose shop this is.</summary>
public sealed record ShopOwner(MerchantScope Scope);
