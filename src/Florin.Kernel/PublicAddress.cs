namespace Florin.Kernel;

/// <summary>Where browsers and gateways reach this installation from outside.</summary>
/// <param name="Url">Ends with a slash.</param>
public sealed record PublicAddress(Uri Url)
{
    public Uri To(string path) => new(Url, path);
}
