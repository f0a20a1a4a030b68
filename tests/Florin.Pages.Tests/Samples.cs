using Florin.BackOffice.Pages;
using Florin.Checkout.Pages;
using Florin.Kernel;
using Florin.Shop;
using Florin.Shop.Catalogue;
using Florin.Shop.Pages;

namespace Florin.Pages.Tests;

/// <summary>Every page in every state that it has, filled as a real one would be.</summary>
internal static class Samples
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 4, 31, TimeSpan.FromHours(9));

    public static IReadOnlyList<(string Name, PageModel Model)> In(Language language) =>
        [.. Checkout(language), .. Shop(language), .. Office(language)];

    public static PayModel Pay(Language language) => new()
    {
        Language = language,
        Here = "/pay/cs_test_1",
        TestMode = true,
        MerchantName = language == Language.Korean ? "꽃과 동전" : "Petal & Coin",
        ShopUrl = "https://shop.example/",
        CancelUrl = "/pay/cs_test_1/cancel",
        Action = "/pay/cs_test_1",
        FormToken = "1795000000.dG9rZW4",
        Summary = Summary(language, Currency.Krw),
        TestCards =
        [
            new("4242 4242 4242 4242", TestCardOutcome.Approved),
            new("4000 0027 6000 3184", TestCardOutcome.Challenge),
            new("4000 0000 0000 0002", TestCardOutcome.Declined),
            new("4000 0000 0000 9995", TestCardOutcome.InsufficientFunds),
            new("4000 0000 0000 0259", TestCardOutcome.NoAnswer),
        ],
    };

    private static string Words(Language language, string english, string korean) =>
        language == Language.Korean ? korean : english;

    private static Money Price(DemoProduct product, Currency currency) => new(
        currency == Currency.Krw ? product.Krw : currency == Currency.Usd ? product.UsdCents : product.EurCents, currency);

    private static OrderSummary Summary(Language language, Currency currency)
    {
        var products = DemoProducts.All.Where(p => p.Slug is "ceramic-mug" or "reading-lamp" or "tea-tin").ToList();
        var items = products.Select((p, i) => new OrderItem(
            Words(language, p.EnglishName, p.KoreanName), null, i == 0 ? 2 : 1,
            Price(p, currency) with { Minor = Price(p, currency).Minor * (i == 0 ? 2 : 1) }, ShopAssets.Files.Url(p.Picture))).ToList();
        var shipping = new Money(currency == Currency.Krw ? 3_000 : 450, currency);
        return new OrderSummary(items, [new(Words(language, "Shipping", "배송비"), shipping)],
            items.Aggregate(shipping, (sum, item) => sum + item.Amount));
    }

    private static IEnumerable<(string, PageModel)> Checkout(Language language)
    {
        var pay = Pay(language);
        yield return ("pay", pay);
        yield return ("pay-live", pay with { TestMode = false, TestCards = [], CancelUrl = null, Summary = Summary(language, Currency.Usd) });
        yield return ("pay-bare", pay with
        {
            Summary = new([], [], new Money(1_250, Currency.Eur), Words(language, "Membership, November", "11월 멤버십")),
        });
        yield return ("pay-errors", pay with
        {
            Entry = new(Secret.Of("4242 4242 4242 4241"), "13/20", null, "mina@"),
            Errors = new(NumberError.Mistyped, ExpiryError.Unreadable, CvcError.Missing, NameError.Missing, EmailError.Unreadable),
        });
        foreach (var advice in Enum.GetValues<DeclineAdvice>())
        {
            yield return ($"pay-declined-{advice}", pay with
            {
                Decline = advice,
                Entry = new(Secret.Of("4000 0000 0000 9995"), "08 / 29", "김미나", "mina@example.com"),
            });
        }

        yield return ("challenge", new ChallengeModel
        {
            Language = language,
            Here = "/pay/cs_test_1/challenge",
            TestMode = true,
            MerchantName = pay.MerchantName,
            Amount = pay.Summary!.Total,
            IssuerUrl = "https://issuer.example/3ds?ref=1&step=2",
        });
        foreach (var slow in new[] { false, true })
        {
            yield return (slow ? "checking-slow" : "checking", new CheckingModel
            {
                Language = language,
                Here = "/pay/cs_test_1/checking",
                TestMode = true,
                MerchantName = pay.MerchantName,
                Amount = pay.Summary!.Total,
                RefreshUrl = "/pay/cs_test_1/checking",
                PollUrl = "/pay/cs_test_1/state",
                IsSlow = slow,
                Email = "mina@example.com",
            });
        }

        yield return ("save-card", pay with { Summary = null });
        foreach (var decline in Enum.GetValues<DeclineAdvice>())
        {
            yield return ($"save-card-declined-{decline}", pay with { Summary = null, Decline = decline });
        }

        foreach (var slow in new[] { false, true })
        {
            yield return (slow ? "checking-card-slow" : "checking-card", new CheckingModel
            {
                Language = language,
                Here = "/pay/cs_test_1/checking",
                TestMode = true,
                MerchantName = pay.MerchantName,
                Amount = null,
                RefreshUrl = "/pay/cs_test_1/checking",
                PollUrl = "/pay/cs_test_1/state",
                IsSlow = slow,
            });
        }

        yield return ("saved", new SavedModel
        {
            Language = language,
            Here = "/pay/cs_test_1/saved",
            TestMode = true,
            MerchantName = pay.MerchantName,
            CardBrand = "Visa",
            CardLast4 = "4242",
            Email = "mina@example.com",
            Reference = "seti_019aa3f2c41b7c0e9f3b5a2d7e8f1001",
            ContinueUrl = "https://shop.example/return?card=1",
        });
        yield return ("paid", new PaidModel
        {
            Language = language,
            Here = "/pay/cs_test_1/paid",
            TestMode = true,
            MerchantName = pay.MerchantName,
            Summary = pay.Summary!,
            PaidAt = Noon,
            CardBrand = "Visa",
            CardLast4 = "4242",
            Email = "mina@example.com",
            Reference = "pi_019aa3f2c41b7c0e9f3b5a2d7e8f1001",
            ContinueUrl = "https://shop.example/return?order=1",
        });
        foreach (var end in Enum.GetValues<SessionEnd>())
        {
            yield return ($"ended-{end}", new EndedModel
            {
                Language = language,
                Here = "/pay/cs_test_1",
                TestMode = false,
                MerchantName = pay.MerchantName,
                ShopUrl = "https://shop.example/",
                End = end,
            });
        }

        foreach (var problem in Enum.GetValues<CheckoutProblem>())
        {
            yield return ($"checkout-problem-{problem}", new CheckoutProblemModel
            {
                Language = language,
                Here = "/pay/nothing",
                TestMode = false,
                MerchantName = "",
                Problem = problem,
                RequestId = "req_7f3a",
            });
        }
    }

    private static IEnumerable<(string, PageModel)> Shop(Language language)
    {
        foreach (var currency in new[] { Currency.Krw, Currency.Usd, Currency.Eur })
        {
            yield return ($"catalogue-{currency.LowerCode}", new CatalogueModel
            {
                Language = language,
                Here = "/shop?currency=" + currency.LowerCode,
                HomeUrl = "/shop",
                Currencies = Choices(currency),
                Products = [.. DemoProducts.All.Select(p => new ProductCard(
                    Words(language, p.EnglishName, p.KoreanName), Price(p, currency), ShopAssets.Files.Url(p.Picture), "/shop/" + p.Slug,
                    p.InitialStock switch { 0 => Availability.SoldOut, <= 5 => Availability.Few, _ => Availability.InStock }))],
            });
        }

        var clock = DemoProducts.All.Single(p => p.Slug == "desk-clock");
        var product = new ProductDetailModel
        {
            Language = language,
            Here = "/shop/desk-clock",
            HomeUrl = "/shop",
            Currencies = Choices(Currency.Krw),
            Name = Words(language, clock.EnglishName, clock.KoreanName),
            Description = Words(language, clock.EnglishDescription, clock.KoreanDescription),
            Price = Price(clock, Currency.Krw),
            PictureUrl = ShopAssets.Files.Url(clock.Picture),
            Availability = Availability.InStock,
            BuyAction = "/shop/desk-clock",
            FormToken = "1795000000.dG9rZW4",
            MaxQuantity = 10,
        };
        yield return ("product", product);
        yield return ("product-few", product with { Availability = Availability.Few, MaxQuantity = 3 });
        yield return ("product-gone", product with { Availability = Availability.SoldOut });
        foreach (var problem in Enum.GetValues<BuyProblem>())
            yield return ($"product-problem-{problem}", product with { Problem = problem, Quantity = 2 });

        OrderLine[] lines = [new(product.Name, 2, product.Price + product.Price, product.PictureUrl)];
        foreach (var outcome in Enum.GetValues<ReturnOutcome>())
        {
            yield return ($"return-{outcome}", new ReturnModel
            {
                Language = language,
                Here = "/shop/return?order=FL-7K2M-9QX4",
                HomeUrl = "/shop",
                Outcome = outcome,
                OrderCode = "FL-7K2M-9QX4",
                Total = product.Price + product.Price,
                Lines = lines,
                OrderUrl = "/shop/orders/FL-7K2M-9QX4",
                TryAgainUrl = outcome is ReturnOutcome.Failed or ReturnOutcome.Cancelled ? "/shop/desk-clock" : null,
            });
        }

        foreach (var step in Enum.GetValues<OrderStep>())
        {
            yield return ($"order-{step}", new OrderModel
            {
                Language = language,
                Here = "/shop/orders/FL-7K2M-9QX4",
                HomeUrl = "/shop",
                OrderCode = "FL-7K2M-9QX4",
                Step = step,
                PlacedAt = Noon,
                Total = product.Price + product.Price,
                Lines = lines,
            });
        }

        foreach (var problem in Enum.GetValues<ShopProblem>())
        {
            yield return ($"shop-problem-{problem}", new ShopProblemModel
            {
                Language = language,
                Here = "/shop/x",
                HomeUrl = "/shop",
                Problem = problem,
                RequestId = "req_7f3a",
            });
        }
    }

    private static IReadOnlyList<CurrencyChoice> Choices(Currency current) =>
    [
        .. new[] { Currency.Krw, Currency.Usd, Currency.Eur }
            .Select(c => new CurrencyChoice(c.Code, "/shop?currency=" + c.LowerCode, c == current)),
    ];

    internal static readonly OfficeFrame Frame = new(
        TestMode: true, "Petal & Coin", "mina@example.com", "/office/payments", "/office/disputes", "/office/webhooks", "/office/sign-out", "1795000000.dG9rZW4")
    { UnknownOutcomes = 3 };

    private static IEnumerable<(string, PageModel)> Office(Language language)
    {
        var signIn = new SignInModel
        {
            Language = language,
            Here = "/office/sign-in",
            Action = "/office/sign-in",
            FormToken = "1795000000.dG9rZW4",
            ReturnTo = "/office/payments",
            TestMode = true,
        };
        yield return ("sign-in", signIn);
        foreach (var problem in Enum.GetValues<SignInProblem>())
            yield return ($"sign-in-{problem}", signIn with { Problem = problem, Email = "mina@example.com" });

        var payments = new PaymentsModel
        {
            Language = language,
            Here = "/office/payments",
            Frame = Frame,
            Filter = new(),
            Currencies = ["EUR", "KRW", "USD"],
            Payments = [.. Enum.GetValues<PaymentBadge>().Select((state, i) => Row(language, state, i))],
            OlderUrl = "/office/payments?after=pi_1",
        };
        yield return ("payments", payments);
        yield return ("payments-empty", payments with { Payments = [], OlderUrl = null });
        yield return ("payments-no-match", payments with
        {
            Payments = [],
            NewerUrl = "/office/payments",
            OlderUrl = null,
            Frame = Frame with { TestMode = false },
            Filter = new("lamp", PaymentBadge.Succeeded, "krw", "ten", "x", "2026-13-01", "y")
            {
                MinAmountUnreadable = true,
                MaxAmountUnreadable = true,
                FromDayUnreadable = true,
                ToDayUnreadable = true,
            },
        });

        foreach (var state in Enum.GetValues<PaymentBadge>()) yield return ($"payment-{state}", Detail(language, state));

        var refund = new RefundModel
        {
            Language = language,
            Here = "/office/payments/pi_1/refund",
            Frame = Frame,
            PaymentId = "pi_019aa3f2c41b7c0e9f3b5a2d7e8f1001",
            PaymentUrl = "/office/payments/pi_1",
            Captured = new(11_900, Currency.Usd),
            AlreadyRefunded = new(2_000, Currency.Usd),
            Action = "/office/payments/pi_1/refund",
            FormToken = "1795000000.dG9rZW4",
            Effects = [new("merchant available", new(9_900, Currency.Usd), null), new("gateway receivable", null, new(9_900, Currency.Usd))],
        };
        yield return ("refund", refund);
        foreach (var error in Enum.GetValues<RefundAmountError>())
            yield return ($"refund-error-{error}", refund with { Amount = "200", AmountError = error, Note = "Called by phone" });
        foreach (var problem in Enum.GetValues<RefundProblem>())
            yield return ($"refund-problem-{problem}", refund with { Problem = problem, Reason = RefundReason.Duplicate });

        foreach (var sample in Disputes(language)) yield return sample;

        var webhooks = new WebhooksModel
        {
            Language = language,
            Here = "/office/webhooks",
            Frame = Frame,
            Endpoints = [new("/office/webhooks/we_1", "https://shop.example/webhooks/florin", true), new("/office/webhooks/we_2", "https://shop.example/a/very/long/path/that/does/not/break/anywhere/by/itself", false)],
            Deliveries = [.. Enum.GetValues<DeliveryState>().Select(state => Delivery(state, "/office/payments/pi_1"))],
            NewerUrl = "/office/webhooks",
            OlderUrl = "/office/webhooks?after=1",
        };
        yield return ("webhooks", webhooks);
        yield return ("webhooks-empty", webhooks with { Endpoints = [], Deliveries = [], NewerUrl = null, OlderUrl = null });

        var endpoint = new WebhookEndpointModel
        {
            Language = language,
            Here = "/office/webhooks/we_1",
            Frame = Frame,
            Id = "we_019aa3f2c41b7c0e9f3b5a2d7e8f3001",
            Url = "https://shop.example/webhooks/florin",
            Description = "Orders",
            EventTypes = ["payment_intent.succeeded", "charge.refunded"],
            IsEnabled = true,
            CreatedAt = Noon,
            OldSecretEndsAt = Noon.AddDays(1),
            Action = "/office/webhooks/we_1",
            FormToken = "1795000000.dG9rZW4",
            Calls =
            [
                new("evt_019aa3f2c41b7c0e9f3b5a2d7e8f2001", "charge.refunded", Noon, 500, 84, false, "POST https://shop.example/\n\n{\"id\":\"evt_1\"}", "500\nserver: nginx\n\n<script>alert(1)</script>"),
                new("evt_019aa3f2c41b7c0e9f3b5a2d7e8f2002", "payment_intent.succeeded", Noon, 200, 12, true, "POST https://shop.example/", "200"),
                new("evt_019aa3f2c41b7c0e9f3b5a2d7e8f2003", "payment_intent.succeeded", Noon, null, 15_000, false, "POST https://shop.example/", "No answer within 15 s."),
            ],
            OlderUrl = "/office/webhooks/we_1?older_than=wha_1",
        };
        yield return ("webhook-endpoint", endpoint);
        yield return ("webhook-endpoint-disabled", endpoint with { IsEnabled = false, Description = null, OldSecretEndsAt = null, Calls = [], OlderUrl = null });
        yield return ("webhook-endpoint-rolled", endpoint with { NewSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYq=" });
        foreach (var notice in Enum.GetValues<WebhookNotice>()) yield return ($"webhook-endpoint-notice-{notice}", endpoint with { Notice = notice, Resent = 3 });

        foreach (var page in Developers.In(language)) yield return page;
        foreach (var page in Ledgers.In(language)) yield return page;
        foreach (var page in Routings.In(language)) yield return page;
        foreach (var page in Outcomes.In(language)) yield return page;

        foreach (var problem in Enum.GetValues<OfficeProblem>())
        {
            yield return ($"office-problem-{problem}", new OfficeProblemModel
            {
                Language = language,
                Here = "/office/x",
                HomeUrl = "/office/payments",
                Problem = problem,
                RequestId = "req_7f3a",
            });
        }
    }

    private static IEnumerable<(string, PageModel)> Disputes(Language language)
    {
        DisputeRow Claim(DisputeBadge state, int i) => new(
            $"dp_019aa3f2c41b7c0e9f3b5a2d7e8f1{i:000}", $"/office/disputes/dp_{i}", new(149_000, Currency.Krw), state,
            (DisputeCause)(i % 3), state is DisputeBadge.NeedsResponse or DisputeBadge.InquiryNeedsResponse ? Noon.AddDays(9) : null, Noon.AddHours(-i));
        var claims = Enum.GetValues<DisputeBadge>().Select(Claim).ToList();
        var disputes = new DisputesModel
        {
            Language = language,
            Here = "/office/disputes",
            Frame = Frame,
            Disputes = claims,
            OlderUrl = "/office/disputes?older_than=dp_1",
        };
        yield return ("disputes", disputes);
        yield return ("disputes-empty", disputes with { Disputes = [], OlderUrl = null });

        foreach (var claim in claims)
        {
            var isOpen = claim.DueBy is not null;
            var detail = new DisputeDetailModel
            {
                Language = language,
                Here = claim.Url,
                Frame = Frame,
                Dispute = claim,
                PaymentUrl = "/office/payments/pi_1",
                PaymentId = "pi_019aa3f2c41b7c0e9f3b5a2d7e8f1001",
                Fee = new(15_000, Currency.Krw),
                Gateway = "hangang",
                NetworkCode = "10.4",
                Action = isOpen ? claim.Url : null,
                CloseAction = claim.State == DisputeBadge.NeedsResponse ? claim.Url + "/close" : null,
                FormToken = "1795000000.dG9rZW4",
                Evidence =
                [
                    new("customer_name", EvidenceKind.Line, Words(language, "Mina Kim", "김민아")),
                    new("product_description", EvidenceKind.Paragraph, Words(language, "Headphones, black", "헤드폰, 검정")),
                    new("receipt", EvidenceKind.File, "receipt.pdf", "/office/files/file_1"),
                    new("uncategorized_text", EvidenceKind.Paragraph, null),
                ],
                IsUnanswered = claim.State == DisputeBadge.InquiryNeedsResponse,
                JustSaved = claim.State == DisputeBadge.UnderReview,
                Postings = [new("ltx_1", "/office/ledger/transactions/ltx_1", Noon, "merchant_pending", "/office/ledger/accounts/lac_1", claim.Amount, null), new("ltx_1", "/office/ledger/transactions/ltx_1", Noon, "disputed_funds", "/office/ledger/accounts/lac_2", null, claim.Amount)],
            };
            yield return ($"dispute-{claim.State}", detail);
            if (claim.State != DisputeBadge.NeedsResponse) continue;
            foreach (var problem in Enum.GetValues<DisputeProblem>()) yield return ($"dispute-problem-{problem}", detail with { Problem = problem });
        }
    }

    private static PaymentRow Row(Language language, PaymentBadge state, int i)
    {
        var product = DemoProducts.All[i];
        var currency = (i % 3) switch { 0 => Currency.Krw, 1 => Currency.Usd, _ => Currency.Eur };
        return new($"pi_019aa3f2c41b7c0e9f3b5a2d7e8f1{i:000}", $"/office/payments/pi_{i}", Price(product, currency), state,
            i == 3 ? null : Words(language, product.EnglishName, product.KoreanName), i == 0 ? null : "Visa •••• 4242", Noon.AddMinutes(-37 * i));
    }

    private static PaymentDetailModel Detail(Language language, PaymentBadge state)
    {
        var amount = new Money(149_000, Currency.Krw);
        var isPaid = state is PaymentBadge.Succeeded or PaymentBadge.PartiallyRefunded or PaymentBadge.Refunded;
        return new()
        {
            Language = language,
            Here = "/office/payments/pi_1",
            Frame = Frame,
            Id = "pi_019aa3f2c41b7c0e9f3b5a2d7e8f1001",
            Amount = amount,
            State = state,
            CreatedAt = Noon,
            Captured = isPaid ? amount : null,
            Refunded = state == PaymentBadge.PartiallyRefunded ? new(49_000, Currency.Krw) : null,
            Description = Words(language, "Headphones", "헤드폰"),
            Method = "Visa •••• 4242",
            CardCountry = isPaid ? "KR" : null,
            Decisions =
            [
                new("aurora", 3, "/office/routing/rtv_1", "Large <orders>", AskedFor: false, IsFailover: false, "7/10",
                    [("castellan", Florin.Payments.RoutingStanding.Excluded)], PassedOver: ["Cards from <home>"]),
            ],
            CustomerEmail = "mina@example.com",
            Gateway = "aurora",
            RefundUrl = isPaid ? "/office/payments/pi_1/refund" : null,
            Dispute = state == PaymentBadge.Succeeded
                ? new("dp_1", "/office/disputes/dp_1", amount, DisputeBadge.NeedsResponse, DisputeCause.Fraudulent, Noon.AddDays(9), Noon)
                : null,
            JustRefunded = state == PaymentBadge.PartiallyRefunded ? new(49_000, Currency.Krw) : null,
            Timeline = [.. Enum.GetValues<TimelineKind>().Select((kind, i) => new TimelineEntry(Noon.AddSeconds(i * 3), kind,
                i % 2 == 0 ? $"pa_019aa3f2c41b7c0e9f3b5a2d7e8f1{i:000}" : null,
                kind is TimelineKind.Authorized or TimelineKind.Captured or TimelineKind.Refunded ? amount : null,
                kind switch { TimelineKind.Declined => "51 insufficient_funds", TimelineKind.EventRecorded => "payment_intent.succeeded", TimelineKind.OutcomeStated => "captured · kim@example.com: <b>line 7</b>", _ => null })
            {
                File = kind == TimelineKind.OutcomeStated ? Florin.Payments.FileId.From(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)) : null,
            })],
            Postings = isPaid
                ? [new("ltx_1", "/office/ledger/transactions/ltx_1", Noon, "gateway receivable", "/office/ledger/accounts/lac_1", amount, null), new("ltx_1", "/office/ledger/transactions/ltx_1", Noon, "merchant pending", "/office/ledger/accounts/lac_1", null, new(144_679, Currency.Krw)),
                    new("ltx_1", "/office/ledger/transactions/ltx_1", Noon, "fee income", "/office/ledger/accounts/lac_1", null, new(4_321, Currency.Krw))]
                : [],
            Deliveries = isPaid ? [Delivery(DeliveryState.Delivered), Delivery(DeliveryState.Retrying)] : [],
            Metadata = isPaid ? [new("order", "FL-7K2M-9QX4"), new("campaign", "autumn")] : [],
            RawJson = "{\n  \"id\": \"pi_019aa3f2c41b7c0e9f3b5a2d7e8f1001\",\n  \"description\": \"<script>alert(1)</script>\"\n}",
        };
    }

    private static WebhookDelivery Delivery(DeliveryState state, string? paymentUrl = null) => new(
        "evt_019aa3f2c41b7c0e9f3b5a2d7e8f2001", "payment_intent.succeeded", "https://shop.example/webhooks/florin", state,
        state == DeliveryState.Waiting ? [] : [new(Noon, null, 10_000, "connection timed out"), new(Noon.AddMinutes(1), 200, 84)], paymentUrl);
}
