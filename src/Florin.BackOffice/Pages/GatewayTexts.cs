using System.Globalization;
using Florin.Connectors.Health;
using Florin.Pages;

namespace Florin.BackOffice.Pages;

/// <summary>The words of the page of gateways.</summary>
internal sealed class GatewayTexts(Language language) : Texts(language)
{
    public string Gateways => Say("Gateways", "결제 게이트웨이");
    public string GatewaysLead => Say("How your gateways have been answering the node that shows this page, since it started.",
        "이 화면을 보여 주는 서버가 시작된 뒤로 게이트웨이가 어떻게 응답했는지 보여 줍니다.");
    public string NoGateways => Say("No gateways yet", "아직 게이트웨이가 없습니다");
    public string NoGatewaysHelp => Say("An operator adds one with: florin connector add", "운영자가 florin connector add 명령으로 추가합니다.");
    public string Gateway => Say("Gateway", "게이트웨이");
    public string State => Say("State", "상태");
    public string Answered => Say("Answered", "응답률");
    public string LastFifteen => Say("15 min", "15분");
    public string Calls => Say("Calls", "호출");
    public string Unanswered => Say("Unanswered", "무응답");
    public string Declined => Say("Declined", "거절");
    public string Latency => Say("p50 / p99", "p50 / p99");
    public string Waiting => Say("Waiting", "대기");
    public string TurnedAway => Say("Turned away", "차단");
    public string LastProblem => Say("Last problem", "마지막 문제");
    public string Disabled => Say("Takes no new payments", "새 결제 안 받음");
    public string NotCalled => Say("Not called yet", "아직 호출 없음");
    public string Since => Say("since", "시작:");
    public string InFlight(int sent, int queued) => queued == 0
        ? sent.ToString(CultureInfo.InvariantCulture)
        : Say($"{sent} + {queued} queued", $"{sent} + 대기열 {queued}");

    public string Of(CircuitState state) => state switch
    {
        CircuitState.Closed => Say("Well", "정상"),
        CircuitState.Open => Say("Turned off for a while", "잠시 차단"),
        CircuitState.HalfOpen => Say("Being tried again", "복구 확인 중"),
    };

    public static string Percent(int? basisPoints) => basisPoints is { } rate
        ? (rate / 100m).ToString("0.##", CultureInfo.InvariantCulture) + " %"
        : "–";
}
