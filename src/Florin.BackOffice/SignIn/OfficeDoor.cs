using System.Globalization;
using Florin.BackOffice.Pages;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.BackOffice.SignIn;

/// <summary>Lets people in and out, and keeps everybody else before the door.</summary>
internal static class OfficeDoor
{
    public const string SignInPath = OfficePaths.Home + "/sign-in";
    public const string SignOutPath = OfficePaths.Home + "/sign-out";

    private const string Cookie = "florin_office";
    private const string SessionItem = "florin.office.session";
    private const string SignInPurpose = "office sign-in";
    private const string SignOutPurpose = "office sign-out";
    private const string BeforeSignIn = "nobody";

    private static readonly TimeSpan FormLife = TimeSpan.FromHours(1);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(SignInPath, ShowAsync).AllowAnonymous();
        endpoints.MapPost(SignInPath, SignInAsync).AllowAnonymous().DisableAntiforgery();
        endpoints.MapPost(SignOutPath, SignOutAsync).AllowAnonymous().DisableAntiforgery();
    }

    /// <summary>Everything in the group is for people who are signed in; others are led to the door and back again.</summary>
    public static RouteGroupBuilder ForStaff(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            var sessions = http.RequestServices.GetRequiredService<OfficeSessions>();
            var session = await sessions.FindAsync(http.Request.Cookies[Cookie], http.RequestAborted);
            if (session is null)
            {
                var asked = HttpMethods.IsGet(http.Request.Method) ? http.Request.Path + http.Request.QueryString : OfficePaths.Payments;
                return new SeeOther($"{SignInPath}?return_to={Uri.EscapeDataString(asked)}");
            }

            http.Items[SessionItem] = session;
            return await next(context);
        });
        return group;
    }

    /// <exception cref="InvalidOperationException">The endpoint is not in a group for staff.</exception>
    public static OfficeSession Session(this HttpContext http) => http.Items[SessionItem] as OfficeSession
        ?? throw new InvalidOperationException("This endpoint is open to people who are not signed in.");

    /// <summary>Who acts: a person, by the address that they signed in with.</summary>
    public static AuditActor Actor(this HttpContext http) => new(AuditActorKind.User, http.Session().User.Email, http.Connection.RemoteIpAddress?.ToString());

    public static string SignOutToken(FormTokens tokens, OfficeSession session) => tokens.Issue(SignOutPurpose, session.Id, OfficeSessions.LongestLife);

    private static Task<IResult> ShowAsync(HttpContext http, OfficeForms forms)
    {
        var problem = http.Request.Query.ContainsKey("signed_out") ? SignInProblem.SignedOut : (SignInProblem?)null;
        IResult page = Door(http, forms, problem, email: null, http.Request.Query["return_to"], StatusCodes.Status200OK);
        return Task.FromResult(page);
    }

    private static async Task<IResult> SignInAsync(
        HttpContext http, OfficeForms forms, OfficeSessions sessions, SignInLimits limits, Merchants.IMerchants merchants, PublicAddress address,
        CancellationToken ct)
    {
        var form = await http.ReadSentFormAsync(ct);
        string? returnTo = form["return_to"];
        var email = form["email"].ToString().Trim();
        if (!forms.Tokens.Verify(form["form_token"], SignInPurpose, BeforeSignIn))
        {
            return Door(http, forms, SignInProblem.FormExpired, email, returnTo, StatusCodes.Status400BadRequest);
        }

        if (limits.WaitOf(http.Connection.RemoteIpAddress) is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return Door(http, forms, SignInProblem.Locked, email, returnTo, StatusCodes.Status429TooManyRequests);
        }

        var signedIn = await merchants.SignInAsync(email, Secret.Of(form["password"].ToString()), ct);
        if (!signedIn.TryGet(out var user, out var refusal))
        {
            var problem = refusal.Kind == RefusalKind.RateLimited ? SignInProblem.Locked : SignInProblem.Refused;
            return Door(http, forms, problem, email, returnTo, StatusCodes.Status401Unauthorized);
        }

        var token = await sessions.BeginAsync(user, ct);
        http.Response.Cookies.Append(Cookie, token, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            // Behind a proxy that ends TLS the request itself looks plain; the address that people use tells.
            Secure = http.Request.IsHttps || address.Url.Scheme == Uri.UriSchemeHttps,
            Path = OfficePaths.Home,
            MaxAge = OfficeSessions.LongestLife,
        });
        return new SeeOther(OwnPath(returnTo));
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, OfficeForms forms, OfficeSessions sessions, CancellationToken ct)
    {
        var token = http.Request.Cookies[Cookie];
        var session = await sessions.FindAsync(token, ct);
        var form = await http.ReadSentFormAsync(ct);
        if (session is not null && forms.Tokens.Verify(form["form_token"], SignOutPurpose, session.Id)) await sessions.EndAsync(token!, ct);
        else if (session is not null) return new SeeOther(OfficePaths.Payments);
        http.Response.Cookies.Delete(Cookie, new CookieOptions { Path = OfficePaths.Home });
        return new SeeOther(SignInPath + "?signed_out=1");
    }

    private static PageResult Door(HttpContext http, OfficeForms forms, SignInProblem? problem, string? email, string? returnTo, int status)
    {
        var model = new SignInModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = SignInPath,
            Action = SignInPath,
            FormToken = forms.Tokens.Issue(SignInPurpose, BeforeSignIn, FormLife),
            ReturnTo = OwnPath(returnTo),
            Email = email,
            Problem = problem,
            TestMode = true,
        };
        return PageResult.Of(model, status);
    }

    // Only into the back office: an address from a query must not lead people who just signed in to another site.
    private static string OwnPath(string? path)
    {
        var isOurs = path is not null && path.StartsWith(OfficePaths.Home + "/", StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal)
            && !path.Contains("//", StringComparison.Ordinal);
        return isOurs ? path! : OfficePaths.Payments;
    }
}
