using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Catalogue;
using Florin.Payments.Customers;
using Florin.Payments.Intents;
using Florin.Payments.SetupIntents;
using Florin.Payments.UnknownOutcomes;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Storage.Jobs;

namespace Florin.Payments.CheckoutSessions;

/// <summary>Makes checkout sessions, lets buyers pay in them, and ends those that nobody paid.</summary>
internal sealed class CheckoutSessionsService(
    IDatabase database,
    IEvents events,
    IJobs jobs,
    IMerchants merchants,
    IntentsService intents,
    SetupIntentsService setups,
    CatalogueService catalogue,
    IdSource ids,
    RandomSource random,
    PublicAddress address,
    ITestClocks clocks,
    Reversals reversals,
    TimeProvider time)
    : ICheckoutSessions
{
    private static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(24);

    // Clocks differ a little; a caller that asks for exactly the shortest life shall have it.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    private const int MaxLines = 100;
    private const long MaxQuantity = 999_999;
    private const int UrlTokenBytes = 24;

    // ISO 4217: the code for transactions where no currency is involved.
    private static readonly Currency NoCurrency = Currency.Get("XXX");

    public async Task<Result<CheckoutSession>> CreateAsync(
        PaymentRequest request, NewCheckoutSession wanted, IdempotentWrite<CheckoutSession>? answer, CancellationToken ct)
    {
        var now = await clocks.NowAsync(request.Scope, ct);
        if (Refuse(wanted, now) is { } wrong) return wrong;
        var session = NewSession(request.Scope, wanted, now);
        if (wanted.Customer is { } id)
        {
            var customer = await database.ReadAsync(async reader => await CustomerStore.FindAsync(reader, request.Scope, id), ct);
            if (customer is null or { IsDeleted: true }) return CustomersService.NoSuch(id);
            session = session with { CustomerEmail = customer.Email };
        }

        return await database.WriteAsync<Result<CheckoutSession>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, session.Id.Value);
                var lines = await LinesAsync(tx, request, wanted.Lines);
                if (!lines.TryGet(out var priced, out var unpriced)) return Abandoned(tx, unpriced);
                var sum = priced.Count == 0 ? session.Total : Total(priced);
                if (!sum.TryGet(out var total, out var unpayable)) return Abandoned(tx, unpayable);
                var made = session with { Lines = priced, Total = total };
                await SessionStore.InsertAsync(tx, made, wanted.Description);
                await jobs.EnqueueAsync(tx, ExpireSessions.Job(made));
                if (answer is not null) await answer.FinishAsync(tx, made);
                return made;
            },
            ct);
    }

    public async Task<CheckoutSession?> FindAsync(MerchantScope scope, CheckoutSessionId id, CancellationToken ct)
    {
        var session = await database.ReadAsync(async reader => await SessionStore.FindAsync(reader, id), ct);
        return session?.Scope == scope ? session : null;
    }

    public Task<Page<CheckoutSession>> ListAsync(
        MerchantScope scope, CheckoutSessionFilter filter, PageRequest<CheckoutSessionId> page, CancellationToken ct) =>
        database.ReadAsync(async reader => await SessionStore.ListAsync(reader, scope, filter, page), ct);

    public async Task<CheckoutVisit?> VisitAsync(CheckoutSessionId id, string urlToken, CancellationToken ct)
    {
        var (session, intent, setup) = await database.ReadAsync(
            async reader =>
            {
                var found = await SessionStore.FindAsync(reader, id);
                return (
                    found,
                    found?.PaymentIntent is { } payment ? await IntentStore.GetAsync(reader, payment) : null,
                    found?.SetupIntent is { } saving ? await SetupIntentStore.GetAsync(reader, saving) : null);
            },
            ct);
        if (session is null || !FixedTime.Equal(session.UrlToken, urlToken)) return null;
        var merchant = await merchants.FindAsync(session.Scope.Merchant, ct);
        return new CheckoutVisit(session, intent, merchant!.Name) { Setup = setup };
    }

    public async Task<Result<CheckoutVisit>> PayAsync(
        CheckoutSessionId id, string urlToken, CheckoutPayment payment, CancellationToken ct)
    {
        var visit = await VisitAsync(id, urlToken, ct);
        if (visit is null) return PaymentRefusals.NoSuch("checkout session", id.ToString(), "session");
        if (visit.Session.Status != CheckoutStatus.Open || IsUnderWay(visit)) return visit;
        if (visit.Session.ExpiresAt <= await clocks.NowAsync(visit.Session.Scope, ct))
        {
            return new Refusal(RefusalKind.Conflict, "checkout_session_expired", "This checkout session has expired.");
        }

        var refused = visit.Session.Mode == CheckoutMode.Setup
            ? (await SaveAsync(visit.Session, visit.Setup, payment, ct)).Refusal
            : (await CollectAsync(visit.Session, visit.Payment, payment, ct)).Refusal;
        var after = (await VisitAsync(id, urlToken, ct))!;

        // Whoever was overtaken by another submit of the same page is shown how that one stands.
        if (refused is { Kind: RefusalKind.Conflict } && (after.Session.Status != CheckoutStatus.Open || IsUnderWay(after))) return after;
        return refused is not null ? refused : after;
    }

    public Task<Result<CheckoutSession>> ExpireAsync(
        PaymentRequest request, CheckoutSessionId id, IdempotentWrite<CheckoutSession>? answer, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (answer is not null) await answer.BeginAsync(tx, id.Value);
            var expired = await ExpireAsync(tx, request.Scope, id, request.Origin);
            if (!expired.IsSuccess) tx.Abandon();
            else if (answer is not null) await answer.FinishAsync(tx, expired);
            return expired;
        },
        ct);

    /// <summary>Ends an open session and gives its payment up, unless that is being collected or has been.</summary>
    /// <param name="scope">Null where time has passed and no merchant asks.</param>
    /// <param name="reason">Left on the payment that is given up.</param>
    public async Task<Result<CheckoutSession>> ExpireAsync(
        ITransaction tx, MerchantScope? scope, CheckoutSessionId id, EventOrigin? origin, CancellationReason? reason = CancellationReason.Expired)
    {
        var session = await SessionStore.LockAsync(tx, id);
        if (session is null || (scope is not null && session.Scope != scope)) return PaymentRefusals.NoSuch("checkout session", id.ToString(), "session");
        if (session.Status != CheckoutStatus.Open)
        {
            return new Refusal(
                RefusalKind.Conflict, "checkout_session_unexpected_state", $"Only an open session can expire; this one is {Words<CheckoutStatus>.Of(session.Status)}.");
        }

        if (session.PaymentIntent is { } paymentId)
        {
            var intent = (await IntentStore.LockAsync(tx, paymentId))!;
            var lost = await reversals.ReversibleAsync(tx, intent);
            if (intent.Status is PaymentIntentStatus.Processing && lost is null)
            {
                return new Refusal(RefusalKind.Conflict, "checkout_session_unexpected_state", "The session's payment is being collected.");
            }

            if (intent.Status != PaymentIntentStatus.Canceled) await GiveUpAsync(tx, intent, reason, origin);
            if (lost is not null) await reversals.EnqueueAsync(tx, lost);
        }

        if (session.SetupIntent is { } setupId)
        {
            var setup = (await SetupIntentStore.LockAsync(tx, setupId))!;
            if (setup.Status is SetupIntentStatus.Processing)
            {
                return new Refusal(RefusalKind.Conflict, "checkout_session_unexpected_state", "The session's card is being verified.");
            }

            if (setup.Status != SetupIntentStatus.Canceled) await setups.GiveUpAsync(tx, setup, CancellationReason.Abandoned, origin);
        }

        var expired = session with { Status = CheckoutStatus.Expired };
        await SessionStore.MoveAsync(tx, CheckoutStatus.Open, expired);
        await events.RecordAsync(
            tx, new NewEvent(session.Scope, "checkout.session.expired", id.Value, PaymentJson.Bytes(expired, address), Origin: origin));
        return expired;
    }

    private static bool IsUnderWay(CheckoutVisit visit) =>
        visit.Payment is { Status: PaymentIntentStatus.Processing or PaymentIntentStatus.RequiresAction }
        || visit.Setup is { Status: SetupIntentStatus.Processing or SetupIntentStatus.RequiresAction };

    private async Task GiveUpAsync(ITransaction tx, PaymentIntent intent, CancellationReason? reason, EventOrigin? origin)
    {
        var canceled = intent with
        {
            Status = PaymentIntentStatus.Canceled,
            NextAction = null,
            CanceledAt = time.GetUtcNow(),
            CancellationReason = reason,
        };
        await IntentStore.MoveAsync(tx, intent.Status, canceled);
        await events.RecordAsync(
            tx, new NewEvent(intent.Scope, "payment_intent.canceled", intent.Id.Value, PaymentJson.Bytes(canceled), Origin: origin));
    }

    private async Task<Result<PaymentIntent>> CollectAsync(
        CheckoutSession session, PaymentIntent? intent, CheckoutPayment payment, CancellationToken ct)
    {
        var request = new PaymentRequest(session.Scope, Origin: null);
        var (card, email) = MethodOf(session, payment);
        if (intent is not null)
        {
            return await intents.ConfirmAsync(request, intent.Id, new Confirmation(PaymentMethod: null, card, ReturnUrl: null), answer: null, ct);
        }

        var description = await database.ReadAsync(async reader => await SessionStore.DescriptionAsync(reader, session.Id), ct);
        var newCustomer = NewCustomer(session, payment, email);
        var wanted = new NewPaymentIntent(
            session.Total,
            session.CaptureMethod,
            Confirm: true,
            PaymentMethod: null,
            card,
            ReturnUrl: null,
            description,
            StatementDescriptor: null,
            email,
            session.Connector,
            session.Metadata)
        {
            Customer = newCustomer?.Id ?? session.Customer,
            SetupFutureUsage = session.SetupFutureUsage,
        };
        return await intents.CreateAsync(request, wanted, session.Id, newCustomer, answer: null, ct);
    }

    private async Task<Result<SetupIntent>> SaveAsync(CheckoutSession session, SetupIntent? intent, CheckoutPayment payment, CancellationToken ct)
    {
        var request = new PaymentRequest(session.Scope, Origin: null);
        var (card, email) = MethodOf(session, payment);
        if (intent is not null)
        {
            return await setups.ConfirmAsync(request, intent.Id, new SetupConfirmation(PaymentMethod: null, card, ReturnUrl: null), answer: null, ct);
        }

        var description = await database.ReadAsync(async reader => await SessionStore.DescriptionAsync(reader, session.Id), ct);
        var newCustomer = NewCustomer(session, payment, email);
        var wanted = new NewSetupIntent(
            Confirm: true,
            session.SetupFutureUsage ?? FutureUsage.OffSession,
            newCustomer?.Id ?? session.Customer,
            PaymentMethod: null,
            card,
            ReturnUrl: null,
            description,
            session.Total.Currency.IsPayable ? session.Total.Currency : null,
            session.Connector,
            session.Metadata);
        return await setups.CreateAsync(request, wanted, session.Id, newCustomer, answer: null, ct);
    }

    private static (NewPaymentMethod Method, string? Email) MethodOf(CheckoutSession session, CheckoutPayment payment)
    {
        var email = string.IsNullOrWhiteSpace(payment.Email) ? session.CustomerEmail : payment.Email.Trim();
        var billing = BillingDetails.None with { Name = payment.Card.HolderName, Email = email };
        return (new NewPaymentMethod(payment.Card, Token: null, billing, Documents.NoMetadata), email);
    }

    private Customer? NewCustomer(CheckoutSession session, CheckoutPayment payment, string? email) => session is not { MakesCustomer: true, Customer: null }
        ? null
        : new Customer(
            ids.New<CustomerId>(session.Scope.Shard),
            session.Scope,
            email,
            payment.Card.HolderName,
            Phone: null,
            Description: null,
            Address: null,
            Shipping: null,
            PreferredLocales: session.Locale is { } locale ? [locale] : [],
            DefaultPaymentMethod: null,
            Documents.NoMetadata,
            IsDeleted: false,
            time.GetUtcNow());

    private CheckoutSession NewSession(MerchantScope scope, NewCheckoutSession wanted, DateTimeOffset now) => new(
        ids.New<CheckoutSessionId>(scope.Shard),
        scope,
        random.Token(UrlTokenBytes),
        CheckoutStatus.Open,
        CheckoutPaymentStatus.Unpaid,
        Money.Zero(wanted.Currency ?? NoCurrency),
        Lines: [],
        wanted.CaptureMethod,
        wanted.SuccessUrl,
        wanted.CancelUrl,
        wanted.ClientReferenceId,
        wanted.CustomerEmail,
        wanted.Locale,
        wanted.Connector,
        PaymentIntent: null,
        wanted.Metadata,
        wanted.ExpiresAt ?? now + LongestLife,
        CompletedAt: null,
        time.GetUtcNow())
    {
        Customer = wanted.Customer,
        SetupFutureUsage = wanted.SetupFutureUsage,
        Mode = wanted.Mode,
        MakesCustomer = wanted.MakesCustomer,
        PaymentStatus = wanted.Mode == CheckoutMode.Setup ? CheckoutPaymentStatus.NoPaymentRequired : CheckoutPaymentStatus.Unpaid,
    };

    // What is bought, with its price as it is now. Prices given in full are made in the session's own transaction.
    private async Task<Result<List<CheckoutLine>>> LinesAsync(ITransaction tx, PaymentRequest request, IReadOnlyList<WantedLine> wanted)
    {
        var lines = new List<CheckoutLine>();
        foreach (var (index, line) in wanted.Index())
        {
            var priced = line.Price is { } id
                ? await OnTheShelfAsync(tx, request.Scope, id, $"line_items[{index}][price]")
                : await catalogue.MakeInlineAsync(tx, request, line.Inline!);
            if (!priced.TryGet(out var sold, out var refusal))
            {
                return line.Price is null ? refusal with { Param = $"line_items[{index}][price_data][product]" } : refusal;
            }

            var caption = line.Caption ?? CaptionOf(sold.Product);
            lines.Add(new CheckoutLine(caption.Name, caption.Description, caption.Image, sold.Price.UnitAmount, line.Quantity) { Price = sold.Price.Id });
        }

        return lines;
    }

    private static LineCaption CaptionOf(Product product) =>
        new(product.Name, product.Description, product.Images.Count > 0 ? new Uri(product.Images[0]) : null);

    private static async Task<Result<(Product Product, Price Price)>> OnTheShelfAsync(ISqlReader reader, MerchantScope scope, PriceId id, string param)
    {
        if (await PriceStore.FindAsync(reader, scope, id) is not { } price) return CatalogueRefusals.NoSuch(id, param);
        var product = (await ProductStore.FindAsync(reader, scope, price.Product))!;
        if (price.Recurrence is not null) return Invalid(param, $"Price {id} comes again and again; a session in payment mode sells once.");
        if (!price.IsActive) return Invalid(param, $"Price {id} is inactive. Only active prices can be used.");
        return product.IsActive ? (product, price) : Invalid(param, $"Price {id} is of product {product.Id}, which is inactive.");
    }

    private static Result<Money> Total(List<CheckoutLine> lines)
    {
        var currency = lines[0].UnitAmount.Currency;
        Int128 total = 0;
        foreach (var (index, line) in lines.Index())
        {
            if (line.UnitAmount.Currency != currency) return Invalid($"line_items[{index}]", "All line items must have the same currency.");
            total += (Int128)line.UnitAmount.Minor * line.Quantity;
        }

        if (!currency.IsPayable) return new Refusal(RefusalKind.Invalid, "currency_not_supported", $"{currency.Code} has no amounts to pay.", "currency");
        if (total < 1) return new Refusal(RefusalKind.Invalid, "amount_too_small", "The total must be at least 1 minor unit.", "line_items");
        return total > IntentsService.MaxAmountMinor
            ? PaymentRefusals.AmountTooLarge(IntentsService.MaxAmountMinor) with { Param = "line_items" }
            : new Money((long)total, currency);
    }

    private static Refusal Abandoned(ITransaction tx, Refusal refusal)
    {
        tx.Abandon();
        return refusal;
    }

    private static Refusal? Refuse(NewCheckoutSession wanted, DateTimeOffset now)
    {
        if (wanted.Mode == CheckoutMode.Payment && wanted.Lines.Count is 0 or > MaxLines) return Invalid("line_items", $"A session has 1 to {MaxLines} line items.");
        if (wanted.Mode == CheckoutMode.Setup && wanted.Lines.Count > 0) return Invalid("line_items", "Nothing is bought in setup mode.");
        for (var i = 0; i < wanted.Lines.Count; i++)
        {
            var line = wanted.Lines[i];
            if (line.Inline?.UnitAmount.Minor < 0) return Invalid($"line_items[{i}][price_data][unit_amount]", "A unit amount is 0 or more.");
            if (line.Quantity is < 1 or > MaxQuantity) return Invalid($"line_items[{i}][quantity]", $"A quantity is 1 to {MaxQuantity}.");
        }

        if (wanted.ExpiresAt is not { } expiresAt) return null;
        var life = expiresAt - now;
        return life < ShortestLife - ClockTolerance || life > LongestLife + ClockTolerance
            ? Invalid("expires_at", "A session lives from 30 minutes to 24 hours.")
            : null;
    }

    private static Refusal Invalid(string param, string message) => new(RefusalKind.Invalid, "parameter_invalid", message, param);
}
