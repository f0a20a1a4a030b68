using Florin.Kernel;

namespace Florin.Payments.PaymentMethods;

/// <summary>When a payment method cannot be used, saved or changed. A method is somebody's or nobody's: nobody's pays once.</summary>
internal static class PaymentMethodRefusals
{
    /// <summary>It paid without being saved, or was detached.</summary>
    public static Refusal NotAgain { get; } = Unexpected(
        "The provided PaymentMethod was used for a payment without being attached to a customer, or was detached from one. "
        + "It may not be used again. To use a PaymentMethod more than once, attach it to a customer first.");

    public static Refusal AttachedAlready { get; } = Unexpected("The payment method you provided has already been attached to a customer.");

    public static Refusal NotAttached { get; } = Unexpected("The payment method you provided is not attached to a customer, so it cannot be detached.");

    public static Refusal NotSaved { get; } = Unexpected("A payment method must be saved to a customer before it can be updated.");

    public static Refusal TooMany(CustomerId customer) => new(
        RefusalKind.Conflict,
        "customer_max_payment_methods",
        $"Customer {customer} has {SavedMethods.MostPerCustomer} payment methods, which is the most; detach some first.",
        "customer");

    public static Refusal ExpiryPassed { get; } = new(
        RefusalKind.Declined, "invalid_expiry_year", "The card's expiry date must lie in the future, and within 50 years.", "card[exp_year]");

    /// <param name="param">Where the method was named.</param>
    public static Refusal NotOfCustomer(string method, string param) => new(
        RefusalKind.NotFound,
        "resource_missing",
        $"The customer does not have a payment method with the ID {method}. The payment method must be attached to the customer.",
        param);

    /// <summary>Why a payment of a customer, or of nobody, cannot be made with a method.</summary>
    public static Refusal? ProblemOf(PaymentMethod method, CustomerId? customer)
    {
        if (method.IsConsumed || method.IsDetached) return NotAgain;
        if (method.Customer is not { } owner || owner == customer) return null;
        return customer is not null
            ? NotOfCustomer(method.Id.ToString(), "payment_method")
            : new Refusal(
                RefusalKind.Invalid,
                "payment_method_customer_missing",
                $"The `payment_method` parameter supplied {method.Id} belongs to the Customer {owner}. "
                + "Please include the Customer in the `customer` parameter on the PaymentIntent.",
                "payment_method");
    }

    private static Refusal Unexpected(string message) => new(RefusalKind.Conflict, "payment_method_unexpected_state", message, "payment_method");
}
