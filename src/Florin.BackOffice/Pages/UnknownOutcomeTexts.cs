using Florin.Pages;
using Florin.Payments;

namespace Florin.BackOffice.Pages;

/// <summary>The words of the work queue, and of the policy for money that comes too late.</summary>
internal sealed class UnknownOutcomeTexts(Language language) : Texts(language)
{
    public string UnknownOutcomes => Say("Unknown outcomes", "결과 미확인");
    public string Lead => Say(
        "What no gateway has answered yet, and what waits for a decision. Most of it settles by itself: Florin goes on asking, and never sends anything twice.",
        "게이트웨이의 답을 받지 못했거나 담당자의 결정이 필요한 건입니다. 대부분 Florin이 다시 조회하면서 저절로 확정되며, 같은 요청을 두 번 보내지 않습니다.");
    public string Empty => Say("Every outcome is known", "결과를 모르는 건이 없습니다");
    public string EmptyHelp => Say("Nothing waits for an answer or for you.", "답변이나 결정을 기다리는 건이 없습니다.");
    public string NoMatch => Say("Nothing matches this filter", "조건에 맞는 건이 없습니다");
    public string InTheQueue => Say("In the work queue", "처리 대기 중인 건입니다");
    public string InTheQueueHelp => Say(
        "You can ask the gateway now, state what you learned in another way, or have it undone.", "지금 조회하거나, 다른 경로로 확인한 결과를 입력하거나, 취소를 요청할 수 있습니다.");
    public string ToTheQueue => Say("See what can be done", "처리 방법 보기");

    public string Filter => Say("Filter", "필터");
    public string Kind => Say("Kind", "종류");
    public string AnyKind => Say("Any kind", "모든 종류");
    public string Reason => Say("Why it is here", "사유");
    public string AnyReason => Say("Any reason", "모든 사유");
    public string WaitsForPerson => Say("All that wait for a person", "담당자 확인 필요 전체");
    public string Gateway => Say("Gateway", "게이트웨이");
    public string AnyGateway => Say("Any gateway", "모든 게이트웨이");
    public string Age => Say("Older than", "경과 시간");
    public string AnyAge => Say("Any age", "전체");
    public string Apply => Say("Apply", "적용");
    public string ClearFilter => Say("Clear filter", "필터 지우기");
    public string Amount => Say("Amount", "금액");
    public string Since => Say("Since", "요청 시각");
    public string Asked => Say("Asked", "조회");
    public string Times(int count) => Say($"{count}×", $"{count}회");
    public string Operation => Say("Operation", "거래");
    public string Choose => Say("Choose", "선택");
    public string ChooseItem(string operation) => Say($"Choose {operation}", $"{operation} 선택");

    public string WithChosen => Say("With what is ticked", "선택한 건 처리");
    public string All => Say("All that match the filter, also on other pages", "다른 페이지를 포함해 조건에 맞는 모든 건");
    public string QueryNow => Say("Query now", "지금 조회");
    public string QueryHelp => Say("Asks the gateway what became of it. This never charges anybody.", "게이트웨이에 결과를 조회합니다. 결제가 다시 청구되지 않습니다.");
    public string Accept => Say("Accept with evidence", "근거를 남기고 확정");
    public string AcceptHelp => Say(
        "Writes down an outcome that you know for certain, as if the gateway had said it: charge, ledger and the shop's webhooks follow. The audit log keeps your name.",
        "확실히 확인한 결과를 게이트웨이의 답과 똑같이 기록합니다. 결제와 원장, 상점 웹훅에 반영되며 감사 기록에 이름이 남습니다.");
    public string BulkAcceptHelp => Say(
        "Where money moved, each item needs the gateway's own reference: accept those one by one.", "돈이 움직인 건은 게이트웨이 거래번호가 필요하므로 하나씩 확정해 주세요.");
    public string Cancel => Say("Cancel at the gateway", "게이트웨이에서 취소");
    public string Outcome => Say("Outcome", "결과");
    public string ChooseOutcome => Say("Choose what happened", "결과 선택");
    public string Evidence => Say("Evidence", "근거");
    public string EvidenceHelp => Say("Where you learned it: who said so, which statement, which line. No card numbers.", "확인 경로를 적어 주세요. 담당자, 정산서 이름, 행 번호 등입니다. 카드번호는 적지 마세요.");
    public string Document => Say("Document", "첨부 파일");
    public string DocumentHelp => Say("A statement, a letter, a picture of their page: PDF, PNG or JPEG, at most 5 MB. It need not be there.", "정산서, 공문, 화면 사진 등입니다. PDF, PNG, JPEG, 5MB 이하이며 없어도 됩니다.");
    public string DocumentKept => Say("Uploaded already:", "올린 파일:");
    public string Reference => Say("The gateway's reference", "게이트웨이 거래번호");
    public string ReferenceHelp => Say("Needed where money moved: a later refund names it.", "돈이 움직인 경우 필요합니다. 이후 환불할 때 사용합니다.");
    public string SureBulk => Say("I know this of every item that is ticked", "선택한 모든 건의 사실을 확인했습니다");
    public string SureBulkHelp => Say("Wanted to accept and to cancel.", "확정하거나 취소할 때 필요합니다.");
    public string SureAccept => Say("I know this; I do not suppose it", "추측이 아니라 확인한 사실입니다");
    public string SureCancel => Say("Nobody wants this payment any more", "더 이상 필요 없는 거래임을 확인했습니다");
    public string Bulks => Say("Latest actions on many", "최근 일괄 처리");

    public string WhatIsKnown => Say("What is known", "확인된 내용");
    public string WhatYouCanDo => Say("What you can do", "처리 방법");
    public string NothingToDo => Say("It has left the queue. Nothing is left to do.", "처리가 끝난 건입니다. 더 할 일이 없습니다.");
    public string History => Say("History", "처리 이력");
    public string NoHistory => Say("Nothing was asked or done yet.", "아직 조회나 처리가 없습니다.");
    public string ByFlorin => Say("Florin, by itself", "Florin 자동 처리");
    public string OperationHelp => Say("The gateway knows it by this key.", "게이트웨이에서 이 키로 찾을 수 있습니다.");
    public string LastSaid => Say("Said last", "마지막 응답");
    public string Payment => Say("Payment", "결제");
    public string Dispute => Say("Dispute", "이의제기");
    public string NotDone => Say("Nothing was changed", "변경하지 않았습니다");
    public string GatewaySaid(string reference) => Say($"Gateway reference {reference}", $"게이트웨이 거래번호 {reference}");

    public string Progress => Say("Progress", "진행 상황");
    public string Total => Say("Total", "전체");
    public string Done => Say("Done", "완료");
    public string Failed => Say("Failed", "실패");
    public string Left => Say("Left", "남음");
    public string State => Say("State", "상태");
    public string Item => Say("Item", "건");
    public string Result => Say("Result", "결과 내용");
    public string StartedBy => Say("Started by", "시작한 사람");
    public string StartedAt => Say("Started", "시작 시각");
    public string Refresh => Say("Refresh", "새로 고침");
    public string Running => Say("Still running. This page looks again by itself every few seconds.", "처리 중입니다. 몇 초마다 자동으로 새로 고칩니다.");
    public string Complete => Say("All of it is through.", "모두 처리했습니다.");

    public string Policy => Say("Late money", "뒤늦은 승인 정책");
    public string PolicyTitle => Say("Money that comes too late", "뒤늦게 승인된 금액");
    public string PolicyLead => Say(
        "An authorization may go through after its payment was cancelled, its checkout lapsed, or another card paid. What shall become of such money?",
        "결제가 취소되거나 결제 시간이 지났거나 다른 카드로 결제된 뒤에 승인이 들어올 수 있습니다. 이런 금액을 어떻게 처리할까요?");
    public string PolicyFrom => Say("It holds from now on. What was decided before stays as it is.", "지금부터 적용되며, 이미 처리된 건은 바뀌지 않습니다.");
    public string Save => Say("Save", "저장");
    public string Saved => Say("Saved.", "저장했습니다.");
    public string PolicyNotSaved => Say("The form had expired, or the policy was changed meanwhile. Look at it and choose again.", "입력 시간이 지났거나 그 사이 정책이 바뀌었습니다. 확인 후 다시 선택해 주세요.");

    public string NameOf(LateSuccessPolicy policy) => policy switch
    {
        LateSuccessPolicy.Refund => Say("Return it", "반환"),
        LateSuccessPolicy.Accept => Say("Keep it where the sale can still go through", "가능하면 결제로 인정"),
        LateSuccessPolicy.Ask => Say("Ask me each time", "매번 담당자가 결정"),
    };

    public string MeaningOf(LateSuccessPolicy policy) => policy switch
    {
        LateSuccessPolicy.Refund => Say("The money goes back to the buyer at once. Right for most shops.", "구매자에게 바로 돌려줍니다. 대부분의 상점에 알맞습니다."),
        LateSuccessPolicy.Accept => Say(
            "The payment succeeds after all, if it lapsed only because time passed and nothing else paid for it. Otherwise the money goes back. Your systems must expect a payment to succeed after it was canceled.",
            "시간이 지나 만료되었을 뿐 다른 결제가 없다면 결제를 성공으로 처리하고, 그렇지 않으면 돌려줍니다. 취소 후 성공하는 결제를 연동 시스템이 처리할 수 있어야 합니다."),
        LateSuccessPolicy.Ask => Say(
            "The money stays where it is, and the payment waits in the work queue until somebody keeps or returns it.", "금액을 그대로 두고, 담당자가 인정하거나 반환할 때까지 목록에서 기다립니다."),
    };

    public string Of(UnknownOutcomeKind kind) => kind switch
    {
        UnknownOutcomeKind.Payment => Say("Payment", "결제"),
        UnknownOutcomeKind.Capture => Say("Capture", "매입"),
        UnknownOutcomeKind.Void => Say("Void", "승인 취소"),
        UnknownOutcomeKind.Increment => Say("Increment", "승인 증액"),
        UnknownOutcomeKind.Refund => Say("Refund", "환불"),
        UnknownOutcomeKind.Setup => Say("Card check", "카드 확인"),
        UnknownOutcomeKind.Release => Say("Release of a card check", "카드 확인 금액 해제"),
        UnknownOutcomeKind.Evidence => Say("Dispute evidence", "이의제기 소명"),
        UnknownOutcomeKind.LateSuccess => Say("Late money", "뒤늦은 승인"),
        UnknownOutcomeKind.Dispute => Say("Dispute", "이의제기"),
    };

    public string Of(UnknownOutcomeReason reason) => reason switch
    {
        UnknownOutcomeReason.NoAnswer => Say("No answer yet", "응답 대기"),
        UnknownOutcomeReason.ScheduleExhausted => Say("Asked in vain", "자동 조회 종료"),
        UnknownOutcomeReason.LateSuccess => Say("Keep or return?", "인정 여부 결정 필요"),
        UnknownOutcomeReason.NotReturned => Say("Could not be returned", "반환 실패"),
        UnknownOutcomeReason.DisputeContradicted => Say("Does not add up", "내용 불일치"),
        UnknownOutcomeReason.Settled => Say("Settled", "확정됨"),
    };

    public string MeaningOf(UnknownOutcomeReason reason) => reason switch
    {
        UnknownOutcomeReason.NoAnswer => Say(
            "The gateway has not said what became of it. It goes on being asked by itself; if it is young, wait. Do not take the payment anew by other means.",
            "게이트웨이가 결과를 알려 주지 않았습니다. 자동으로 계속 조회하므로 얼마 지나지 않았다면 기다려 주세요. 다른 방법으로 다시 결제받지 마세요."),
        UnknownOutcomeReason.ScheduleExhausted => Say(
            "The gateway was asked as often as it is by itself and never told. Ask once more, or find out from the gateway's own pages and state it here.",
            "정해진 횟수만큼 조회했지만 답이 없었습니다. 다시 조회하거나 게이트웨이 관리자 화면에서 확인한 뒤 결과를 입력해 주세요."),
        UnknownOutcomeReason.LateSuccess => Say(
            "The money came after the payment was given up. Accept it and the payment succeeds, or cancel it and the money goes back.",
            "결제가 취소된 뒤 승인되었습니다. 확정하면 결제가 성공으로 바뀌고, 취소하면 금액을 돌려줍니다."),
        UnknownOutcomeReason.NotReturned => Say(
            "The money must go back and the gateway does not return it. Cancel to try again; or return it in another way and state that.",
            "돌려줘야 할 금액을 게이트웨이가 반환하지 않았습니다. 취소로 다시 시도하거나, 다른 방법으로 반환한 뒤 그 사실을 입력해 주세요."),
        UnknownOutcomeReason.DisputeContradicted => Say(
            "What the gateway says of this dispute contradicts what is booked. Clear it up with the gateway, then state that it is resolved.",
            "이의제기에 대한 게이트웨이의 내용이 장부와 다릅니다. 게이트웨이와 확인한 뒤 해결되었음을 입력해 주세요."),
        UnknownOutcomeReason.Settled => Say("Its outcome is known and booked.", "결과가 확인되어 장부에 반영되었습니다."),
    };

    public string Of(AcceptedOutcome outcome) => outcome switch
    {
        AcceptedOutcome.Captured => Say("The money was taken", "매입됨"),
        AcceptedOutcome.Authorized => Say("It was authorized", "승인됨"),
        AcceptedOutcome.Declined => Say("It was declined", "거절됨"),
        AcceptedOutcome.NeverSent => Say("It never reached the gateway", "게이트웨이에 도달하지 않음"),
        AcceptedOutcome.Voided => Say("The hold was released", "승인이 취소됨"),
        AcceptedOutcome.Refunded => Say("The money was refunded", "환불됨"),
        AcceptedOutcome.Received => Say("The evidence arrived", "소명 자료가 접수됨"),
        AcceptedOutcome.Kept => Say("Keep it: the payment succeeds", "인정: 결제 성공으로 처리"),
        AcceptedOutcome.Resolved => Say("It was resolved outside of Florin", "Florin 밖에서 해결됨"),
    };

    public string Of(OutcomeActKind kind) => kind switch
    {
        OutcomeActKind.Query => Say("Asked the gateway", "게이트웨이 조회"),
        OutcomeActKind.Reversal => Say("Reversed at the gateway", "게이트웨이 망취소"),
        OutcomeActKind.Acceptance => Say("Stated with evidence", "근거와 함께 확정"),
        OutcomeActKind.Cancellation => Say("Cancellation asked for", "취소 요청"),
    };

    public string Of(OutcomeBulkAct act) => act switch
    {
        OutcomeBulkAct.Query => Say("Query many", "일괄 조회"),
        OutcomeBulkAct.Accept => Say("Accept many", "일괄 확정"),
        OutcomeBulkAct.Cancel => Say("Cancel many", "일괄 취소"),
    };

    public string Of(OutcomeBulkItemState state) => state switch
    {
        OutcomeBulkItemState.Queued => Say("Waiting", "대기 중"),
        OutcomeBulkItemState.Done => Say("Done", "완료"),
        OutcomeBulkItemState.Failed => Say("Failed", "실패"),
    };

    public string Of(OutcomeAge age) => age switch
    {
        OutcomeAge.Hour => Say("1 hour", "1시간 이상"),
        OutcomeAge.Day => Say("1 day", "1일 이상"),
        OutcomeAge.Week => Say("7 days", "7일 이상"),
    };

    public string Of(OutcomeAmountError error) => error switch
    {
        OutcomeAmountError.Unreadable => Say("Write an amount like 12.50.", "12.50처럼 금액을 입력해 주세요."),
        OutcomeAmountError.CurrencyMissing => Say("Choose a currency too.", "통화도 선택해 주세요."),
    };

    public string CancelHelp(UnknownOutcomeKind kind) => kind switch
    {
        UnknownOutcomeKind.Payment => Say(
            "The payment is given up, and the gateway is told to reverse it, also if the request arrives only then.", "결제를 취소하고 게이트웨이에 망취소를 요청합니다. 요청이 늦게 도착해도 취소됩니다."),
        UnknownOutcomeKind.LateSuccess => Say("The money goes back to the buyer.", "금액을 구매자에게 돌려줍니다."),
        UnknownOutcomeKind.Refund => Say("The refund is called back, if the gateway has not paid it out.", "게이트웨이가 아직 지급하지 않았다면 환불을 철회합니다."),
        UnknownOutcomeKind.Capture or UnknownOutcomeKind.Void or UnknownOutcomeKind.Increment or UnknownOutcomeKind.Setup or UnknownOutcomeKind.Release
            or UnknownOutcomeKind.Evidence or UnknownOutcomeKind.Dispute => Say("It cannot be called back.", "취소할 수 없습니다."),
    };

    public string StillOpenAfter(OutcomeBulkAct act) => act switch
    {
        OutcomeBulkAct.Query => Say("The gateway was asked, and does not know yet.", "조회했지만 게이트웨이도 아직 결과를 모릅니다."),
        OutcomeBulkAct.Accept => Say("It was written down, and the item still waits.", "기록했지만 아직 처리가 끝나지 않았습니다."),
        OutcomeBulkAct.Cancel => Say("The cancellation is on its way; the gateway has not confirmed it yet.", "취소를 요청했으며 게이트웨이의 확인을 기다리고 있습니다."),
    };

    public string SettledAfter(OutcomeBulkAct act) => act switch
    {
        OutcomeBulkAct.Query => Say("The gateway told: the outcome is known now.", "게이트웨이의 답으로 결과가 확정되었습니다."),
        OutcomeBulkAct.Accept => Say("It was written down as you stated it.", "입력한 결과로 확정했습니다."),
        OutcomeBulkAct.Cancel => Say("It was undone.", "취소했습니다."),
    };

    public string Of(OutcomeProblem problem) => problem switch
    {
        OutcomeProblem.FormExpired => Say("The form had expired, was sent already, or something happened meanwhile. Look at it and try again.",
            "입력 시간이 지났거나 이미 처리되었거나 그 사이 내용이 바뀌었습니다. 확인 후 다시 시도해 주세요."),
        OutcomeProblem.Settled => Say("It has an outcome by now.", "그 사이 결과가 확정되었습니다."),
        OutcomeProblem.NothingChosen => Say("Tick at least one item.", "한 건 이상 선택해 주세요."),
        OutcomeProblem.NotConfirmed => Say("Tick the box to confirm.", "확인란을 선택해 주세요."),
        OutcomeProblem.OutcomeMissing => Say("Choose what happened.", "결과를 선택해 주세요."),
        OutcomeProblem.EvidenceMissing => Say("Write where you learned it.", "확인 경로를 적어 주세요."),
        OutcomeProblem.ReferenceMissing => Say("Money moved, so the gateway's reference is needed.", "돈이 움직인 건이므로 게이트웨이 거래번호가 필요합니다."),
        OutcomeProblem.TooLong => Say("The text is too long.", "내용이 너무 깁니다."),
        OutcomeProblem.DoesNotFit => Say("This outcome does not fit.", "선택할 수 없는 결과입니다."),
        OutcomeProblem.NotQueryable => Say("It waits for a decision; there is nothing to ask the gateway.", "결정이 필요한 건이라 조회할 내용이 없습니다."),
        OutcomeProblem.NotCancelable => Say("This gateway cannot undo it.", "이 게이트웨이에서는 취소할 수 없습니다."),
        OutcomeProblem.NotKeepable => Say("The payment was paid in another way, is being paid, or somebody decided against it: the money can only be returned.",
            "다른 방법으로 결제되었거나 결제 중이거나 취소하기로 결정된 건이라 반환만 가능합니다."),
        OutcomeProblem.FileTooLarge => Say("The document is too large: at most 5 MB.", "파일이 너무 큽니다. 5MB까지 가능합니다."),
        OutcomeProblem.FileTypeUnknown => Say("The document is neither a PDF nor a PNG nor a JPEG.", "PDF, PNG, JPEG 파일이 아닙니다."),
        OutcomeProblem.GatewayFull => Say("The gateway has too much to do now; nothing was asked or sent. Try again in a moment.",
            "게이트웨이가 처리 중인 요청이 많아 아무것도 보내지 않았습니다. 잠시 후 다시 시도해 주세요."),
        OutcomeProblem.TooMany => Say("That is too many at once. Narrow the filter.", "한 번에 처리하기에 너무 많습니다. 조건을 좁혀 주세요."),
        OutcomeProblem.Refused => Say("It could not be done.", "처리하지 못했습니다."),
    };
}
