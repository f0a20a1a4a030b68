using System.Collections.Frozen;

namespace Florin.Payments.Attempts;

/// <summary>What can happen to an attempt.</summary>
internal enum AttemptEvent
{
    Held,
    Taken,
    Challenged,
    Resumed,
    Refused,
    NeverSent,
    NoAnswer,
    Freed,
}

/// <summary>Every legal move of an attempt, one a row. A pair that is absent is a bug in the caller.</summary>
internal static class AttemptMoves
{
    public static readonly FrozenDictionary<(AttemptState From, AttemptEvent Event), AttemptState> Table =
        new Dictionary<(AttemptState, AttemptEvent), AttemptState>
        {
            [(AttemptState.Sent, AttemptEvent.Held)] = AttemptState.Authorized,
            [(AttemptState.Sent, AttemptEvent.Taken)] = AttemptState.Captured,
            [(AttemptState.Sent, AttemptEvent.Challenged)] = AttemptState.Challenge,
            [(AttemptState.Sent, AttemptEvent.Refused)] = AttemptState.Declined,
            [(AttemptState.Sent, AttemptEvent.NeverSent)] = AttemptState.NotSent,
            [(AttemptState.Sent, AttemptEvent.NoAnswer)] = AttemptState.Unknown,

            // An unknown outcome is found out by asking, and asking may again bring no answer.
            [(AttemptState.Unknown, AttemptEvent.Held)] = AttemptState.Authorized,
            [(AttemptState.Unknown, AttemptEvent.Taken)] = AttemptState.Captured,
            [(AttemptState.Unknown, AttemptEvent.Challenged)] = AttemptState.Challenge,
            [(AttemptState.Unknown, AttemptEvent.Refused)] = AttemptState.Declined,
            [(AttemptState.Unknown, AttemptEvent.NeverSent)] = AttemptState.NotSent,
            [(AttemptState.Unknown, AttemptEvent.NoAnswer)] = AttemptState.Unknown,

            // Undone at the gateway by our key, before anybody learned whether it had been carried out.
            [(AttemptState.Unknown, AttemptEvent.Freed)] = AttemptState.Voided,
            [(AttemptState.Sent, AttemptEvent.Freed)] = AttemptState.Voided,
            [(AttemptState.Challenge, AttemptEvent.Freed)] = AttemptState.Voided,

            // The buyer came back (then the gateway is asked to carry on), or never did (then it is asked what it knows).
            [(AttemptState.Challenge, AttemptEvent.Resumed)] = AttemptState.Sent,
            [(AttemptState.Challenge, AttemptEvent.Held)] = AttemptState.Authorized,
            [(AttemptState.Challenge, AttemptEvent.Taken)] = AttemptState.Captured,
            [(AttemptState.Challenge, AttemptEvent.Challenged)] = AttemptState.Challenge,
            [(AttemptState.Challenge, AttemptEvent.Refused)] = AttemptState.Declined,
            [(AttemptState.Challenge, AttemptEvent.NeverSent)] = AttemptState.NotSent,
            [(AttemptState.Challenge, AttemptEvent.NoAnswer)] = AttemptState.Challenge,

            // A gateway that had never heard of it, or could not be reached, may still turn out to have done it: then it is
            // recorded as what it is, and returned. See LateSuccess.
            [(AttemptState.NotSent, AttemptEvent.Held)] = AttemptState.Authorized,
            [(AttemptState.NotSent, AttemptEvent.Taken)] = AttemptState.Captured,
            [(AttemptState.NotSent, AttemptEvent.Challenged)] = AttemptState.NotSent,
            [(AttemptState.NotSent, AttemptEvent.Refused)] = AttemptState.NotSent,
            [(AttemptState.NotSent, AttemptEvent.NeverSent)] = AttemptState.NotSent,
            [(AttemptState.NotSent, AttemptEvent.NoAnswer)] = AttemptState.NotSent,

            [(AttemptState.Authorized, AttemptEvent.Taken)] = AttemptState.Captured,
            [(AttemptState.Authorized, AttemptEvent.Freed)] = AttemptState.Voided,
        }.ToFrozenDictionary();

    public static AttemptState Next(AttemptState from, AttemptEvent happened) => Table.TryGetValue((from, happened), out var to)
        ? to
        : throw new InvalidOperationException($"An attempt that is {from} cannot meet {happened}.");
}
