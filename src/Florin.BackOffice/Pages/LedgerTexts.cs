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
    public string Currency => Say("Currency", "통화");

    public string Holds => Say("Holds", "보류");
    public string HoldsLead => Say("Money that is set aside: not moved yet, and not available.", "따로 잡아 둔 금액입니다. 아직 옮기지 않았지만 쓸 수 없습니다.");
    public string Hold => Say("Hold", "보류 건");
    public string OpenHolds => Say("Open", "진행 중");
    public string AllHolds => Say("All", "전체");
    public string Lapses => Say("Lapses or ended", "만료 또는 종료");
    public string NoHolds => Say("Nothing is set aside", "보류된 금액이 없습니다");
    public string NoHoldsHelp => Say("Holds are made through the API.", "보류는 API로 만듭니다.");

    public string Of(HoldState state) => state switch
    {
        HoldState.Open => Say("Open", "진행 중"),
        HoldState.Posted => Say("Posted", "확정"),
        HoldState.Voided => Say("Voided", "취소"),
        HoldState.Lapsed => Say("Lapsed", "만료"),
    };

    public string Exports => Say("Exports", "내보내기");
    public string ExportsLead => Say("The books as files for other programs, and for your accountant.", "다른 프로그램과 세무 담당자를 위한 장부 파일입니다.");
    public string NotExported => Say("Nothing was exported", "내보내지 않았습니다");
    public string WholeBookTitle => Say("The whole book", "전체 장부");
    public string GeneralLedger => Say("For your general ledger", "총계정원장으로 내보내기");
    public string GeneralLedgerLead => Say(
        "Journal lines in your own account codes. A mapping says which code stands for which account here.", "직접 쓰는 계정 코드로 분개를 만듭니다. 대응표에 이곳의 계정마다 쓸 코드를 적어 주세요.");
    public string MappingFile => Say("Mapping file", "대응표 파일");
    public string MappingFileHelp => Say("CSV or JSON in UTF-8, at most 512 KB.", "UTF-8로 저장한 CSV 또는 JSON, 최대 512KB.");
    public string MappingToFillIn => Say("A file to fill in, with all your accounts", "모든 계정이 적힌 빈 대응표 받기");
    public string MappingText => Say("Or the mapping itself", "또는 대응표 내용");
    public string Journals => Say("One journal for each", "분개 단위");
    public string AsMapped => Say("As the mapping says", "대응표에 따름");
    public string CheckMapping => Say("Check", "확인");
    public string Export => Say("Export", "내보내기");
    public string LeftOut => Say("Accounts that the mapping leaves out", "대응표에 없는 계정");
    public string Mapped => Say("Accounts and your codes", "계정과 대응 코드");
    public string YourCode => Say("Your code", "내 코드");
    public string YourName => Say("Your name for it", "내 계정 이름");
    public string UnusedRules => Say("Rules that no account falls under", "적용된 계정이 없는 규칙");
    public string UnusedRulesHelp => Say("One of them may be misspelt, or stand behind one that fits already.", "잘못 적었거나, 앞선 규칙이 먼저 적용된 것일 수 있습니다.");
    public string CoveredHelp => Say("The export can be made as it is.", "이대로 내보낼 수 있습니다.");
    public string UncoveredHelp => Say("Add lines for them, or one with * for all the rest; then check again.", "해당 계정을 추가하거나 나머지를 위한 * 규칙을 추가한 뒤 다시 확인해 주세요.");
    public string NothingToMap => Say("There is nothing to export yet", "아직 내보낼 내용이 없습니다");
    public string NothingToMapHelp => Say("No account has been posted to.", "기록된 계정이 없습니다.");

    public string Covered(int accounts) => Say($"All {accounts} accounts are covered", $"계정 {accounts}개가 모두 대응되었습니다");
    public string Uncovered(int missing, int accounts) => Say($"{missing} of {accounts} accounts are left out", $"계정 {accounts}개 중 {missing}개가 빠졌습니다");

    public string Of(LedgerExportProblem problem) => problem switch
    {
        LedgerExportProblem.FormExpired => Say("This page is out of date; look again and repeat.", "페이지가 오래되었습니다. 다시 확인하고 시도해 주세요."),
        LedgerExportProblem.TooLarge => Say("A mapping has at most 512 KB.", "대응표는 최대 512KB입니다."),
        LedgerExportProblem.NotText => Say("The file is no text in UTF-8. Save it as “CSV UTF-8” and try again.", "UTF-8 텍스트가 아닙니다. ‘CSV UTF-8’로 저장한 뒤 다시 시도해 주세요."),
        LedgerExportProblem.NoMapping => Say("Choose a mapping file, or write the mapping into the field.", "대응표 파일을 고르거나 내용을 입력해 주세요."),
        LedgerExportProblem.Faulty => Say("The mapping cannot be read:", "대응표를 읽을 수 없습니다:"),
        LedgerExportProblem.Busy => Say("Too many books are read just now. Try again in a moment.", "지금 읽고 있는 장부가 많습니다. 잠시 후 다시 시도해 주세요."),
        LedgerExportProblem.Incomplete => Say("The mapping leaves out the accounts that are listed below.", "아래 계정이 대응표에 없습니다."),
    };

    public string Of(JournalSpan span) => span switch
    {
        JournalSpan.Transaction => Say("transaction", "거래"),
        JournalSpan.Day => Say("day", "하루"),
        JournalSpan.Month => Say("month", "한 달"),
    };

    public string Explain(LedgerExportFormat format) => format switch
    {
        LedgerExportFormat.Hledger => Say("Journal with balance checks", "잔액 검사가 있는 분개장"),
        LedgerExportFormat.Beancount => Say("Beancount 2, with balance checks", "잔액 검사가 있는 Beancount 2 파일"),
        LedgerExportFormat.Csv => Say("One posting a row, for spreadsheets", "스프레드시트용, 한 줄에 한 기록"),
        LedgerExportFormat.GeneralLedger => GeneralLedgerLead,
    };

    public string LineNo(int line) => Say($"Line {line}", $"{line}행");

    public string Of(MappingFaultKind kind, string found) => Say(new MappingFault(Line: 0, Path: "", kind, found).Message, KoreanOf(kind, found));

    private static string KoreanOf(MappingFaultKind kind, string found) => kind switch
    {
        MappingFaultKind.TooLong => $"대응표는 최대 {found}자입니다.",
        MappingFaultKind.NoRules => "규칙이 하나도 없습니다.",
        MappingFaultKind.TooManyRules => $"규칙이 {found}개입니다. 최대 {GeneralLedgerMapping.MaxRules}개까지 쓸 수 있습니다.",
        MappingFaultKind.NotCsv => "CSV 형식이 아닙니다. 따옴표를 확인해 주세요.",
        MappingFaultKind.NotJson => "이 자리에 올 수 없는 값이거나 JSON이 아닙니다.",
        MappingFaultKind.UnknownColumn => $"‘{found}’ 열은 없습니다. pattern, kind, currency, account, name을 쓸 수 있습니다.",
        MappingFaultKind.ColumnTwice => "같은 열이 두 번 있습니다.",
        MappingFaultKind.CellCount => $"칸이 {found}개로, 첫 행과 다릅니다.",
        MappingFaultKind.PatternLength => $"pattern은 1~{found}자여야 합니다.",
        MappingFaultKind.AccountLength => $"account는 1~{found}자여야 합니다.",
        MappingFaultKind.NameLength => $"name은 최대 {found}자입니다.",
        MappingFaultKind.UnknownKind => $"‘{found}’은(는) 계정 종류가 아닙니다. asset, liability, income, expense, equity를 쓸 수 있습니다.",
        MappingFaultKind.UnknownCurrency => $"‘{found}’은(는) ISO 4217 통화가 아닙니다.",
        MappingFaultKind.UnknownJournals => $"‘{found}’ 대신 transaction, day, month 중 하나를 써 주세요.",
    };

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
