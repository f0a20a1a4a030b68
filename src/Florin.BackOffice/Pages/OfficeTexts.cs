using Florin.Pages;

namespace Florin.BackOffice.Pages;

internal sealed class OfficeTexts(Language language) : Texts(language)
{
    public string BackOffice => Say("Back office", "관리자");
    public string Navigation => Say("Sections", "메뉴");
    public string Payments => Say("Payments", "결제");
    public string Disputes => Say("Disputes", "이의제기");
    public string Webhooks => Say("Webhooks", "웹훅");
    public string SignOut => Say("Sign out", "로그아웃");
    public string TestModeExplained => Say("You are looking at test payments. No real money moves.", "테스트 결제를 보고 있습니다. 실제 돈은 움직이지 않습니다.");

    public string SignIn => Say("Sign in", "로그인");
    public string SignInLead => Say("to the back office", "관리자 화면");
    public string Email => Say("E-mail", "이메일");
    public string Password => Say("Password", "비밀번호");
    public string Of(SignInProblem problem) => problem switch
    {
        SignInProblem.Refused => Say("E-mail and password do not fit together. Please check both.", "이메일 또는 비밀번호가 올바르지 않습니다. 다시 확인해 주세요."),
        SignInProblem.Locked => Say("Too many tries. Please wait five minutes.", "시도가 너무 많습니다. 5분 뒤 다시 시도해 주세요."),
        SignInProblem.FormExpired => Say("The page was open for too long. Please sign in again.", "화면이 오래 열려 있었습니다. 다시 로그인해 주세요."),
        SignInProblem.SignedOut => Say("You are signed out.", "로그아웃되었습니다."),
    };

    public string PaymentsGroup => Say("Payments", "결제");
    public string MoneyGroup => Say("Money", "자금");
    public string GatewaysGroup => Say("Gateways", "게이트웨이");
    public string DevelopersGroup => Say("Developers", "개발자");
    public string Filter => Say("Filter", "필터");
    public string Search => Say("Search", "검색");
    public string SearchHelp => Say("ID, description or last 4 digits", "결제 ID, 설명, 카드 끝 4자리");
    public string State => Say("State", "상태");
    public string AnyState => Say("Any state", "모든 상태");
    public string Currency => Say("Currency", "통화");
    public string AnyCurrency => Say("Any", "전체");
    public string MinAmount => Say("Amount from", "최소 금액");
    public string MaxAmount => Say("Amount to", "최대 금액");
    public string FromDay => Say("From day", "시작일");
    public string ToDay => Say("To day", "종료일");
    public string Apply => Say("Apply", "적용");
    public string ClearFilter => Say("Clear filter", "필터 지우기");
    public string AmountUnreadable => Say("Write an amount like 12.50.", "12.50처럼 금액을 입력해 주세요.");
    public string DayUnreadable => Say("Write a day like 2026-11-21.", "2026-11-21처럼 날짜를 입력해 주세요.");
    public string Amount => Say("Amount", "금액");
    public string Description => Say("Description", "설명");
    public string Method => Say("Method", "결제 수단");
    public string CardCountry => Say("Card country", "카드 발급 국가");
    public string Created => Say("Created", "생성 일시");
    public string Payment => Say("Payment", "결제 ID");
    public string Newer => Say("Newer", "이후");
    public string Older => Say("Older", "이전");
    public string Pages => Say("Pages", "페이지");
    public string NoPayments => Say("No payments yet", "아직 결제가 없습니다");
    public string NoPaymentsHelp => Say("The first one appears here as soon as a buyer reaches the payment page.", "구매자가 결제 페이지에 오면 이곳에 표시됩니다.");
    public string NoMatch => Say("No payment matches this filter", "조건에 맞는 결제가 없습니다");
    public string NoMatchHelp => Say("Widen the days or clear the filter.", "기간을 넓히거나 필터를 지워 보세요.");

    public string Of(PaymentBadge state) => state switch
    {
        PaymentBadge.RequiresPaymentMethod => Say("Needs a card", "결제 수단 대기"),
        PaymentBadge.RequiresConfirmation => Say("Needs confirmation", "확정 대기"),
        PaymentBadge.RequiresAction => Say("Buyer at bank", "본인 인증 중"),
        PaymentBadge.Processing => Say("Processing", "처리 중"),
        PaymentBadge.Unknown => Say("Outcome unknown", "결과 확인 중"),
        PaymentBadge.RequiresCapture => Say("Authorized", "승인됨"),
        PaymentBadge.Succeeded => Say("Succeeded", "결제 완료"),
        PaymentBadge.PartiallyRefunded => Say("Partly refunded", "부분 환불"),
        PaymentBadge.Refunded => Say("Refunded", "환불됨"),
        PaymentBadge.Canceled => Say("Canceled", "취소됨"),
    };

    public string WhatItMeans => Say("What this state means", "이 상태의 의미");
    public string MeaningOf(PaymentBadge state) => state switch
    {
        PaymentBadge.RequiresPaymentMethod => Say("The buyer has not paid yet, or the last card was declined. Nothing was charged; they may try another card.",
            "아직 결제하지 않았거나 마지막 카드가 거절되었습니다. 청구된 금액은 없으며 다른 카드로 다시 시도할 수 있습니다."),
        PaymentBadge.RequiresConfirmation => Say("A card is chosen. Your server has to confirm the payment before it is sent.",
            "카드가 선택되었습니다. 서버에서 결제를 확정해야 요청이 전송됩니다."),
        PaymentBadge.RequiresAction => Say("The issuer asked the buyer to prove who they are. It goes on when they come back.",
            "카드사가 본인 인증을 요청했습니다. 구매자가 인증을 마치고 돌아오면 이어집니다."),
        PaymentBadge.Processing => Say("The gateway is working on it. The result arrives by itself.", "결제사에서 처리하고 있습니다. 결과는 자동으로 반영됩니다."),
        PaymentBadge.Unknown => Say("The gateway did not answer, so money may or may not have moved. Florin keeps asking and never charges a second time meanwhile. Do not ask the buyer to pay again.",
            "결제사의 응답이 없어 결제 여부를 알 수 없습니다. Florin이 계속 조회하며 그동안 다시 청구하지 않습니다. 구매자에게 재결제를 요청하지 마세요."),
        PaymentBadge.RequiresCapture => Say("The amount is held on the card. Capture it to be paid, or cancel to free it.",
            "카드 한도에 금액이 잡혀 있습니다. 매입하면 대금을 받고, 취소하면 한도가 풀립니다."),
        PaymentBadge.Succeeded => Say("The money was taken. It can be refunded in whole or in part.", "결제가 완료되었습니다. 전액 또는 일부를 환불할 수 있습니다."),
        PaymentBadge.PartiallyRefunded => Say("A part of the money went back to the buyer; the rest can still be refunded.", "일부 금액이 환불되었습니다. 나머지도 환불할 수 있습니다."),
        PaymentBadge.Refunded => Say("All of the money went back to the buyer.", "전액이 환불되었습니다."),
        PaymentBadge.Canceled => Say("It was given up before any money was taken.", "금액이 청구되기 전에 취소되었습니다."),
    };

    public string Refund => Say("Refund", "환불");
    public string RefundMade(string amount) => Say($"{amount} is on its way back to the buyer.", $"{amount} 환불을 접수했습니다.");
    public string Facts => Say("Details", "상세 정보");
    public string Captured => Say("Captured", "매입 금액");
    public string Refunded => Say("Refunded", "환불 금액");
    public string Customer => Say("Customer", "구매자");
    public string Gateway => Say("Gateway", "결제사");
    public string Timeline => Say("Timeline", "진행 내역");
    public string Of(TimelineKind kind) => kind switch
    {
        TimelineKind.Created => Say("Payment created", "결제 생성"),
        TimelineKind.AttemptSent => Say("Sent to the gateway", "결제사로 요청"),
        TimelineKind.Challenged => Say("Issuer asks the buyer to confirm", "본인 인증 요청"),
        TimelineKind.Authorized => Say("Authorized", "승인"),
        TimelineKind.Captured => Say("Captured", "매입"),
        TimelineKind.Declined => Say("Declined", "승인 거절"),
        TimelineKind.NotSent => Say("Never reached the gateway", "결제사에 도달하지 않음"),
        TimelineKind.OutcomeUnknown => Say("No answer: outcome unknown", "응답 없음: 결과 모름"),
        TimelineKind.OutcomeAsked => Say("Asked the gateway for the outcome", "결제사에 결과 조회"),
        TimelineKind.Voided => Say("Hold released", "승인 취소"),
        TimelineKind.RefundRequested => Say("Refund requested", "환불 요청"),
        TimelineKind.Refunded => Say("Refunded", "환불 완료"),
        TimelineKind.RefundFailed => Say("Refund failed", "환불 실패"),
        TimelineKind.Canceled => Say("Canceled", "결제 취소"),
        TimelineKind.LateReturned => Say("Money came too late: it goes back", "뒤늦은 승인: 금액 반환"),
        TimelineKind.LateKept => Say("Money came too late: it was kept", "뒤늦은 승인: 결제로 인정"),
        TimelineKind.LateWaits => Say("Money came too late: somebody must decide", "뒤늦은 승인: 담당자 결정 필요"),
        TimelineKind.OutcomeStated => Say("Outcome stated by a person", "담당자가 결과 입력"),
        TimelineKind.DisputeOpened => Say("Disputed by the buyer", "구매자 이의제기"),
        TimelineKind.EventRecorded => Say("Event", "이벤트"),
    };

    public string Ledger => Say("Ledger postings", "원장 기록");
    public string Account => Say("Account", "계정");
    public string Transaction => Say("Transaction", "거래");
    public string Debit => Say("Debit", "차변");
    public string Credit => Say("Credit", "대변");
    public string Sum => Say("Total", "합계");
    public string NoPostings => Say("No money has moved yet.", "아직 움직인 금액이 없습니다.");
    public string Metadata => Say("Metadata", "메타데이터");
    public string NoMetadata => Say("None was given.", "등록된 메타데이터가 없습니다.");
    public string RawJson => Say("Raw JSON", "원본 JSON");
    public string Copy => Say("Copy", "복사");
    public string Copied => Say("Copied", "복사됨");

    public string NoDeliveries => Say("Nothing was sent to any endpoint.", "전송된 웹훅이 없습니다.");
    public string Event => Say("Event", "이벤트");
    public string Endpoint => Say("Endpoint", "수신 주소");
    public string Attempts(int count) => Say(count == 1 ? "1 attempt" : $"{count} attempts", $"{count}회 시도");
    public string Endpoints => Say("Endpoints", "수신 주소");
    public string NoEndpoints => Say("No endpoint yet. One is made with the API.", "등록된 수신 주소가 없습니다. API로 등록할 수 있습니다.");
    public string Deliveries => Say("Deliveries", "전송 내역");
    public string Enabled => Say("Enabled", "사용 중");
    public string Disabled => Say("Disabled", "사용 중지됨");
    public string Enable => Say("Enable", "사용");
    public string Disable => Say("Disable", "사용 중지");
    public string BackToWebhooks => Say("Webhooks", "웹훅");
    public string EventTypes => Say("Events", "이벤트");
    public string SigningSecret => Say("Signing secret", "서명 비밀키");
    public string NewSecret => Say("The new secret. Copy it now: it is not shown again.", "새 비밀키입니다. 다시 표시되지 않으니 지금 복사해 주세요.");
    public string OldSecretUntil => Say("The old secret signs too until", "이전 비밀키도 함께 서명하는 기한");
    public string RollHelp => Say("A new secret is made. While both are valid, each call carries two signatures.", "새 비밀키를 만듭니다. 두 비밀키가 모두 유효한 동안 호출마다 서명이 두 개 붙습니다.");
    public string Overlap => Say("Keep the old secret for", "이전 비밀키 유지");
    public string OverlapOf(int hours) => hours switch
    {
        0 => Say("no time: it has leaked", "유지하지 않음 (유출됨)"),
        24 => Say("a day", "하루"),
        _ => Say($"{hours / 24} days", $"{hours / 24}일"),
    };

    public string Roll => Say("Make a new secret", "새 비밀키 만들기");
    public string SendAgain => Say("Send again", "다시 보내기");
    public string SendAgainHelp => Say("Everything of that time which the endpoint did not take, also while it was disabled.", "해당 기간에 받지 못한 이벤트를 모두 보냅니다. 사용 중지된 동안의 이벤트도 포함됩니다.");
    public string Since => Say("From the last", "기간");
    public string HoursOf(int hours) => hours == 1 ? Say("hour", "1시간") : Say($"{hours} hours", $"{hours}시간");
    public string Calls => Say("Calls", "호출 내역");
    public string NoCalls => Say("Nothing was sent to this endpoint.", "이 주소로 전송된 내역이 없습니다.");
    public string RequestSent => Say("Sent", "요청");
    public string AnswerGot => Say("Answered", "응답");
    public string Of(WebhookNotice notice, int resent) => notice switch
    {
        WebhookNotice.Resent => Say(resent == 1 ? "1 event is sent again." : $"{resent} events are sent again.", $"이벤트 {resent}건을 다시 보냅니다."),
        WebhookNotice.NotResent => Say("A disabled endpoint is sent nothing. Enable it first.", "사용 중지된 주소로는 보내지 않습니다. 먼저 사용으로 바꿔 주세요."),
        WebhookNotice.FormExpired => Say("The form was open for too long. Nothing was changed; please send it again.", "화면이 오래 열려 있었습니다. 변경된 내용이 없으니 다시 시도해 주세요."),
    };

    public string NoAnswer => Say("no answer", "응답 없음");
    public string Of(DeliveryState state) => state switch
    {
        DeliveryState.Waiting => Say("Waiting", "대기"),
        DeliveryState.Delivered => Say("Delivered", "전송됨"),
        DeliveryState.Retrying => Say("Will be tried again", "재시도 예정"),
        DeliveryState.Failed => Say("Given up", "전송 실패"),
    };

    public string RefundTitle => Say("Refund this payment", "결제 환불");
    public string BackToPayment => Say("Back to the payment", "결제로 돌아가기");
    public string AmountIn(string currency) => Say($"Amount in {currency}", $"환불 금액 ({currency})");
    public string Remaining(string amount) => Say($"Up to {amount} can be refunded.", $"최대 {amount}까지 환불할 수 있습니다.");
    public string RemainingLabel => Say("Can still be refunded", "환불 가능 금액");
    public string Reason => Say("Reason", "사유");
    public string Of(RefundReason reason) => reason switch
    {
        RefundReason.RequestedByCustomer => Say("The customer asked for it", "구매자 요청"),
        RefundReason.Duplicate => Say("Paid twice", "중복 결제"),
        RefundReason.Fraudulent => Say("Fraud", "부정 결제"),
    };
    public string Note => Say("Note for colleagues", "내부 메모");
    public string Effect => Say("What a refund of all that remains does", "남은 금액을 모두 환불하면");
    public string EffectHelp => Say("A smaller refund posts the same accounts in proportion. The buyer sees the money in 3 to 10 days.",
        "일부만 환불하면 같은 계정에 비례해 기록됩니다. 구매자는 3~10일 안에 돌려받습니다.");
    public string RefundNow => Say("Refund now", "환불하기");
    public string CannotBeUndone => Say("This cannot be undone.", "되돌릴 수 없습니다.");
    public string Of(RefundAmountError error, string remaining) => error switch
    {
        RefundAmountError.Missing => Say("Enter how much to refund.", "환불할 금액을 입력해 주세요."),
        RefundAmountError.Unreadable => Say("Write an amount with digits and a point, like 12.50.", "12.50처럼 숫자와 소수점으로 입력해 주세요."),
        RefundAmountError.NotPositive => Say("Enter more than zero.", "0보다 큰 금액을 입력해 주세요."),
        RefundAmountError.TooManyDigits => Say("This currency has fewer digits after the point.", "이 통화의 소수 자릿수를 넘었습니다."),
        RefundAmountError.MoreThanRemains => Say($"Only {remaining} can still be refunded.", $"{remaining}까지만 환불할 수 있습니다."),
    };
    public string NotRefunded => Say("The refund was not made", "환불되지 않았습니다");
    public string MaybeRefunded => Say("The gateway did not answer", "결제사의 응답이 없습니다");
    public string Of(RefundProblem problem) => problem switch
    {
        RefundProblem.Changed => Say("The payment changed while this form was open. The figures below are fresh; please look again.", "이 화면이 열려 있는 동안 결제가 변경되었습니다. 최신 금액을 확인해 주세요."),
        RefundProblem.Declined => Say("The gateway refused it, and nothing was returned. The payment's timeline has its words.", "결제사에서 거절했습니다. 자세한 내용은 결제의 진행 내역에 있습니다."),
        RefundProblem.Unknown => Say("The money may have been returned. Florin keeps asking; please do not refund again until the timeline shows the result.", "환불되었을 수도 있습니다. Florin이 계속 조회하니 결과가 나올 때까지 다시 환불하지 마세요."),
        RefundProblem.NotSent => Say("The gateway could not be reached, and nothing was returned. Please try again.", "결제사에 연결할 수 없어 환불되지 않았습니다. 다시 시도해 주세요."),
        RefundProblem.GatewayFull => Say("The gateway has too much to do now; nothing was sent and nothing returned. Try again in a moment.", "결제사가 처리 중인 요청이 많아 아무것도 보내지 않았습니다. 잠시 후 다시 시도해 주세요."),
        RefundProblem.FormExpired => Say("The form was open for too long. Please send it again.", "화면이 오래 열려 있었습니다. 다시 시도해 주세요."),
    };

    public string Dispute => Say("Dispute", "이의제기");
    public string Disputed => Say("The buyer disputes this payment", "구매자가 이 결제에 이의를 제기했습니다");
    public string ToDispute => Say("To the dispute", "이의제기 보기");
    public string AnswerBy => Say("answer by", "답변 기한");
    public string Deadline => Say("Answer by", "답변 기한");
    public string NoDisputes => Say("No disputes", "이의제기가 없습니다");
    public string NoDisputesHelp => Say("When a buyer's bank takes a payment back or asks about one, it appears here with its deadline.",
        "카드사가 결제를 되돌리거나 문의하면 답변 기한과 함께 이곳에 표시됩니다.");
    public string Of(DisputeBadge state) => state switch
    {
        DisputeBadge.InquiryNeedsResponse => Say("Inquiry: answer it", "문의: 답변 필요"),
        DisputeBadge.InquiryUnderReview => Say("Inquiry: being read", "문의: 검토 중"),
        DisputeBadge.InquiryClosed => Say("Inquiry closed", "문의 종료"),
        DisputeBadge.NeedsResponse => Say("Answer needed", "답변 필요"),
        DisputeBadge.UnderReview => Say("Under review", "카드사 검토 중"),
        DisputeBadge.Won => Say("Won", "승소"),
        DisputeBadge.Lost => Say("Lost", "패소"),
    };
    public string MeaningOf(DisputeBadge state) => state switch
    {
        DisputeBadge.InquiryNeedsResponse => Say("The issuer asks about this payment. No money has been taken yet. Without an answer it becomes a chargeback; a full refund ends it.",
            "카드사가 이 결제에 대해 문의했습니다. 아직 돈은 빠져나가지 않았습니다. 답변하지 않으면 차지백이 되며, 전액 환불하면 종료됩니다."),
        DisputeBadge.InquiryUnderReview => Say("Your answer arrived. The issuer decides whether to let it rest.", "답변이 접수되었습니다. 카드사가 종료 여부를 판단합니다."),
        DisputeBadge.InquiryClosed => Say("The issuer let it rest; nothing was taken.", "카드사가 문의를 종료했으며 빠져나간 금액은 없습니다."),
        DisputeBadge.NeedsResponse => Say("The issuer took the money back for now. Show that the payment was right before the deadline, or it is lost.",
            "카드사가 금액을 임시로 회수했습니다. 기한 안에 정당한 결제임을 소명하지 않으면 패소합니다."),
        DisputeBadge.UnderReview => Say("Your evidence arrived. The issuer decides; that may take weeks.", "소명 자료가 접수되었습니다. 카드사의 결정까지 몇 주가 걸릴 수 있습니다."),
        DisputeBadge.Won => Say("The issuer decided for you: the money is yours again. The fee stays.", "승소하여 금액이 다시 입금되었습니다. 수수료는 반환되지 않습니다."),
        DisputeBadge.Lost => Say("The money stays with the buyer.", "금액은 구매자에게 돌아갔습니다."),
    };
    public string Of(DisputeCause cause) => cause switch
    {
        DisputeCause.Fraudulent => Say("Not made by the cardholder", "본인이 결제하지 않음"),
        DisputeCause.ProductNotReceived => Say("Nothing was received", "상품을 받지 못함"),
        DisputeCause.Other => Say("Other reason", "기타 사유"),
    };
    public string DisputeFee => Say("Dispute fee", "이의제기 수수료");
    public string NetworkCode => Say("Scheme's reason code", "카드사 사유 코드");
    public string YourEvidence => Say("Your evidence", "소명 자료");
    public string NoEvidence => Say("Nothing was submitted.", "제출한 자료가 없습니다.");
    public string EvidenceHelp => Say("PDF, PNG or JPEG, 5 MB together. Evidence can be submitted once.", "PDF, PNG, JPEG만 가능하며 합계 5MB까지입니다. 제출은 한 번만 할 수 있습니다.");
    public string LabelOf(string field) => field switch
    {
        "customer_name" => Say("Customer's name", "구매자 이름"),
        "customer_email_address" => Say("Customer's e-mail", "구매자 이메일"),
        "product_description" => Say("What was sold", "판매한 상품"),
        "shipping_carrier" => Say("Carrier", "택배사"),
        "shipping_tracking_number" => Say("Tracking number", "운송장 번호"),
        "shipping_date" => Say("Shipped on", "발송일"),
        "receipt" => Say("Receipt", "영수증"),
        "shipping_documentation" => Say("Proof of delivery", "배송 증빙"),
        "customer_communication" => Say("Messages with the customer", "구매자와의 대화"),
        "uncategorized_file" => Say("Another document", "기타 문서"),
        "uncategorized_text" => Say("In your own words", "추가 설명"),
        _ => field,
    };
    public string SaveEvidence => Say("Save for later", "임시 저장");
    public string SubmitEvidence => Say("Submit to the issuer", "카드사에 제출");
    public string EvidenceSaved => Say("Your evidence is kept.", "소명 자료가 저장되었습니다.");
    public string Unanswered => Say("The gateway did not answer, so nobody knows yet whether your evidence arrived. Florin keeps asking.",
        "결제사의 응답이 없어 자료가 도착했는지 아직 알 수 없습니다. Florin이 계속 조회합니다.");
    public string GiveUp => Say("Give up", "포기하기");
    public string GiveUpHelp => Say("The money stays with the buyer, at once and for good.", "금액이 즉시 구매자에게 돌아가며 되돌릴 수 없습니다.");
    public string NotSubmitted => Say("Nothing was submitted", "제출되지 않았습니다");
    public string Of(DisputeProblem problem) => problem switch
    {
        DisputeProblem.FormExpired => Say("The form was open for too long. Please send it again; files have to be chosen anew.", "화면이 오래 열려 있었습니다. 파일을 다시 선택해 제출해 주세요."),
        DisputeProblem.Changed => Say("The dispute moved on, or its deadline passed, while this form was open.", "이 화면이 열려 있는 동안 상태가 바뀌었거나 기한이 지났습니다."),
        DisputeProblem.NothingToSubmit => Say("There is nothing to submit yet. Fill in what speaks for you.", "제출할 내용이 없습니다. 소명할 내용을 입력해 주세요."),
        DisputeProblem.FileTooLarge => Say("The files are too large: 5 MB together.", "파일이 너무 큽니다. 합계 5MB까지 가능합니다."),
        DisputeProblem.FileTypeUnknown => Say("A file is neither a PDF nor a PNG nor a JPEG.", "PDF, PNG, JPEG 파일이 아닙니다."),
        DisputeProblem.Declined => Say("The gateway did not take it; its deadline may have passed.", "결제사에서 받지 않았습니다. 기한이 지났을 수 있습니다."),
        DisputeProblem.GatewayFull => Say("The gateway has too much to do now; nothing was sent. Try again in a moment.", "결제사가 처리 중인 요청이 많아 아무것도 보내지 않았습니다. 잠시 후 다시 시도해 주세요."),
        DisputeProblem.NotSent => Say("The gateway could not be reached. Your evidence is kept; please submit it again.", "결제사에 연결할 수 없습니다. 자료는 저장되었으니 다시 제출해 주세요."),
    };

    public string TitleOf(OfficeProblem problem) => problem switch
    {
        OfficeProblem.NotFound => Say("There is nothing here", "페이지를 찾을 수 없습니다"),
        OfficeProblem.Forbidden => Say("This is not yours to see", "볼 수 있는 권한이 없습니다"),
        OfficeProblem.FormExpired => Say("This form is too old", "입력 화면이 만료되었습니다"),
        OfficeProblem.Failed => Say("Something went wrong", "오류가 발생했습니다"),
    };
    public string Of(OfficeProblem problem) => problem switch
    {
        OfficeProblem.NotFound => Say("The address is wrong, or it belongs to another merchant or mode.", "주소가 잘못되었거나 다른 가맹점 또는 다른 모드의 것입니다."),
        OfficeProblem.Forbidden => Say("Ask an administrator for the role that allows it.", "관리자에게 권한을 요청해 주세요."),
        OfficeProblem.FormExpired => Say("Nothing was changed. Go back, load the page again, and send it once more.", "변경된 내용이 없습니다. 이전 화면을 새로 고친 뒤 다시 시도해 주세요."),
        OfficeProblem.Failed => Say("It is in the log under the request ID below. Before you repeat anything that moves money, look at the payment.", "아래 요청 번호로 기록되었습니다. 돈이 움직이는 작업은 결제를 먼저 확인한 뒤 다시 시도하세요."),
    };
    public string Home => Say("To the payments", "결제 목록으로");
}
