using Florin.Pages;

namespace Florin.Shop.Pages;

internal sealed class ShopTexts(Language language) : Texts(language)
{
    public string ShopName => Say("Petal & Coin", "꽃과 동전");
    public string DemoNote => Say("A demonstration shop: nothing is delivered.", "시연용 쇼핑몰입니다. 상품은 배송되지 않습니다.");
    public string Headline => Say("Small things, well made", "잘 만든 작은 것들");
    public string Lead => Say("Twelve companions for desk, shelf and ride. Pick one and try the checkout.",
        "책상과 선반, 자전거를 위한 열두 가지. 하나 골라 결제를 시험해 보세요.");
    public string Currency => Say("Currency", "통화");
    public string AllProducts => Say("All products", "전체 상품");
    public string Quantity => Say("Quantity", "수량");
    public string Buy => Say("Buy now", "바로 구매");
    public string BuyHelp => Say("Next you pay on Florin's own page.", "다음 화면에서 Florin으로 결제합니다.");

    public string Of(Availability availability) => availability switch
    {
        Availability.InStock => Say("In stock", "재고 있음"),
        Availability.Few => Say("Only a few left", "얼마 남지 않음"),
        Availability.SoldOut => Say("Sold out", "품절"),
    };

    public string NotOrdered => Say("Nothing was ordered", "주문되지 않았습니다");

    public string Of(BuyProblem problem) => problem switch
    {
        BuyProblem.NotEnoughLeft => Say("Someone was quicker: not that many are left. Choose fewer.",
            "그 사이 재고가 줄었습니다. 수량을 줄여 주세요."),
        BuyProblem.BadQuantity => Say("Choose a quantity from the list.", "목록에서 수량을 선택해 주세요."),
        BuyProblem.FormExpired => Say("The page was open for too long. Press the button again.",
            "화면이 오래 열려 있었습니다. 버튼을 다시 눌러 주세요."),
        BuyProblem.Unavailable => Say("The payment page cannot be reached just now. Please try again in a moment.",
            "결제 페이지에 연결할 수 없습니다. 잠시 뒤 다시 시도해 주세요."),
    };

    public string TitleOf(ReturnOutcome outcome) => outcome switch
    {
        ReturnOutcome.Paid => Say("Thank you for your order", "주문해 주셔서 감사합니다"),
        ReturnOutcome.Failed => Say("The payment did not go through", "결제하지 못했습니다"),
        ReturnOutcome.Cancelled => Say("You cancelled the payment", "결제를 취소하셨습니다"),
        ReturnOutcome.Checking => Say("We are checking your payment", "결제를 확인하고 있습니다"),
    };

    public string Of(ReturnOutcome outcome) => outcome switch
    {
        ReturnOutcome.Paid => Say("It is paid, and we are getting it ready.", "결제가 끝났고 상품을 준비하고 있습니다."),
        ReturnOutcome.Failed => Say("You have not been charged. Your order is kept for a little while.",
            "결제되지 않았습니다. 주문은 잠시 보관됩니다."),
        ReturnOutcome.Cancelled => Say("You have not been charged.", "결제되지 않았습니다."),
        ReturnOutcome.Checking => Say("Please do not pay again. Your order page shows the result as soon as it is known.",
            "다시 결제하지 마세요. 결과가 확인되면 주문 화면에 표시됩니다."),
    };

    public string TryAgain => Say("Try again", "다시 결제하기");
    public string SeeOrder => Say("See the order", "주문 보기");
    public string OrderCode => Say("Order code", "주문 번호");
    public string Order(string code) => Say($"Order {code}", $"주문 {code}");
    public string PlacedAt => Say("Ordered on", "주문 일시");
    public string State => Say("State", "상태");
    public string Total => Say("Total", "합계");
    public string Times(int count) => Say($"× {count}", $"{count}개");
    public string Progress => Say("Progress", "진행 상황");

    public string Of(OrderStep step) => step switch
    {
        OrderStep.Prepay => Say("Waiting for payment", "결제 대기"),
        OrderStep.InProgress => Say("Payment being checked", "결제 확인 중"),
        OrderStep.Success => Say("Paid", "결제 완료"),
        OrderStep.Fail => Say("Payment failed", "결제 실패"),
        OrderStep.Cancel => Say("Cancelled", "취소됨"),
        OrderStep.Complete => Say("Confirmed by the shop", "주문 확정"),
    };

    public string TitleOf(ShopProblem problem) => problem switch
    {
        ShopProblem.NotFound => Say("We do not have that", "찾으시는 페이지가 없습니다"),
        ShopProblem.NotYours => Say("We cannot show this order", "주문을 표시할 수 없습니다"),
        ShopProblem.Failed => Say("Something went wrong", "일시적인 오류가 발생했습니다"),
    };

    public string Of(ShopProblem problem) => problem switch
    {
        ShopProblem.NotFound => Say("The link is old or incomplete.", "링크가 오래되었거나 올바르지 않습니다."),
        ShopProblem.NotYours => Say("The link does not belong to this order. Open it again from the page where you paid.",
            "이 주문의 링크가 아닙니다. 결제한 화면에서 다시 열어 주세요."),
        ShopProblem.Failed => Say("Please load the page again in a moment.", "잠시 뒤 페이지를 새로 고쳐 주세요."),
    };
}
