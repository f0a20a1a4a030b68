using System.Security.Cryptography;
using System.Text;
using Florin.Kernel;

namespace Florin.Sandbox.Books;

/// <summary>What proves that the issuer saw the buyer (EMV 3-D Secure): one acquirer gives it, another may be shown it.</summary>
/// <param name="Value">As in a CAVV, the issuer's own keyed hash over the card and what is paid, so it fits nothing else.</param>
internal sealed record IssuerAuthentication(string Indicator, string Value, string Transaction)
{
    // ECI 05: fully authenticated (Visa; EMVCo leaves the number to each scheme).
    private const string FullyAuthenticated = "05";

    // 20 bytes, as a CAVV has.
    private const int ValueBytes = 20;

    private static readonly byte[] IssuerKey = "the sandbox issuer's own key"u8.ToArray();

    /// <returns>Null where no challenge was passed.</returns>
    public static IssuerAuthentication? Of(Operation authorization) =>
        authorization is { IsFinal: true, Challenge: { } challenge, Card: { } card, DeclineReason: not "authentication_failed" }
            ? new IssuerAuthentication(FullyAuthenticated, ValueOf(challenge.Id, card.Last4, authorization.Amount), challenge.Id)
            : null;

    public bool IsFor(string last4, Money amount) =>
        Indicator == FullyAuthenticated
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Value), Encoding.UTF8.GetBytes(ValueOf(Transaction, last4, amount)));

    private static string ValueOf(string transaction, string last4, Money amount)
    {
        var signed = Encoding.UTF8.GetBytes($"{transaction}|{last4}|{amount.Minor}|{amount.Currency.Code}");
        return Convert.ToBase64String(HMACSHA256.HashData(IssuerKey, signed).AsSpan(0, ValueBytes));
    }
}
