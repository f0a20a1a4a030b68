using Florin.Kernel;
using Florin.Payments;
using Florin.Simulation.Tests.Database;

namespace Florin.Simulation.Tests.Checks;

/// <summary>What must hold of checkout sessions once all is quiet: by then each of them is complete or has expired.</summary>
internal static class SessionChecks
{
    public static IEnumerable<string> Check(World world, Books books)
    {
        if (world.Weather.Sessions == 0) yield break;
        var told = EventCounts.Read(world.Engine);
        var moves = Move.AllOf(world.Engine);
        var collected = moves.Where(move => move is { Table: "payment_intents", Became: "succeeded" or "requires_capture" }).Select(move => move.Id).ToHashSet();
        foreach (var session in books.Sessions)
        {
            // A hold completes it too; whether that is captured or freed is the merchant's matter.
            var isCollected = session.Intent is { } payment && collected.Contains(payment);
            var expected = isCollected ? "complete" : "expired";
            if (session.Status != expected) yield return $"session {Move.Short(session.Id)} is {session.Status}, and its payment was {(isCollected ? "" : "never ")}collected";
            var intent = session.Intent is { } id ? books.Intents.GetValueOrDefault(id) : null;
            if (session.IsPaid != (intent?.Status == "succeeded")) yield return $"session {Move.Short(session.Id)} is {(session.IsPaid ? "" : "not ")}paid, and its payment is {intent?.Status ?? "missing"}";
            if (session.Status == "expired" && intent is not (null or { Status: "canceled" })) yield return $"session {Move.Short(session.Id)} has expired, and its payment is {intent.Status}";
            var expiries = moves.Count(move => move.Id == session.Id && move.Became == "expired");
            foreach (var (type, count) in new[] { ("checkout.session.completed", isCollected ? 1 : 0), ("checkout.session.expired", expiries) })
            {
                var found = told.GetValueOrDefault((session.Id, type));
                if (found != count) yield return $"{type} was told {found} times of {Move.Short(session.Id)}, and not {count}";
            }
        }

        foreach (var twice in books.Sessions.GroupBy(session => session.Order).Where(group => group.Count() > 1)) yield return $"{twice.Key} has {twice.Count()} sessions";
        foreach (var story in world.Stories)
        {
            foreach (var head in story.Heard.Where(heard => heard.Answer.IsSuccess).Select(heard => heard.Answer.Head).Where(head => head.Kind == "session"))
            {
                var session = books.Sessions.Find(session => session.Id == Ids.Parse<CheckoutSessionId>(head.Id).Value);
                if (session is null) yield return $"{story.Name} was told of a session that is not there";
                else if (head.State == nameof(CheckoutStatus.Expired) && session.Status != "expired" && world.LateSuccess != LateSuccessPolicy.Accept) yield return $"{story.Name} was told that its session has expired, and it is {session.Status}";
            }
        }
    }
}
