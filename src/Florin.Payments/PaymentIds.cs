using Florin.Kernel;

namespace Florin.Payments;

/// <summary>Names one payment.</summary>
public readonly record struct PaymentIntentId(Guid Value) : IId<PaymentIntentId>
{
    public static string Prefix => "pi_";

    public static PaymentIntentId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Names one try to collect a payment through one connector.</summary>
public readonly record struct PaymentAttemptId(Guid Value) : IId<PaymentAttemptId>
{
    public static string Prefix => "pa_";

    public static PaymentAttemptId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Names what one attempt charged.</summary>
public readonly record struct ChargeId(Guid Value) : IId<ChargeId>
{
    public static string Prefix => "ch_";

    public static ChargeId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Names one capture or void asked of a gateway.</summary>
public readonly record struct ChargeOperationId(Guid Value) : IId<ChargeOperationId>
{
    public static string Prefix => "co_";

    public static ChargeOperationId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Names one refund.</summary>
public readonly record struct RefundId(Guid Value) : IId<RefundId>
{
    public static string Prefix => "re_";

    public static RefundId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Names what a customer pays with.</summary>
public readonly record struct PaymentMethodId(Guid Value) : IId<PaymentMethodId>
{
    public static string Prefix => "pm_";

    public static PaymentMethodId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Names a card that can be used once, within 15 minutes.</summary>
public readonly record struct TokenId(Guid Value) : IId<TokenId>
{
    public static string Prefix => "tok_";

    public static TokenId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Names one visit to the hosted checkout.</summary>
public readonly record struct CheckoutSessionId(Guid Value) : IId<CheckoutSessionId>
{
    public static string Prefix => "cs_";

    public static CheckoutSessionId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Names one claim of a buyer against a charge.</summary>
public readonly record struct DisputeId(Guid Value) : IId<DisputeId>
{
    public static string Prefix => "dp_";

    public static DisputeId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Names one thing said to a dispute: evidence, or that it is given up.</summary>
public readonly record struct DisputeResponseId(Guid Value) : IId<DisputeResponseId>
{
    public static string Prefix => "dr_";

    public static DisputeResponseId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Names one uploaded file.</summary>
public readonly record struct FileId(Guid Value) : IId<FileId>
{
    public static string Prefix => "file_";

    public static FileId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Names one change of a merchant's balance.</summary>
public readonly record struct BalanceTransactionId(Guid Value) : IId<BalanceTransactionId>
{
    public static string Prefix => "txn_";

    public static BalanceTransactionId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}
