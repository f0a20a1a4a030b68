using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Florin.Kernel;
using Florin.Ledger.Csv;
using Florin.Ledger.Exports;
using Florin.Storage;
using Florin.Testing.Databases;

namespace Florin.Ledger.Tests.Books;

/// <summary>What goes out, against the real programs and against our own balances.</summary>
public abstract class ExportTests(DatabaseFixture fixture) : BookTests(fixture)
{
    [Fact]
    [Trait("Needs", "hledger")]
    public async Task Hledger_accepts_ten_thousand_random_transactions_and_adds_up_to_our_balances()
    {
        await PostRandomAsync(seed: 1, 10_000);
        var (text, _) = await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Hledger, 0), 10_000);
        var journal = Write("florin.journal", text);

        await Programs.MustAsync("hledger", "-f", journal, "check", "--strict");
        Assert.Equal(Sorted(await OurBalancesAsync(HledgerText.Account)), Sorted(await Programs.HledgerBalancesAsync(journal)));
    }

    [Fact]
    [Trait("Needs", "beancount")]
    public async Task Beancount_accepts_ten_thousand_random_transactions_and_adds_up_to_our_balances()
    {
        await PostRandomAsync(seed: 2, 10_000);
        var (text, _) = await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Beancount, 0), 10_000);
        var file = Write("florin.beancount", text);

        await Programs.MustAsync("bean-check", file);
        Assert.Equal(Sorted(await OurBalancesAsync(BeancountText.Account)), Sorted(await Programs.BeancountBalancesAsync(file)));
    }

    [Fact]
    public async Task Parts_that_end_when_they_are_large_enough_are_together_the_whole()
    {
        await PostRandomAsync(seed: 8, 1_200);
        var (whole, all) = await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Csv, 0), 1_200);

        // What is certain to one question may not be yet to the next one, where another test's transaction is under way meanwhile.
        var (parts, together) = (0, new StringBuilder());
        var done = new LedgerExported(0, 0, 0) { HasMore = true };
        for (; done.HasMore || done.LastSeq < all.LastSeq; parts++)
        {
            using var output = new MemoryStream();
            done = (await Exports.WriteAsync(new LedgerExport(Scope, LedgerExportFormat.Csv, done.LastSeq) { EnoughBytes = 1 }, output, Ct)).Value;
            var text = Encoding.UTF8.GetString(output.ToArray());
            together.Append(parts == 0 ? text : text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
        }

        Assert.InRange(parts, 3, 1_200);
        Assert.Equal(whole, together.ToString());
    }

    [Fact]
    [Trait("Needs", "hledger")]
    [Trait("Needs", "beancount")]
    public async Task Both_programs_find_one_changed_cent_by_the_assertions_at_the_end()
    {
        await PostRandomAsync(seed: 3, 50);
        foreach (var (format, program, arguments) in new[]
            {
                (LedgerExportFormat.Hledger, "hledger", new[] { "check", "-f" }), (LedgerExportFormat.Beancount, "bean-check", []),
            })
        {
            var (text, _) = await ExportAsync(new LedgerExport(Scope, format, 0), 50);
            await Programs.MustAsync(program, [.. arguments, Write("right", text)]);

            // One cent from one account to another: each transaction still balances.
            var changed = MoveOneUnit(text);
            var (exitCode, _, errors) = await Programs.RunAsync(program, [.. arguments, Write("wrong", changed)]);
            Assert.NotEqual(0, exitCode);
            Assert.Contains(format == LedgerExportFormat.Hledger ? "balance assertion" : "Balance failed", errors, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData(LedgerExportFormat.Hledger)]
    [InlineData(LedgerExportFormat.Beancount)]
    [InlineData(LedgerExportFormat.Csv)]
    public async Task Parts_by_cursor_are_together_the_whole_export(LedgerExportFormat format)
    {
        var (parts, cursor, total) = (new StringBuilder(), 0L, 0);
        foreach (var count in (int[])[700, 3, 1_100])
        {
            await PostRandomAsync(seed: count, count);
            total += count;
            var (part, done) = await ExportAsync(new LedgerExport(Scope, format, cursor), count);
            parts.Append(cursor == 0 ? WithoutChecks(part) : WithoutHead(part, format));
            cursor = done.LastSeq;
        }

        var (whole, _) = await ExportAsync(new LedgerExport(Scope, format, 0), total);

        Assert.Equal(WithoutChecks(whole), parts.ToString());
        Assert.Equal(new LedgerExported(cursor, 0, 0), (await ExportAsync(new LedgerExport(Scope, format, cursor), 0)).Done);
    }

    [Fact]
    [Trait("Needs", "hledger")]
    [Trait("Needs", "beancount")]
    public async Task A_part_that_is_asked_for_checks_has_those_of_all_parts_together()
    {
        var posted = 0;
        foreach (var (format, program, arguments) in new[]
            {
                (LedgerExportFormat.Hledger, "hledger", new[] { "check", "--strict", "-f" }), (LedgerExportFormat.Beancount, "bean-check", []),
            })
        {
            await PostRandomAsync(seed: 5, 40);
            posted += 40;
            var (first, done) = await ExportAsync(new LedgerExport(Scope, format, 0) { HasBalanceChecks = false }, posted);
            await PostRandomAsync(seed: 6, 40);
            posted += 40;
            var (second, _) = await ExportAsync(new LedgerExport(Scope, format, done.LastSeq) { HasBalanceChecks = true }, 40);

            await Programs.MustAsync(program, [.. arguments, Write("both", first + second)]);
            Assert.NotEqual(0, (await Programs.RunAsync(program, [.. arguments, Write("second", second)])).ExitCode);
        }
    }

    [Theory]
    [InlineData(LedgerExportFormat.Hledger)]
    [InlineData(LedgerExportFormat.Csv)]
    public async Task A_large_book_is_written_piece_by_piece_and_never_held_as_a_whole(LedgerExportFormat format)
    {
        await PostRandomAsync(seed: 12, 6_000);
        await ExportAsync(new LedgerExport(Scope, format, 0), 6_000);
        await using var output = new Pieces();

        Assert.Null((await Exports.WriteAsync(new LedgerExport(Scope, format, 0), output, Ct)).Refusal);

        Assert.True(output.Count >= 12, $"{output.Count} pieces");
        Assert.True(output.Largest * 8 < output.Total, $"{output.Largest} bytes of {output.Total} in one piece");
    }

    [Fact]
    public async Task A_transaction_that_is_committed_after_a_later_one_was_exported_is_in_the_next_part()
    {
        // SQLite writes one after another, so there is no such thing there.
        if (Database.Engine == SqlEngine.Sqlite) return;
        var (bank, sales) = (Name(Scope, "bank", Currency.Eur), Name(Scope, "sales", Currency.Eur));
        await Ledger.PostAsync(Move(bank, sales, 1), Ct);
        var (hasId, drawEarly) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (hasDrawn, commitLate) = (new TaskCompletionSource(), new TaskCompletionSource());

        // The lower id draws the higher number and ends first, so that no snapshot counts the higher id among those under way.
        var early = Database.WriteAsync(
            async tx =>
            {
                await tx.CountAsync($"SELECT pg_current_xact_id()::text::bigint");
                hasId.TrySetResult();
                await drawEarly.Task;
                await Ledger.PostAsync(tx, Move(bank, sales, 10));
            },
            Ct);
        await hasId.Task;
        var late = Database.WriteAsync(
            async tx =>
            {
                await Ledger.PostAsync(tx, Move(bank, sales, 100));
                await tx.CountAsync($"SELECT 1");
                hasDrawn.TrySetResult();
                await commitLate.Task;
            },
            Ct);
        await hasDrawn.Task;
        drawEarly.SetResult();
        await early;

        using var output = new MemoryStream();
        var first = (await Exports.WriteAsync(new LedgerExport(Scope, LedgerExportFormat.Csv, 0), output, Ct)).Value;
        commitLate.SetResult();
        await late;
        await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Csv, first.LastSeq), 3 - first.Transactions);
    }

    [Fact]
    public async Task Another_merchants_transaction_that_posts_to_our_account_is_in_our_book()
    {
        var other = NewScope(Scope.Shard);
        var (mine, theirs) = (new AccountName(Scope, "wallet", AccountKind.Liability, Currency.Eur), new AccountName(other, "wallet", AccountKind.Liability, Currency.Eur));
        var transfer = Move(theirs, mine, 500) with { Scope = other };
        Assert.Null((await Ledger.PostAsync(transfer, Ct)).Refusal);

        var (text, _) = await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Hledger, 0), 1);

        Assert.Contains("liabilities:wallet  0 EUR = -5.00 EUR", text, StringComparison.Ordinal);
        Assert.Contains($"equity:%other_merchants:lac_", text, StringComparison.Ordinal);
        var sheet = Assert.Single(await Reports.BalanceSheetAsync(Scope, default, Ct));
        Assert.False(sheet.IsBalanced);
        Assert.Equal(-500, sheet.Difference.Minor);
    }

    [Fact]
    public async Task Open_holds_are_in_no_export_and_a_posted_one_is_named()
    {
        var (bank, wallet) = (Name(Scope, "bank", Currency.Eur), Name(Scope, "x", Currency.Eur));
        var open = await Database.WriteAsync(async tx => (await Ledger.HoldAsync(tx, new NewLedgerHold(Move(bank, wallet, 111), null))).Value, Ct);
        var posted = await Database.WriteAsync(async tx => (await Ledger.HoldAsync(tx, new NewLedgerHold(Move(bank, wallet, 222), null))).Value, Ct);
        await Database.WriteAsync(async tx => (await Ledger.PostHoldAsync(tx, posted.Id, "posted", Time.GetUtcNow(), null)).Value, Ct);

        foreach (var format in (LedgerExportFormat[])[LedgerExportFormat.Hledger, LedgerExportFormat.Beancount, LedgerExportFormat.Csv])
        {
            var (text, _) = await ExportAsync(new LedgerExport(Scope, format, 0), 1);
            Assert.DoesNotContain("1.11", text, StringComparison.Ordinal);
            Assert.DoesNotContain(open.Id.ToString(), text, StringComparison.Ordinal);
            Assert.Contains(posted.Id.ToString(), text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_correction_names_what_it_corrects()
    {
        var posted = (await Ledger.PostAsync(Move(Name(Scope, "bank", Currency.Eur), Name(Scope, "x", Currency.Eur), 5), Ct)).Value;
        await Database.WriteAsync(async tx => (await Ledger.ReverseAsync(tx, posted.Id, "undo", Time.GetUtcNow())).Value, Ct);

        var (journal, _) = await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Hledger, 0), 2);
        var (file, _) = await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Beancount, 0), 2);

        Assert.Contains($"    ; correction: reversal\n    ; corrects: {posted.Id}\n", journal, StringComparison.Ordinal);
        Assert.Contains($"  correction: \"reversal\"\n  corrects: \"{posted.Id}\"\n", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Days_are_those_of_the_time_zone_that_is_asked_for()
    {
        var late = new DateTimeOffset(2026, 3, 31, 20, 0, 0, TimeSpan.Zero);
        await Ledger.PostAsync(Move(Name(Scope, "bank", Currency.Krw), Name(Scope, "x", Currency.Krw), 5, late), Ct);

        var (utc, _) = await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Hledger, 0), 1);
        var (seoul, _) = await ExportAsync(
            new LedgerExport(Scope, LedgerExportFormat.Hledger, 0) { Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Seoul") }, 1);

        Assert.Contains("\n2026-03-31 * move\n", utc, StringComparison.Ordinal);
        Assert.Contains("\n2026-04-01 * move\n", seoul, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dates_beyond_what_beancount_knows_are_kept_at_its_edges_with_the_instant_beside_them()
    {
        foreach (var year in (int[])[1066, 2345])
        {
            await Ledger.PostAsync(Move(Name(Scope, "bank", Currency.Krw), Name(Scope, "x", Currency.Krw), 5, new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero)), Ct);
        }

        var (text, _) = await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Beancount, 0), 2);

        Assert.Contains("1900-01-01 * ", text, StringComparison.Ordinal);
        Assert.Contains("effective: \"1066-01-01T00:00:00.000Z\"", text, StringComparison.Ordinal);
        Assert.Contains("2099-12-31 * ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_as_csv_is_the_pages_of_the_statement_and_no_cell_is_a_formula()
    {
        await PostRandomAsync(seed: 8, 12_000);
        var name = Name(Scope, "=SUM(A1)", Currency.Eur);
        var standing = (await Queries.BalancesAsync(Scope, name.Code, null, Ct)).Single(one => one.Name == name);
        foreach (var by in Enum.GetValues<LedgerDate>())
        {
            var span = new LedgerSpan(by, Time.GetUtcNow().AddDays(-700), Time.GetUtcNow().AddDays(-10));
            if (by == LedgerDate.Recorded) span = new LedgerSpan(by, null, null);
            using var output = new MemoryStream();
            var count = await Exports.WriteStatementAsync(standing.Id, span, output, Ct);
            var rows = CsvRows.Read(Encoding.UTF8.GetString(output.ToArray())).Skip(1).Select(row => row.Cells).ToList();

            var (wanted, opening) = await AllPagesAsync(standing.Id, span);
            Assert.Equal((long)wanted.Count, count);
            Assert.Equal(("opening_balance", opening.ToDecimalString()), (rows[0][4], rows[0][11]));
            Assert.Equal(
                wanted.Select(row => (row.Transaction.ToString(), row.Amount.ToDecimalString(), row.Balance.ToDecimalString(), Text(row.Balance.Minor))),
                rows.Skip(1).Select(row => (row[2], row[9], row[11], row[12])));
            Assert.All(rows.SelectMany(row => row), cell => Assert.DoesNotMatch("^[=+@\t\r]|^-[^0-9]", cell));
            Assert.Contains(rows, row => row[5].StartsWith("'=odd", StringComparison.Ordinal));
        }

        Assert.Null(await Exports.WriteStatementAsync(new LedgerAccountId(Guid.NewGuid()), default, Stream.Null, Ct));
    }

    [Fact]
    public async Task Postings_as_csv_have_amounts_in_both_forms_and_no_cell_is_a_formula()
    {
        await PostRandomAsync(seed: 9, 300);
        var (text, done) = await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Csv, 0), 300);
        var rows = CsvRows.Read(text).Select(row => row.Cells).ToList();

        Assert.Equal(done.Postings + 1, rows.Count);
        Assert.All(rows, row => Assert.Equal(PostingsCsvWriter.Columns.Count, row.Count));
        Assert.All(rows.SelectMany(row => row), cell => Assert.DoesNotMatch("^[=+@\t\r\n＝＋－＠-]", cell));
        var (currency, amount, minor) = (Column("currency"), Column("amount"), Column("amount_minor"));
        Assert.All(rows.Skip(1), row => Assert.Equal(
            new Money(Number(row[minor]), Currency.Get(row[currency])).ToDecimalString(), row[amount]));
        Assert.Contains(rows, row => row[Column("account")] == "'=SUM(A1)");

        static int Column(string name) => PostingsCsvWriter.Columns.ToList().IndexOf(name);
    }

    [Theory]
    [InlineData(JournalSpan.Transaction, false)]
    [InlineData(JournalSpan.Day, true)]
    [InlineData(JournalSpan.Day, false)]
    [InlineData(JournalSpan.Month, true)]
    public async Task General_ledger_journals_balance_and_add_up_to_our_balances_by_their_accounts(JournalSpan journals, bool isByKind)
    {
        await PostRandomAsync(seed: 10, 1_200);
        var mapping = new GeneralLedgerMapping(journals, isByKind, [
            new MappingRule("gateway_receivable*", null, null, "1200", "Receivables"),
            new MappingRule("*", AccountKind.Asset, Currency.Eur, "1000", "Euro"),
            .. Enum.GetValues<AccountKind>().Select(kind => new MappingRule("*", kind, null, $"9{(int)kind}", "")),
        ]);
        var (text, done) = await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.GeneralLedger, 0) { Mapping = mapping }, 1_200);
        var lines = CsvRows.Read(text).Skip(1).Select(row => row.Cells).ToList();

        Assert.All(lines.GroupBy(line => (line[0], line[7])), journal => Assert.Equal(0, journal.Sum(Signed)));
        Assert.All(lines.GroupBy(line => line[0]), journal => Assert.Single(journal.Select(line => (line[1], line[3])).Distinct()));
        var standings = await Queries.BalancesAsync(Scope, "", null, Ct);
        var wanted = standings
            .GroupBy(one => (mapping.Find(one.Name.Code, one.Name.Kind, one.Name.Currency)!.Account, one.Name.Currency.Code))
            .ToDictionary(group => group.Key, group => group.Sum(one => one.Posted.Minor * (one.Name.Kind is AccountKind.Asset or AccountKind.Expense ? 1 : -1)));
        Assert.Equal(wanted, lines.GroupBy(line => (line[5], line[7])).ToDictionary(group => group.Key, group => group.Sum(Signed)));
        if (journals == JournalSpan.Transaction) Assert.Equal(done.Postings, lines.Count);
        else Assert.True(lines.Count < done.Postings);

        static long Signed(IReadOnlyList<string> line) =>
            (line[10].Length > 0 ? Number(line[10]) : 0) - (line[11].Length > 0 ? Number(line[11]) : 0);
    }

    [Fact]
    public async Task Accounts_that_the_mapping_leaves_out_are_refused_by_name_before_anything_is_written()
    {
        await Ledger.PostAsync(Move(Name(Scope, "bank", Currency.Eur), Name(Scope, "fee_income", Currency.Eur), 5), Ct);
        await Ledger.PostAsync(Move(Name(Scope, "bank", Currency.Krw), Name(Scope, "x", Currency.Krw), 5), Ct);
        var mapping = new GeneralLedgerMapping(JournalSpan.Day, true, [new MappingRule("bank", null, Currency.Eur, "1000", "")]);
        await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Csv, 0), 2);

        using var output = new MemoryStream();
        var refused = await Exports.WriteAsync(new LedgerExport(Scope, LedgerExportFormat.GeneralLedger, 0) { Mapping = mapping }, output, Ct);

        Assert.Equal("ledger_mapping_incomplete", refused.Refusal?.Code);
        foreach (var missing in (string[])["bank (", ", KRW)", "fee_income (", "x ("])
        {
            Assert.Contains(missing, refused.Refusal!.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, output.Length);
    }

    [Fact]
    public async Task What_a_mapping_covers_is_told_before_anything_is_written_and_rules_that_fit_nothing_too()
    {
        await Ledger.PostAsync(Move(Name(Scope, "bank", Currency.Eur), Name(Scope, "fee_income", Currency.Eur), 5), Ct);
        await Ledger.PostAsync(Move(Name(Scope, "bank", Currency.Krw), Name(NewScope(Scope.Shard), "x", Currency.Krw), 5), Ct);
        await ExportAsync(new LedgerExport(Scope, LedgerExportFormat.Csv, 0), 2);
        var mapping = GeneralLedgerMapping.Parse("pattern,currency,account\nbank,EUR,1000\nfee*,,4000\nbnak,,1001\nfee*,EUR,4001\n").Value;

        var (accounts, unused) = await Exports.CoverAsync(Scope, mapping, Ct);

        Assert.Equal(
            ["bank EUR 1000", "bank KRW ", "fee_income EUR 4000", "other KRW "],
            accounts.Select(account => $"{(account.Id is null ? "other" : account.Code)} {account.Currency} {account.Rule?.Account}"));
        Assert.Equal(["1001", "4001"], unused.Select(rule => rule.Account));
    }

    [Fact]
    public async Task A_mapping_to_fill_in_covers_every_account_of_its_merchant_once_it_is_filled_in()
    {
        await PostRandomAsync(seed: 11, 300);
        using var output = new MemoryStream();

        await Exports.WriteMappingAsync(Scope, output, Ct);

        var written = Encoding.UTF8.GetString(output.ToArray());
        Assert.Contains(GeneralLedgerMapping.Read(written).Faults, fault => fault.Kind == MappingFaultKind.AccountLength && fault.Line == 2);
        using var filled = new StringWriter();
        var csv = new CsvWriter(filled);
        foreach (var row in CsvRows.Read(written))
        {
            foreach (var cell in row.Cells) csv.Plain(cell.Length == 0 && row.Line > 1 ? "1000" : cell);
            csv.EndRow();
        }

        // A code with spaces at its ends or a star in it would not be found again; nobody can open such a one but by import.
        var (accounts, _) = await Exports.CoverAsync(Scope, GeneralLedgerMapping.Parse(filled.ToString()).Value, Ct);
        Assert.All(accounts.Where(account => account.Id is not null), account => Assert.Equal("1000", account.Rule?.Account));
    }

    [Fact]
    public void No_two_account_codes_have_one_name_in_another_program()
    {
        string[] signs = ["a", "b", "A", "_", "-", ":", " ", "%", "2", "X", "é", "2d", "x--a"];
        var codes = signs.SelectMany(one => signs.SelectMany(two => signs.Select(three => one + two + three))).Concat(Codes).Distinct().ToList();
        var accounts = codes.Select(code => new ExportAccount(default, code, AccountKind.Asset, Currency.Eur, isOwn: true)).ToList();

        Assert.Equal(codes.Count, accounts.Select(HledgerText.Account).Distinct().Count());
        Assert.Equal(codes.Count, accounts.Select(BeancountText.Account).Distinct().Count());
        Assert.All(accounts, account => Assert.Equal(account.Code, HledgerText.Decode(HledgerText.Account(account)["assets:".Length..])));
        Assert.All(accounts, account => Assert.Matches("^Assets(:[A-Z0-9][A-Za-z0-9-]*)+$", BeancountText.Account(account)));
    }

    // What a web server's stream is like: it takes no write that blocks.
    private sealed class Pieces : MemoryStream
    {
        public int Count { get; private set; }

        public long Largest { get; private set; }

        public long Total { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            (Count, Largest, Total) = (Count + 1, Math.Max(Largest, buffer.Length), Total + buffer.Length);
            return ValueTask.CompletedTask;
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException("Synchronous.");
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<(string, string, long)> Sorted(Dictionary<(string, string), long> sums) =>
        sums.Select(sum => (sum.Key.Item1, sum.Key.Item2, sum.Value)).Order();

    // The first two postings of a transaction with a currency of two digits: one less here, one more there.
    private static string MoveOneUnit(string text)
    {
        var lines = text.Split('\n');
        for (var i = 1; i < lines.Length; i++)
        {
            if (!IsPosting(lines[i - 1]) || !IsPosting(lines[i]) || AccountOf(lines[i - 1]) == AccountOf(lines[i])) continue;
            (lines[i - 1], lines[i]) = (Changed(lines[i - 1], 1), Changed(lines[i], -1));
            return string.Join('\n', lines);
        }

        throw new InvalidOperationException("No transaction fits.");

        static bool IsPosting(string line) => Regex.IsMatch(line, "^ +[a-zA-Z].*  -?[0-9]+\\.[0-9]{2} EUR$");
        static string AccountOf(string line) => line.Trim().Split("  ")[0];
        static string Changed(string line, int minor) => Regex.Replace(
            line, "-?[0-9]+\\.[0-9]{2}(?= EUR$)", match => Money.TryParseDecimal(match.Value, Currency.Eur, out var amount) ? (amount + new Money(minor, Currency.Eur)).ToDecimalString() : "");
    }

    private static string WithoutChecks(string text) =>
        Regex.Replace(text, "^[0-9-]+ (\\* balance checks|balance ).*\\n(    .*\\n)*", "", RegexOptions.Multiline);

    private static string WithoutHead(string text, LedgerExportFormat format) =>
        format == LedgerExportFormat.Csv ? text[(text.IndexOf('\n') + 1)..] : text[(text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];

    private async Task<(List<StatementRow> Rows, Money Opening)> AllPagesAsync(LedgerAccountId account, LedgerSpan span)
    {
        var rows = new List<StatementRow>();
        Money? opening = null;
        var question = new StatementQuestion(account, span, 1_000);
        do
        {
            var page = (await Queries.StatementAsync(question, Ct))!;
            opening ??= page.Opening;
            rows.AddRange(page.Rows);
            question = question with { After = page.Next };
        }
        while (question.After is not null);
        return (rows, opening.Value);
    }
}

public sealed class ExportsOnSqlite(SqliteFixture fixture) : ExportTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class ExportsOnPostgres(PostgresFixture fixture) : ExportTests(fixture), IClassFixture<PostgresFixture>;
