using Florin.Kernel;
using Florin.Sandbox;
using Florin.Vault;

namespace Florin.Payments.Tests;

/// <summary>The documented test cards: test mode knows their countries without any table of issuers.</summary>
public sealed class CardCountryTests(SqlitePayments fixture) : PaymentsTests(fixture), IClassFixture<SqlitePayments>
{
    [Fact]
    public void Every_test_card_has_a_country_and_a_funding()
    {
        var vault = Florin.Get<IVault>();

        Assert.All(TestCards.All.Concat(TestCards.OfCountries), card =>
        {
            var details = vault.Seal(Florin.Request().Scope, Cards.Entry(card.Number)).Value.Details;
            Assert.True(details is { Country: not null, Funding: not CardFunding.Unknown }, card.Name);
        });
    }

    [Fact]
    public async Task Every_card_of_a_country_is_known_by_its_name_is_of_that_country_and_is_approved()
    {
        foreach (var card in TestCards.OfCountries)
        {
            var wanted = NewIntent(card: null) with { PaymentMethod = $"pm_card_{card.Name}" };

            var paid = (await Payments.CreateAsync(Florin.Request(), wanted, answer: null, Ct)).Value;

            var known = Assert.Single((await HistoryAsync(paid)).Charges).PaymentMethod.Card;
            Assert.Equal((PaymentIntentStatus.Succeeded, card.Last4), (paid.Status, known.Last4));
            Assert.Equal((card.Name[..2].ToUpperInvariant(), card.Name.EndsWith("_debit", StringComparison.Ordinal)), (known.Country, known.Funding == CardFunding.Debit));
        }
    }
}
