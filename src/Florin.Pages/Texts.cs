namespace Florin.Pages;

/// <summary>The words of a module's pages: one member a text, its languages side by side.</summary>
/// <remarks>
/// A key that is missing, misspelt or lacks a language does not build, which resource files cannot promise. A new
/// language is one more parameter of <see cref="Say"/>, and the compiler lists every text that still lacks it.
/// </remarks>
public abstract class Texts(Language language)
{
    public Language Language { get; } = language;

    protected string Say(string english, string korean) => Language switch
    {
        Language.English => english,
        Language.Korean => korean,
    };
}

/// <summary>What every module's pages say.</summary>
public sealed class CommonTexts(Language language) : Texts(language)
{
    public string SkipToContent => Say("Skip to content", "본문으로 건너뛰기");

    public string ChooseLanguage => Say("Language", "언어");

    public string PleaseCorrect => Say("Please check these fields", "다음 항목을 확인해 주세요");

    public string Optional => Say("optional", "선택");

    public string TestMode => Say("Test mode", "테스트 모드");

    public string RequestId => Say("Request ID", "요청 번호");
}
