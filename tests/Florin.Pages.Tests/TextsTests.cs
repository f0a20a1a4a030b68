using System.Reflection;
using Florin.BackOffice.Pages;
using Florin.Checkout.Pages;
using Florin.Shop.Pages;

namespace Florin.Pages.Tests;

public sealed class TextsTests
{
    public static TheoryData<string> Kinds() => [.. All.Select(type => type.Name)];

    private static readonly Type[] All = [typeof(CommonTexts), typeof(CheckoutTexts), typeof(ShopTexts), typeof(OfficeTexts), typeof(DeveloperTexts), typeof(LedgerTexts), typeof(UnknownOutcomeTexts)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_text_is_said_in_both_languages(string kind)
    {
        var type = All.Single(candidate => candidate.Name == kind);
        var english = Said(type, Language.English);
        var korean = Said(type, Language.Korean);

        Assert.Equal(english.Keys, korean.Keys);
        foreach (var (key, text) in english)
        {
            Assert.False(string.IsNullOrWhiteSpace(text), $"{kind}.{key} says nothing in English.");
            Assert.False(text.Any(IsHangul), $"{kind}.{key} is Korean in English.");
            var isKorean = korean[key].Any(IsHangul) || !korean[key].Any(char.IsAsciiLetter);
            Assert.True(isKorean, $"{kind}.{key} has no Korean.");
        }
    }

    [Fact]
    public void Every_text_is_used_by_a_page()
    {
        // The compiler refuses a key that does not exist; this refuses one that nothing says.
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Florin.slnx"))) root = root.Parent!;
        var source = string.Join('\n', Directory
            .EnumerateFiles(Path.Combine(root.FullName, "src"), "*.razor", SearchOption.AllDirectories).Select(File.ReadAllText));

        foreach (var type in All)
        {
            foreach (var key in Said(type, Language.English).Keys.Select(key => key.Split('(')[0]).Distinct())
                Assert.True(source.Contains('.' + key, StringComparison.Ordinal), $"{type.Name}.{key} is said by no page.");
        }
    }

    private static bool IsHangul(char c) => c is >= '가' and <= '힣';

    private static SortedDictionary<string, string> Said(Type type, Language language)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var texts = Activator.CreateInstance(type, language);
        var said = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in type.GetProperties(Own)) said[property.Name] = (string)property.GetValue(texts)!;
        foreach (var method in type.GetMethods(Own).Where(method => !method.IsSpecialName))
        {
            foreach (var arguments in ArgumentsOf(method))
                said[$"{method.Name}({string.Join(',', arguments)})"] = (string)method.Invoke(texts, arguments)!;
        }

        return said;
    }

    private static IEnumerable<object[]> ArgumentsOf(MethodInfo method)
    {
        var parameters = method.GetParameters();
        var choices = parameters[0].ParameterType.IsEnum ? Enum.GetValues(parameters[0].ParameterType).Cast<object>() : [Filler(parameters[0])];
        return choices.Select(first => (object[])[first, .. parameters.Skip(1).Select(Filler)]);
    }

    private static object Filler(ParameterInfo parameter) => parameter.ParameterType == typeof(int) ? 2 : "0";
}
