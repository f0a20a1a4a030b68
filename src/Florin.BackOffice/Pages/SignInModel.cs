using Florin.Pages;

namespace Florin.BackOffice.Pages;

/// <summary>The door.</summary>
internal sealed record SignInModel : PageModel
{
    /// <summary>Where the form is posted. Fields: <c>form_token</c>, <c>return_to</c>, <c>email</c>, <c>password</c>.</summary>
    public required string Action { get; init; }

    public required string FormToken { get; init; }

    /// <summary>The page that was asked for, to go on to.</summary>
    public string? ReturnTo { get; init; }

    public string? Email { get; init; }

    public SignInProblem? Problem { get; init; }

    public bool TestMode { get; init; }

    protected override Type View => typeof(SignInPage);
}

internal enum SignInProblem
{
    /// <summary>Unknown person or wrong password; which of the two is not said.</summary>
    Refused,
    /// <summary>Too many tries; wait.</summary>
    Locked,
    FormExpired,
    SignedOut,
}
