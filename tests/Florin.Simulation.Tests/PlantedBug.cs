using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Florin.Connectors;
using Florin.Payments;
using Florin.Payments.Attempts;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Simulation.Tests;

/// <summary>A bug put into the payment core from outside, to see whether the simulation finds it.</summary>
/// <remarks>The production code has no switches for this: a bug rewrites statements on their way to the engine, takes a job's
/// handler away, or twists what a connector says. One that no longer matches anything says so.</remarks>
internal class PlantedBug(string name)
{
    public static readonly PlantedBug None = new("none");

    // What is set aside counts for nothing, nor does what is given back of it, so that nothing bounds the next refund.
    public static readonly PlantedBug RefundWithoutBound = new Rewritten(
        "a refund without its bound",
        "SET refunded_minor = refunded_minor ",
        text => Regex.Replace(text, @"SET refunded_minor = refunded_minor ([+-]) (\$\d+)", "SET refunded_minor = refunded_minor $1 0 * $2")
            .Replace("AND refunded_minor >= $", "AND 0 * refunded_minor = 0 * $", StringComparison.Ordinal));

    public static readonly PlantedBug UnknownTriedAgain = new UnknownIsNotSent();

    public static readonly PlantedBug UnknownFailsOver = new GoesElsewhereAfterUnknown();

    public static readonly PlantedBug WebhookAppliedTwice = new Rewritten(
        "a webhook applied twice",
        "UPDATE payment_attempts",
        text => Regex.Replace(text, @"AND state = (\$\d+) AND sent_at_ms = (\$\d+)", "AND (1 OR state = $1 OR sent_at_ms = $2)"));

    public static readonly PlantedBug WindowLeftOpen = new WithoutJob("a crash window between T1 and T2 left open", "payments.sweep");

    public static readonly PlantedBug LeaseWithoutEnd = new Rewritten(
        "a lease that does not expire",
        "lease_token = ",
        text => Regex.Replace(text, @"AND lease_until_ms <= (\$\d+)\s+ORDER BY run_at_ms", "AND lease_until_ms = 0 AND $1 > 0 ORDER BY run_at_ms"));

    // That its money was taken is forgotten, so that whoever hears of it next takes it once more.
    public static readonly PlantedBug WithdrawnTwice = new Rewritten(
        "a dispute whose money is withdrawn twice",
        "UPDATE disputes",
        text => Regex.Replace(text, @"withdrawn = (\$\d+)", "withdrawn = 0 * $1"));

    public static IReadOnlyList<PlantedBug> All { get; } =
        [RefundWithoutBound, UnknownTriedAgain, UnknownFailsOver, WebhookAppliedTwice, WindowLeftOpen, LeaseWithoutEnd, WithdrawnTwice];

    public string Name => name;

    public virtual string Rewrite(string statement) => statement;

    /// <summary>Puts a part of its own in the place of one of the core's.</summary>
    public virtual void Replace(IServiceCollection services)
    {
    }

    public virtual bool LacksJob(string kind) => false;

    public virtual GatewayAnswer Twist(GatewayAnswer answer) => answer;

    /// <summary>Whether it had anything to twist since the process began; one that had not proves nothing.</summary>
    public virtual bool HasTakenEffect => true;

    public override string ToString() => name;

    private sealed class Rewritten(string name, string mark, Func<string, string> rewrite) : PlantedBug(name)
    {
        private readonly ConcurrentDictionary<string, string> rewritten = new(StringComparer.Ordinal);

        public override bool HasTakenEffect => rewritten.Any(pair => pair.Key != pair.Value);

        public override string Rewrite(string statement) => statement.Contains(mark, StringComparison.Ordinal)
            ? rewritten.GetOrAdd(statement, rewrite)
            : statement;
    }

    private sealed class WithoutJob(string name, string lacking) : PlantedBug(name)
    {
        private volatile bool wasAsked;

        public override bool HasTakenEffect => wasAsked;

        public override bool LacksJob(string kind)
        {
            if (kind != lacking) return false;
            return wasAsked = true;
        }
    }

    private sealed class UnknownIsNotSent() : PlantedBug("an unknown outcome that is tried again")
    {
        private volatile bool wasUnknown;

        public override bool HasTakenEffect => wasUnknown;

        public override GatewayAnswer Twist(GatewayAnswer answer)
        {
            if (answer is not GatewayAnswer.Unknown unknown) return answer;
            wasUnknown = true;
            return new GatewayAnswer.NotSent(unknown.Reason);
        }
    }

    private sealed class GoesElsewhereAfterUnknown() : PlantedBug("an unknown that fails over"), IFailoverPolicy
    {
        private readonly FailoverPolicy real = new();
        private volatile bool wasUnknown;

        public override bool HasTakenEffect => wasUnknown;

        public override void Replace(IServiceCollection services) => services.AddSingleton<IFailoverPolicy>(this);

        public bool MayGoElsewhere(PaymentAttempt attempt, GatewayAnswer said, DeclineTable declines)
        {
            if (said is not GatewayAnswer.Unknown) return real.MayGoElsewhere(attempt, said, declines);
            return wasUnknown = true;
        }
    }
}
