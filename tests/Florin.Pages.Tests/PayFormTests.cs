using System.Security.Cryptography;
using Florin.Checkout.Forms;
using Florin.Checkout.Pages;
using Florin.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Florin.Pages.Tests;

public sealed class PayFormTests
{
    private readonly PayForms forms;

    public PayFormTests()
    {
        var time = new ManualTime(new DateTimeOffset(2026, 11, 21, 3, 0, 0, TimeSpan.Zero));
        forms = new PayForms(new FormTokens(Secret.Of(SHA256.HashData("a key"u8)), time), time);
    }

    [Theory]
    [InlineData("4242424242424242")]
    [InlineData("Kim 4242 4242 4242 4242")]
    [InlineData("4242-4242-4242-4242")]
    public void A_card_number_typed_as_the_cardholders_name_is_refused_and_not_kept(string name)
    {
        var reading = Read(name);

        Assert.Equal(NameError.Unreadable, reading.Errors.Name);
        Assert.Null(reading.Card);
    }

    [Theory]
    [InlineData("Kim Minji")]
    [InlineData("")]
    [InlineData("김민지 2세")]
    public void A_name_is_taken_as_it_is(string name) => Assert.Equal(CardErrors.None, Read(name).Errors);

    private PayFormReading Read(string name) => forms.Read(
        new FormCollection(new Dictionary<string, StringValues>
        {
            ["cardnumber"] = "4242 4242 4242 4242",
            ["exp"] = "12/40",
            ["cvc"] = "123",
            ["name"] = name,
        }),
        wantsEmail: false);
}
