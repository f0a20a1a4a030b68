using Florin.Kernel;

namespace Florin.Api.Routing;

/// <summary>Turns of requests that bring much: a parsed body takes many times the memory of its bytes.</summary>
internal sealed class LongWrites() : Turns(atOnce: 2, "Too many large requests are worked on at once; repeat this one in a moment.");
