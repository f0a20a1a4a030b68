using System.Globalization;
using Florin.Kernel;
using Florin.Sandbox.Books;
using Florin.Sandbox.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Sandbox.Challenges;

/// <summary>The issuer's 3-D Secure page: asks the buyer for the one-time password, then sends them back.</summary>
/// <remarks>The way back carries no outcome: the merchant asks its gateway, which alone knows.</remarks>
internal sealed class ChallengePage(Book book, WebhookQueue webhooks)
{
    public static string UrlOf(HttpContext context, string? publicUrl, Challenge challenge) =>
        $"{publicUrl ?? $"{context.Request.Scheme}://{context.Request.Host}"}/acs/{challenge.Id}";

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/acs/{id}", ShowAsync);
        app.MapPost("/acs/{id}", AnswerAsync);
    }

    private async Task ShowAsync(HttpContext context)
    {
        var words = Words.For(context);
        if (Find(context) is not { } operation) await NotFoundAsync(context, words);
        else if (operation.State == OperationState.Challenged) await AskAsync(context, words, operation);
        else await OverAsync(context, words, operation);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var words = Words.For(context);
        if (Find(context) is not { } operation)
        {
            await NotFoundAsync(context, words);
            return;
        }

        var wasFinal = operation.IsFinal;
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form.ContainsKey("cancel")) book.CancelChallenge(operation);
        else book.AnswerChallenge(operation, form["otp"].ToString().Trim());
        if (!wasFinal && operation is { IsFinal: true, WebhookUrl: not null }) webhooks.Enqueue(operation);

        if (operation.State == OperationState.Challenged)
        {
            await AskAsync(context, words, operation);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = operation.Challenge!.ReturnUrl.AbsoluteUri;
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
    }

    private Operation? Find(HttpContext context) => book.FindByChallenge((string)context.Request.RouteValues["id"]!);

    private static Task AskAsync(HttpContext context, Words words, Operation operation)
    {
        var challenge = operation.Challenge!;
        var wrong = challenge.WrongAnswers == 0 ? "" : $"""
            <p class="wrong" id="wrong" role="alert">{Html.Encode(words.Wrong(challenge.WrongAnswers))}</p>
            """;
        var described = challenge.WrongAnswers == 0 ? "hint" : "wrong hint";
        var invalid = challenge.WrongAnswers == 0 ? "" : " aria-invalid=\"true\"";
        return Html.WriteAsync(context, 200, words.Language, words.Title, $"""
            <body class="acs">
            <main>
            <header><span class="mark" aria-hidden="true">S</span><strong>Sandbox Bank</strong><span class="badge">{words.Badge}</span></header>
            <h1>{words.Title}</h1>
            <dl>
            <div><dt>{words.Merchant}</dt><dd>{Html.Encode(operation.Card!.Description ?? words.DemoMerchant)}</dd></div>
            <div><dt>{words.Amount}</dt><dd class="amount">{Html.Encode(Words.Format(operation.Amount))}</dd></div>
            <div><dt>{words.Card}</dt><dd>{Html.Encode(operation.Card.Brand)} •••• {Html.Encode(operation.Card.Last4)}</dd></div>
            </dl>
            <form method="post">
            <label for="otp">{words.Password}</label>
            {wrong}
            <input id="otp" name="otp" inputmode="numeric" autocomplete="one-time-code" maxlength="6" required autofocus aria-describedby="{described}"{invalid}>
            <p class="hint" id="hint">{words.Hint}</p>
            <button type="submit">{words.Confirm}</button>
            </form>
            <form method="post"><button class="plain" type="submit" name="cancel" value="1">{words.Cancel}</button></form>
            </main>
            <footer>{words.Footer}</footer>
            </body>
            """);
    }

    private static Task OverAsync(HttpContext context, Words words, Operation operation) =>
        Html.WriteAsync(context, 200, words.Language, words.OverTitle, $"""
            <body class="acs">
            <main>
            <header><span class="mark" aria-hidden="true">S</span><strong>Sandbox Bank</strong><span class="badge">{words.Badge}</span></header>
            <h1>{words.OverTitle}</h1>
            <p>{words.Over}</p>
            <p><a class="button" href="{Html.Encode(operation.Challenge!.ReturnUrl.AbsoluteUri)}">{words.Back}</a></p>
            </main>
            </body>
            """);

    private static Task NotFoundAsync(HttpContext context, Words words) =>
        Html.WriteAsync(context, 404, words.Language, words.NotFoundTitle, $"""
            <body class="acs"><main>
            <header><span class="mark" aria-hidden="true">S</span><strong>Sandbox Bank</strong><span class="badge">{words.Badge}</span></header>
            <h1>{words.NotFoundTitle}</h1><p>{words.NotFound}</p></main></body>
            """);

    private sealed record Words(
        string Language,
        string Badge,
        string Title,
        string Merchant,
        string DemoMerchant,
        string Amount,
        string Card,
        string Password,
        string Hint,
        string WrongAnswer,
        string Confirm,
        string Cancel,
        string Footer,
        string OverTitle,
        string Over,
        string Back,
        string NotFoundTitle,
        string NotFound)
    {
        private static readonly Words English = new(
            "en", "simulation", "Confirm your payment", "Merchant", "Demo merchant", "Amount", "Card", "One-time password",
            "This bank is a simulation. The password is 123456; anything else is wrong.",
            "That password is wrong. Tries left: {0}.",
            "Confirm payment", "Cancel", "No real money moves here.",
            "This confirmation is over", "It was answered already, or its ten minutes have passed.", "Back to the merchant",
            "No such confirmation", "The address is wrong, or the confirmation is long gone.");

        private static readonly Words Korean = new(
            "ko", "모의 은행", "결제 본인확인", "가맹점", "데모 상점", "금액", "카드", "일회용 비밀번호",
            "이 은행은 모의 은행입니다. 비밀번호는 123456이며 다른 값은 모두 틀립니다.",
            "비밀번호가 맞지 않습니다. 남은 횟수: {0}회.",
            "결제 확인", "취소", "실제 돈은 움직이지 않습니다.",
            "본인확인이 끝났습니다", "이미 처리되었거나 10분이 지났습니다.", "가맹점으로 돌아가기",
            "본인확인을 찾을 수 없습니다", "주소가 잘못되었거나 오래된 본인확인입니다.");

        public static Words For(HttpContext context) =>
            context.Request.GetTypedHeaders().AcceptLanguage
                .OrderByDescending(language => language.Quality ?? 1)
                .Select(language => language.Value.ToString())
                .FirstOrDefault(language => language.StartsWith("ko", StringComparison.OrdinalIgnoreCase)
                    || language.StartsWith("en", StringComparison.OrdinalIgnoreCase))
                ?.StartsWith("ko", StringComparison.OrdinalIgnoreCase) == true ? Korean : English;

        public string Wrong(int answers) =>
            string.Format(CultureInfo.InvariantCulture, WrongAnswer, Book.AnswersAllowed - answers);

        public static string Format(Money amount) =>
            (amount.Minor / (decimal)amount.Currency.MinorPerMajor).ToString("N" + amount.Currency.Digits, CultureInfo.InvariantCulture)
            + " " + amount.Currency.Code;
    }
}
