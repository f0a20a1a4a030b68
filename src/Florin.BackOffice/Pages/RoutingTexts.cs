using Florin.Pages;
using Florin.Payments;

namespace Florin.BackOffice.Pages;

/// <summary>The words of the pages about routing.</summary>
internal sealed class RoutingTexts(Language language) : Texts(language)
{
    public string Routing => Say("Routing", "결제 경로");
    public string Lead => Say(
        "Rules decide which gateway a payment is sent to. A draft sends nothing until you activate it, and every version stays here to go back to.",
        "규칙이 결제를 보낼 게이트웨이를 정합니다. 초안은 적용하기 전까지 쓰이지 않으며, 모든 버전은 되돌릴 수 있게 남습니다.");
    public string NoVersions => Say("No rules yet", "아직 규칙이 없습니다");
    public string NoVersionsHelp => Say(
        "Payments go to the first gateway account that can take them, by the accounts' priority.", "결제는 계정 우선순위에 따라 처리할 수 있는 첫 게이트웨이로 갑니다.");
    public string NewDraft => Say("New draft", "새 초안");
    public string CopyAsDraft => Say("Copy as a new draft", "새 초안으로 복사");
    public string Version => Say("Version", "버전");
    public string VersionNo(long number) => Say($"Version {number}", $"버전 {number}");
    public string State => Say("State", "상태");
    public string Note => Say("Note", "메모");
    public string Changed => Say("Changed", "수정");
    public string Activated => Say("Activated", "적용");
    public string OnlyNewest => Say("Older versions are in the API.", "이전 버전은 API에서 볼 수 있습니다.");
    public string Rules => Say("Rules", "규칙");
    public string RulesHelp => Say("Read from the top; the first that fits and names gateways decides.", "위에서부터 읽으며, 조건에 맞고 게이트웨이를 정한 첫 규칙이 결정합니다.");
    public string Otherwise => Say("Otherwise", "그 외");
    public string EveryPayment => Say("every payment", "모든 결제");
    public string ByPriority => Say("The first account that can, by its priority", "우선순위가 가장 높은 처리 가능한 계정");
    public string InOrder(string accounts) => Say($"In this order: {accounts}", $"순서대로: {accounts}");
    public string Never(string accounts) => Say($"Never: {accounts}", $"제외: {accounts}");
    public string Split(string shares) => Say($"Split by weight: {shares}", $"비율로 나눔: {shares}");
    public string AtMost(int attempts) => Say($"At most {attempts} gateways for one payment", $"결제 한 건에 게이트웨이 최대 {attempts}곳");
    public string Amount(string? least, string? most) => (least, most) switch
    {
        (not null, not null) => Say($"amount {least} to {most}", $"금액 {least} ~ {most}"),
        (not null, null) => Say($"amount {least} or more", $"금액 {least} 이상"),
        _ => Say($"amount {most} or less", $"금액 {most} 이하"),
    };
    public string Time(string? from, string? until, string? zone, string? days)
    {
        var hours = from is null ? "" : $"{from}–{until} ";
        return Say($"time {hours}{days} ({zone})", $"시간 {hours}{days} ({zone})");
    }
    public string Condition(string name, string values) => $"{Of(name)}: {values}";
    private string Of(string condition) => condition switch
    {
        "currencies" => Say("currency", "통화"),
        "payment_method_types" => Say("method", "결제 수단"),
        "card_brands" => Say("card brand", "카드 브랜드"),
        "card_countries" => Say("card country", "카드 발급 국가"),
        "bins" => Say("card number begins with", "카드 번호 앞자리"),
        "customers" => Say("customer", "고객"),
        "metadata" => Say("metadata", "메타데이터"),
        _ => condition,
    };

    public string Edit => Say("Edit the draft", "초안 편집");
    public string Document => Say("Document (JSON)", "문서 (JSON)");
    public string Save => Say("Save draft", "초안 저장");
    public string Activate => Say("Activate this version", "이 버전 적용");
    public string GoBack => Say("Go back to this version", "이 버전으로 되돌리기");
    public string ActivateHelp => Say("From then on payments are sent by it. The change is written to the audit log with your name.", "그때부터 결제가 이 규칙을 따릅니다. 변경은 이름과 함께 감사 로그에 남습니다.");
    public string Saved => Say("The draft is saved. It sends nothing yet.", "초안을 저장했습니다. 아직 적용되지 않았습니다.");
    public string IsActiveNow => Say("This version is active. Other servers follow within two seconds.", "이 버전을 적용했습니다. 다른 서버에는 2초 안에 반영됩니다.");
    public string NotSaved => Say("Not done", "완료하지 못했습니다");
    public string Of(RoutingProblemKind problem) => problem switch
    {
        RoutingProblemKind.Wrong => Say("The document is not right yet. What is wrong stands below it.", "문서에 고칠 곳이 있습니다. 아래를 확인해 주세요."),
        RoutingProblemKind.Changed => Say("Somebody changed or activated this version meanwhile. Please look at it again.", "그사이 다른 사람이 이 버전을 바꾸었습니다. 다시 확인해 주세요."),
        RoutingProblemKind.FormExpired => Say("The page was open for too long, or the version changed. Please try again.", "화면이 오래 열려 있었거나 버전이 바뀌었습니다. 다시 시도해 주세요."),
        RoutingProblemKind.CardNumber => Say("The text contains what looks like a card number. Rules know its first digits alone (bins).", "카드 번호처럼 보이는 내용이 있습니다. 규칙에는 앞자리(bins)만 쓸 수 있습니다."),
    };

    public string Comparison => Say("Compared with the version in force", "현재 적용 중인 버전과 비교");
    public string ComparedWithNothing => Say("There are no rules in force yet.", "아직 적용 중인 규칙이 없습니다.");
    public string NoDifference => Say("They are the same.", "차이가 없습니다.");
    public string Before => Say("Before", "이전");
    public string After => Say("After", "이후");
    public string Of(RoutingDifferenceKind kind) => kind switch
    {
        RoutingDifferenceKind.RuleAdded => Say("rule added", "규칙 추가"),
        RoutingDifferenceKind.RuleRemoved => Say("rule removed", "규칙 삭제"),
        RoutingDifferenceKind.RuleChanged => Say("rule changed", "규칙 변경"),
        RoutingDifferenceKind.RuleMoved => Say("rule moved", "규칙 이동"),
        RoutingDifferenceKind.DefaultChanged => Say("default changed", "기본값 변경"),
        RoutingDifferenceKind.MaxAttemptsChanged => Say("number of gateways changed", "게이트웨이 수 변경"),
    };

    public string Simulation => Say("Try it on past payments", "지난 결제로 시험");
    public string SimulationHelp => Say("Nothing is sent: stored payments are routed by this version, and you see which would have gone elsewhere.", "실제로 보내지 않습니다. 저장된 결제를 이 버전으로 배정해 달라지는 결제를 보여 줍니다.");
    public string LastDays(int days) => days == 1 ? Say("Last day", "최근 1일") : Say($"Last {days} days", $"최근 {days}일");
    public string Simulated(long routed, long changed, long unroutable) => Say(
        $"Of {routed} payments, {changed} would have gone elsewhere; {unroutable} of them nowhere.",
        $"결제 {routed}건 중 {changed}건의 경로가 달라지며, 그중 {unroutable}건은 보낼 곳이 없습니다.");
    public string SimulatedInPart => Say("There are more payments in this time than are looked at at once; the API goes on.", "기간의 결제가 많아 일부만 살펴보았습니다. 나머지는 API에서 볼 수 있습니다.");
    public string Gateway => Say("Gateway", "게이트웨이");
    public string Was => Say("Went", "실제");
    public string WouldBe => Say("Would go", "시험 결과");
    public string Payment => Say("Payment", "결제");
    public string Money => Say("Amount", "금액");
    public string From => Say("From", "기존");
    public string To => Say("To", "변경");
    public string Rule => Say("Rule", "규칙");
    public string Nowhere => Say("nowhere", "없음");
    public string Of(RoutingVersionState state) => state switch
    {
        RoutingVersionState.Draft => Say("Draft", "초안"),
        RoutingVersionState.Active => Say("Active", "적용 중"),
        RoutingVersionState.Superseded => Say("Superseded", "이전 버전"),
    };

    public string WhyThere => Say("Why this gateway", "게이트웨이 선택 이유");
    public string AskedFor => Say("The request named this gateway.", "요청에서 이 게이트웨이를 지정했습니다.");
    public string ByRule(string rule) => Say($"Rule “{rule}”", $"규칙 “{rule}”");
    public string ByDefault => Say("No rule fits; the default", "맞는 규칙이 없어 기본값 적용");
    public string PassedOver(string rule) => Say(
        $"Rule “{rule}” passed over: it asks for the country of the card, which is not known",
        $"규칙 “{rule}” 건너뜀: 카드 발급 국가를 알 수 없음");
    public string AfterNo => Say("after another gateway had turned it down", "다른 게이트웨이의 거절 이후");
    public string Drawn(string draw) => Say($"drawn {draw}", $"추첨 {draw}");
    public string Of(RoutingStanding standing) => standing switch
    {
        RoutingStanding.Chosen => Say("chosen", "선택됨"),
        RoutingStanding.Able => Say("would have been next", "다음 후보"),
        RoutingStanding.Tried => Say("turned it down before", "앞서 거절함"),
        RoutingStanding.Excluded => Say("excluded by a rule", "규칙에서 제외"),
        RoutingStanding.NotAskedFor => Say("not the one asked for", "지정되지 않음"),
        RoutingStanding.NotListed => Say("not named by the rules", "규칙에 없음"),
        RoutingStanding.MethodUnsupported => Say("does not take this method", "결제 수단 미지원"),
        RoutingStanding.CurrencyUnsupported => Say("does not take this currency", "통화 미지원"),
        RoutingStanding.CurrencyNotWanted => Say("not used for this currency", "이 통화에 쓰지 않음"),
        RoutingStanding.ManualCaptureUnsupported => Say("cannot hold an amount", "승인 후 매입 미지원"),
        RoutingStanding.AmountOutOfBounds => Say("does not take this amount", "금액 한도 밖"),
        RoutingStanding.Unavailable => Say("was not answering well", "응답 불안정"),
        RoutingStanding.AuthenticationNotTaken => Say("would ask the buyer again", "본인 인증을 다시 요구함"),
    };
}
