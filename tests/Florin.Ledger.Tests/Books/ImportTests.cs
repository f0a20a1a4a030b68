using System.Text;
using Florin.Kernel;
using Florin.Testing.Databases;

namespace Florin.Ledger.Tests.Books;

/// <summary>What comes in: all of a file or nothing of it, and what is wrong is told line by line.</summary>
public abstract class ImportTests(DatabaseFixture fixture) : BookTests(fixture)
{
    private const string Journal =
        """
        ; the first year
        commodity 1000.00 EUR
        account assets:bank

        comment
        2020-01-01 not this one
        end comment

        2025-01-02 * (inv-1) Sale | first, of many  ; reference: sale:1, note: x
            assets:bank               119.00 EUR
            income:sales             -100.00 EUR
            liabilities:vat
        2025/1/3 Sale in won
            revenues:sales            -5000 KRW ; first
            Assets:bank         KRW 5000 = 5000 KRW

        2025.01.04 Exchange
            assets:bank    -10.00 EUR
            assets:bank     3.250 KWD
            equity:exchange
        """;

    [Theory]
    [InlineData(LedgerExportFormat.Hledger, LedgerImportFormat.Hledger)]
    [InlineData(LedgerExportFormat.Csv, LedgerImportFormat.Csv)]
    public async Task What_was_exported_and_is_imported_into_an_empty_book_gives_the_same_balances_and_the_same_export(
        LedgerExportFormat format, LedgerImportFormat asFormat)
    {
        await PostRandomAsync(seed: 30, 4_000);
        var (text, _) = await ExportAsync(new LedgerExport(Scope, format, 0), 4_000);
        var empty = NewScope();

        var imported = await ImportAsync(text, asFormat, empty);

        Assert.Empty(imported.Faults);
        Assert.Equal(new LedgerImported(true, 4_000, 0, imported.Faults), imported);
        Assert.Equal(await BalancesOfAsync(Scope), await BalancesOfAsync(empty));
        var (again, _) = await ExportAsync(new LedgerExport(empty, format, 0), 4_000);
        Assert.Equal(Comparable(text), Comparable(again));

        // By their references, into either book, all of it is known.
        Assert.Equal((true, 4_000), Done(await ImportAsync(text, asFormat, empty)));
        Assert.Equal((true, 4_000), Done(await ImportAsync(text, asFormat)));
        Assert.Equal(await BalancesOfAsync(Scope), await BalancesOfAsync(empty));

        static (bool, int) Done(LedgerImported done) => (done.IsKept, done.Repeated);
    }

    [Fact]
    public async Task A_plain_journal_is_read_with_what_is_left_for_the_posting_without_an_amount()
    {
        var imported = await ImportAsync(Journal, LedgerImportFormat.Hledger);

        Assert.Empty(imported.Faults);
        Assert.Equal((true, 3), (imported.IsKept, imported.Transactions));
        Assert.Equal(
            [
                ("bank", AccountKind.Asset, 3_250, "KWD"), ("bank", AccountKind.Asset, 5_000, "KRW"), ("bank", AccountKind.Asset, 10_900, "EUR"),
                ("exchange", AccountKind.Equity, -1_000, "EUR"), ("exchange", AccountKind.Equity, 3_250, "KWD"),
                ("sales", AccountKind.Income, 5_000, "KRW"), ("sales", AccountKind.Income, 10_000, "EUR"), ("vat", AccountKind.Liability, 1_900, "EUR"),
            ],
            await BalancesOfAsync(Scope));
        await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Csv, 0), 3);
        var (text, _) = await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Hledger, 0), 3);
        Assert.Contains("; reference: sale:1\n", text, StringComparison.Ordinal);
        Assert.Contains("""; metadata: {"description":"Sale | first%2C of many"}""", text, StringComparison.Ordinal);
        Assert.Contains("; effective: 2025-01-03T00:00:00.000Z\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeated_import_changes_nothing_and_one_that_says_otherwise_under_the_same_reference_is_refused()
    {
        await ImportAsync(Journal, LedgerImportFormat.Hledger);
        var before = await BalancesOfAsync(Scope);

        var again = await ImportAsync(Journal, LedgerImportFormat.Hledger);
        Assert.Equal((true, 3, 3), (again.IsKept, again.Transactions, again.Repeated));
        var other = await ImportAsync(Journal.Replace("119.00", "120.00", StringComparison.Ordinal), LedgerImportFormat.Hledger);
        Assert.Equal((false, "reference_reused", 9), (other.IsKept, Assert.Single(other.Faults).Code, other.Faults[0].Line));
        Assert.Equal(before, await BalancesOfAsync(Scope));

        // Two that say the same are two, also when they come again.
        const string Twice = "2025-05-05 tea\n  expenses:tea  1.00 EUR\n  assets:bank\n\n2025-05-05 tea\n  expenses:tea  1.00 EUR\n  assets:bank\n";
        Assert.Equal(0, (await ImportAsync(Twice, LedgerImportFormat.Hledger)).Repeated);
        Assert.Equal(2, (await ImportAsync(Twice, LedgerImportFormat.Hledger)).Repeated);
        Assert.Equal(200, (await BalancesOfAsync(Scope)).Single(balance => balance.Item1 == "tea").Item3);
    }

    [Fact]
    public async Task A_dry_run_tells_the_same_and_keeps_nothing()
    {
        var tried = await ImportAsync(Journal, LedgerImportFormat.Hledger, isDryRun: true);
        Assert.Equal((false, 3, 0), (tried.IsKept, tried.Transactions, tried.Repeated));
        Assert.Empty(tried.Faults);
        Assert.Equal(
            ["bank EUR", "bank KRW", "bank KWD", "exchange EUR", "exchange KWD", "sales EUR", "sales KRW", "vat EUR"],
            tried.Opens.Select(account => $"{account.Code} {account.Currency}").Order(StringComparer.Ordinal));
        Assert.Empty(await BalancesOfAsync(Scope));

        Assert.Empty((await ImportAsync(Journal, LedgerImportFormat.Hledger)).Opens);
        var again = await ImportAsync(Journal + "\n2025-05-05 misspelt\n  assets:bnak  1 EUR\n  assets:bank\n", LedgerImportFormat.Hledger, isDryRun: true);
        Assert.Equal(3, again.Repeated);
        Assert.Equal("bnak", Assert.Single(again.Opens).Code);
    }

    [Fact]
    public async Task Opening_balances_stand_on_their_natural_sides_against_one_equity_account()
    {
        const string Csv = "date,account,account_kind,currency,balance\r\n"
            + "2026-01-01,bank,asset,EUR,100.00\r\n2026-01-01,loan,liability,EUR,70.00\r\n2026-01-01,bank,asset,KRW,-5\r\n2026-01-01,'=odd,asset,KWD,1.234\r\n";

        var imported = await ImportAsync(Csv, LedgerImportFormat.OpeningCsv);

        Assert.Empty(imported.Faults);
        Assert.Equal(
            [
                ("=odd", AccountKind.Asset, 1_234, "KWD"), ("bank", AccountKind.Asset, -5, "KRW"), ("bank", AccountKind.Asset, 10_000, "EUR"),
                ("loan", AccountKind.Liability, 7_000, "EUR"),
                ("opening_balances", AccountKind.Equity, -5, "KRW"), ("opening_balances", AccountKind.Equity, 1_234, "KWD"), ("opening_balances", AccountKind.Equity, 3_000, "EUR"),
            ],
            await BalancesOfAsync(Scope));
        Assert.Equal(4, (await ImportAsync(Csv, LedgerImportFormat.OpeningCsv)).Repeated);

        // An account is opened once: a second balance for it is no repetition.
        var other = await ImportAsync(Csv.Replace("70.00", "71.00", StringComparison.Ordinal), LedgerImportFormat.OpeningCsv);
        Assert.Equal("reference_reused", Assert.Single(other.Faults).Code);
    }

    [Theory]
    [InlineData("2026-13-01 x\n  assets:a  1 EUR\n  assets:b\n", 1, "begins with a date")]
    [InlineData("01-02 x\n  assets:a  1 EUR\n  assets:b\n", 1, "begins with a date")]
    [InlineData("2026-01-01=2026-01-02 x\n  assets:a  1 EUR\n  assets:b\n", 1, "second date")]
    [InlineData("2026-01-01 ! x\n  assets:a  1 EUR\n  assets:b\n", 1, "pending")]
    [InlineData("2026-01-01 x\n  assets:a  1 EUR\n  ! assets:b\n", 3, "pending and virtual")]
    [InlineData("2026-01-01 x\n  (assets:a)  1 EUR\n", 2, "virtual")]
    [InlineData("2026-01-01 x\n  bank:a  1 EUR\n  assets:b\n", 2, "an account is one of")]
    [InlineData("2026-01-01 x\n  assets  1 EUR\n  assets:b\n", 2, "an account is one of")]
    [InlineData("2026-01-01 x\n  assets:a  1,00 EUR\n  assets:b\n", 2, "decimal point")]
    [InlineData("2026-01-01 x\n  assets:a  1.234 EUR\n  assets:b\n", 2, "2 digits")]
    [InlineData("2026-01-01 x\n  assets:a  1.000 EUR\n  assets:b\n", 2, "2 digits")]
    [InlineData("2026-01-01 x\n  assets:a  1.000 KRW\n  assets:b\n", 2, "0 digits")]
    [InlineData("2026-01-01 x\n  assets:a  1 EUR = 1.000 EUR\n  assets:b\n", 2, "2 digits")]
    [InlineData("2026-01-01 x\n  assets:a  -92233720368547758.08 EUR\n  assets:b\n", 2, "no amount")]
    [InlineData("2026-01-01 x\n  assets:a  1 EUR\n  assets:b -1.00 EUR\n", 3, "ends in an amount")]
    [InlineData("2026-01-01 x\n  assets:a  1 EUR\n  assets:b -1 EUR ; note\n", 3, "ends in an amount")]
    [InlineData("2026-01-01 x\n  assets:a  1 EUR\n  assets:b EUR -1.00\n", 3, "ends in an amount")]
    [InlineData("2026-01-01 x\n  assets:a  1 EUR\n  assets:b -1,00 EUR\n", 3, "ends in an amount")]
    [InlineData("2026-01-01 x\n  assets:a  1 EUR\n  assets:b -1.00\n", 3, "ends in an amount")]
    [InlineData("2026-01-01 x\n  assets:a  1 EUR\n  assets:b €1\n", 3, "ends in an amount")]
    [InlineData("2026-01-01 x\n  assets:a  1 EUR\n  assets:b 1 EUR  = 1 EUR\n", 3, "assign")]
    [InlineData("commodity 1.000,00 EUR\n", 1, "decimal point")]
    [InlineData("commodity 1,000 KRW\n", 1, "decimal point")]
    [InlineData("commodity EUR\n  format 1.000,00 EUR\n", 2, "decimal point")]
    [InlineData("2026-01-01 x\n  assets:a  1.5 KRW\n  assets:b\n", 2, "0 digits")]
    [InlineData("2026-01-01 x\n  assets:a  1.2.3 EUR\n  assets:b\n", 2, "2 digits")]
    [InlineData("2026-01-01 x\n  assets:a  99999999999999999999 EUR\n  assets:b\n", 2, "no amount")]
    [InlineData("2026-01-01 x\n  assets:a  $1.00\n  assets:b\n", 2, "no amount")]
    [InlineData("2026-01-01 x\n  assets:a  1 ZZZ\n  assets:b\n", 2, "ISO 4217")]
    [InlineData("2026-01-01 x\n  assets:a  1 XAU\n  assets:b\n", 2, "ISO 4217")]
    [InlineData("2026-01-01 x\n  assets:a  1\n  assets:b\n", 2, "no amount")]
    [InlineData("2026-01-01 x\n  assets:a  1 EUR @ 2 USD\n  assets:b\n", 2, "no amount")]
    [InlineData("2026-01-01 x\n  assets:a\n  assets:b\n", 3, "second posting without an amount")]
    [InlineData("2026-01-01 x\n  assets:a  0 EUR\n  assets:b\n", 2, "zero")]
    [InlineData("2026-01-01 x\n  assets:a  1 EUR\n  assets:b  -1 EUR\n  assets:c\n", 4, "Nothing is left")]
    [InlineData("2026-01-01 x\n  assets:a  = 5 EUR\n  assets:b\n", 2, "assign")]
    [InlineData("2026-01-01 x\n  assets:a  5 EUR == 5 EUR\n  assets:b\n", 2, "After the equals sign")]
    [InlineData("2026-01-01 x\n  assets:a  5 EUR = 7 EUR\n  assets:b\n", 2, "is asserted")]
    [InlineData("2026-01-01 x\n  assets:a  5 EUR  ; date:2026-01-02\n  assets:b\n", 2, "single posting")]
    [InlineData("2026-01-01 x\n\n", 1, "no postings")]
    [InlineData("include other.journal\n", 1, "'include'")]
    [InlineData("= expenses\n  (a)  1\n", 1, "'='")]
    [InlineData("~ monthly\n  assets:a  1 EUR\n", 1, "'~'")]
    [InlineData("  assets:a  1 EUR\n", 1, "nothing above")]
    [InlineData("2026-01-01 x  ; effective: 2026-02-01T00:00:00.000Z\n  assets:a  1 EUR\n  assets:b\n", 1, "the date says")]
    [InlineData("2026-01-01 x  ; effective: yesterday\n  assets:a  1 EUR\n  assets:b\n", 1, "no instant")]
    [InlineData("2026-01-01 x  ; metadata: {\n  assets:a  1 EUR\n  assets:b\n", 1, "no JSON")]
    [InlineData("2026-01-01 x  ; subject: 5\n  assets:a  1 EUR\n  assets:b\n", 1, "hex digits")]
    [InlineData("2026-01-01 x  ; corrects: 5\n  assets:a  1 EUR\n  assets:b\n", 1, "no id")]
    public async Task A_wrong_line_of_a_journal_is_named_with_what_is_wrong(string journal, int line, string message)
    {
        var imported = await ImportAsync("2025-12-31 right\n  assets:a  1 EUR\n  assets:b\n\n" + journal, LedgerImportFormat.Hledger);

        var fault = imported.Faults[0];
        Assert.False(imported.IsKept);
        Assert.Equal((line + 4, "ledger_import_invalid"), (fault.Line, fault.Code));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal(journal.Split('\n')[line - 1], fault.Text);
        Assert.Empty(await BalancesOfAsync(Scope));
    }

    [Fact]
    public async Task A_sample_with_a_decimal_point_and_an_account_that_ends_in_a_number_of_its_own_are_read()
    {
        var imported = await ImportAsync(
            "commodity 1,000.00 EUR\n2026-01-01 x\n  assets:savings 2  1 EUR\n  assets:loan 2020 ; paid back\n", LedgerImportFormat.Hledger);

        Assert.Empty(imported.Faults);
        Assert.Equal(["loan 2020", "savings 2"], (await BalancesOfAsync(Scope)).Select(balance => balance.Item1));
    }

    [Theory]
    [InlineData("r,2026-01-01,a,asset,EUR,left,1.00", "neither debit nor credit")]
    [InlineData("r,2026-01-01,a,thing,EUR,debit,1.00", "account_kind")]
    [InlineData("r,2026-01-01,a,asset,EURO,debit,1.00", "ISO 4217")]
    [InlineData("r,2026-01-01,,asset,EUR,debit,1.00", "account is missing")]
    [InlineData("r,01.02.2026,a,asset,EUR,debit,1.00", "no date")]
    [InlineData("r,,a,asset,EUR,debit,1.00", "Neither date nor effective")]
    [InlineData("r,2026-01-01,a,asset,EUR,debit,-1.00", "positive")]
    [InlineData("r,2026-01-01,a,asset,EUR,debit,1.001", "2 digits")]
    [InlineData("r,2026-01-01,a,asset,EUR,debit,1.000", "2 digits")]
    [InlineData("r,2026-01-01,a,asset,KRW,debit,1.000", "0 digits")]
    [InlineData("r,2026-01-01,a,asset,EUR,debit,=1+1", "no amount")]
    [InlineData("r,2026-01-01,a,asset,EUR,debit,", "Neither amount nor amount_minor")]
    [InlineData(",2026-01-01,a,asset,EUR,debit,1.00", "reference is missing")]
    [InlineData("r,2026-01-01,a,asset,EUR,debit", "6 cells")]
    [InlineData("r,2026-01-01,a,asset,EUR,debit,\"1.00", "quote is not closed")]
    [InlineData("r,2026-01-01,\"a\"b,asset,EUR,debit,1.00", "stands where none may")]
    [InlineData("good,2026-01-02,a,asset,EUR,debit,1.00", "date differs")]
    public async Task A_wrong_row_is_named_with_what_is_wrong(string row, string message)
    {
        const string Good = "reference,date,account,account_kind,currency,side,amount\ngood,2026-01-01,a,asset,EUR,debit,1.00\ngood,2026-01-01,b,asset,EUR,credit,1.00\n";

        var imported = await ImportAsync(Good + row + "\n", LedgerImportFormat.Csv);

        Assert.False(imported.IsKept);
        Assert.Contains(imported.Faults, fault => fault.Line == 4 && fault.Code == "ledger_import_invalid" && fault.Message.Contains(message, StringComparison.Ordinal) && fault.Text.StartsWith(row[..^1], StringComparison.Ordinal));
        Assert.Empty(await BalancesOfAsync(Scope));
    }

    [Theory]
    [InlineData("", 0, "empty")]
    [InlineData("reference,date,account\n", 1, "account_kind is missing")]
    [InlineData("reference,date,account,account_kind,currency,side,amount,colour\n", 1, "no column 'colour'")]
    [InlineData("reference,reference,account,account_kind,currency,side,amount\n", 1, "named twice")]
    public async Task A_wrong_first_line_is_named(string csv, int line, string message)
    {
        var imported = await ImportAsync(csv, LedgerImportFormat.Csv);

        Assert.Contains(imported.Faults, fault => fault.Line == line && fault.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_fault_of_a_file_is_told_at_once_those_of_the_book_too()
    {
        var frozen = new AccountName(Scope, "frozen", AccountKind.Asset, Currency.Eur);
        await Ledger.PostAsync(Move(frozen, new AccountName(Scope, "b", AccountKind.Asset, Currency.Eur), 5), Ct);
        await Database.WriteAsync(async tx => (await Ledger.SetAccountStateAsync(tx, frozen, AccountState.Frozen)).Value, Ct);
        await Ledger.ClosePeriodAsync(Scope, new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2025, 2, 1, 0, 0, 0, TimeSpan.Zero), "tests", "closed", Ct);

        var imported = await ImportAsync(
            """
            2025-01-15 in a closed period
              assets:a  1 EUR
              assets:b
            2025-03-01 out of balance
              assets:a  1 EUR
              assets:b  -2 EUR
            2025-03-01 alone
              assets:a  1 EUR
            2025-03-01 of another kind
              liabilities:b  1 EUR
              assets:a
            2025-03-01 frozen
              assets:frozen  1 EUR
              assets:a
            2025-03-01 malformed
              assets:a  one EUR
              assets:b
            2025-03-01 (twice) right
              assets:a  1 EUR
              assets:b
            2025-03-01 (twice) right, but again
              assets:a  1 EUR
              assets:b
            """,
            LedgerImportFormat.Hledger);

        Assert.Equal(
            [
                (1, "ledger_period_closed"), (4, "ledger_unbalanced"), (7, "ledger_postings_invalid"), (9, "ledger_account_kind_mismatch"),
                (12, "ledger_account_frozen"), (16, "ledger_import_invalid"), (21, "ledger_import_invalid"),
            ],
            imported.Faults.Select(fault => (fault.Line, fault.Code)));
        Assert.False(imported.IsKept);
        Assert.DoesNotContain(await BalancesOfAsync(Scope), balance => balance.Item1 == "a");
    }

    [Fact]
    public async Task More_than_one_batch_is_all_or_nothing_too()
    {
        var journal = new StringBuilder();
        for (var i = 0; i < 12_000; i++) journal.Append("2025-01-01 (many:").Append(i).Append(") x\n  assets:a  1 EUR\n  income:b\n");
        var bad = journal + "2025-01-01 last\n  assets:a  1 EUR\n  liabilities:b  -2 EUR\n";

        Assert.False((await ImportAsync(bad, LedgerImportFormat.Hledger)).IsKept);
        Assert.Empty(await BalancesOfAsync(Scope));

        // One that only the book can refuse, in the last batch of several.
        await Ledger.ClosePeriodAsync(Scope, new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero), "tests", "closed", Ct);
        var late = await ImportAsync(journal + "2020-06-01 last\n  assets:a  1 EUR\n  income:b\n", LedgerImportFormat.Hledger);
        Assert.Equal(("ledger_period_closed", 36_001), (Assert.Single(late.Faults).Code, late.Faults[0].Line));
        Assert.Empty(await BalancesOfAsync(Scope));

        var done = await ImportAsync(journal.ToString(), LedgerImportFormat.Hledger);
        Assert.Equal((true, 12_000), (done.IsKept, done.Transactions));
        Assert.Equal(1_200_000, (await BalancesOfAsync(Scope)).Single(balance => balance.Item1 == "a").Item3);
        Assert.Empty((await Ledger.VerifyAsync(null, Ct)).Faults);
    }

    [Fact]
    public async Task What_is_too_large_is_refused_without_reading_on()
    {
        var endless = new Endless();
        var tooLong = await Imports.ImportAsync(new LedgerImport(Scope, LedgerImportFormat.Hledger, false), endless, answer: null, Ct);
        Assert.Contains("bytes", Assert.Single(tooLong.Faults).Message, StringComparison.Ordinal);
        Assert.InRange(endless.Given, LedgerImport.MaxBytes, LedgerImport.MaxBytes + (1024 * 1024));

        Assert.Contains("lines", Assert.Single((await ImportAsync(new string('\n', 600_000), LedgerImportFormat.Hledger)).Faults).Message, StringComparison.Ordinal);

        var many = new StringBuilder();
        for (var i = 0; i <= LedgerImport.MaxTransactions; i++) many.Append("2025-01-01 x\n  assets:a  1 EUR\n  income:b\n");
        var tooMany = Assert.Single((await ImportAsync(many.ToString(), LedgerImportFormat.Hledger)).Faults);
        Assert.Equal((3 * LedgerImport.MaxTransactions) + 1, tooMany.Line);

        var nonsense = await ImportAsync(string.Concat(Enumerable.Repeat("nonsense\n", 20_000)), LedgerImportFormat.Hledger);
        Assert.Equal(10_001, nonsense.Faults.Count);

        var noText = await Imports.ImportAsync(new LedgerImport(Scope, LedgerImportFormat.Hledger, false), new MemoryStream([.. "; a\n; b"u8, 0xFF]), answer: null, Ct);
        Assert.Equal((2, "This is no UTF-8."), (Assert.Single(noText.Faults).Line, noText.Faults[0].Message));
    }

    [Fact]
    public async Task References_of_a_file_can_be_kept_apart_by_a_prefix()
    {
        var import = new LedgerImport(Scope, LedgerImportFormat.Hledger, false) { ReferencePrefix = "import:2025:" };
        Assert.True((await Imports.ImportAsync(import, new MemoryStream(Encoding.UTF8.GetBytes(Journal)), answer: null, Ct)).IsKept);

        var (text, _) = await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Hledger, 0), 3);
        Assert.Contains("; reference: import:2025:sale:1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neighbours_in_a_shard_import_the_same_file_each_into_its_own_book()
    {
        const string Opening = "date,account,account_kind,currency,balance\n2026-01-01,bank,asset,KRW,5\n";
        var neighbour = NewScope(Scope.Shard);

        foreach (var scope in (MerchantScope[])[Scope, neighbour])
        {
            foreach (var repeated in (int[])[0, 1])
            {
                var opened = await ImportAsync(Opening, LedgerImportFormat.OpeningCsv, scope);
                Assert.Equal((true, repeated), (opened.IsKept, opened.Repeated));
            }

            foreach (var repeated in (int[])[0, 3])
            {
                var imported = await ImportAsync(Journal, LedgerImportFormat.Hledger, scope);
                Assert.Equal((true, repeated), (imported.IsKept, imported.Repeated));
            }
        }

        Assert.Equal(await BalancesOfAsync(Scope), await BalancesOfAsync(neighbour));
        var other = await ImportAsync(Journal.Replace("119.00", "120.00", StringComparison.Ordinal), LedgerImportFormat.Hledger, neighbour);
        Assert.StartsWith("Reference sale:1 ", Assert.Single(other.Faults).Message, StringComparison.Ordinal);
    }

    // What another book gives of its own: ids, and when it was written down.
    private static List<string> Comparable(string text) =>
        [.. text.Split('\n').Where(line => !line.Contains("; id:", StringComparison.Ordinal) && !line.Contains("; recorded:", StringComparison.Ordinal) && !line.StartsWith("; Ledger of", StringComparison.Ordinal)).Select(WithoutOwnCells)];

    private static string WithoutOwnCells(string line) =>
        line.Contains(",ltx_", StringComparison.Ordinal) ? string.Join(',', line.Split(',').Where((_, at) => at is not (0 or 1 or 4))) : line;

    private sealed class Endless : MemoryStream
    {
        public long Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)';');
            Given += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}

public sealed class ImportsOnSqlite(SqliteFixture fixture) : ImportTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class ImportsOnPostgres(PostgresFixture fixture) : ImportTests(fixture), IClassFixture<PostgresFixture>;
