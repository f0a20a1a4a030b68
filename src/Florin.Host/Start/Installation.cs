using Florin.Storage;

namespace Florin.Host.Start;

/// <summary>Where one Florin keeps its things.</summary>
internal sealed record Installation(DataDirectory Data, DatabaseUrl Database);
