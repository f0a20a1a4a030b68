namespace Florin.Vault;

/// <summary>The words for what is known of cards, the same in files, in the database and on the wire.</summary>
/// <remarks>No switch has an arm for "anything else": a new member breaks the build here until it has a word.</remarks>
public static class CardWords
{
    public static string Of(CardBrand brand) => brand switch
    {
        CardBrand.Unknown => "unknown",
        CardBrand.Visa => "visa",
        CardBrand.Mastercard => "mastercard",
        CardBrand.Amex => "amex",
        CardBrand.Discover => "discover",
        CardBrand.Diners => "diners",
        CardBrand.Jcb => "jcb",
        CardBrand.UnionPay => "unionpay",
        CardBrand.KoreanDomestic => "kr_domestic",
    };

    public static string Of(CardFunding funding) => funding switch
    {
        CardFunding.Unknown => "unknown",
        CardFunding.Credit => "credit",
        CardFunding.Debit => "debit",
        CardFunding.Prepaid => "prepaid",
    };
}
