using Florin.Merchants;
using Florin.Pages;

namespace Florin.BackOffice.Pages;

/// <summary>The words of the developers' pages.</summary>
internal sealed class DeveloperTexts(Language language) : Texts(language)
{
    public string Keys => Say("API keys", "API 키");
    public string KeysLead => Say("Programs prove with a key that they are yours. Give each program its own, and no more rights than it needs.",
        "프로그램은 키로 가맹점임을 증명합니다. 프로그램마다 따로 만들고 필요한 권한만 주세요.");
    public string NewKey => Say("New key", "새 키");
    public string NoKeys => Say("No keys yet", "아직 키가 없습니다");
    public string NoKeysHelp => Say("Make one for the first program that shall take payments.", "결제를 받을 첫 프로그램의 키를 만들어 보세요.");
    public string Name => Say("Name", "이름");
    public string NameHelp => Say("What the key is for, to know it by.", "어디에 쓰는 키인지 알 수 있게 적어 주세요.");
    public string Key => Say("Key", "키");
    public string Kind => Say("Kind", "종류");
    public string State => Say("State", "상태");
    public string Created => Say("Created", "생성");
    public string LastUsed => Say("Last used", "마지막 사용");
    public string Never => Say("never", "사용 안 함");
    public string Actions => Say("Actions", "작업");
    public string Of(ApiKeyKind kind) => kind switch
    {
        ApiKeyKind.Secret => Say("Secret", "시크릿"),
        ApiKeyKind.Publishable => Say("Publishable", "공개"),
        ApiKeyKind.Restricted => Say("Restricted", "제한"),
    };
    public string Explain(ApiKeyKind kind) => kind switch
    {
        ApiKeyKind.Secret => Say("Secret: may do everything", "시크릿: 모든 작업 가능"),
        ApiKeyKind.Publishable => Say("Publishable: for pages, may only take card data in", "공개: 웹페이지용, 카드 정보 입력만 가능"),
        ApiKeyKind.Restricted => Say("Restricted: may do what is chosen below", "제한: 아래에서 고른 작업만 가능"),
    };
    public string Of(ApiKeyState state) => state switch
    {
        ApiKeyState.InUse => Say("In use", "사용 중"),
        ApiKeyState.Ending => Say("Ending", "교체 중"),
        ApiKeyState.Expired => Say("Expired", "만료"),
        ApiKeyState.Revoked => Say("Revoked", "폐기됨"),
    };
    public string Until(string when) => Say($"until {when}", $"{when}까지");
    public string JustRevoked(string name) => Say($"{name} is revoked. It opens nothing from now on.", $"{name} 키를 폐기했습니다. 더 이상 사용할 수 없습니다.");

    public string Rights => Say("What it may do", "권한");
    public string RightsHelp => Say("For restricted keys. Who may write may read.", "제한 키에만 적용됩니다. 쓰기에는 읽기가 포함됩니다.");
    public string NoRight => Say("Nothing", "없음");
    public string Of(ApiRight right) => right switch
    {
        ApiRight.Read => Say("Read", "읽기"),
        ApiRight.Write => Say("Read and write", "읽기·쓰기"),
    };
    public string Networks => Say("From where it may be used", "사용할 수 있는 곳");
    public string NetworksHelp => Say("Addresses or networks, one a line, such as 203.0.113.7 or 2001:db8::/32. Empty: from anywhere.",
        "203.0.113.7이나 2001:db8::/32처럼 한 줄에 하나씩 적어 주세요. 비우면 어디서나 쓸 수 있습니다.");
    public string MakeKey => Say("Make the key", "키 만들기");
    public string BackToKeys => Say("Back to the keys", "키 목록으로");
    public string Of(NewKeyError error) => error switch
    {
        NewKeyError.NameMissing => Say("Give it a name of at most 100 characters.", "100자 이내의 이름을 적어 주세요."),
        NewKeyError.NothingAllowed => Say("Choose at least one thing that it may do.", "권한을 하나 이상 골라 주세요."),
        NewKeyError.NetworksUnreadable => Say("A line is no address or network; a network begins where its digits end, as in 203.0.113.0/24.",
            "주소나 네트워크가 아닌 줄이 있습니다. 203.0.113.0/24처럼 적어 주세요."),
        NewKeyError.NetworksOfPublishable => Say("A publishable key is used by buyers, who are anywhere.", "공개 키는 구매자가 어디서나 쓰므로 제한할 수 없습니다."),
    };
    public string FormExpired => Say("Nothing was changed: the form was open for too long, or it was sent already. Please look at the keys.",
        "변경된 내용이 없습니다. 화면이 오래 열려 있었거나 이미 전송되었습니다. 키 목록을 확인해 주세요.");

    public string KeyMade => Say("Your new key", "새 키");
    public string ShownOnce => Say("Copy it now: it is shown this once, and only its hash is kept.", "지금 복사해 두세요. 다시 볼 수 없으며 해시만 보관합니다.");
    public string OldGoesOn(string when) => Say($"The old key works until {when}.", $"이전 키는 {when}까지 사용할 수 있습니다.");

    public string Roll => Say("Roll", "교체");
    public string RollTitle => Say("Roll this key", "키 교체");
    public string RollLead => Say("You get a new key with the same rights. The old one goes on for as long as you choose, so that nothing stops while you change it.",
        "같은 권한의 새 키를 만듭니다. 바꾸는 동안 멈추지 않도록 이전 키는 고른 시간만큼 계속 쓸 수 있습니다.");
    public string Overlap => Say("The old key ends", "이전 키 종료");
    public string OverlapOf(int hours) => hours switch
    {
        0 => Say("now", "지금"),
        < 24 => Say(hours == 1 ? "in 1 hour" : $"in {hours} hours", $"{hours}시간 뒤"),
        _ => Say(hours == 24 ? "in 1 day" : $"in {hours / 24} days", $"{hours / 24}일 뒤"),
    };
    public string Revoke => Say("Revoke", "폐기");
    public string RevokeTitle => Say("Revoke this key", "키 폐기");
    public string RevokeLead => Say("It opens nothing from the next request on. Programs that use it stop working. This cannot be undone.",
        "다음 요청부터 사용할 수 없습니다. 이 키를 쓰는 프로그램은 멈춥니다. 되돌릴 수 없습니다.");

    public string Requests => Say("API requests", "API 요청");
    public string RequestsLead => Say("The last 30 days, without secrets and card data.", "최근 30일의 요청입니다. 비밀 값과 카드 정보는 보관하지 않습니다.");
    public string Outcome => Say("Outcome", "결과");
    public string AnyOutcome => Say("Any", "전체");
    public string Of(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Succeeded => Say("Succeeded (2xx)", "성공 (2xx)"),
        RequestOutcome.Failed => Say("Failed (4xx and 5xx)", "실패 (4xx, 5xx)"),
        RequestOutcome.ClientError => Say("Refused (4xx)", "거절 (4xx)"),
        RequestOutcome.ServerError => Say("Our fault (5xx)", "서버 오류 (5xx)"),
    };
    public string Path => Say("Path begins with", "경로 시작");
    public string Filter => Say("Filter", "필터");
    public string Apply => Say("Apply", "적용");
    public string ClearFilter => Say("Clear filter", "필터 지우기");
    public string Request => Say("Request", "요청");
    public string Status => Say("Status", "상태 코드");
    public string Time => Say("Time", "시각");
    public string Duration => Say("Took", "소요 시간");
    public string ErrorCode => Say("Error code", "오류 코드");
    public string Source => Say("From", "보낸 곳");
    public string IdempotencyKey => Say("Idempotency key", "멱등 키");
    public string NoRequests => Say("No requests yet", "아직 요청이 없습니다");
    public string NoRequestsHelp => Say("The first one appears here seconds after a program has sent it.", "프로그램이 요청을 보내면 몇 초 안에 표시됩니다.");
    public string NoMatch => Say("No request matches this filter", "조건에 맞는 요청이 없습니다");
    public string NoMatchHelp => Say("Choose another outcome or a shorter path.", "결과나 경로를 바꿔 보세요.");
    public string BackToRequests => Say("Back to the requests", "요청 목록으로");
    public string Facts => Say("Details", "상세 정보");
    public string Sent => Say("What was sent", "보낸 내용");
    public string Answered => Say("What was answered", "응답 내용");
    public string NothingSent => Say("No parameters, or none that could be read.", "매개변수가 없거나 읽을 수 없었습니다.");
    public string Audit => Say("Audit log", "감사 기록");
    public string AuditLead => Say("What was changed by hand, by whom and why. Nothing is ever removed from it.", "누가 무엇을 왜 바꾸었는지 남긴 기록입니다. 삭제되지 않습니다.");
    public string AuditActor => Say("Who", "누가");
    public string AuditAction => Say("What", "작업");
    public string AuditSubject => Say("On what", "대상");
    public string AuditDetails => Say("Details", "상세");
    public string NoAudit => Say("Nothing was changed by hand yet", "아직 기록이 없습니다");
    public string NoAuditMatch => Say("Nothing matches this filter", "조건에 맞는 기록이 없습니다");
    public string Of(AuditActorKind kind) => kind switch
    {
        AuditActorKind.User => Say("person", "사용자"),
        AuditActorKind.ApiKey => Say("API key", "API 키"),
        AuditActorKind.Command => Say("command", "명령"),
    };
    public string NothingAnswered => Say("The answer was not kept.", "응답을 보관하지 않았습니다.");
}
