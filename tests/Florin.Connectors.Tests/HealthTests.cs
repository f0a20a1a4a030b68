using System.Diagnostics.Metrics;
using Florin.Connectors.Health;
using Florin.Kernel;
using Florin.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Florin.Connectors.Tests;

/// <summary>When an account's circuit opens and closes, and how much a gateway may keep waiting.</summary>
public sealed class HealthTests : IDisposable
{
    private static readonly GatewayAnswer Approved = new GatewayAnswer.Captured("ref", Usd(100));
    private static readonly GatewayAnswer Declined = new GatewayAnswer.Declined(DeclineCode.DoNotHonor, "05", "No.");
    private static readonly GatewayAnswer Unknown = new GatewayAnswer.Unknown("No answer before our deadline.");
    private static readonly GatewayAnswer NotSent = new GatewayAnswer.NotSent("The connection was refused.");

    private static readonly GatewayHealthOptions Options = new()
    {
        Payments = new LaneOptions(Calls: 2, Queue: 1, Wait: TimeSpan.FromSeconds(1)),
        Questions = new LaneOptions(Calls: 1, Queue: 0, Wait: TimeSpan.FromSeconds(1)),
    };

    private readonly ManualTime time = new();
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly GatewayHealth health;
    private readonly ScriptedConnector gateway = new();
    private readonly GuardedConnector guarded;
    private readonly ConnectorAccount account = AccountOf(1);

    public HealthTests()
    {
        health = new GatewayHealth(
            new ConnectorsOptions { Health = Options }, time, services.GetRequiredService<IMeterFactory>(), NullLogger<GatewayHealth>.Instance);
        guarded = new GuardedConnector(gateway, health, time);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Half_of_twenty_calls_failing_opens_the_circuit_and_new_payments_are_turned_away_unsent(bool neverSent)
    {
        await PayAsync(Approved, 10);
        await PayAsync(neverSent ? NotSent : Unknown, 9);
        Assert.True(health.IsAvailable(account.Id, GatewayMethods.Card));
        await PayAsync(neverSent ? NotSent : Unknown, 1);

        var asked = gateway.Calls;
        var answer = Assert.IsType<GatewayAnswer.NotSent>(await AuthorizeAsync());

        Assert.True(answer.IsShed);
        Assert.Equal(asked, gateway.Calls);
        Assert.False(health.IsAvailable(account.Id, GatewayMethods.Card));
        Assert.Equal(CircuitState.Open, Standing.Circuit);
        Assert.Equal(time.GetUtcNow(), Standing.OpenedAt);
        Assert.Equal(1, Standing.TurnedAway);
    }

    [Fact]
    public async Task An_issuers_no_is_a_healthy_answer()
    {
        await PayAsync(Declined, 100);

        Assert.True(health.IsAvailable(account.Id, GatewayMethods.Card));
        Assert.Equal(10_000, Standing.LastMinute.SuccessBasisPoints);
        Assert.Equal(100, Standing.LastMinute.Declined);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_we_were_too_late_to_send_is_no_failure_of_the_gateway(bool carriesOn)
    {
        GatewayAnswer late = carriesOn ? new GatewayAnswer.Unknown("Too late.") { IsOurDelay = true } : new GatewayAnswer.NotSent("Too late.") { IsOurDelay = true };
        await PayAsync(late, 100);

        Assert.True(health.IsAvailable(account.Id, GatewayMethods.Card));
        Assert.Equal((0, null, null), (Standing.LastMinute.Calls, Standing.LastMinute.SuccessBasisPoints, Standing.LastProblem));
        Assert.Equal(0, Standing.Payments.InFlight);
    }

    [Fact]
    public async Task A_probe_that_we_were_too_late_to_send_lets_the_next_call_be_the_probe()
    {
        await OpenAsync();
        time.Advance(Options.FirstPause);

        await PayAsync(new GatewayAnswer.NotSent("Too late.") { IsOurDelay = true }, 1);

        Assert.Equal(CircuitState.HalfOpen, Standing.Circuit);
        await PayAsync(Approved, Options.ProbesToClose);
        Assert.Equal(CircuitState.Closed, Standing.Circuit);
    }

    [Fact]
    public async Task What_was_shed_is_no_failure_of_the_gateway()
    {
        var held = new[] { Hold(AuthorizeAsync), Hold(AuthorizeAsync) };
        var queued = AuthorizeAsync();
        for (var call = 0; call < 100; call++) Assert.True(Assert.IsType<GatewayAnswer.NotSent>(await AuthorizeAsync()).IsShed);
        gateway.LetGo(Approved);
        await Task.WhenAll([.. held, queued]);

        Assert.Equal((3, 10_000), (Standing.LastMinute.Calls, Standing.LastMinute.SuccessBasisPoints));
    }

    [Fact]
    public async Task Nothing_is_concluded_from_a_few_calls()
    {
        await PayAsync(Unknown, 19);

        Assert.True(health.IsAvailable(account.Id, GatewayMethods.Card));
    }

    [Fact]
    public async Task Failures_of_long_ago_do_not_count()
    {
        await PayAsync(Unknown, 19);
        time.Advance(TimeSpan.FromSeconds(31));
        await PayAsync(Approved, 15);
        await PayAsync(Unknown, 5);

        Assert.True(health.IsAvailable(account.Id, GatewayMethods.Card));
    }

    [Fact]
    public async Task What_belongs_to_a_payment_that_the_gateway_has_passes_an_open_circuit()
    {
        await OpenAsync();
        gateway.Answer = Approved;

        Assert.Equal(Approved, await guarded.CaptureAsync(new CaptureOrder("k", "ref", Usd(100), Usd(100)), account, default));
        Assert.Equal(Approved, await guarded.VoidAsync(new VoidOrder("k", "ref", Usd(100)), account, default));
        Assert.Equal(Approved, await guarded.RefundAsync(new RefundOrder("k", "ref", Usd(100), Usd(100), null), account, default));
        Assert.Equal(Approved, await guarded.ConfirmAsync(new ConfirmOrder("k", "ref", Usd(100), true), account, default));
        Assert.Equal(Approved, await QueryAsync());
        Assert.Equal(CircuitState.Open, Standing.Circuit);
    }

    [Fact]
    public async Task After_the_pause_one_probe_passes_at_a_time_and_three_answers_close_the_circuit()
    {
        await OpenAsync();
        time.Advance(Options.FirstPause);
        Assert.Equal(CircuitState.HalfOpen, Standing.Circuit);
        var probe = Hold(AuthorizeAsync);
        Assert.False(health.IsAvailable(account.Id, GatewayMethods.Card));
        Assert.True(Assert.IsType<GatewayAnswer.NotSent>(await AuthorizeAsync()).IsShed);
        gateway.LetGo(Declined);
        await probe;
        await PayAsync(Approved, 1);
        Assert.Equal(CircuitState.HalfOpen, Standing.Circuit);

        await PayAsync(Approved, 1);

        Assert.Equal(CircuitState.Closed, Standing.Circuit);
        Assert.Null(Standing.OpenedAt);
        await PayAsync(Unknown, 19);
        Assert.Equal(CircuitState.Closed, Standing.Circuit);
    }

    [Fact]
    public async Task A_failed_probe_doubles_the_pause_up_to_its_bound()
    {
        await OpenAsync();
        var pause = Options.FirstPause;
        for (var probe = 0; probe < 8; probe++)
        {
            time.Advance(pause - TimeSpan.FromMilliseconds(1));
            Assert.False(health.IsAvailable(account.Id, GatewayMethods.Card));
            time.Advance(TimeSpan.FromMilliseconds(1));
            await PayAsync(Unknown, 1);
            pause = pause * 2 < Options.LongestPause ? pause * 2 : Options.LongestPause;
        }

        Assert.Equal(Options.LongestPause, pause);
    }

    [Fact]
    public async Task An_answer_to_a_call_from_before_says_nothing_about_the_circuit_now()
    {
        var late = Hold(AuthorizeAsync);
        await OpenAsync();
        time.Advance(Options.FirstPause);
        await PayAsync(Approved, 2);

        gateway.LetGo(Unknown);
        await late;

        Assert.Equal(CircuitState.HalfOpen, Standing.Circuit);
        await PayAsync(Approved, 1);
        Assert.Equal(CircuitState.Closed, Standing.Circuit);
    }

    [Fact]
    public async Task One_account_says_nothing_about_another()
    {
        await OpenAsync();

        Assert.True(health.IsAvailable(AccountOf(2).Id, GatewayMethods.Card));
        gateway.Answer = Approved;
        Assert.Equal(Approved, await AuthorizeAsync(AccountOf(2)));
    }

    [Fact]
    public async Task A_connector_that_throws_counts_as_a_failure_and_frees_its_room()
    {
        gateway.Answer = null;
        for (var call = 0; call < 20; call++) await Assert.ThrowsAsync<InvalidOperationException>(() => AuthorizeAsync());

        Assert.Equal(CircuitState.Open, Standing.Circuit);
        Assert.Equal(0, Standing.Payments.InFlight);
    }

    [Fact]
    public async Task Where_there_is_no_room_a_call_queues_for_a_bounded_time_and_the_next_is_shed_at_once()
    {
        var first = Hold(AuthorizeAsync);
        var second = Hold(AuthorizeAsync);
        Assert.True(health.IsAvailable(account.Id, GatewayMethods.Card));
        var queued = AuthorizeAsync();
        Assert.Equal(new LaneFigures(InFlight: 2, Queued: 1, Shed: 0), Standing.Payments);
        Assert.False(health.IsAvailable(account.Id, GatewayMethods.Card));

        var shed = AuthorizeAsync();
        Assert.True(shed.IsCompleted);
        Assert.True(Assert.IsType<GatewayAnswer.NotSent>(await shed).IsShed);
        Assert.False(queued.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(Assert.IsType<GatewayAnswer.NotSent>(await queued.WaitAsync(TimeSpan.FromSeconds(20))).IsShed);
        Assert.Equal(new LaneFigures(InFlight: 2, Queued: 0, Shed: 2), Standing.Payments);
        gateway.LetGo(Approved);
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task Who_queues_is_sent_when_there_is_room_again()
    {
        var held = new[] { Hold(AuthorizeAsync), Hold(AuthorizeAsync) };
        gateway.Answer = Approved;
        var queued = AuthorizeAsync();
        Assert.False(queued.IsCompleted);

        gateway.LetGo(Approved);

        Assert.Equal(Approved, await queued.WaitAsync(TimeSpan.FromSeconds(20)));
        await Task.WhenAll(held);
        Assert.Equal(0, Standing.Payments.InFlight);
    }

    [Fact]
    public async Task Payments_that_wait_keep_no_question_waiting_and_the_other_way_round()
    {
        var payments = new[] { Hold(AuthorizeAsync), Hold(AuthorizeAsync) };
        Assert.True(health.HasRoomForQuestions(account.Id, GatewayMethods.Card));
        var question = Hold(QueryAsync);
        Assert.False(health.HasRoomForQuestions(account.Id, GatewayMethods.Card));
        Assert.Equal(1, Standing.Questions.InFlight);
        Assert.IsType<GatewayAnswer.Unknown>(await QueryAsync());
        Assert.Equal(1, Standing.Questions.Shed);

        gateway.LetGo(Approved);

        await Task.WhenAll([.. payments, question]);
    }

    [Fact]
    public async Task What_carries_on_an_earlier_call_and_finds_no_room_is_unknown_and_never_unsent()
    {
        var held = new[] { Hold(AuthorizeAsync), Hold(AuthorizeAsync) };
        var queued = AuthorizeAsync();

        Assert.IsType<GatewayAnswer.Unknown>(await guarded.ConfirmAsync(new ConfirmOrder("k", "ref", Usd(100), true), account, default));

        gateway.LetGo(Approved);
        await Task.WhenAll([.. held, queued]);
    }

    [Fact]
    public void Every_member_of_a_connector_is_handed_on_and_none_is_left_to_the_body_that_the_interface_has()
    {
        // A body of the interface's own would answer for the connector behind, as if that could not do the thing.
        Assert.All([typeof(IConnector), typeof(IGatewayQuestions)], contract =>
        {
            var map = typeof(GuardedConnector).GetInterfaceMap(contract);
            Assert.NotEmpty(map.TargetMethods);
            Assert.All(map.TargetMethods, method => Assert.Equal(typeof(GuardedConnector), method.DeclaringType));
        });
        Assert.Contains(
            typeof(ScriptedConnector).GetInterfaceMap(typeof(IConnector)).TargetMethods, method => method.DeclaringType == typeof(IConnector));
    }

    [Fact]
    public async Task Questions_say_nothing_about_the_circuit()
    {
        gateway.Answer = Unknown;
        for (var question = 0; question < 50; question++) await QueryAsync();

        Assert.Equal(CircuitState.Closed, Standing.Circuit);
        Assert.Equal(0, Standing.LastQuarter.Calls);
    }

    [Fact]
    public async Task The_figures_tell_how_many_calls_ended_how_and_how_long_they_took()
    {
        gateway.Takes = TimeSpan.FromMilliseconds(100);
        await PayAsync(Approved, 97);
        await PayAsync(Declined, 1);
        gateway.Takes = TimeSpan.FromMilliseconds(4_000);
        await PayAsync(Unknown, 1);
        await PayAsync(NotSent, 1);

        var figures = Standing.LastQuarter;
        Assert.Equal((100, 1, 1, 1), (figures.Calls, figures.Unanswered, figures.NotSent, figures.Declined));
        Assert.Equal(9_800, figures.SuccessBasisPoints);
        Assert.InRange(figures.P50Ms, 100, 120);
        Assert.InRange(figures.P99Ms, 4_000, 4_800);
        Assert.Equal("The connection was refused.", Standing.LastProblem);

        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, Standing.LastMinute.Calls);
        Assert.Null(Standing.LastMinute.SuccessBasisPoints);
        Assert.Equal(100, Standing.LastQuarter.Calls);
        time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(0, Standing.LastQuarter.Calls);
    }

    [Fact]
    public async Task Every_account_that_was_called_is_in_the_snapshot()
    {
        Assert.Empty(health.Snapshot());
        Assert.Null(health.Find(account.Id, GatewayMethods.Card));
        await PayAsync(Approved, 1);
        await AuthorizeAsync(AccountOf(2));

        Assert.Equal([account.Id, AccountOf(2).Id], health.Snapshot().Select(standing => standing.Account));
    }

    public void Dispose()
    {
        health.Dispose();
        services.Dispose();
    }

    private GatewayStanding Standing => health.Find(account.Id, GatewayMethods.Card)!;

    private static Money Usd(long minor) => new(minor, Currency.Usd);

    private static ConnectorAccount AccountOf(byte number) => new(
        new ConnectorAccountId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, number)), "scripted", new Uri("http://gateway.invalid/"), new Dictionary<string, Secret<string>>());

    private Task<GatewayAnswer> AuthorizeAsync() => AuthorizeAsync(account);

    private Task<GatewayAnswer> AuthorizeAsync(ConnectorAccount with) => guarded.AuthorizeAsync(
        new AuthorizeOrder("k", Usd(100), true, new GatewayCard(Secret.Of("4242424242424242"), 12, 2034, null, null), new Uri("https://shop.example/"), null, null),
        with,
        default);

    private Task<GatewayAnswer> QueryAsync() => guarded.QueryAsync(new QueryOrder(GatewayOperation.Authorize, "k", null, Usd(100)), account, default);

    private async Task PayAsync(GatewayAnswer answer, int times)
    {
        gateway.Answer = answer;
        gateway.Clock = time;
        for (var call = 0; call < times; call++) Assert.Equal(answer, await AuthorizeAsync());
    }

    private async Task OpenAsync()
    {
        await PayAsync(Unknown, 20);
        Assert.Equal(CircuitState.Open, Standing.Circuit);
    }

    private Task<GatewayAnswer> Hold(Func<Task<GatewayAnswer>> call)
    {
        gateway.IsHolding = true;
        var held = call();
        gateway.IsHolding = false;
        Assert.False(held.IsCompleted);
        return held;
    }

    /// <summary>Answers what the test says, at once or when the test lets go.</summary>
    private sealed class ScriptedConnector : IConnector
    {
        private TaskCompletionSource<GatewayAnswer> held = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Null to throw.</summary>
        public GatewayAnswer? Answer { get; set; } = Approved;

        public TimeSpan Takes { get; set; }

        public ManualTime? Clock { get; set; }

        public bool IsHolding { get; set; }

        public int Calls { get; private set; }

        public string Name => "scripted";

        public ConnectorCapabilities Capabilities { get; } = new(new HashSet<string>(), true, true, true, TimeSpan.Zero);

        public IReadOnlyList<string> CredentialNames => [];

        public void LetGo(GatewayAnswer answer)
        {
            held.SetResult(answer);
            held = new TaskCompletionSource<GatewayAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        public Task<GatewayAnswer> AuthorizeAsync(AuthorizeOrder order, ConnectorAccount account, CancellationToken deadline) => SayAsync();

        public Task<GatewayAnswer> ConfirmAsync(ConfirmOrder order, ConnectorAccount account, CancellationToken deadline) => SayAsync();

        public Task<GatewayAnswer> CaptureAsync(CaptureOrder order, ConnectorAccount account, CancellationToken deadline) => SayAsync();

        public Task<GatewayAnswer> VoidAsync(VoidOrder order, ConnectorAccount account, CancellationToken deadline) => SayAsync();

        public Task<GatewayAnswer> RefundAsync(RefundOrder order, ConnectorAccount account, CancellationToken deadline) => SayAsync();

        public Task<GatewayAnswer> QueryAsync(QueryOrder order, ConnectorAccount account, CancellationToken deadline) => SayAsync();

        public Task<GatewayAnswer> QueryDisputeAsync(string reference, ConnectorAccount account, CancellationToken deadline) => SayAsync();

        public Task<GatewayAnswer> ListDisputesAsync(DateTimeOffset openedSince, ConnectorAccount account, CancellationToken deadline) => SayAsync();

        public Task<GatewayAnswer> SubmitEvidenceAsync(EvidenceOrder order, ConnectorAccount account, CancellationToken deadline) => SayAsync();

        public Task<GatewayAnswer> AcceptDisputeAsync(AcceptOrder order, ConnectorAccount account, CancellationToken deadline) => SayAsync();

        public Result<GatewayNotice> ReadWebhook(GatewayWebhook webhook, ConnectorAccount account) => throw new NotSupportedException();

        private Task<GatewayAnswer> SayAsync()
        {
            Calls++;
            if (IsHolding) return held.Task;
            if (Takes > TimeSpan.Zero) Clock!.Advance(Takes);
            return Answer is null ? throw new InvalidOperationException("The connector is broken.") : Task.FromResult(Answer);
        }
    }
}
