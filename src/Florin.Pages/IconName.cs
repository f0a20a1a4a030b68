namespace Florin.Pages;

/// <summary>The pictograms; each is drawn in <c>Icon.razor</c>.</summary>
public enum IconName
{
    Alert,
    ArrowLeft,
    ArrowRight,
    Bag,
    Bank,
    Card,
    Check,
    Clock,
    Close,
    Coins,
    External,
    Info,
    Key,
    List,
    Lock,
    Refund,
    Search,
    SignOut,
    Webhook,
}
