using System.Collections.Frozen;
using System.Text.Json;
using Florin.Payments;
using Florin.Payments.Attempts;
using Florin.Payments.Disputes;
using Florin.Simulation.Tests.Database;

namespace Florin.Simulation.Tests.Checks;

/// <summary>Which state may follow which. Those of attempts and disputes are the program's own tables; the others are written down once more.</summary>
internal static class LegalMoves
{
    private static readonly FrozenSet<(string Table, string Was, string Became)> Table = Written()
        .Concat(AttemptMoves.Table.Select(move => ("payment_attempts", Word(move.Key.From), Word(move.Value))))
        .Concat(DisputeMoves.Table.SelectMany(moves => moves.Value.Select(to => ("disputes", Word(moves.Key), Word(to)))))
        .ToFrozenSet();

    /// <param name="late">What the merchant wants done with money that comes late: only where it is accepted, a payment that was
    /// given up may succeed.</param>
    public static bool Contains(Move move, LateSuccessPolicy late) => Table.Contains((move.Table, move.Was, move.Became))
        || (late == LateSuccessPolicy.Accept && (move is { Table: "checkout_sessions", Was: "expired", Became: "complete" } or
        {
            Table: "payment_intents",
            Was: "canceled" or "requires_payment_method" or "requires_confirmation",
            Became: "succeeded" or "requires_capture",
        }));

    private static IEnumerable<(string Table, string Was, string Became)> Written() =>
        from line in new[]
        {
            ("payment_intents", "", "requires_payment_method requires_confirmation processing"),
            ("payment_intents", "requires_payment_method", "processing requires_confirmation canceled"),
            ("payment_intents", "requires_confirmation", "processing requires_payment_method canceled"),
            ("payment_intents", "processing", "requires_action requires_capture requires_payment_method succeeded canceled"),
            ("payment_intents", "requires_action", "processing requires_capture requires_payment_method succeeded canceled"),
            ("payment_intents", "requires_capture", "processing"),
            ("payment_attempts", "", "sent"),
            ("charges", "", "authorized captured failed"),
            ("charges", "authorized", "captured voided"),
            ("charge_operations", "", "sent"),
            ("charge_operations", "sent", "succeeded declined not_sent unknown"),
            ("charge_operations", "unknown", "succeeded declined not_sent"),
            ("charge_operations", "not_sent", "succeeded"),
            ("refunds", "", "sent"),
            ("refunds", "sent", "succeeded declined not_sent unknown canceled"),
            ("refunds", "unknown", "succeeded declined not_sent canceled"),
            ("refunds", "not_sent", "succeeded"),
            ("checkout_sessions", "", "open"),
            ("checkout_sessions", "open", "complete expired"),
            ("disputes", "", "warning_needs_response needs_response"),
            ("dispute_responses", "", "sent"),
            ("dispute_responses", "sent", "succeeded declined not_sent unknown"),
            ("dispute_responses", "unknown", "succeeded declined not_sent"),
        }
        from became in line.Item3.Split(' ')
        select (line.Item1, line.Item2, became);

    private static string Word<T>(T state) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{state}");
}
