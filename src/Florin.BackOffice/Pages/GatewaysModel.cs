using Florin.Payments;

namespace Florin.BackOffice.Pages;

/// <summary>The merchant's accounts with gateways, and how they have been answering.</summary>
internal sealed record GatewaysModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Gateways;

    public required IReadOnlyList<Gateway> Gateways { get; init; }

    protected override Type View => typeof(GatewaysPage);
}
