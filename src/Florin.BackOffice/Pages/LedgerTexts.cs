using Florin.Ledger;
using Florin.Pages;

namespace Florin.BackOffice.Pages;

/// <summary>The words of the ledger's pages.</summary>
internal sealed class LedgerTexts(Language language) : Texts(language)
{
    public string Ledger => Say("Ledger", "원장");
    public string Accounts => Say("Accounts", "계정");
    public string AccountsLead => Say("Every movement of money, entered twice. Balances are the sums of their postings.", "모든 자금의 움직임을 복식으로 기록합니다. 잔액은 기록의 합계입니다.");
    public string Account => Say("Account", "계정");
    public string Kind => Say("Kind", "종류");
    public string State => Say("State", "상태");
    public string Balance => Say("Balance", "잔액");
    public string Available => Say("Available", "가용 잔액");
    public string Prefix => Say("Code begins with", "코드 시작");
    public string Apply => Say("Apply", "적용");
    public string Clear => Say("Clear", "지우기");
    public string NoAccounts => Say("No accounts", "계정이 없습니다");
    public string NoAccountsHelp => Say("The first payment opens some; your own are opened through the API.", "첫 결제가 이루어지면 계정이 생깁니다. 직접 쓰는 계정은 API로 만드세요.");
    public string Filter => Say("Filter", "조건");
    public string Days => Say("Days", "기간");
    public string FromDay => Say("From", "시작일");
    public string ToDay => Say("To, included", "종료일(포함)");
    public string By => Say("By date of", "기준일");
    public string DayUnreadable => Say("This is no day.", "날짜를 읽을 수 없습니다.");

    public string Statement => Say("Statement", "거래 명세");
    public string Date => Say("Effective", "귀속일");
    public string Recorded => Say("Recorded", "기록 시각");
    public string Transaction => Say("Transaction", "거래");
    public string Debit => Say("Debit", "차변");
    public string Credit => Say("Credit", "대변");
    public string Opening => Say("Before these rows", "이전 잔액");
    public string Closing => Say("After these rows", "이후 잔액");
    public string NoRows => Say("No postings in this span", "이 기간에는 기록이 없습니다");
    public string NoRowsHelp => Say("Choose other days, or the other date.", "다른 기간이나 기준일을 골라 보세요.");
    public string NewestFirst => Say("Newest first", "최신순");
    public string OldestFirst => Say("Oldest first", "오래된 순");
    public string FirstPage => Say("First page", "처음");
    public string NextPage => Say("Next page", "다음");
    public string Pages => Say("Pages", "페이지");
    public string Bounds => Say("Bounds", "한도");
    public string None => Say("none", "없음");

    public string Flow => Say("Where the money goes", "자금의 흐름");
    public string FlowOf(string from, string to) => Say($"From {from} to {to}", $"{from}에서 {to}(으)로");
    public string Others(int count) => Say($"and {count} more", $"외 {count}개");
    public string From => Say("Credited", "대변 계정");
    public string To => Say("Debited", "차변 계정");
    public string Postings => Say("Postings", "기록");
    public string Sum => Say("Sum", "합계");
    public string Facts => Say("Facts", "정보");
    public string Reference => Say("Reference", "참조");
    public string Cause => Say("Caused by", "원인");
    public string Corrects => Say("Corrects", "정정한 거래");
    public string CorrectedBy => Say("Corrected by", "정정한 기록");
    public string Notes => Say("Notes", "메모");

    public string Total => Say("Total", "합계");
    public string OpeningBalance => Say("Opening", "기초");
    public string ClosingBalance => Say("Closing", "기말");
    public string Income => Say("Income", "수익");
    public string Expenses => Say("Expenses", "비용");
    public string Result => Say("Result", "순손익");
    public string EarlierResults => Say("Earlier results", "이전 손익");
    public string Assets => Say("Assets", "자산");
    public string Liabilities => Say("Liabilities", "부채");
    public string Equity => Say("Equity", "자본");
    public string TotalEquity => Say("Total equity", "자본 합계");
    public string Amount => Say("Amount", "금액");
    public string NoFigures => Say("Nothing to report", "보고할 내용이 없습니다");
    public string DrillDown => Say("Each figure leads to its postings.", "금액을 누르면 해당 기록으로 이동합니다.");

    public string Periods => Say("Periods", "회계 기간");
    public string PeriodsLead => Say("A closed period takes no transactions with an effective date in it.", "마감한 기간에는 그 기간을 귀속일로 하는 거래를 기록할 수 없습니다.");
    public string ClosedPeriods => Say("Closed periods", "마감한 기간");
    public string NoClosed => Say("No period is closed.", "마감한 기간이 없습니다.");
    public string ClosePeriod => Say("Close a period", "기간 마감");
    public string Close => Say("Close", "마감");
    public string Reopen => Say("Reopen", "마감 취소");
    public string Reason => Say("Reason", "사유");
    public string ReasonHelp => Say("It is kept with your name for ever.", "이름과 함께 영구히 기록됩니다.");
    public string History => Say("History", "이력");
    public string NoHistory => Say("Nothing was closed yet.", "아직 마감한 적이 없습니다.");
    public string Action => Say("What was done", "작업");
    public string Who => Say("Who", "담당자");
    public string Time => Say("When", "시각");
    public string Closed => Say("Closed", "마감");
    public string Reopened => Say("Reopened", "마감 취소");
    public string Changed => Say("Done and written down.", "처리하고 기록했습니다.");
    public string NotDone => Say("Nothing was changed", "변경하지 않았습니다");

    public string WholeBook => Say("The whole book:", "전체 장부:");

    public string Of(LedgerExportFormat format) => format switch
    {
        LedgerExportFormat.Hledger => Say("hledger", "hledger 파일"),
        LedgerExportFormat.Beancount => Say("Beancount", "Beancount 파일"),
        LedgerExportFormat.Csv => Say("CSV", "CSV 파일"),
        LedgerExportFormat.GeneralLedger => Say("General ledger", "총계정원장"),
    };

    public string Of(LedgerPeriodProblem problem) => problem switch
    {
        LedgerPeriodProblem.FormExpired => Say("This page is out of date; look again and repeat.", "페이지가 오래되었습니다. 다시 확인하고 시도해 주세요."),
        LedgerPeriodProblem.DayUnreadable => Say("Give the first and the last day.", "시작일과 종료일을 입력해 주세요."),
        LedgerPeriodProblem.NoReason => Say("Say why, in at most 500 characters.", "사유를 500자 이내로 적어 주세요."),
        LedgerPeriodProblem.NotOver => Say("A period starts before it ends, and ends before it is closed.", "기간은 시작일이 종료일보다 앞서야 하고, 끝난 뒤에 마감할 수 있습니다."),
        LedgerPeriodProblem.Overlaps => Say("A part of it is closed already.", "일부가 이미 마감되어 있습니다."),
        LedgerPeriodProblem.Changed => Say("It is open already.", "이미 열려 있습니다."),
    };

    public string Of(AccountKind kind) => kind switch
    {
        AccountKind.Asset => Say("Asset", "자산"),
        AccountKind.Liability => Say("Liability", "부채"),
        AccountKind.Income => Say("Income", "수익"),
        AccountKind.Expense => Say("Expense", "비용"),
        AccountKind.Equity => Say("Equity", "자본"),
    };

    public string Of(AccountState state) => state switch
    {
        AccountState.Open => Say("Open", "사용 중"),
        AccountState.Frozen => Say("Frozen", "동결"),
        AccountState.Closed => Say("Closed", "폐쇄"),
    };

    public string Of(LedgerDate date) => date switch
    {
        LedgerDate.Effective => Say("effect", "귀속"),
        LedgerDate.Recorded => Say("recording", "기록"),
    };

    public string Of(Correction correction) => correction switch
    {
        Correction.Reversal => Say("Reversal", "취소 분개"),
        Correction.Adjustment => Say("Adjustment", "조정"),
    };

    public string Of(LedgerReportKind kind) => kind switch
    {
        LedgerReportKind.TrialBalance => Say("Trial balance", "시산표"),
        LedgerReportKind.IncomeStatement => Say("Income statement", "손익계산서"),
        LedgerReportKind.BalanceSheet => Say("Balance sheet", "재무상태표"),
    };
}
