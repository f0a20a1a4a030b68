using Florin.Kernel;
using Florin.Pages;

namespace Florin.Shop.Catalogue;

/// <summary>One product of the demo shop.</summary>
/// <param name="Slug">Its name in URLs; never changed, since orders keep it.</param>
/// <param name="Krw">Won, which has no minor unit.</param>
/// <param name="UsdCents">US cents.</param>
/// <param name="EurCents">Euro cents.</param>
/// <param name="InitialStock">Units on the shelf when the shop is first seeded.</param>
internal sealed record DemoProduct(
    string Slug,
    string EnglishName,
    string KoreanName,
    string EnglishDescription,
    string KoreanDescription,
    long Krw,
    long UsdCents,
    long EurCents,
    int InitialStock)
{
    /// <summary>The picture's name among <see cref="ShopAssets.Files"/>.</summary>
    public string Picture => $"products/{Slug}.svg";

    public string Name(Language language) => language switch
    {
        Language.English => EnglishName,
        Language.Korean => KoreanName,
    };

    public string Description(Language language) => language switch
    {
        Language.English => EnglishDescription,
        Language.Korean => KoreanDescription,
    };

    /// <summary>The price of one unit in one of the shop's three currencies.</summary>
    public Money Price(Currency currency) => currency.Code switch
    {
        "KRW" => new Money(Krw, currency),
        "USD" => new Money(UsdCents, currency),
        "EUR" => new Money(EurCents, currency),
        var other => throw new ArgumentException($"The shop has no prices in {other}.", nameof(currency)),
    };
}

/// <summary>What the demo shop sells.</summary>
internal static class DemoProducts
{
    public static IReadOnlyList<DemoProduct> All { get; } =
    [
        new("ceramic-mug", "Ceramic mug", "도자기 머그잔",
            "Thrown by hand, glazed in sage, and just heavy enough. Holds 320 ml of whatever gets you going.",
            "손으로 빚어 세이지색 유약을 입힌 머그잔. 손에 알맞은 무게에 320ml가 담깁니다.",
            18_000, 1_400, 1_290, 120),
        new("linen-notebook", "Linen notebook", "리넨 노트",
            "160 dotted pages that lie flat, bound in linen, with a ribbon to find the good ideas again.",
            "180도로 펼쳐지는 160쪽 도트 내지, 리넨 표지와 가름끈으로 좋은 생각을 다시 찾아 줍니다.",
            14_500, 1_150, 990, 200),
        new("reading-lamp", "Reading lamp", "독서등",
            "A warm pool of light exactly where you want it. Dims with a touch, folds away in a moment.",
            "원하는 곳만 따뜻하게 비추는 등. 손끝으로 밝기를 조절하고 간편하게 접습니다.",
            68_000, 5_200, 4_790, 35),
        new("tea-tin", "Jasmine tea tin", "재스민차 틴",
            "Green tea scented five times with fresh jasmine. 100 g in a tin worth keeping.",
            "생재스민 꽃으로 다섯 번 향을 입힌 녹차 100g. 오래 두고 쓸 틴에 담았습니다.",
            22_000, 1_700, 1_550, 90),
        new("tote-bag", "Canvas tote", "캔버스 토트백",
            "Sturdy enough for groceries, handsome enough for everything else. An inner pocket keeps the keys.",
            "장보기에도 나들이에도 어울리는 튼튼한 가방. 안주머니에 열쇠를 넣어 두세요.",
            26_000, 2_000, 1_850, 150),
        new("plant-pot", "Terracotta pot", "테라코타 화분",
            "Breathing clay with a saucer to match. The small succulent comes with it.",
            "숨 쉬는 점토 화분과 받침. 작은 다육식물이 함께 갑니다.",
            19_500, 1_500, 1_390, 60),
        new("desk-clock", "Desk clock", "탁상시계",
            "Silent hands and an honest face. Runs for two years on one battery.",
            "소리 없는 바늘과 또렷한 문자판. 건전지 하나로 2년을 갑니다.",
            42_000, 3_200, 2_950, 40),
        new("headphones", "Headphones", "헤드폰",
            "Thirty hours of music, soft on the ears, and a button that turns the office off.",
            "30시간 재생, 편안한 착용감, 그리고 사무실 소음을 끄는 버튼 하나.",
            149_000, 11_900, 10_900, 25),
        new("fountain-pen", "Fountain pen", "만년필",
            "A steel nib that forgives. Writes at once, even after a month in the drawer.",
            "부드러운 스틸 펜촉. 한 달을 서랍에 두어도 바로 써집니다.",
            55_000, 4_250, 3_900, 50),
        new("wool-blanket", "Wool blanket", "울 담요",
            "Woven from undyed wool. 130 by 180 cm, which is one person and one cat.",
            "염색하지 않은 양모로 짠 130×180cm 담요. 한 사람과 고양이 한 마리에 꼭 맞습니다.",
            98_000, 7_600, 6_990, 3),
        new("soy-candle", "Soy candle", "소이 캔들",
            "Fig, cedar and a little smoke. Burns evenly for 45 hours.",
            "무화과와 삼나무, 옅은 연기 향. 45시간 동안 고르게 탑니다.",
            24_000, 1_850, 1_690, 80),
        new("bicycle-bell", "Bicycle bell", "자전거 벨",
            "Brass, loud, polite. Fits every handlebar from 22 to 32 mm.",
            "황동으로 만든 또렷하고 점잖은 소리. 22~32mm 핸들바에 모두 맞습니다.",
            16_000, 1_250, 1_150, 0),
    ];
}
