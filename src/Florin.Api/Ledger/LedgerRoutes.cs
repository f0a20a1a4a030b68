using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Storage.Idempotency;

namespace Florin.Api.Ledger;

/// <summary><c>/v1/florin/ledger/...</c>: the merchant's books. All of them to read, and its own accounts to post to.</summary>
internal static class LedgerRoutes
{
    private const string Accounts = "/v1/florin/ledger/accounts";
    private const string Balances = "/v1/florin/ledger/balances";
    private const string Transactions = "/v1/florin/ledger/transactions";
    private const string Holds = "/v1/florin/ledger/holds";
    private const string Statements = "/v1/florin/ledger/statements";
    private const string Reports = "/v1/florin/ledger/reports";
    private const string Periods = "/v1/florin/ledger/periods";

    private const int MostStatementRows = 1_000;
    private const int UsualStatementRows = 100;
    private const int MostReasonCharacters = 500;

    private static readonly AnsweredObject Account = new("florin.ledger_account");
    private static readonly AnsweredObject Transaction = new("florin.ledger_transaction");
    private static readonly AnsweredObject Hold = new("florin.ledger_hold");
    private static readonly AnsweredObject PeriodChanged = new("florin.ledger_period_event");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", Accounts, RouteAccess.Secret, Account, OpenAccountAsync),
        new("GET", Accounts, RouteAccess.Secret, Account with { IsList = true }, ListAccountsAsync),
        new("GET", Accounts + "/{id}", RouteAccess.Secret, Account, static call => call.RetrieveAsync<LedgerAccountId, AccountStanding>(
            "ledger account", id => call.Services.Books.AccountAsync(call.Scope, id, at: null, call.Ct), LedgerJson.WriteAccount)),
        new("POST", Accounts + "/{id}", RouteAccess.Secret, Account, ChangeAccountAsync),
        new("POST", Transactions, RouteAccess.Secret, Transaction, PostAsync) { Limits = BodyLimits.OneTransaction },
        new("POST", Transactions + "/bulk", RouteAccess.Secret, new AnsweredObject("florin.ledger_batch"), LedgerBatches.PostAsync) { Limits = BodyLimits.Batch, IsLong = true },
        new("GET", Transactions, RouteAccess.Secret, Transaction with { IsList = true, IsWalked = true }, static call => LedgerWalks.ListAsync(call, Transactions)),
        new("GET", Transactions + "/{id}", RouteAccess.Secret, Transaction, static call => call.RetrieveAsync<LedgerTransactionId, TransactionDetail>(
            "ledger transaction", id => call.Services.Books.TransactionAsync(call.Scope, id, call.Ct), LedgerJson.WriteTransaction)),
        new("POST", Transactions + "/{id}/reverse", RouteAccess.Secret, Transaction, ReverseAsync),
        new("POST", Transactions + "/{id}/adjust", RouteAccess.Secret, Transaction, AdjustAsync) { Limits = BodyLimits.OneTransaction },
        new("POST", Holds, RouteAccess.Secret, Hold, HoldAsync) { Limits = BodyLimits.OneTransaction },
        new("GET", Holds, RouteAccess.Secret, Hold with { IsList = true }, ListHoldsAsync),
        new("GET", Holds + "/{id}", RouteAccess.Secret, Hold, static call => call.RetrieveAsync<LedgerHoldId, HoldDetail>(
            "ledger hold", id => call.Services.Books.HoldAsync(call.Scope, id, call.Ct), (writer, hold) => LedgerJson.WriteHold(writer, hold, call.Scope.IsLive))),
        new("POST", Holds + "/{id}/post", RouteAccess.Secret, Hold, PostHoldAsync) { Limits = BodyLimits.OneTransaction },
        new("POST", Holds + "/{id}/void", RouteAccess.Secret, Hold, VoidHoldAsync),
        new("GET", Balances, RouteAccess.Secret, new AnsweredObject("florin.ledger_balance", IsList: true), ListBalancesAsync),
        new("GET", Statements, RouteAccess.Secret, new AnsweredObject("florin.ledger_statement"), ShowStatementAsync) { FileTypes = ["text/csv"] },
        new("GET", Reports + "/trial_balance", RouteAccess.Secret, new AnsweredObject("florin.ledger_trial_balance"), LedgerReportRoutes.ShowTrialBalanceAsync) { FileTypes = ["text/csv"] },
        new("GET", Reports + "/income_statement", RouteAccess.Secret, new AnsweredObject("florin.ledger_income_statement"), LedgerReportRoutes.ShowIncomeStatementAsync) { FileTypes = ["text/csv"] },
        new("GET", Reports + "/balance_sheet", RouteAccess.Secret, new AnsweredObject("florin.ledger_balance_sheet"), LedgerReportRoutes.ShowBalanceSheetAsync) { FileTypes = ["text/csv"] },
        new("GET", Periods, RouteAccess.Secret, PeriodChanged with { IsList = true }, ListPeriodsAsync),
        new("POST", Periods + "/close", RouteAccess.Secret, PeriodChanged, static call => ChangePeriodAsync(call, isClosing: true)),
        new("POST", Periods + "/reopen", RouteAccess.Secret, PeriodChanged, static call => ChangePeriodAsync(call, isClosing: false)),
        .. LedgerFileRoutes.All,
    ];

    private static async Task<StoredResponse> OpenAccountAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        var code = parameters.RequiredText("code", most: 255);
        var kind = parameters.ReadAccountKind();
        if (!parameters.Has("kind")) parameters.Missing<string>("kind");
        var currency = parameters.CurrencyCode("currency");
        if (!parameters.Has("currency")) parameters.Missing<string>("currency");
        var (least, most) = (parameters.Integer("min_balance", long.MinValue, long.MaxValue), parameters.Integer("max_balance", long.MinValue, long.MaxValue));
        var metadata = parameters.Metadata() ?? CardParameters.NoMetadata;
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        var account = new NewOwnAccount(code!, kind!.Value, currency!, least, most, metadata);
        return await call.WriteAsync<AccountStanding>(
            answer => call.Services.Books.OpenAccountAsync(call.Scope, account, answer, call.Ct), LedgerJson.WriteAccount);
    }

    private static Task<StoredResponse> ListAccountsAsync(ApiCall call)
    {
        var filter = ReadAccounts(call.Parameters);
        return call.ListAsync<LedgerAccountId, AccountStanding>(
            Accounts, page => call.Services.Books.AccountsAsync(call.Scope, filter, at: null, page, call.Ct), LedgerJson.WriteAccount);
    }

    private static async Task<StoredResponse> ChangeAccountAsync(ApiCall call)
    {
        var change = new OwnAccountChange(call.Parameters.ReadAccountState(), call.Parameters.Metadata());
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<LedgerAccountId>(out var id) || await call.Services.Books.AccountAsync(call.Scope, id, at: null, call.Ct) is null)
        {
            return call.NoSuch("ledger account");
        }

        return await call.WriteAsync<AccountStanding>(
            answer => call.Services.Books.ChangeAccountAsync(call.Scope, id, change, answer, call.Ct), LedgerJson.WriteAccount);
    }

    private static async Task<StoredResponse> PostAsync(ApiCall call)
    {
        var transaction = call.Parameters.ReadTransaction();
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return await call.WriteAsync<TransactionDetail>(
            answer => call.Services.Books.PostAsync(call.Scope, transaction!, answer, call.Ct), LedgerJson.WriteTransaction);
    }

    private static async Task<StoredResponse> ReverseAsync(ApiCall call)
    {
        var (reference, effectiveAt) = (call.Parameters.ReadReference(), call.Parameters.Instant("effective_at"));
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (await FindTransactionAsync(call) is not { } id) return call.NoSuch("ledger transaction");
        return await call.WriteAsync<TransactionDetail>(
            answer => call.Services.Books.ReverseAsync(call.Scope, id, reference, effectiveAt, answer, call.Ct), LedgerJson.WriteTransaction);
    }

    private static async Task<StoredResponse> AdjustAsync(ApiCall call)
    {
        var transaction = call.Parameters.ReadTransaction();
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (await FindTransactionAsync(call) is not { } id) return call.NoSuch("ledger transaction");
        return await call.WriteAsync<TransactionDetail>(
            answer => call.Services.Books.PostAsync(call.Scope, transaction! with { Adjusts = id }, answer, call.Ct), LedgerJson.WriteTransaction);
    }

    private static async Task<StoredResponse> HoldAsync(ApiCall call)
    {
        var transaction = call.Parameters.ReadTransaction();
        var lapsesAt = call.Parameters.Instant("lapses_at");
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return await call.WriteAsync<HoldDetail>(
            answer => call.Services.Books.HoldAsync(call.Scope, transaction!, lapsesAt, answer, call.Ct),
            (writer, hold) => LedgerJson.WriteHold(writer, hold, call.Scope.IsLive));
    }

    private static Task<StoredResponse> ListHoldsAsync(ApiCall call)
    {
        var state = call.Parameters.ReadHoldState();
        return call.ListAsync<LedgerHoldId, HoldDetail>(
            Holds,
            page => call.Services.Books.HoldsAsync(call.Scope, state, page, call.Ct),
            (writer, hold) => LedgerJson.WriteHold(writer, hold, call.Scope.IsLive));
    }

    private static async Task<StoredResponse> PostHoldAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        var posting = new HoldPosting(parameters.ReadReference(), parameters.Instant("effective_at"), parameters.ReadPostings());
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (await FindHoldAsync(call) is not { } id) return call.NoSuch("ledger hold");
        return await call.WriteAsync<HoldDetail>(
            answer => call.Services.Books.PostHoldAsync(call.Scope, id, posting, answer, call.Ct),
            (writer, hold) => LedgerJson.WriteHold(writer, hold, call.Scope.IsLive));
    }

    private static async Task<StoredResponse> VoidHoldAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (await FindHoldAsync(call) is not { } id) return call.NoSuch("ledger hold");
        return await call.WriteAsync<HoldDetail>(
            answer => call.Services.Books.VoidHoldAsync(call.Scope, id, answer, call.Ct),
            (writer, hold) => LedgerJson.WriteHold(writer, hold, call.Scope.IsLive));
    }

    private static Task<StoredResponse> ListBalancesAsync(ApiCall call)
    {
        var (filter, at) = (ReadAccounts(call.Parameters), call.Parameters.ReadAt());
        Task<StoredResponse> ListAsync() => call.ListAsync<LedgerAccountId, AccountStanding>(
            Balances, page => call.Services.Books.AccountsAsync(call.Scope, filter, at, page, call.Ct), LedgerJson.WriteBalance);
        return at is null ? ListAsync() : LedgerReportRoutes.InTurnAsync(call, ListAsync);
    }

    private static async Task<StoredResponse> ShowStatementAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        var account = parameters.Id<LedgerAccountId>("account");
        if (!parameters.Has("account")) parameters.Missing<string>("account");
        var span = parameters.ReadSpan();
        var limit = (int)(parameters.Integer("limit", 1, MostStatementRows) ?? UsualStatementRows);
        var isNewestFirst = parameters.Choice<bool>("order", ("oldest_first", false), ("newest_first", true)) ?? false;
        var after = ReadCursor(parameters);
        var isCsv = call.ReadIsCsv();
        if (isCsv && (parameters.Has("limit") || parameters.Has("order") || parameters.Has("page")))
        {
            parameters.Refuse<string>("format", "parameters_exclusive", "A CSV statement has all of its span, the oldest first; limit, order and page are for JSON.");
        }

        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (isCsv) return await LedgerFileRoutes.ShowStatementAsync(call, account!.Value, span);
        var question = new StatementQuestion(account!.Value, span, limit, isNewestFirst, after);
        return await LedgerReportRoutes.InTurnAsync(call, async () =>
            await call.Services.Books.StatementAsync(call.Scope, question, call.Ct) is { } page
                ? ApiCall.Ok(page, LedgerJson.WriteStatement)
                : call.Refuse(new Refusal(RefusalKind.NotFound, "resource_missing", $"No such ledger account: '{account}'.", "account")));
    }

    private static async Task<StoredResponse> ListPeriodsAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        var events = await call.Services.Books.PeriodEventsAsync(call.Scope, call.Ct);
        return ApiCall.Ok(events, static (writer, all) => Payments.Wire.WireWriter.WriteList(writer, Periods, all, hasMore: false, LedgerJson.WritePeriodEvent));
    }

    private static async Task<StoredResponse> ChangePeriodAsync(ApiCall call, bool isClosing)
    {
        var parameters = call.Parameters;
        var starts = parameters.Instant("starts_at");
        if (!parameters.Has("starts_at")) parameters.Missing<string>("starts_at");
        var ends = isClosing ? parameters.Instant("ends_at") : null;
        if (isClosing && !parameters.Has("ends_at")) parameters.Missing<string>("ends_at");
        var reason = parameters.RequiredText("reason", MostReasonCharacters);
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        var change = new PeriodChange(starts!.Value, ends, $"API key {call.Caller.Key}", reason!);
        return await call.WriteAsync<PeriodEvent>(
            answer => isClosing
                ? call.Services.Books.ClosePeriodAsync(call.Scope, change, answer, call.Ct)
                : call.Services.Books.ReopenPeriodAsync(call.Scope, change, answer, call.Ct),
            LedgerJson.WritePeriodEvent);
    }

    private static AccountFilter ReadAccounts(ParameterReader parameters) => new(
        parameters.FilledText("code_prefix", most: 255) ?? "", parameters.ReadAccountKind(), parameters.CurrencyCode("currency"));

    private static StatementCursor? ReadCursor(ParameterReader parameters)
    {
        if (parameters.FilledText("page", most: 200) is not { } text) return null;
        if (StatementCursor.Parse(text) is { } cursor) return cursor;
        return parameters.Refuse<StatementCursor>("page", "parameter_invalid", "page must be next_page of an answer to the same question.");
    }

    private static async Task<LedgerTransactionId?> FindTransactionAsync(ApiCall call) =>
        call.TryPathId<LedgerTransactionId>(out var id) && await call.Services.Books.TransactionAsync(call.Scope, id, call.Ct) is not null ? id : null;

    private static async Task<LedgerHoldId?> FindHoldAsync(ApiCall call) =>
        call.TryPathId<LedgerHoldId>(out var id) && await call.Services.Books.HoldAsync(call.Scope, id, call.Ct) is not null ? id : null;
}
