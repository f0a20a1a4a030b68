using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Florin.Api.Requests;
using Florin.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Api.Tests.Ledger;

public abstract class LedgerFileTests(RealApi api)
{
    private const string Url = "/v1/florin/ledger";
    private const string Head = "reference,date,kind,account,account_kind,currency,side,amount_minor,metadata\n";
    private static int made;

    // Accounts and references of one test, so that tests do not meet.
    private readonly string mine = $"f{Interlocked.Increment(ref made)}";

    [Theory]
    [InlineData("hledger", LedgerExportFormat.Hledger, "text/plain")]
    [InlineData("beancount", LedgerExportFormat.Beancount, "text/plain")]
    [InlineData("csv", LedgerExportFormat.Csv, "text/csv")]
    public async Task An_export_is_the_modules_and_says_where_it_ended(string word, LedgerExportFormat format, string type)
    {
        await OpenBothAsync();
        await PostAsync("=HYPERLINK", 700);
        await ExportAsync($"format={word}", wanted: $"{mine}:HYPERLINK");

        var (answer, text) = await DownloadAsync($"{Url}/exports?format={word}&time_zone=Asia/Seoul", wanted: $"{mine}:HYPERLINK");
        using var held = answer;

        var (expected, exported) = await ExportByModuleAsync(format, long.Parse(Assert.Single(answer.Headers.GetValues("Florin-Ledger-After")), CultureInfo.InvariantCulture));
        Assert.Equal(expected, text);
        Assert.Equal((type, "attachment"), (answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentDisposition!.DispositionType));
        Assert.InRange(long.Parse(Assert.Single(answer.Headers.GetValues("Florin-Ledger-After")), CultureInfo.InvariantCulture), 1, exported.LastSeq);
        Assert.Equal("false", Assert.Single(answer.Headers.GetValues("Florin-Ledger-Has-More")));
        Assert.DoesNotContain($"{api.Scope}/", text, StringComparison.Ordinal);
    }

    // On PostgreSQL an export leaves out the last moments while others write, so it is asked for until the entry is in it.
    private async Task<(HttpResponseMessage Answer, string Text)> DownloadAsync(string path, string wanted)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new("Bearer", api.SecretKey);
            var answer = await api.Client.SendAsync(request, patience.Token);
            var text = await answer.Content.ReadAsStringAsync(patience.Token);
            if (text.Contains(wanted, StringComparison.Ordinal)) return (answer, text);
            answer.Dispose();
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }

    // While others write, PostgreSQL does not say how far the book is certain, so the module is asked until it goes as far.
    private async Task<(string Text, LedgerExported Exported)> ExportByModuleAsync(LedgerExportFormat format, long after)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var export = new LedgerExport(api.Scope, format, 0) { Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Seoul") };
        while (true)
        {
            using var written = new MemoryStream();
            var exported = (await api.Services.GetRequiredService<ILedgerExports>().WriteAsync(export, written, patience.Token)).Value;
            if (exported.LastSeq >= after) return (Encoding.UTF8.GetString(written.ToArray()), exported);
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }

    [Fact]
    public async Task An_export_goes_on_after_its_cursor_and_no_formula_comes_out_of_it()
    {
        await OpenBothAsync();
        await PostAsync("first", 700);
        var first = await ExportAsync("format=csv", wanted: $"{mine}:first");
        await PostAsync("=second", 30);

        var second = await ExportAsync($"format=csv&after={first.Headers["Florin-Ledger-After"]}", wanted: $"{mine}:second");

        Assert.Contains($"{mine}:first", first.Text, StringComparison.Ordinal);
        Assert.DoesNotContain($"{mine}:first", second.Text, StringComparison.Ordinal);
        Assert.Contains($",'={mine}:second,", second.Text, StringComparison.Ordinal);
        Assert.DoesNotContain($",={mine}:second,", second.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_general_ledger_speaks_the_merchants_codes_and_a_bad_mapping_is_told_before_anything_is_read()
    {
        await OpenBothAsync();
        await PostAsync("mapped", 700);
        const string Mapping = """{"accounts":[{"pattern":"own:*","account":"1900"}],"defaults":{"asset":"1","liability":"2","income":"3","expense":"4","equity":"5"}}""";

        var file = await MappedAsync(Mapping, answer => answer.Text.Contains($"{mine}:mapped", StringComparison.Ordinal));

        Assert.True(file.Status == 200, file.Text);
        Assert.Contains(",1900,", file.Text, StringComparison.Ordinal);
        Assert.Equal((400, "ledger_mapping_invalid", "mapping"), await api.RefusedAsync("POST", $"{Url}/exports", "format=general_ledger&mapping={\"accounts\":1}"));
        var incomplete = await MappedAsync("""{"accounts":[{"pattern":"nothing","account":"1"}]}""", answer => answer.Status != 200);
        Assert.Equal((400, "ledger_mapping_incomplete", "mapping"), (incomplete.Status, incomplete.Code, incomplete.Param));
        Assert.Equal((400, "parameter_missing", "mapping"), await api.RefusedAsync("GET", $"{Url}/exports?format=general_ledger"));
        Assert.Equal((400, "parameters_exclusive", "mapping"), await api.RefusedAsync("GET", $"{Url}/exports?format=csv&mapping=a"));
        Assert.Equal((400, "parameter_missing", "format"), await api.RefusedAsync("GET", $"{Url}/exports"));
        Assert.Equal((400, "parameter_invalid", "time_zone"), await api.RefusedAsync("GET", $"{Url}/exports?format=csv&time_zone=Mars/Olympus"));
        Assert.Equal((400, "parameter_invalid_integer", "after"), await api.RefusedAsync("GET", $"{Url}/exports?format=csv&after=-1"));
    }

    // While others write, an export may end before what is looked for in it, also where an earlier one did not.
    private async Task<Answer> MappedAsync(string mapping, Func<Answer, bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var answer = await api.SendAsync("POST", $"{Url}/exports", $"format=general_ledger&mapping={Uri.EscapeDataString(mapping)}");
            if (isSo(answer) || patience.IsCancellationRequested) return answer;
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_statement_is_a_table_with_guarded_texts_for_its_owner_alone()
    {
        var cash = await OpenBothAsync();
        await PostAsync("+cmd", 700, kind: "@sum");

        var file = await api.SendAsync("GET", $"{Url}/statements?account={cash}&format=csv");

        Assert.True(file.Status == 200, file.Text);
        var rows = file.Text.Split("\r\n");
        Assert.Contains(",opening_balance,", rows[1], StringComparison.Ordinal);
        Assert.Contains($",'@sum,'+{mine}:cmd,own:{mine}:cash,KRW,debit,700,700,700,700", rows[2], StringComparison.Ordinal);
        Assert.Equal(404, (await api.SendAsync("GET", $"{Url}/statements?account={cash}&format=csv", key: await api.OpenNeighbourAsync())).Status);
        Assert.Equal((400, "parameters_exclusive", "format"), await api.RefusedAsync("GET", $"{Url}/statements?account={cash}&format=csv&limit=1"));
    }

    [Theory]
    [InlineData("text/csv", true)]
    [InlineData("application/json;q=0.5, text/csv", true)]
    [InlineData("application/json, text/csv;q=0.9", false)]
    [InlineData("text/html, */*", false)]
    [InlineData("text/csv;q=0", false)]
    [InlineData("none of this is a type", false)]
    public async Task A_table_is_given_to_whoever_accepts_it(string accept, bool isTable)
    {
        var cash = await OpenBothAsync();
        await PostAsync("=cmd", 700);
        Task<Answer> GetAsync(string path) => api.SendAsync(HttpMethod.Get, $"{Url}/{path}", content: null, accept: accept);

        var paths = new[] { $"statements?account={cash}", "reports/trial_balance", "reports/income_statement", "reports/balance_sheet" };
        foreach (var path in paths)
        {
            var answer = await GetAsync(path);
            Assert.True(answer.Status == 200 && isTable != answer.Text.StartsWith('{'), answer.Text);

            // What is asked for in so many words goes before.
            Assert.StartsWith("{", (await GetAsync(path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "format=json")).Text, StringComparison.Ordinal);
        }

        var export = await GetAsync("exports");
        if (isTable) Assert.StartsWith("seq,id,", export.Text, StringComparison.Ordinal);
        else Assert.Equal((400, "format"), (export.Status, export.Param));
    }

    [Fact]
    public async Task Reports_are_tables_that_add_up_in_each_currency()
    {
        var cash = await OpenBothAsync();
        await PostAsync("sale", 700);
        Assert.NotNull(cash);

        async Task<List<string[]>> RowsAsync(string report)
        {
            var file = await api.SendAsync("GET", $"{Url}/reports/{report}?format=csv");
            Assert.True(file.Status == 200, file.Text);
            return [.. file.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split(','))];
        }

        Assert.Contains($"own:{mine}:cash,asset,KRW,0,700,0,700,700,0", (await RowsAsync("trial_balance")).Select(row => string.Join(',', row)));
        var income = await RowsAsync("income_statement");
        Assert.Contains($"income,own:{mine}:sales,KRW,700", income.Select(row => string.Join(',', row)));
        decimal Sum(List<string[]> rows, string section, bool isTotal) => rows
            .Where(row => row[0] == section && row[1].Length == 0 == isTotal && row[2] == "KRW").Sum(row => decimal.Parse(row[3], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(Sum(income, "income", isTotal: true), Sum(income, "income", isTotal: false));
        Assert.Equal(Sum(income, "income", isTotal: true) - Sum(income, "expenses", isTotal: true), Sum(income, "result", isTotal: true));
        var sheet = await RowsAsync("balance_sheet");
        Assert.Equal(
            Sum(sheet, "assets", isTotal: true), Sum(sheet, "liabilities", isTotal: true) + Sum(sheet, "total_equity", isTotal: true));
    }

    [Fact]
    public async Task An_imported_file_is_posted_once_whoever_sends_it_again_and_a_dry_run_changes_nothing()
    {
        var cash = await OpenBothAsync();
        var csv = Head + Rows("tea", 500) + Rows("cake", 40);

        var tried = await ImportAsync(csv, isDryRun: true);
        Assert.Equal(("valid", 2, 0), Done(tried));
        Assert.Equal(0, await BalanceAsync(cash));

        var imported = await ImportAsync(csv, key: $"{mine}-key");
        Assert.Equal(("imported", 2, 0), Done(imported));
        Assert.Equal(540, await BalanceAsync(cash));
        Assert.Equal(imported.GetRawText(), (await ImportAsync(csv, key: $"{mine}-key")).GetRawText());
        Assert.Equal(("imported", 2, 2), Done(await ImportAsync(csv)));
        Assert.Equal(540, await BalanceAsync(cash));
        Assert.Equal($"{mine}:tea", (await api.GetAsync($"{Url}/transactions?reference={mine}:tea")).GetProperty("data")[0].Text("reference"));
    }

    [Fact]
    public async Task A_file_is_uploaded_as_well_as_sent_as_text()
    {
        var cash = await OpenBothAsync();

        var imported = await UploadAsync("hledger", $"2026-01-02 ({mine}:x) tea\n  assets:own:{mine}:cash  500 KRW\n  income:own:{mine}:sales\n");

        Assert.Equal(("imported", 1, 0), Done(imported));
        Assert.Equal(500, await BalanceAsync(cash));
        Assert.Equal((400, "parameter_missing", "file"), await api.RefusedAsync("POST", $"{Url}/imports", "format=csv"));
        Assert.Equal((400, "parameter_invalid", "file"), await api.RefusedAsync("POST", $"{Url}/imports", "format=csv&file=a"));
    }

    [Fact]
    public async Task What_an_import_may_not_post_is_refused_by_line_and_nothing_of_it_is_kept()
    {
        var cash = await OpenBothAsync();
        var neighbour = await api.OpenNeighbourAsync();
        await OkAsync("accounts", new { code = $"own:{mine}:theirs", kind = "asset", currency = "krw" }, neighbour);
        var csv = Head
            + Rows("good", 1)
            + Rows("florins", 2, other: "merchant_pending,liability")
            + Rows("theirs", 3, other: $"own:{mine}:theirs,asset")
            + Rows("kind", 4, other: $"own:{mine}:sales,asset")
            + Rows("notes", 5, metadata: "[1]")
            + Rows("card", 6, metadata: "\"{\"\"a\"\":\"\"4242424242424242\"\"}\"");

        var refused = await UploadAsync("csv", csv);

        Assert.Equal(("refused", 6, 0), Done(refused));
        Assert.Equal(
            [(4, "ledger_account_reserved"), (6, "ledger_account_unknown"), (8, "ledger_account_kind_mismatch"), (10, "ledger_metadata_invalid"), (12, "card_number_not_allowed")],
            refused.GetProperty("faults").EnumerateArray().Select(fault => (fault.GetProperty("line").GetInt32(), fault.Text("code")!)));
        Assert.Equal(5, refused.GetProperty("faults_total").GetInt32());
        Assert.DoesNotContain("4242424242424242", refused.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0, await BalanceAsync(cash));

        // The neighbour may use the same reference for other content.
        await ImportAsync(Head + Rows("good", 1));
        await OkAsync("accounts", new { code = $"own:{mine}:cash", kind = "asset", currency = "krw" }, neighbour);
        await OkAsync("accounts", new { code = $"own:{mine}:sales", kind = "income", currency = "krw" }, neighbour);
        var other = await OkAsync("imports", new { format = "csv", content = Head + Rows("good", 9) }, neighbour);
        Assert.Equal(("imported", 1, 0), Done(other));
        var reused = await ImportAsync(Head + Rows("good", 9));
        Assert.Equal("reference_reused", Assert.Single(reused.GetProperty("faults").EnumerateArray()).Text("code"));
        Assert.DoesNotContain($"{api.Scope}", reused.GetRawText(), StringComparison.Ordinal);
        var theirBook = await ExportAsync("format=csv", wanted: $"{mine}:good", neighbour);
        Assert.DoesNotContain(",1,1,", theirBook.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_balances_go_against_an_own_account_that_was_opened_for_them()
    {
        var cash = await OpenBothAsync();
        var csv = $"date,account,account_kind,currency,balance_minor,reference\n2026-01-01,own:{mine}:cash,asset,KRW,900,{mine}:opening\n";

        var form = new { format = "opening_csv", content = csv };
        var early = await OkAsync("imports", form, await NeighbourWithCashAsync());
        Assert.Equal("ledger_account_unknown", Assert.Single(early.GetProperty("faults").EnumerateArray()).Text("code"));
        await OkAsync("accounts", new { code = "own:opening_balances", kind = "equity", currency = "krw" }, api.SecretKey);
        Assert.Equal(("imported", 1, 0), Done(await OkAsync("imports", form, api.SecretKey)));
        Assert.Equal(900, await BalanceAsync(cash));
    }

    [Fact]
    public async Task What_was_exported_comes_in_as_a_repetition()
    {
        var key = await NeighbourWithCashAsync();
        await OkAsync("imports", new { format = "csv", content = Head + Rows("tea", 500, metadata: "\"{\"\"a\"\":\"\"=1\"\"}\"") }, key);

        var exported = await ExportAsync("format=csv", wanted: $"{mine}:tea", key);
        var again = await OkAsync("imports", new { format = "csv", content = exported.Text }, key);

        Assert.True(Done(again) == ("imported", 1, 1), again.GetRawText());
    }

    [Fact]
    public async Task A_file_of_too_many_lines_or_transactions_is_refused_whole()
    {
        var lines = await ImportAsync(new string('\n', 100_001));
        Assert.Contains("lines", Assert.Single(lines.GetProperty("faults").EnumerateArray()).Text("message"), StringComparison.Ordinal);
        var journal = new StringBuilder();
        for (var i = 0; i <= 10_000; i++) journal.Append("2026-01-02 x\n  assets:own:a  1 KRW\n  assets:own:b\n");
        var many = await OkAsync("imports", new { format = "hledger", content = journal.ToString() }, api.SecretKey);
        Assert.Contains("10001 transactions", Assert.Single(many.GetProperty("faults").EnumerateArray()).Text("message"), StringComparison.Ordinal);
        Assert.Equal("body_too_large", (await api.SendAsync("POST", $"{Url}/imports", $"format=csv&content={new string('x', RequestLimits.BodyBytes)}")).Code);
    }

    private static (string? Status, int Transactions, int Repeated) Done(JsonElement import) =>
        (import.Text("status"), import.GetProperty("transactions").GetInt32(), import.GetProperty("repeated").GetInt32());

    /// <summary>Two rows: the cash account is debited, and another one credited.</summary>
    private string Rows(string reference, long amount, string? other = null, string metadata = "") =>
        $"{mine}:{reference},2026-01-02,sale,own:{mine}:cash,asset,KRW,debit,{amount},{metadata}\n"
        + $"{mine}:{reference},2026-01-02,sale,{other ?? $"own:{mine}:sales,income"},KRW,credit,{amount},{metadata}\n";

    private async Task<string> NeighbourWithCashAsync()
    {
        var key = await api.OpenNeighbourAsync();
        await OkAsync("accounts", new { code = $"own:{mine}:cash", kind = "asset", currency = "krw" }, key);
        await OkAsync("accounts", new { code = $"own:{mine}:sales", kind = "income", currency = "krw" }, key);
        return key;
    }

    private async Task<string> OpenBothAsync()
    {
        var cash = await OkAsync("accounts", new { code = $"own:{mine}:cash", kind = "asset", currency = "krw" }, api.SecretKey);
        await OkAsync("accounts", new { code = $"own:{mine}:sales", kind = "income", currency = "krw" }, api.SecretKey);
        return cash.Id();
    }

    // What makes a formula of it comes before what makes it this test's.
    private Task<JsonElement> PostAsync(string reference, long amount, string kind = "sale")
    {
        var sign = char.IsLetter(reference[0]) ? "" : reference[..1];
        object[] postings =
        [
            new { account = $"own:{mine}:cash", side = "debit", amount, currency = "krw" },
            new { account = $"own:{mine}:sales", side = "credit", amount, currency = "krw" },
        ];
        return OkAsync("transactions", new { reference = $"{sign}{mine}:{reference[sign.Length..]}", kind, postings }, api.SecretKey);
    }

    // PostgreSQL is certain of a transaction only when all that began before it have ended, in other tests too.
    private async Task<Answer> ExportAsync(string query, string wanted, string? key = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var answer = await api.SendAsync("GET", $"{Url}/exports?{query}", key: key);
            Assert.True(answer.Status == 200, answer.Text);
            if (answer.Text.Contains(wanted, StringComparison.Ordinal)) return answer;
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }

    private async Task<JsonElement> UploadAsync(string format, string text)
    {
        using var form = new MultipartFormDataContent { { new StringContent(format), "format" } };
        form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(text)), "file", "books");
        var answer = await api.SendAsync(HttpMethod.Post, $"{Url}/imports", form);
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Json;
    }

    private Task<JsonElement> ImportAsync(string csv, bool isDryRun = false, string? key = null) =>
        OkAsync("imports", new { format = "csv", content = csv, dry_run = isDryRun }, api.SecretKey, key);

    private async Task<long> BalanceAsync(string account) => (await api.GetAsync($"{Url}/accounts/{account}")).GetProperty("balance").GetInt64();

    private async Task<JsonElement> OkAsync(string path, object body, string key, string? idempotencyKey = null)
    {
        var answer = await api.SendAsync(HttpMethod.Post, $"{Url}/{path}", JsonContent.Create(body), idempotencyKey, key: key);
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Json;
    }
}

public sealed class LedgerFilesOnSqlite(RealApiOnSqlite api) : LedgerFileTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class LedgerFilesOnPostgres(RealApiOnPostgres api) : LedgerFileTests(api), IClassFixture<RealApiOnPostgres>;
