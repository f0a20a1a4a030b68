using Florin.Kernel;

namespace Florin.Api.Routing;

/// <summary>Turns of questions that may read much, so that one key's searches do not hold up everybody's payments.</summary>
internal sealed class LongReads() : Turns(atOnce: 2, "Too many searches run at once; ask again in a moment.");
