using Florin.Payments.Attempts;

namespace Florin.Payments.Tests;

public sealed class AttemptMovesTests
{
    private static readonly AttemptState[] Closed = [AttemptState.Captured, AttemptState.Declined, AttemptState.Voided];

    [Fact]
    public void Every_state_can_be_reached()
    {
        var reached = new HashSet<AttemptState> { AttemptState.Sent };
        while (AttemptMoves.Table.Any(move => reached.Contains(move.Key.From) && reached.Add(move.Value)))
        {
        }

        Assert.Equal(Enum.GetValues<AttemptState>(), reached.Order());
    }

    [Fact]
    public void A_closed_state_has_no_way_out_and_every_other_has_one()
    {
        foreach (var state in Enum.GetValues<AttemptState>())
        {
            Assert.Equal(!Closed.Contains(state), AttemptMoves.Table.Any(move => move.Key.From == state && move.Value != state));
        }
    }

    [Fact]
    public void What_was_never_sent_opens_again_only_for_money_that_moved()
    {
        var ways = AttemptMoves.Table.Where(move => move.Key.From == AttemptState.NotSent && move.Value != AttemptState.NotSent);

        Assert.Equal([AttemptEvent.Held, AttemptEvent.Taken], ways.Select(move => move.Key.Event).Order());
    }

    [Fact]
    public void An_unknown_outcome_is_never_sent_again()
    {
        Assert.DoesNotContain(AttemptMoves.Table, move => move.Key.From == AttemptState.Unknown && move.Value == AttemptState.Sent);
        Assert.Throws<InvalidOperationException>(() => AttemptMoves.Next(AttemptState.Declined, AttemptEvent.Taken));
    }
}
