using Florin.Kernel;
using Florin.Sandbox;
using Florin.Vault;

namespace Florin.Payments.Tests;

/// <summary>The sandbox's cards by what they do.</summary>
internal static class Cards
{
    public const string Cvc = "739";
    public const string AmexCvc = "7391";

    public static readonly string Approved = NumberOf(TestCardBehavior.Approve);
    public static readonly string Declined = "4000000000009995";
    public static readonly string Frictionless = NumberOf(TestCardBehavior.Frictionless);
    public static readonly string Challenge = NumberOf(TestCardBehavior.Challenge);
    public static readonly string ChallengeThenDecline = NumberOf(TestCardBehavior.ChallengeThenDecline);
    public static readonly string ChallengeThenSilent = NumberOf(TestCardBehavior.ChallengeThenSilent);
    public static readonly string SlowAnswer = NumberOf(TestCardBehavior.SlowAnswer);
    public static readonly string SilentAfterApproving = NumberOf(TestCardBehavior.SilentAfterApproving);
    public static readonly string SilentWithoutApproving = NumberOf(TestCardBehavior.SilentWithoutApproving);

    public static readonly string DeclinedAtAurora = NumberOf(TestCardBehavior.DeclineAtAurora);
    public static readonly string ChallengeThenDeclineAtAurora = NumberOf(TestCardBehavior.ChallengeThenDeclineAtAurora);
    public static readonly string DeclinedEverywhere = "4000000000000119";

    public static CardEntry Entry(string number) => new(
        Secret.Of(number), 12, 2040, Secret.Of(number.StartsWith("37", StringComparison.Ordinal) ? AmexCvc : Cvc), "Kim Minji");

    private static string NumberOf(TestCardBehavior behavior) => TestCards.All.First(card => card.Behavior == behavior).Number;
}
