using Florin.Sandbox.Books;
using Florin.Sandbox.Hooks;
using Florin.Sandbox.Webhooks;
using Microsoft.AspNetCore.Http;

namespace Florin.Sandbox;

/// <summary>An answer in an acquirer's own words.</summary>
internal sealed record Reply(int Status, string ContentType, ReadOnlyMemory<byte> Body, bool IsReplay = false);

/// <summary>What a card or a test does to the answer of one call.</summary>
internal enum Timing
{
    Prompt,
    Slow,
    SilentBeforeActing,
    SilentAfterActing,
}

/// <summary>What an acquirer did: the answer, and the operation that it is about.</summary>
/// <param name="Concluded">Whether this call gave the operation its final outcome, which is then announced.</param>
internal readonly record struct Done(Reply Reply, Operation? Operation = null, bool Concluded = false);

/// <summary>Runs each call to an acquirer through the faults that tests and test cards ask for.</summary>
internal sealed class Gateway(Book book, Faults faults, WebhookQueue webhooks, TimeProvider time)
{
    private static readonly byte[] Garbage = "{\"<status=&\u0001%"u8.ToArray();

    public Book Book => book;

    /// <summary>When a card's scenario strikes: where the issuer is asked, after its challenge if there is one.</summary>
    public static Timing TimingOf(TestCardBehavior? behavior, bool afterChallenge) => (behavior, afterChallenge) switch
    {
        (TestCardBehavior.SlowAnswer, false) => Timing.Slow,
        (TestCardBehavior.SilentAfterApproving, false) => Timing.SilentAfterActing,
        (TestCardBehavior.SilentWithoutApproving, false) => Timing.SilentBeforeActing,
        (TestCardBehavior.ChallengeThenSilent, true) => Timing.SilentAfterActing,
        _ => Timing.Prompt,
    };

    public static Timing TimingOf(Operation authorization) => TimingOf(
        TestCards.All.FirstOrDefault(card => card.Name == authorization.Card!.Scenario)?.Behavior,
        afterChallenge: authorization.Challenge is not null);

    /// <param name="operation">As in <see cref="OperationNames"/>.</param>
    /// <param name="act">Does and books what was asked, without waiting for anything.</param>
    /// <param name="last4">Of the card that it is about, where there is one.</param>
    public async Task ServeAsync(
        HttpContext context, string acquirer, string operation, Func<Done> act, Timing timing = Timing.Prompt, string? last4 = null)
    {
        try
        {
            var before = faults.Take(acquirer, operation, FaultMoment.Before, last4);
            if (before is not null && !await StrikeAsync(context, before)) return;
            if (timing == Timing.SilentBeforeActing) await SilenceAsync(context);

            var done = act();
            var after = faults.Take(acquirer, operation, FaultMoment.After, last4);

            // As where something between us repeats a request: what was done is done once, and the repeat is what is answered.
            if (after is { Kind: FaultKind.Duplicate }) done = done with { Reply = act().Reply };
            // A repeat of an answered key is answered, also where the first answer was lost.
            if (!done.Concluded) timing = Timing.Prompt;

            // The announcement goes out beside an answer that may never come.
            if (after is not null || timing != Timing.Prompt) Announce(done);
            if (after is not null && !await StrikeAsync(context, after, done.Reply)) return;
            if (timing == Timing.SilentAfterActing) await SilenceAsync(context);
            if (timing == Timing.Slow) await Task.Delay(TestCards.SlowAnswer, time, context.RequestAborted);

            if (done.Operation is { } answered) book.Answered(answered);
            try
            {
                await WriteAsync(context, done.Reply);
            }
            finally
            {
                // Told of also where the caller had hung up before it was carried out.
                if (after is null && timing == Timing.Prompt) Announce(done);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller stopped waiting, as it should: what is booked stays booked.
        }
    }

    private static async Task WriteAsync(HttpContext context, Reply reply)
    {
        var response = context.Response;
        response.StatusCode = reply.Status;
        response.ContentType = reply.ContentType;
        response.ContentLength = reply.Body.Length;
        if (reply.IsReplay) response.Headers["Idempotent-Replayed"] = "true";
        await response.BodyWriter.WriteAsync(reply.Body, context.RequestAborted);
    }

    // Before acting there is no answer to spoil, so it is one that says nothing.
    private static Reply WholeOf(Reply? reply) => reply ?? new Reply(200, "text/plain", Garbage);

    private static async Task WriteHalfAsync(HttpContext context, Reply reply)
    {
        var response = context.Response;
        (response.StatusCode, response.ContentType, response.ContentLength) = (reply.Status, reply.ContentType, reply.Body.Length);
        await response.BodyWriter.WriteAsync(reply.Body[..(reply.Body.Length / 2)], context.RequestAborted);
        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static Task SilenceAsync(HttpContext context) =>
        Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

    private void Announce(Done done)
    {
        if (done is { Concluded: true, Operation: { WebhookUrl: not null } operation }) webhooks.Enqueue(operation);
    }

    /// <summary>What a status query finds: also nothing, or something unfinished, where the acquirer lags behind itself.</summary>
    public Operation? LookUp(string acquirer, string key)
    {
        if (book.Find(acquirer, key) is not { } operation) return null;
        var age = time.GetUtcNow() - operation.ReceivedAt;
        var lag = faults.Take(acquirer, OperationNames.Query, FaultMoment.LookedUp, operation.Last4, fault => age < fault.Delay);
        return lag is null ? operation : lag.IsPending ? operation.AsUnfinished() : null;
    }

    /// <param name="reply">What would have been answered; null before anything was done.</param>
    /// <returns>Whether the call goes on.</returns>
    private async Task<bool> StrikeAsync(HttpContext context, Fault fault, Reply? reply = null)
    {
        switch (fault.Kind)
        {
            case FaultKind.Hold:
                if (await faults.HoldAsync(context.RequestAborted) == HoldRelease.Answer) return true;
                context.Abort();
                return false;
            case FaultKind.Delay:
                // Not ended by the caller's leaving: a request that is late on its way is carried out all the same.
                await Task.Delay(fault.Delay, time, CancellationToken.None);
                return true;
            case FaultKind.Silence:
                await SilenceAsync(context);
                return false;
            case FaultKind.Http500:
                await WriteAsync(context, new Reply(fault.Status, "text/html", "<h1>Internal Server Error</h1>"u8.ToArray()));
                return false;
            case FaultKind.Malformed:
                await WriteAsync(context, new Reply(200, "text/plain", Garbage));
                return false;
            case FaultKind.Truncated:
                var whole = WholeOf(reply);
                await WriteAsync(context, whole with { Body = whole.Body[..(whole.Body.Length / 2)] });
                return false;
            case FaultKind.ResetMidway:
                await WriteHalfAsync(context, WholeOf(reply));
                context.Abort();
                return false;
            case FaultKind.Reset:
                context.Abort();
                return false;
            case FaultKind.Duplicate:
                return true;
            default:
                throw new InvalidOperationException($"{fault.Kind} is no fault.");
        }
    }
}
