using System.Text;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Attempts;
using Florin.Payments.Disputes;
using Florin.Payments.Files;
using Florin.Payments.Routing;
using Florin.Sandbox;
using Florin.Storage.Jobs;
using Florin.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Florin.Payments.Tests;

/// <summary>A dispute from its first call to its end, and what is said to it.</summary>
public abstract class DisputeTests(PaymentsFixture fixture) : DisputedTests(fixture)
{
    private static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.7 a receipt");

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task A_dispute_takes_the_money_and_the_fee_and_evidence_wins_the_money_back(string acquirer)
    {
        var scope = await MerchantAsync();
        var (paid, dispute) = await DisputedAsync(Fraudulent, acquirer, scope);
        Assert.Equal((DisputeStatus.NeedsResponse, DisputeReason.Fraudulent, "10.4"), (dispute.Status, dispute.Reason, dispute.NetworkReasonCode));
        Assert.Equal((10_000, 1_500), (dispute.Amount.Minor, dispute.Fee.Minor));
        Assert.False(dispute.IsChargeRefundable);
        await AgreementAsync(paid);

        var answered = (await EvidenceAsync(dispute, "winning_evidence")).Value;
        Assert.Equal((DisputeStatus.UnderReview, 1, OperationState.Succeeded), (answered.Status, answered.Submissions, answered.Response));

        var won = await EventuallyAsync(dispute, DisputeStatus.Won);
        Assert.Equal([-10_000, 10_000], won.BalanceTransactions.Select(entry => entry.Amount.Minor));
        Assert.True(won.IsChargeRefundable);
        await AgreementAsync(paid);

        // It is the merchant's money again, so it may be returned as any.
        Assert.True((await RefundAsync(paid)).IsSuccess);
        await AgreementAsync(paid);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task Evidence_that_does_not_convince_loses_the_money(string acquirer)
    {
        var scope = await MerchantAsync();
        var (paid, dispute) = await DisputedAsync(NotReceived, acquirer, scope);
        Assert.Equal(DisputeReason.ProductNotReceived, dispute.Reason);

        await EvidenceAsync(dispute, "losing_evidence");

        await EventuallyAsync(dispute, DisputeStatus.Lost);
        await AgreementAsync(paid);
        Assert.Equal("charge_disputed", (await RefundAsync(paid)).Refusal?.Code);

        // The gateway owes nothing for it; the merchant owes both fees.
        var balances = (await Florin.Ledger.BalancesAsync(scope, Ct)).ToDictionary(each => each.AccountCode, each => each.Amount.Minor);
        Assert.Equal((0, 0, 1_500), (balances[$"gateway_receivable:{acquirer}"], balances["disputed_funds"], balances["dispute_fee_income"]));
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task A_deadline_that_passes_in_silence_loses(string acquirer)
    {
        var (paid, dispute) = await DisputedAsync(Fraudulent, acquirer, await MerchantAsync());

        Florin.SandboxTime.Skip(TimeSpan.FromDays(10.1));

        await EventuallyAsync(dispute, DisputeStatus.Lost);
        await AgreementAsync(paid);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task An_inquiry_takes_nothing_and_is_closed_by_a_good_answer(string acquirer)
    {
        var (paid, dispute) = await DisputedAsync(Inquiry, acquirer, await MerchantAsync());
        Assert.Equal((DisputeStatus.WarningNeedsResponse, true), (dispute.Status, dispute.IsChargeRefundable));
        Assert.Empty(dispute.BalanceTransactions);

        await EvidenceAsync(dispute, "winning_evidence");

        await EventuallyAsync(dispute, DisputeStatus.WarningClosed);
        await AgreementAsync(paid);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task An_inquiry_that_escalates_takes_what_was_not_refunded_meanwhile(string acquirer)
    {
        var (paid, dispute) = await DisputedAsync(Inquiry, acquirer, await MerchantAsync());
        Assert.True((await RefundAsync(paid, 2_500)).IsSuccess);

        await EvidenceAsync(dispute, "escalate_inquiry_evidence");

        var escalated = await EventuallyAsync(dispute, DisputeStatus.NeedsResponse);
        Assert.Equal((7_500, null), (escalated.Amount.Minor, escalated.Response));
        Assert.True(escalated.DueBy > dispute.DueBy - TimeSpan.FromMinutes(1));
        await EvidenceAsync(escalated, "winning_evidence");
        await EventuallyAsync(dispute, DisputeStatus.Won);
        await AgreementAsync(paid);
    }

    [Fact]
    public async Task An_inquiry_is_closed_when_all_is_refunded()
    {
        var (paid, dispute) = await DisputedAsync(Inquiry, AcquirerNames.Aurora, await MerchantAsync());

        Assert.True((await RefundAsync(paid)).IsSuccess);

        await EventuallyAsync(dispute, DisputeStatus.WarningClosed);
        await AgreementAsync(paid);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task Giving_up_loses_at_once(string acquirer)
    {
        var (paid, dispute) = await DisputedAsync(Fraudulent, acquirer, await MerchantAsync());

        var closed = (await Disputes.CloseAsync(Florin.Request(dispute.Scope), dispute.Id, answer: null, Ct)).Value;

        Assert.Equal(DisputeStatus.Lost, closed.Status);
        await AgreementAsync(paid);
        Assert.Equal("dispute_unexpected_state", (await Disputes.CloseAsync(Florin.Request(dispute.Scope), dispute.Id, null, Ct)).Refusal?.Code);
        Assert.Equal("dispute_unexpected_state", (await EvidenceAsync(dispute, "winning_evidence")).Refusal?.Code);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task Evidence_arrives_with_its_documents_and_nothing_of_it_is_lost(string acquirer)
    {
        var (_, dispute) = await DisputedAsync(Fraudulent, acquirer, await MerchantAsync());
        var receipt = (await Florin.Get<IFiles>().CreateAsync(
            Florin.Request(dispute.Scope), new NewFile(FilePurpose.DisputeEvidence, "../../영수증.pdf", Pdf), answer: null, Ct)).Value;
        Assert.Equal(("영수증.pdf", FileType.Pdf), (receipt.Name, receipt.Type));

        // First collected, then sent with one word more.
        await UpdateAsync(dispute, submit: false, ("receipt", receipt.Id.ToString()), ("product_description", "A lamp & <shade> 램프"));
        Assert.Empty((await BookedAsync(dispute)).Responses);
        await UpdateAsync(dispute, submit: true, ("uncategorized_text", "It was delivered."));

        var response = Assert.Single((await BookedAsync(dispute)).Responses);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Pdf));
        Assert.Equal(["product_description", "uncategorized_text"], response.Fields);
        Assert.Equal([$"receipt: application/pdf, {Pdf.Length} bytes, sha256 {hash}"], response.Documents);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task Evidence_whose_answer_is_lost_is_asked_about_and_found_to_have_arrived(string acquirer)
    {
        var (paid, dispute) = await DisputedAsync(Fraudulent, acquirer, await MerchantAsync());
        Florin.WebhooksArrive = false;
        await Florin.FaultAsync(acquirer, "evidence", "reset", "after");

        var unknown = (await EvidenceAsync(dispute, "no magic in it")).Value;
        Assert.Equal((OperationState.Unknown, 0), (unknown.Response, unknown.Submissions));

        var settled = await EventuallyAsync(dispute, each => each.Response == OperationState.Succeeded);
        Assert.Equal((DisputeStatus.UnderReview, 1), (settled.Status, settled.Submissions));
        Assert.Single((await BookedAsync(dispute)).Responses);
        await AgreementAsync(paid);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task Evidence_that_never_arrived_may_be_sent_again_but_not_before_that_is_known(string acquirer)
    {
        var (paid, dispute) = await DisputedAsync(Fraudulent, acquirer, await MerchantAsync());
        Hurry();
        await Florin.FaultAsync(acquirer, "evidence", "http500", "before");
        await Florin.FaultAsync(acquirer, "dispute_query", "http500", "before", count: 3);

        Assert.Equal(OperationState.Unknown, (await EvidenceAsync(dispute, "winning_evidence")).Value.Response);
        Assert.Equal("lock_timeout", (await EvidenceAsync(dispute, "winning_evidence")).Refusal?.Code);

        await EventuallyAsync(dispute, each => each.Response == OperationState.NotSent);
        Assert.Empty((await BookedAsync(dispute)).Responses);
        Assert.True((await EvidenceAsync(dispute, "winning_evidence")).IsSuccess);
        await EventuallyAsync(dispute, DisputeStatus.Won);
        await AgreementAsync(paid);
    }

    [Fact]
    public async Task Evidence_that_a_gateway_never_heard_of_stays_unknown_until_it_can_no_longer_be_on_its_way()
    {
        var (paid, dispute) = await DisputedAsync(Fraudulent, AcquirerNames.Aurora, await MerchantAsync());
        Florin.WebhooksArrive = false;
        Florin.Options.QuerySchedule = [TimeSpan.FromHours(1)];
        await Florin.FaultAsync(AcquirerNames.Aurora, "evidence", "http500", "before");
        Assert.Equal(OperationState.Unknown, (await EvidenceAsync(dispute, "It was delivered.")).Value.Response);
        var accounts = Florin.Get<ConnectorAccounts>();
        var account = (await accounts.FindAsync(dispute.ConnectorAccount, Ct))!.Value.Account;
        var sent = (await Florin.Database.ReadAsync(async reader => await DisputeResponseStore.OpenAsync(reader, dispute.Id), Ct))!;
        var isFinalAt = sent.SentAt + Florin.Options.GatewayDeadline + accounts.ConnectorOf(account).Capabilities.NotFoundIsFinalAfter;

        await LookAsync(isFinalAt - TimeSpan.FromMilliseconds(1));
        Assert.Equal(OperationState.Unknown, (await Disputes.FindAsync(dispute.Scope, dispute.Id, Ct))!.Response);

        await LookAsync(isFinalAt);
        Assert.Equal(OperationState.NotSent, (await Disputes.FindAsync(dispute.Scope, dispute.Id, Ct))!.Response);
        await AgreementAsync(paid);

        Task<JobOutcome> LookAsync(DateTimeOffset now) => new FollowDispute(
                Florin.Database, accounts, Florin.Get<GatewayCalls>(), Florin.Get<DisputeSettlement>(), Florin.Options, new ManualTime(now), NullLogger<FollowDispute>.Instance)
            .RunAsync(new Job(dispute.Scope.Shard, FollowDispute.JobKind, $"{account.Id}/{dispute.GatewayReference}", Payload: "", Attempt: 1), Ct);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task A_dispute_whose_call_was_lost_is_found_by_asking(string acquirer)
    {
        Florin.WebhooksArrive = false;
        var paid = (await PayAsync(Fraudulent, acquirer, scope: await MerchantAsync())).Value;
        var attempt = (await HistoryAsync(paid)).Attempts[^1];
        await RunningFlorin.EventuallyAsync(async () => await Florin.BookedDisputeAsync(acquirer, attempt.GatewayKey) is { State: "needs_response" });
        Assert.Empty((await HistoryAsync(paid)).Disputes);

        var look = Florin.Services.GetServices<IJobHandler>().OfType<LookForDisputes>().Single();

        // A round that a gateway did not answer in time finds nothing; the next one does.
        await RunningFlorin.EventuallyAsync(async () =>
        {
            Assert.Same(JobOutcome.Done, await look.RunAsync(new Job(paid.Scope.Shard, look.Kind, "", "", 1), Ct));
            return (await HistoryAsync(paid)).Disputes.Count == 1;
        });
        await AgreementAsync(paid);
    }

    [Fact]
    public async Task Another_merchants_dispute_and_files_are_nowhere_to_be_found()
    {
        var (_, dispute) = await DisputedAsync(Fraudulent, AcquirerNames.Aurora, await MerchantAsync());
        var stranger = await MerchantAsync();
        var file = (await Florin.Get<IFiles>().CreateAsync(Florin.Request(stranger), new NewFile(FilePurpose.DisputeEvidence, null, Pdf), null, Ct)).Value;

        Assert.Null(await Disputes.FindAsync(stranger, dispute.Id, Ct));
        Assert.Equal("resource_missing", (await Disputes.CloseAsync(Florin.Request(stranger), dispute.Id, null, Ct)).Refusal?.Code);
        Assert.Equal("resource_missing", (await UpdateAsync(dispute, submit: false, ("receipt", file.Id.ToString()))).Refusal?.Code);
        Assert.Null(await Florin.Get<IFiles>().ReadAsync(dispute.Scope, file.Id, Ct));
    }

    [Theory]
    [InlineData("MZ\u0090 a program", "file_type_unsupported")]
    [InlineData("<html>%PDF-", "file_type_unsupported")]
    [InlineData("", "file_too_large")]
    public async Task What_is_no_document_is_not_taken_whatever_it_is_called(string content, string code) => Assert.Equal(
        code,
        (await Florin.Get<IFiles>().CreateAsync(
            Florin.Request(), new NewFile(FilePurpose.DisputeEvidence, "invoice.pdf", Encoding.Latin1.GetBytes(content)), null, Ct)).Refusal?.Code);

    [Fact]
    public void The_first_bytes_tell_what_a_file_is()
    {
        Assert.Equal(FileType.Png, FileTypes.Recognize([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]));
        Assert.Equal(FileType.Jpg, FileTypes.Recognize([0xFF, 0xD8, 0xFF, 0xE0]));
        Assert.Null(FileTypes.Recognize([0x89, 0x50]));
    }

    [Fact]
    public async Task The_balance_is_what_the_ledger_says_and_becomes_available_after_the_delay()
    {
        var scope = await MerchantAsync();
        await DisputedAsync(Fraudulent, AcquirerNames.Aurora, scope);
        var paid = await PaidAsync(AcquirerNames.Aurora, scope: scope);
        await RefundAsync(paid, 4_000);

        var balance = Assert.Single(await Florin.Get<IBalances>().BalanceAsync(scope, Ct));

        var ledger = (await Florin.Ledger.BalancesAsync(scope, Ct)).Single(each => each.AccountCode == "merchant_pending");
        Assert.Equal(ledger.Amount, balance.Available + balance.Pending);
        Assert.Equal((0, 10_000 + 10_000 - 10_000 - 1_500 - 4_000 - (2 * 320)), (balance.Available.Minor, balance.Pending.Minor));
        var now = DateTimeOffset.UtcNow;
        var later = await Florin.Database.ReadAsync(async reader => await Balances.BalanceStore.SumsAsync(reader, scope, now + TimeSpan.FromDays(3)), Ct);
        Assert.Equal(ledger.Amount, Assert.Single(later).Available);
    }

    [Fact]
    public void Disputes_only_go_forward_and_end()
    {
        Assert.Equal(Enum.GetValues<DisputeStatus>().Order(), DisputeMoves.Table.Keys.Order());
        foreach (var (from, to) in DisputeMoves.Table)
        {
            Assert.DoesNotContain(from, (IReadOnlySet<DisputeStatus>)to);
            Assert.All(to, next => Assert.False(DisputeMoves.IsForward(next, from)));
            Assert.Equal(from is DisputeStatus.Won or DisputeStatus.Lost, to.Count == 0);
        }
    }

    private Task<Result<Dispute>> EvidenceAsync(Dispute dispute, string text) => UpdateAsync(dispute, submit: null, ("uncategorized_text", text));

    private Task<Result<Dispute>> UpdateAsync(Dispute dispute, bool? submit, params (string Field, string Value)[] evidence) => Disputes.UpdateAsync(
        Florin.Request(dispute.Scope),
        dispute.Id,
        new DisputeChange(evidence.ToDictionary(field => field.Field, field => field.Value), submit, Metadata: null),
        answer: null,
        Ct);

    private async Task<BookedDispute> BookedAsync(Dispute dispute)
    {
        var history = (await Payments.HistoryAsync(dispute.Scope, dispute.PaymentIntent, Ct))!;
        return (await Florin.BookedDisputeAsync(dispute.Connector, history.Attempts[^1].GatewayKey))!;
    }
}

public sealed class DisputesOnSqlite(SqlitePayments fixture) : DisputeTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class DisputesOnPostgres(PostgresPayments fixture) : DisputeTests(fixture), IClassFixture<PostgresPayments>;
