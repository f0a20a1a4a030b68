namespace Florin.Pages;

public enum NoticeTone
{
    Calm,
    Good,
    Warn,
    Bad,
}
