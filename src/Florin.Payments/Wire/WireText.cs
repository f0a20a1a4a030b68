using Florin.Connectors;
using Florin.Vault;

namespace Florin.Payments.Wire;

/// <summary>Our enums in the words of the wire, and back.</summary>
/// <remarks>No switch has an arm for "anything else": a new member breaks the build here until it has a word.</remarks>
public static class WireText
{
    public static string Of(PaymentIntentStatus status) => status switch
    {
        PaymentIntentStatus.RequiresPaymentMethod => "requires_payment_method",
        PaymentIntentStatus.RequiresConfirmation => "requires_confirmation",
        PaymentIntentStatus.RequiresAction => "requires_action",
        PaymentIntentStatus.Processing => "processing",
        PaymentIntentStatus.RequiresCapture => "requires_capture",
        PaymentIntentStatus.Succeeded => "succeeded",
        PaymentIntentStatus.Canceled => "canceled",
    };

    public static string Of(SetupIntentStatus status) => status switch
    {
        SetupIntentStatus.RequiresPaymentMethod => "requires_payment_method",
        SetupIntentStatus.RequiresConfirmation => "requires_confirmation",
        SetupIntentStatus.RequiresAction => "requires_action",
        SetupIntentStatus.Processing => "processing",
        SetupIntentStatus.Canceled => "canceled",
        SetupIntentStatus.Succeeded => "succeeded",
    };

    /// <summary>Stripe's word for how a verification stands; one whose intent was given up is abandoned.</summary>
    public static string SetupAttemptStatus(AttemptState state, SetupIntentStatus intent) => state switch
    {
        AttemptState.Sent or AttemptState.Unknown => "processing",
        AttemptState.Challenge => intent == SetupIntentStatus.Canceled ? "abandoned" : "requires_action",
        AttemptState.Authorized or AttemptState.Captured or AttemptState.Voided => intent == SetupIntentStatus.Succeeded ? "succeeded" : "abandoned",
        AttemptState.Declined or AttemptState.NotSent => "failed",
    };

    public static string Of(CaptureMethod method) => method switch
    {
        CaptureMethod.Automatic => "automatic",
        CaptureMethod.Manual => "manual",
    };

    public static string Of(FutureUsage usage) => usage switch
    {
        FutureUsage.OffSession => "off_session",
        FutureUsage.OnSession => "on_session",
    };

    public static string Of(CancellationReason reason) => reason switch
    {
        CancellationReason.Duplicate => "duplicate",
        CancellationReason.Fraudulent => "fraudulent",
        CancellationReason.RequestedByCustomer => "requested_by_customer",
        CancellationReason.Abandoned => "abandoned",
        CancellationReason.Expired => "expired",
    };

    /// <remarks>A hold that was freed is, in Stripe's words, a charge that succeeded and was refunded uncaptured.</remarks>
    public static string Of(ChargeStatus status) => status switch
    {
        ChargeStatus.Authorized => "succeeded",
        ChargeStatus.Captured => "succeeded",
        ChargeStatus.Voided => "succeeded",
        ChargeStatus.Failed => "failed",
    };

    /// <summary>A refund's status: what is not known yet is pending, never failed.</summary>
    public static string RefundStatus(OperationState state) => state switch
    {
        OperationState.Sent => "pending",
        OperationState.Succeeded => "succeeded",
        OperationState.Declined => "failed",
        OperationState.NotSent => "failed",
        OperationState.Unknown => "pending",
        OperationState.Canceled => "canceled",
    };

    public static string Of(OperationState state) => state switch
    {
        OperationState.Sent => "sent",
        OperationState.Succeeded => "succeeded",
        OperationState.Declined => "declined",
        OperationState.NotSent => "not_sent",
        OperationState.Unknown => "unknown",
        OperationState.Canceled => "canceled",
    };

    public static string Of(RefundReason reason) => reason switch
    {
        RefundReason.Duplicate => "duplicate",
        RefundReason.Fraudulent => "fraudulent",
        RefundReason.RequestedByCustomer => "requested_by_customer",
    };

    public static string Of(DisputeStatus status) => status switch
    {
        DisputeStatus.WarningNeedsResponse => "warning_needs_response",
        DisputeStatus.WarningUnderReview => "warning_under_review",
        DisputeStatus.WarningClosed => "warning_closed",
        DisputeStatus.NeedsResponse => "needs_response",
        DisputeStatus.UnderReview => "under_review",
        DisputeStatus.Won => "won",
        DisputeStatus.Lost => "lost",
    };

    public static string Of(DisputeReason reason) => reason switch
    {
        DisputeReason.BankCannotProcess => "bank_cannot_process",
        DisputeReason.CheckReturned => "check_returned",
        DisputeReason.CreditNotProcessed => "credit_not_processed",
        DisputeReason.CustomerInitiated => "customer_initiated",
        DisputeReason.DebitNotAuthorized => "debit_not_authorized",
        DisputeReason.Duplicate => "duplicate",
        DisputeReason.Fraudulent => "fraudulent",
        DisputeReason.General => "general",
        DisputeReason.IncorrectAccountDetails => "incorrect_account_details",
        DisputeReason.InsufficientFunds => "insufficient_funds",
        DisputeReason.ProductNotReceived => "product_not_received",
        DisputeReason.ProductUnacceptable => "product_unacceptable",
        DisputeReason.SubscriptionCanceled => "subscription_canceled",
        DisputeReason.Unrecognized => "unrecognized",
    };

    public static string Of(FilePurpose purpose) => purpose switch
    {
        FilePurpose.DisputeEvidence => "dispute_evidence",
        FilePurpose.OutcomeEvidence => "outcome_evidence",
    };

    public static string MediaTypeOf(FileType type) => type switch
    {
        FileType.Pdf => "application/pdf",
        FileType.Png => "image/png",
        FileType.Jpg => "image/jpeg",
    };

    public static string Of(FileType type) => type switch
    {
        FileType.Pdf => "pdf",
        FileType.Png => "png",
        FileType.Jpg => "jpg",
    };

    /// <summary>What a movement was, as Stripe types it: disputes are adjustments there, whichever way they go.</summary>
    public static string TypeOf(BalanceTransactionKind kind) => kind switch
    {
        BalanceTransactionKind.Charge => "charge",
        BalanceTransactionKind.Refund => "refund",
        BalanceTransactionKind.Dispute => "adjustment",
        BalanceTransactionKind.DisputeReversal => "adjustment",
    };

    /// <summary>The finer word for it, which accountants group by.</summary>
    public static string ReportingCategoryOf(BalanceTransactionKind kind) => kind switch
    {
        BalanceTransactionKind.Charge => "charge",
        BalanceTransactionKind.Refund => "refund",
        BalanceTransactionKind.Dispute => "dispute",
        BalanceTransactionKind.DisputeReversal => "dispute_reversal",
    };

    public static string Of(CheckoutStatus status) => status switch
    {
        CheckoutStatus.Open => "open",
        CheckoutStatus.Complete => "complete",
        CheckoutStatus.Expired => "expired",
    };

    public static string Of(CheckoutPaymentStatus status) => status switch
    {
        CheckoutPaymentStatus.Unpaid => "unpaid",
        CheckoutPaymentStatus.Paid => "paid",
        CheckoutPaymentStatus.NoPaymentRequired => "no_payment_required",
    };

    public static string Of(CheckoutMode mode) => mode switch
    {
        CheckoutMode.Payment => "payment",
        CheckoutMode.Setup => "setup",
    };

    public static string Of(TaxBehavior behavior) => behavior switch
    {
        TaxBehavior.Unspecified => "unspecified",
        TaxBehavior.Exclusive => "exclusive",
        TaxBehavior.Inclusive => "inclusive",
    };

    public static string Of(PriceInterval interval) => interval switch
    {
        PriceInterval.Day => "day",
        PriceInterval.Week => "week",
        PriceInterval.Month => "month",
        PriceInterval.Year => "year",
    };

    public static string Of(CardBrand brand) => CardWords.Of(brand);

    public static string Of(CardFunding funding) => CardWords.Of(funding);

    /// <summary>A brand as the card of a token names it, which Stripe spells for people.</summary>
    public static string BrandName(CardBrand brand) => brand switch
    {
        CardBrand.Unknown => "Unknown",
        CardBrand.Visa => "Visa",
        CardBrand.Mastercard => "MasterCard",
        CardBrand.Amex => "American Express",
        CardBrand.Discover => "Discover",
        CardBrand.Diners => "Diners Club",
        CardBrand.Jcb => "JCB",
        CardBrand.UnionPay => "UnionPay",
        CardBrand.KoreanDomestic => "Korean domestic",
    };

    public static string Of(DeclineCode code) => code switch
    {
        DeclineCode.AuthenticationFailed => "authentication_failed",
        DeclineCode.AuthenticationRequired => "authentication_required",
        DeclineCode.CallIssuer => "call_issuer",
        DeclineCode.CardNotSupported => "card_not_supported",
        DeclineCode.CardVelocityExceeded => "card_velocity_exceeded",
        DeclineCode.CurrencyNotSupported => "currency_not_supported",
        DeclineCode.DoNotHonor => "do_not_honor",
        DeclineCode.DuplicateTransaction => "duplicate_transaction",
        DeclineCode.ExpiredCard => "expired_card",
        DeclineCode.Fraudulent => "fraudulent",
        DeclineCode.GenericDecline => "generic_decline",
        DeclineCode.IncorrectCvc => "incorrect_cvc",
        DeclineCode.IncorrectNumber => "incorrect_number",
        DeclineCode.InsufficientFunds => "insufficient_funds",
        DeclineCode.InvalidAccount => "invalid_account",
        DeclineCode.InvalidAmount => "invalid_amount",
        DeclineCode.IssuerNotAvailable => "issuer_not_available",
        DeclineCode.LostCard => "lost_card",
        DeclineCode.NotPermitted => "not_permitted",
        DeclineCode.PickupCard => "pickup_card",
        DeclineCode.ProcessingError => "processing_error",
        DeclineCode.RestrictedCard => "restricted_card",
        DeclineCode.StolenCard => "stolen_card",
        DeclineCode.TransactionNotAllowed => "transaction_not_allowed",
        DeclineCode.TryAgainLater => "try_again_later",
        DeclineCode.WithdrawalCountLimitExceeded => "withdrawal_count_limit_exceeded",
    };

    public static string Of(RoutingVersionState state) => Words<RoutingVersionState>.Of(state);

    public static string Of(RoutingDifferenceKind kind) => Words<RoutingDifferenceKind>.Of(kind);

    public static string Of(RoutingStanding standing) => Words<RoutingStanding>.Of(standing);

    public static string Of(DeclineClass kind) => Words<DeclineClass>.Of(kind);

    /// <summary>Finds the member of an enum by its word.</summary>
    /// <param name="word">One of this class's functions, as in <c>WireText.Of</c>.</param>
    public static bool TryParse<T>(string text, Func<T, string> word, out T value) where T : struct, Enum
    {
        foreach (var member in Enum.GetValues<T>())
        {
            if (word(member) != text) continue;
            value = member;
            return true;
        }

        value = default;
        return false;
    }
}
