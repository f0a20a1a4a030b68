using Florin.BackOffice.Pages;
using Florin.BackOffice.SignIn;
using Florin.Pages;
using Florin.Payments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.BackOffice.UnknownOutcomes;

/// <summary>What becomes of money that comes after its payment was given up.</summary>
internal static class PaymentPolicyEndpoints
{
    private const string Purpose = "office payment policy";

    private static readonly TimeSpan FormLife = TimeSpan.FromHours(12);

    public static void Map(RouteGroupBuilder staff)
    {
        staff.MapGet("/unknown-outcomes/policy", async (HttpContext http, IPaymentPolicies policies, OfficeForms forms, CancellationToken ct) =>
            PageResult.Of(Form(http, forms, await policies.FindAsync(http.Session().Scope, ct))));
        staff.MapPost("/unknown-outcomes/policy", SaveAsync).DisableAntiforgery();
    }

    private static async Task<IResult> SaveAsync(HttpContext http, IPaymentPolicies policies, OfficeForms forms, CancellationToken ct)
    {
        var session = http.Session();
        var form = await http.ReadSentFormAsync(ct);
        var now = await policies.FindAsync(session.Scope, ct);
        if (!forms.Tokens.Verify(form["form_token"], Purpose, session.Id, Bound(now))
            || !QueryValue.TryParse<LateSuccessPolicy>(form["late_success"], out var chosen))
        {
            return PageResult.Of(Form(http, forms, now) with { NotSaved = true }, StatusCodes.Status400BadRequest);
        }

        _ = await policies.SetAsync(session.Scope, http.Actor(), now with { LateSuccess = chosen }, answer: null, ct);
        return new SeeOther(OfficePaths.PaymentPolicy + "?saved=1");
    }

    // Somebody else may have changed it since the form was shown.
    private static string[] Bound(PaymentPolicies policies) => [policies.LateSuccess.ToString()];

    private static PaymentPolicyModel Form(HttpContext http, OfficeForms forms, PaymentPolicies policies) => new()
    {
        Language = OfficeForms.LanguageOf(http.Request),
        Here = OfficePaths.PaymentPolicy,
        Frame = forms.FrameOf(http),
        LateSuccess = policies.LateSuccess,
        FormToken = forms.Tokens.Issue(Purpose, http.Session().Id, FormLife, Bound(policies)),
        JustSaved = http.Request.Query.ContainsKey("saved"),
    };
}
