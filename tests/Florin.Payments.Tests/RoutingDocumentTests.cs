using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Routing;
using Florin.Vault;

namespace Florin.Payments.Tests;

/// <summary>What rules can say, and what is told about one that is wrong.</summary>
public sealed class RoutingDocumentTests
{
    private static readonly ConnectorAccount[] Accounts = [.. new[] { "aurora", "castellan", "hangang" }.Select((name, index) => new ConnectorAccount(
        new ConnectorAccountId(new Guid(index + 1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0])), name, new Uri("https://gateway.example/"), new Dictionary<string, Secret<string>>()))];

    private static readonly IReadOnlyList<AccountRow> Rows = [.. Accounts.Select((account, index) => new AccountRow(account, new HashSet<string>(), index))];

    private static readonly CustomerId Regular = new(Guid.Parse("01980000-0000-7000-8000-0000000000c1"));

    // Thursday 1 January 2026, 10:00 in Seoul.
    private static readonly RoutingFacts Facts = new(
        new Money(10_000, Currency.Krw), "card", CardBrand.Visa, "424242", "KR", Regular, new Dictionary<string, string> { ["tier"] = "gold" }, CaptureMethod.Automatic,
        AskedFor: null, new DateTimeOffset(2026, 1, 1, 1, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("""{"amount": {"currency": "krw", "min": 10000, "max": 10000}}""", true)]
    [InlineData("""{"amount": {"currency": "krw", "min": 10001}}""", false)]
    [InlineData("""{"amount": {"currency": "krw", "max": 9999}}""", false)]
    [InlineData("""{"amount": {"currency": "jpy", "min": 1}}""", false)]
    [InlineData("""{"currencies": ["usd", "krw"]}""", true)]
    [InlineData("""{"currencies": ["usd"]}""", false)]
    [InlineData("""{"payment_method_types": ["card"]}""", true)]
    [InlineData("""{"card_brands": ["mastercard", "visa"]}""", true)]
    [InlineData("""{"card_brands": ["amex"]}""", false)]
    [InlineData("""{"card_countries": ["JP", "KR"]}""", true)]
    [InlineData("""{"card_countries": ["kr"]}""", true)]
    [InlineData("""{"card_countries": ["US"]}""", false)]
    [InlineData("""{"bins": ["5", "4242"]}""", true)]
    [InlineData("""{"bins": ["424243"]}""", false)]
    [InlineData("""{"customers": ["cus_019800000000700080000000000000c1"]}""", true)]
    [InlineData("""{"customers": ["cus_019800000000700080000000000000c2"]}""", false)]
    [InlineData("""{"metadata": {"tier": "gold"}}""", true)]
    [InlineData("""{"metadata": {"tier": ["silver", "gold"]}}""", true)]
    [InlineData("""{"metadata": {"tier": "silver"}}""", false)]
    [InlineData("""{"metadata": {"tier": "gold", "region": "north"}}""", false)]
    [InlineData("""{"time": {"zone": "Asia/Seoul", "from": "10:00", "to": "10:01"}}""", true)]
    [InlineData("""{"time": {"zone": "Asia/Seoul", "from": "09:00", "to": "10:00"}}""", false)]
    [InlineData("""{"time": {"zone": "Europe/Berlin", "from": "01:30", "to": "02:30"}}""", true)]
    [InlineData("""{"time": {"zone": "Asia/Seoul", "weekdays": ["thu"]}}""", true)]
    [InlineData("""{"time": {"zone": "America/New_York", "weekdays": ["thu"]}}""", false)]
    [InlineData("""{"time": {"zone": "America/New_York", "from": "18:00", "to": "02:00", "weekdays": ["wed"]}}""", true)]
    [InlineData("""{"currencies": ["krw"], "card_brands": ["amex"]}""", false)]
    [InlineData("{}", true)]
    public void A_condition_holds_or_not(string when, bool holds)
    {
        var document = Read($$$"""{"rules": [{"name": "r", "when": {{{when}}}, "then": {"prefer": ["hangang"]}}]}""");

        Assert.Equal(holds, document.Rules[0].When.Holds(Facts));
    }

    [Fact]
    public void A_card_whose_country_is_not_known_is_of_no_country_and_the_plan_names_the_rules_that_it_alone_kept_out()
    {
        var document = Read(
            """
            {"rules": [
              {"name": "but for the country", "when": {"card_countries": ["KR"], "currencies": ["krw"]}, "then": {"exclude": ["aurora"]}},
              {"name": "not at all", "when": {"card_countries": ["KR"], "currencies": ["usd"]}, "then": {"exclude": ["castellan"]}},
              {"name": "decides", "when": {"currencies": ["krw"]}, "then": {"prefer": ["hangang"]}},
              {"name": "never read", "when": {"card_countries": ["KR"]}, "then": {"prefer": ["castellan"]}}
            ]}
            """);

        var unknown = RoutePlanner.Plan(document, Facts with { Country = null }, Attempt(1), Rows);
        Assert.Equal(("decides", "but for the country"), (unknown.Rule!.Name, Assert.Single(unknown.PassedOver)));
        Assert.Empty(unknown.Excluded);

        var foreign = RoutePlanner.Plan(document, Facts with { Country = "US" }, Attempt(1), Rows);
        Assert.Empty(foreign.PassedOver);
        Assert.Empty(foreign.Excluded);
        Assert.Single(RoutePlanner.Plan(document, Facts, Attempt(1), Rows).Excluded);
    }

    [Theory]
    [InlineData("23:30", "22:00", "06:00", "wed", true)]
    [InlineData("05:59", "22:00", "06:00", "wed", false)]
    [InlineData("05:59", "22:00", "06:00", "tue", true)]
    [InlineData("06:00", "22:00", "06:00", "tue", false)]
    public void A_part_of_the_day_that_passes_midnight_belongs_to_the_day_it_began(string at, string from, string to, string day, bool holds)
    {
        // Wednesday 31 December 2025.
        var document = Read(
            $$$"""{"rules": [{"name": "r", "when": {"time": {"zone": "UTC", "from": "{{{from}}}", "to": "{{{to}}}", "weekdays": ["{{{day}}}"]}}, "then": {"prefer": ["hangang"]}}]}""");
        var instant = new DateTimeOffset(2025, 12, 31, 0, 0, 0, TimeSpan.Zero) + TimeSpan.Parse(at, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(holds, document.Rules[0].When.Holds(Facts with { At = instant }));
    }

    [Theory]
    [InlineData("""{"rules": [{"name": "a", "then": {"prefer": ["hangang", "castellan"]}}]}""", "hangang castellan aurora")]
    [InlineData("""{"rules": [{"name": "a", "then": {"prefer": ["hangang"]}}], "default": ["castellan"]}""", "hangang castellan")]
    [InlineData("""{"rules": [{"name": "a", "then": {"exclude": ["aurora"]}}]}""", "castellan hangang")]
    [InlineData("""{"rules": [{"name": "a", "then": {"exclude": ["aurora"]}}, {"name": "b", "then": {"prefer": ["hangang", "aurora"]}}]}""", "hangang castellan")]
    [InlineData("""{"rules": [{"name": "a", "then": {"prefer": ["castellan"]}}, {"name": "b", "then": {"exclude": ["castellan"]}}]}""", "castellan aurora hangang")]
    [InlineData("""{"rules": [{"name": "a", "when": {"currencies": ["usd"]}, "then": {"prefer": ["hangang"]}}]}""", "aurora castellan hangang")]
    [InlineData("""{"default": ["ca_00000003000000000000000000000000", "aurora"]}""", "hangang aurora")]
    [InlineData("{}", "aurora castellan hangang")]
    public void Rules_are_read_from_the_top_and_the_first_that_names_accounts_decides(string document, string order)
    {
        var plan = RoutePlanner.Plan(Read(document), Facts, Attempt(1), Rows);

        Assert.Equal(order, string.Join(' ', plan.Ordered.Where(row => !plan.Excluded.Contains(row.Account.Id)).Select(row => row.Account.Connector)));
    }

    [Fact]
    public void A_split_sends_as_many_as_its_weights_say()
    {
        var document = Read("""{"rules": [{"name": "a", "then": {"split": {"aurora": 70, "castellan": 25, "hangang": 5}}}]}""");

        var drawn = Enumerable.Range(1, 20_000).Select(number => RoutePlanner.Plan(document, Facts, Attempt(number), Rows).Ordered[0].Account.Connector)
            .CountBy(connector => connector).ToDictionary();

        // Five standard deviations of 20,000 draws are 324 or less.
        Assert.InRange(drawn["aurora"], 14_000 - 324, 14_000 + 324);
        Assert.InRange(drawn["castellan"], 5_000 - 324, 5_000 + 324);
        Assert.InRange(drawn["hangang"], 1_000 - 324, 1_000 + 324);
    }

    [Fact]
    public void A_draw_comes_out_the_same_each_time_and_the_others_follow_by_weight()
    {
        var document = Read("""{"rules": [{"name": "a", "then": {"split": {"hangang": 1, "castellan": 50, "aurora": 49}}}]}""");
        var first = RoutePlanner.Plan(document, Facts, Attempt(7), Rows);

        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal(first.Ordered, RoutePlanner.Plan(document, Facts, Attempt(7), Rows).Ordered));
        Assert.Equal(first.Draw!.Number, RoutePlanner.Plan(document, Facts, Attempt(7), Rows).Draw!.Number);
        Assert.Equal(100, first.Draw.Of);
        Assert.Equal(
            new[] { "castellan", "aurora", "hangang" }.Where(name => name != first.Ordered[0].Account.Connector), first.Ordered.Skip(1).Select(row => row.Account.Connector));
    }

    [Theory]
    [InlineData("[]", "document")]
    [InlineData("{", "document")]
    [InlineData("""{"rule": []}""", "rule")]
    [InlineData("""{"rules": {}}""", "rules")]
    [InlineData("""{"rules": [1]}""", "rules[0]")]
    [InlineData("""{"rules": [{"then": {"prefer": ["aurora"]}}]}""", "rules[0].name")]
    [InlineData("""{"rules": [{"name": "", "then": {"prefer": ["aurora"]}}]}""", "rules[0].name")]
    [InlineData("""{"rules": [{"name": "a", "then": {"prefer": ["aurora"]}}, {"name": "a", "then": {"prefer": ["aurora"]}}]}""", "rules[1].name")]
    [InlineData("""{"rules": [{"name": "a"}]}""", "rules[0].then")]
    [InlineData("""{"rules": [{"name": "a", "then": {}}]}""", "rules[0].then")]
    [InlineData("""{"rules": [{"name": "a", "then": {"prefer": ["aurora"], "split": {"aurora": 1}}}]}""", "rules[0].then")]
    [InlineData("""{"rules": [{"name": "a", "then": {"prefer": ["nobody"]}}]}""", "rules[0].then.prefer[0]")]
    [InlineData("""{"rules": [{"name": "a", "then": {"prefer": ["aurora", "ca_00000001000000000000000000000000"]}}]}""", "rules[0].then.prefer[1]")]
    [InlineData("""{"rules": [{"name": "a", "then": {"prefer": ["aurora"], "exclude": ["aurora"]}}]}""", "rules[0].then.exclude[0]")]
    [InlineData("""{"rules": [{"name": "a", "then": {"split": {}}}]}""", "rules[0].then.split")]
    [InlineData("""{"rules": [{"name": "a", "then": {"split": {"aurora": 0}}}]}""", "rules[0].then.split.aurora")]
    [InlineData("""{"rules": [{"name": "a", "then": {"split": {"aurora": 10001}}}]}""", "rules[0].then.split.aurora")]
    [InlineData("""{"rules": [{"name": "a", "when": {"amount": {"min": 1}}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.amount.currency")]
    [InlineData("""{"rules": [{"name": "a", "when": {"amount": {"currency": "usd"}}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.amount")]
    [InlineData("""{"rules": [{"name": "a", "when": {"amount": {"currency": "usd", "min": 1.5}}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.amount.min")]
    [InlineData("""{"rules": [{"name": "a", "when": {"amount": {"currency": "usd", "min": 9, "max": 8}}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.amount.max")]
    [InlineData("""{"rules": [{"name": "a", "when": {"currencies": ["xxx"]}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.currencies[0]")]
    [InlineData("""{"rules": [{"name": "a", "when": {"currencies": []}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.currencies")]
    [InlineData("""{"rules": [{"name": "a", "when": {"payment_method_types": ["wallet"]}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.payment_method_types[0]")]
    [InlineData("""{"rules": [{"name": "a", "when": {"card_brands": ["Visa"]}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.card_brands[0]")]
    [InlineData("""{"rules": [{"name": "a", "when": {"card_countries": "KR"}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.card_countries")]
    [InlineData("""{"rules": [{"name": "a", "when": {"card_countries": []}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.card_countries")]
    [InlineData("""{"rules": [{"name": "a", "when": {"card_countries": ["KR", "Korea"]}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.card_countries[1]")]
    [InlineData("""{"rules": [{"name": "a", "when": {"card_countries": ["ZZ"]}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.card_countries[0]")]
    [InlineData("""{"rules": [{"name": "a", "when": {"bins": ["4242424"]}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.bins[0]")]
    [InlineData("""{"rules": [{"name": "a", "when": {"customers": ["pi_01980000000070008000000000000001"]}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.customers[0]")]
    [InlineData("""{"rules": [{"name": "a", "when": {"metadata": {"tier": 1}}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.metadata.tier")]
    [InlineData("""{"rules": [{"name": "a", "when": {"time": {"from": "09:00", "to": "18:00"}}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.time.zone")]
    [InlineData("""{"rules": [{"name": "a", "when": {"time": {"zone": "Mars/Olympus", "weekdays": ["mon"]}}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.time.zone")]
    [InlineData("""{"rules": [{"name": "a", "when": {"time": {"zone": "UTC", "from": "9:00", "to": "18:00"}}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.time.from")]
    [InlineData("""{"rules": [{"name": "a", "when": {"time": {"zone": "UTC", "from": "09:00"}}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.time")]
    [InlineData("""{"rules": [{"name": "a", "when": {"time": {"zone": "UTC", "weekdays": ["monday"]}}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.time.weekdays[0]")]
    [InlineData("""{"rules": [{"name": "a", "when": {"amounts": {}}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.amounts")]
    [InlineData("""{"default": []}""", "default")]
    [InlineData("""{"default": ["aurora", 2]}""", "default[1]")]
    [InlineData("""{"max_attempts": 0}""", "max_attempts")]
    [InlineData("""{"max_attempts": 6}""", "max_attempts")]
    [InlineData("""{"max_attempts": 2, "max_attempts": 3}""", "max_attempts")]
    [InlineData("""{"default": ["\ud800"]}""", "document")]
    public void What_is_wrong_is_told_where_it_stands(string document, string path)
    {
        var (read, problems) = RoutingDocumentReader.Read(document, Accounts);

        Assert.Null(read);
        Assert.Equal(path, problems[0].Path);
        Assert.All(problems, problem => Assert.EndsWith(".", problem.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_document_is_bounded_and_so_is_what_is_told_of_it()
    {
        var rule = """{"name": "NAME", "then": {"prefer": ["aurora"]}}""";
        string Rules(int count) => $$"""{"rules": [{{string.Join(',', Enumerable.Range(0, count).Select(each => rule.Replace("NAME", $"r{each}", StringComparison.Ordinal)))}}]}""";

        Assert.Equal(RoutingBounds.Rules, Read(Rules(RoutingBounds.Rules)).Rules.Count);
        Assert.Equal("rules", Assert.Single(RoutingDocumentReader.Read(Rules(RoutingBounds.Rules + 1), Accounts).Problems).Path);
        Assert.Equal("document", Assert.Single(RoutingDocumentReader.Read(new string(' ', RoutingBounds.DocumentCharacters + 1), Accounts).Problems).Path);
        var wrong = $$"""{"default": [{{string.Join(',', Enumerable.Repeat("1", 100))}}]}""";
        Assert.Equal(RoutingBounds.Problems, RoutingDocumentReader.Read(wrong, Accounts).Problems.Count);
    }

    private static RoutingDocument Read(string text)
    {
        var (document, problems) = RoutingDocumentReader.Read(text, Accounts);
        Assert.Empty(problems);
        return document!;
    }

    private static PaymentAttemptId Attempt(int number) => new(new Guid(number, 0, 0x7000, [0x80, 0, 0, 0, 0, 0, 0, 1]));
}
