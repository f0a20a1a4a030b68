using Florin.Pages;

namespace Florin.Checkout.Pages;

internal sealed class CheckoutTexts(Language language) : Texts(language)
{
    public string BackToShop => Say("Back to the shop", "쇼핑몰로 돌아가기");
    public string CancelAndReturn => Say("Cancel and go back", "취소하고 돌아가기");
    public string SecuredByFlorin => Say("Secure payment with Florin", "Florin 안전 결제");
    public string TestModeExplained => Say("No real money moves.", "실제로 결제되지 않습니다.");
    public string TestCards => Say("Test cards", "테스트 카드");
    public string TestCardsHelp => Say("Any future date and any CVC will do.", "유효기간은 미래의 아무 달, CVC는 아무 숫자나 됩니다.");

    public string OrderSummary => Say("Order summary", "주문 내역");
    public string ShowOrder => Say("Show order", "주문 내역 보기");
    public string Total => Say("Total", "합계");
    public string Quantity(int count) => Say($"Quantity {count}", $"수량 {count}개");
    public string PayMerchant(string merchant) => Say($"Pay {merchant}", $"{merchant} 결제");

    public string PayByCard => Say("Pay by card", "카드 결제");
    public string Email => Say("E-mail", "이메일");
    public string EmailHelp => Say("So that the shop can reach you about this order.", "주문 관련 안내에 사용합니다.");
    public string CardNumber => Say("Card number", "카드 번호");
    public string Expiry => Say("Expiry date", "유효기간");
    public string ExpiryPlaceholder => Say("MM / YY", "월 / 년");
    public string Cvc => Say("Security code (CVC)", "보안 코드 (CVC)");
    public string CvcHelp => Say("3 digits on the back; 4 on the front of Amex.", "카드 뒷면 숫자 3자리, 아멕스는 앞면 4자리.");
    public string CardholderName => Say("Name on card", "카드에 적힌 이름");
    public string CardholderNameHelp => Say("In any script.", "한글로 적어도 됩니다.");
    public string Pay(string amount) => Say($"Pay {amount}", $"{amount} 결제하기");
    public string Paying => Say("Paying…", "결제 중…");
    public string CardSafety => Say(
        "Your card details are encrypted and go to the card issuer only. The shop never sees them.",
        "카드 정보는 암호화되어 카드사에만 전달되며, 쇼핑몰에는 전달되지 않습니다.");

    public string SaveCardFor(string merchant) => Say($"Save a card for {merchant}", $"{merchant} 카드 등록");
    public string AboutSaving => Say("About saving your card", "카드 등록 안내");
    public string SaveYourCard => Say("Save your card", "카드 등록");
    public string SaveCard => Say("Save card", "카드 등록하기");
    public string Saving => Say("Saving…", "등록 중…");
    public string NothingIsPaid => Say("You pay nothing now", "지금은 결제되지 않습니다");
    public string SavingExplained(string merchant) => Say(
        $"{merchant} keeps the card for payments that you agree on later. Your bank may show a small amount for a moment; it is freed at once.",
        $"등록한 카드는 나중에 동의하신 결제에 {merchant}에서 사용합니다. 카드 확인을 위해 소액 승인이 잠시 보일 수 있으며 바로 취소됩니다.");
    public string EmailHelpForSaving => Say("So that the shop can reach you about your card.", "등록한 카드 관련 안내에 사용합니다.");
    public string NotSaved => Say("Your card was not saved", "카드가 등록되지 않았습니다");

    /// <summary>What to do where a card could not be saved.</summary>
    public string OfSaving(DeclineAdvice advice) => advice switch
    {
        DeclineAdvice.ExpiredCard => Say("This card has expired. Please use another card.", "유효기간이 지난 카드입니다. 다른 카드를 등록해 주세요."),
        DeclineAdvice.WrongDetails => Say("The details do not match the card. Please check the number, date and security code.",
            "입력한 정보가 카드와 다릅니다. 번호, 유효기간, 보안 코드를 확인해 주세요."),
        DeclineAdvice.AuthenticationFailed => Say(
            "Your bank could not confirm that it was you. Please try again and complete the bank's step, or use another card.",
            "본인 인증이 완료되지 않았습니다. 다시 시도해 인증을 마치거나 다른 카드를 등록해 주세요."),
        DeclineAdvice.TryLater => Say("Your bank cannot be reached just now. Please try again in a few minutes, or use another card.",
            "카드사와 연결되지 않습니다. 잠시 뒤 다시 시도하거나 다른 카드를 등록해 주세요."),
        DeclineAdvice.NothingSent => Say("We could not reach your bank. Please try again.", "카드사에 요청하지 못했습니다. 다시 시도해 주세요."),
        DeclineAdvice.InsufficientFunds or DeclineAdvice.LimitReached or DeclineAdvice.NotSupported or DeclineAdvice.UseAnotherCard => Say(
            "Your bank did not accept this card. Please use another card, or ask your bank.",
            "카드사에서 이 카드를 확인해 주지 않았습니다. 다른 카드를 등록하거나 카드사에 문의해 주세요."),
    };

    public string SavedTitle => Say("Your card is saved", "카드가 등록되었습니다");
    public string SavedFor(string merchant) => Say($"for {merchant}. You paid nothing.", $"{merchant}에 등록되었으며, 결제된 금액은 없습니다.");
    public string SavedCard => Say("Card", "카드");
    public string SavedReference => Say("Reference", "등록 번호");
    public string CheckingCardTitle => Say("Checking your card", "카드를 확인하고 있습니다");
    public string CheckingCardExplained => Say("This usually takes a few seconds. You pay nothing.", "보통 몇 초면 끝납니다. 결제되지 않습니다.");
    public string CheckingCardSlowExplained => Say(
        "You may close this page. You pay nothing, whatever the bank says.", "이 화면을 닫아도 됩니다. 카드사의 결과와 관계없이 결제되지 않습니다.");

    public string Of(NumberError error) => error switch
    {
        NumberError.Missing => Say("Enter your card number.", "카드 번호를 입력해 주세요."),
        NumberError.WrongLength => Say("A card number has 13 to 19 digits.", "카드 번호는 13~19자리 숫자입니다."),
        NumberError.Mistyped => Say("This card number is mistyped. Compare it with your card.",
            "카드 번호가 올바르지 않습니다. 카드와 비교해 주세요."),
    };

    public string Of(ExpiryError error) => error switch
    {
        ExpiryError.Missing => Say("Enter the expiry date.", "유효기간을 입력해 주세요."),
        ExpiryError.Unreadable => Say("Write month and year, like 08/29.", "월과 년을 08/29처럼 입력해 주세요."),
        ExpiryError.Past => Say("This card has expired. Use another card.", "유효기간이 지난 카드입니다. 다른 카드를 사용해 주세요."),
    };

    public string Of(CvcError error) => error switch
    {
        CvcError.Missing => Say("Enter the security code.", "보안 코드를 입력해 주세요."),
        CvcError.WrongLength => Say("The security code has 3 digits (4 on Amex).", "보안 코드는 3자리(아멕스 4자리)입니다."),
    };

    public string Of(NameError error) => error switch
    {
        NameError.Missing => Say("Enter the name on the card.", "카드에 적힌 이름을 입력해 주세요."),
        NameError.Unreadable => Say("Enter the name on the card, not its number.", "카드 번호가 아니라 카드에 적힌 이름을 입력해 주세요."),
        NameError.TooLong => Say("This name is too long. Shorten it.", "이름이 너무 깁니다. 줄여서 입력해 주세요."),
    };

    public string Of(EmailError error) => error switch
    {
        EmailError.Missing => Say("Enter your e-mail address.", "이메일 주소를 입력해 주세요."),
        EmailError.Unreadable => Say("Write an address like name@example.com.", "name@example.com 형식으로 입력해 주세요."),
    };

    public string NotPaid => Say("You have not been charged", "결제되지 않았습니다");

    public string Of(DeclineAdvice advice) => advice switch
    {
        DeclineAdvice.InsufficientFunds => Say("There is not enough money on this card. Please pay with another card.",
            "카드 잔액이 부족합니다. 다른 카드로 결제해 주세요."),
        DeclineAdvice.LimitReached => Say(
            "This card has reached its limit. Please pay with another card, or raise the limit with your bank first.",
            "카드 한도를 초과했습니다. 다른 카드로 결제하거나 카드사에서 한도를 올린 뒤 다시 시도해 주세요."),
        DeclineAdvice.ExpiredCard => Say("This card has expired. Please pay with another card.",
            "유효기간이 지난 카드입니다. 다른 카드로 결제해 주세요."),
        DeclineAdvice.WrongDetails => Say("The details do not match the card. Please check the number, date and security code.",
            "입력한 정보가 카드와 다릅니다. 번호, 유효기간, 보안 코드를 확인해 주세요."),
        DeclineAdvice.AuthenticationFailed => Say(
            "Your bank could not confirm that it was you. Please try again and complete the bank's step, or pay with another card.",
            "본인 인증이 완료되지 않았습니다. 다시 시도해 인증을 마치거나 다른 카드로 결제해 주세요."),
        DeclineAdvice.NotSupported => Say("This card cannot be used for this payment. Please pay with another card.",
            "이 결제에 사용할 수 없는 카드입니다. 다른 카드로 결제해 주세요."),
        DeclineAdvice.UseAnotherCard => Say("Your bank declined this card. Please pay with another card, or ask your bank.",
            "카드사에서 승인을 거절했습니다. 다른 카드로 결제하거나 카드사에 문의해 주세요."),
        DeclineAdvice.TryLater => Say("Your bank cannot be reached just now. Please try again in a few minutes, or pay with another card.",
            "카드사와 연결되지 않습니다. 잠시 뒤 다시 시도하거나 다른 카드로 결제해 주세요."),
        DeclineAdvice.NothingSent => Say("We could not send your payment. Nothing was charged; please try again.",
            "결제를 요청하지 못했습니다. 결제되지 않았으니 다시 시도해 주세요."),
    };

    public string Of(TestCardOutcome outcome) => outcome switch
    {
        TestCardOutcome.Approved => Say("is approved", "승인"),
        TestCardOutcome.Challenge => Say("asks to confirm (3-D Secure)", "본인 인증 (3-D Secure)"),
        TestCardOutcome.Declined => Say("is declined", "승인 거절"),
        TestCardOutcome.InsufficientFunds => Say("has too little money", "잔액 부족"),
        TestCardOutcome.NoAnswer => Say("gets no answer for a while", "응답 지연"),
    };

    public string ChallengeTitle => Say("Your bank asks you to confirm", "카드사 본인 인증이 필요합니다");
    public string ChallengeExplained => Say("You are being taken to your bank's page. Come back here when you are done.",
        "카드사 인증 화면으로 이동합니다. 인증을 마치면 이 결제로 돌아옵니다.");
    public string ContinueToBank => Say("Continue to your bank", "카드사 인증으로 이동");

    public string CheckingTitle => Say("Checking your payment", "결제를 확인하고 있습니다");
    public string CheckingExplained => Say("This usually takes a few seconds. Please do not pay again.",
        "보통 몇 초면 끝납니다. 다시 결제하지 마세요.");
    public string CheckingSlow => Say("Your bank is taking its time", "카드사의 확인이 늦어지고 있습니다");
    public string CheckingSlowExplained => Say(
        "You may close this page. The payment is safe: it is either completed once or not at all.",
        "이 화면을 닫아도 됩니다. 한 번만 결제되거나 전혀 결제되지 않으니 안심하세요.");
    public string ShopWillWriteTo(string email) => Say(
        $"The shop learns the result too, and can reach you at {email}.", $"결과는 쇼핑몰에도 전달되며, {email}(으)로 안내받으실 수 있습니다.");
    public string CheckAgain => Say("Check again", "다시 확인");

    public string PaidTitle => Say("Paid. Thank you!", "결제가 완료되었습니다");
    public string PaidTo(string merchant) => Say($"to {merchant}", $"{merchant}");
    public string PaidOn => Say("Date", "결제 일시");
    public string PaidWith => Say("Card", "결제 카드");
    public string EndsIn(string last4) => Say($"ending {last4}", $"끝자리 {last4}");
    public string Reference => Say("Reference", "결제 번호");
    public string ReceiptTo => Email;
    public string ContinueToShop(string merchant) => Say($"Continue to {merchant}", $"{merchant}(으)로 이동");
    public string ContinuingSoon => Say("Taking you back to the shop in a few seconds.", "잠시 뒤 쇼핑몰로 이동합니다.");
    public string StayHere => Say("Stay here", "이 화면에 머물기");

    public string TitleOf(SessionEnd end) => end switch
    {
        SessionEnd.Expired => Say("This payment page has expired", "결제 시간이 지났습니다"),
        SessionEnd.Cancelled => Say("Payment cancelled", "결제를 취소했습니다"),
    };

    public string Of(SessionEnd end) => end switch
    {
        SessionEnd.Expired => Say("Nothing was charged. Go back to the shop to start again; it will still have your order in most cases.",
            "결제되지 않았습니다. 쇼핑몰로 돌아가 다시 결제해 주세요."),
        SessionEnd.Cancelled => Say("Nothing was charged. You can go back to the shop and choose again.",
            "결제되지 않았습니다. 쇼핑몰로 돌아가 다시 선택할 수 있습니다."),
    };

    public string TitleOf(CheckoutProblem problem) => problem switch
    {
        CheckoutProblem.NotFound => Say("There is no such payment page", "결제 페이지를 찾을 수 없습니다"),
        CheckoutProblem.FormExpired => Say("This form is too old", "입력 화면이 만료되었습니다"),
        CheckoutProblem.TooManyRequests => Say("Too many tries", "요청이 너무 많습니다"),
        CheckoutProblem.Failed => Say("Something went wrong on our side", "일시적인 오류가 발생했습니다"),
    };

    public string Of(CheckoutProblem problem) => problem switch
    {
        CheckoutProblem.NotFound => Say("The link may be incomplete. Go back to the shop and press its pay button again.",
            "링크가 올바르지 않을 수 있습니다. 쇼핑몰에서 결제 버튼을 다시 눌러 주세요."),
        CheckoutProblem.FormExpired => Say("Nothing was charged. Go back, load the page again, and send it once more.",
            "결제되지 않았습니다. 이전 화면을 새로 고친 뒤 다시 시도해 주세요."),
        CheckoutProblem.TooManyRequests => Say("Nothing was charged. Please wait a minute before you try again.",
            "결제되지 않았습니다. 1분 뒤 다시 시도해 주세요."),
        CheckoutProblem.Failed => Say("Before you pay again, load this page again to see whether the payment went through.",
            "다시 결제하기 전에 이 페이지를 새로 고쳐 결제가 되었는지 확인해 주세요."),
    };
}
