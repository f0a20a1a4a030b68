using Florin.Merchants;

namespace Florin.BackOffice.Pages;

/// <summary>What was changed by hand, newest first.</summary>
internal sealed record AuditModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Audit;

    public required AuditFilter Filter { get; init; }

    public required IReadOnlyList<AuditRecord> Records { get; init; }

    public string? NewerUrl { get; init; }

    public string? OlderUrl { get; init; }

    public bool IsFiltered => Filter is not { Action: null, Subject: null, ActorName: null };

    protected override Type View => typeof(AuditPage);
}
