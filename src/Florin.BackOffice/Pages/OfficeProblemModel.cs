using Florin.Pages;

namespace Florin.BackOffice.Pages;

/// <summary>Something is not there, or went wrong; stands alone, since there may be no one signed in.</summary>
internal sealed record OfficeProblemModel : PageModel
{
    public required OfficeProblem Problem { get; init; }

    public required string HomeUrl { get; init; }

    public required string RequestId { get; init; }

    protected override Type View => typeof(OfficeProblemPage);
}

internal enum OfficeProblem
{
    NotFound,
    Forbidden,
    FormExpired,
    Failed,
}
