using System.Text.Json.Serialization;

namespace Florin.Sandbox.Hooks;

/// <summary>What is set, for <c>GET /control/faults</c>.</summary>
internal sealed record FaultsView(IReadOnlyList<FaultView> Data);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FaultsView))]
internal sealed partial class FaultViewJson : JsonSerializerContext;
