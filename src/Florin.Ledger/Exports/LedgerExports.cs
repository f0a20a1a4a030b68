using System.Text;
using Florin.Kernel;
using Florin.Ledger.Csv;
using Florin.Storage;

namespace Florin.Ledger.Exports;

internal sealed class LedgerExports(IDatabase database, BookReader book) : ILedgerExports
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public async Task<Result<LedgerExported>> WriteAsync(LedgerExport export, Stream output, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(export.AfterSeq);
        if (export.Mapping is null != export.Format is not LedgerExportFormat.GeneralLedger)
        {
            throw new ArgumentException("A mapping belongs to an export for a general ledger, and to no other.", nameof(export));
        }

        // What is certain now stays as it is, so the questions that follow read one book although each has its own snapshot.
        var until = Math.Max(export.AfterSeq, await book.CertainAsync(ct));
        if (export.Mapping is { } mapping)
        {
            var (covered, _) = await CoverAsync(export.Scope, mapping, export.AfterSeq, until, ct);
            var missing = covered.Where(account => account.Rule is null).Select(account => $"{account.Code} ({account.Kind.Word()}, {account.Currency})").ToList();
            if (missing.Count > 0) return LedgerRefusals.MappingIncomplete(missing);
        }

        var accounts = new ExportAccounts(export.Scope);
        var isJournal = export.Format is LedgerExportFormat.Hledger or LedgerExportFormat.Beancount;
        var lastDate = isJournal ? await book.SumAsync(accounts, export.Scope, 0, export.AfterSeq, ct) : null;
        await using var text = new StringWriter();
        var writer = WriterOf(export, text, [.. accounts.All]);
        var (transactions, postings, bytes, hasMore) = (0L, 0L, 0L, false);
        writer.Begin(export);
        await foreach (var (piece, last) in book.ReadAsync(export.Scope, export.AfterSeq, until, ct))
        {
            foreach (var transaction in piece)
            {
                writer.Write(Shown(export.Scope, transaction), Meet(accounts, transaction));
                transactions++;
                postings += transaction.Postings.Count;
                lastDate = lastDate > transaction.EffectiveAt ? lastDate : transaction.EffectiveAt;
            }

            bytes += await FlushAsync(text, output, ct);
            if (bytes < export.EnoughBytes || last == until) continue;
            (until, hasMore) = (last, true);
            break;
        }

        var hasChecks = export.HasBalanceChecks ?? (export.AfterSeq == 0 && !hasMore);
        writer.End(hasChecks ? InOrder(accounts) : null, lastDate ?? DateTimeOffset.UnixEpoch);
        await FlushAsync(text, output, ct);
        return new LedgerExported(until, transactions, postings) { HasMore = hasMore };
    }

    public async Task<MappingCoverage> CoverAsync(MerchantScope scope, GeneralLedgerMapping mapping, CancellationToken ct) =>
        await CoverAsync(scope, mapping, afterSeq: 0, await book.CertainAsync(ct), ct);

    public async Task WriteMappingAsync(MerchantScope scope, Stream output, CancellationToken ct)
    {
        var accounts = await database.ReadAsync(
            async reader => await reader.QueryAsync(
                $"""
                 SELECT code, kind, currency FROM ledger_accounts
                  WHERE shard = {scope.Shard} AND merchant = {scope.Merchant} AND is_live = {scope.IsLive}
                  ORDER BY code, currency LIMIT {(long)GeneralLedgerMapping.MaxRules}
                 """,
                row => (Code: row.Text(0), Kind: row.Text(1), Currency: row.Text(2))),
            ct);
        await using var text = new StringWriter();
        var csv = new CsvWriter(text);
        foreach (var column in MappingFile.Columns) csv.Plain(column);
        csv.EndRow();
        foreach (var (code, kind, currency) in accounts)
        {
            csv.Text(code);
            csv.Plain(kind);
            csv.Plain(currency);
            csv.Plain("");
            csv.Plain("");
            csv.EndRow();
        }

        await FlushAsync(text, output, ct);
    }

    public async Task<long?> WriteStatementAsync(LedgerAccountId account, LedgerSpan span, Stream output, CancellationToken ct)
    {
        var question = new StatementQuestion(account, span, StatementCsv.RowsAtOnce);
        var page = await database.ReadAsync(reader => Statements.ReadAsync(reader, question), ct);
        if (page is null) return null;
        await using var text = new StringWriter();
        var statement = new StatementCsv(text, page);
        IReadOnlyList<StatementRow> rows = page.Rows;
        var next = page.Next;
        while (true)
        {
            foreach (var row in rows) statement.Write(row);
            await FlushAsync(text, output, ct);
            if (next is null) return statement.Rows;
            var following = question with { After = next };
            (rows, next) = await database.ReadAsync(reader => Statements.RowsAsync(reader, following), ct);
        }
    }

    private async Task<MappingCoverage> CoverAsync(MerchantScope scope, GeneralLedgerMapping mapping, long afterSeq, long until, CancellationToken ct)
    {
        var accounts = new ExportAccounts(scope);
        await book.SumAsync(accounts, scope, afterSeq, until, ct);
        var covered = InOrder(accounts)
            .Select(account => new MappedAccount(
                account.IsOwn ? account.Id : null, account.Code, account.Kind, account.Currency, mapping.Find(account.Code, account.Kind, account.Currency)))
            .ToList();
        var used = covered.Select(account => account.Rule).ToHashSet();
        return new MappingCoverage(covered, [.. mapping.Rules.Where(rule => !used.Contains(rule))]);
    }

    private static BookWriter WriterOf(LedgerExport export, TextWriter text, IReadOnlyList<ExportAccount> before) => export.Format switch
    {
        LedgerExportFormat.Hledger => new HledgerWriter(text, export.Zone, before),
        LedgerExportFormat.Beancount => new BeancountWriter(text, export.Zone, before),
        LedgerExportFormat.Csv => new PostingsCsvWriter(text, export.Zone),
        LedgerExportFormat.GeneralLedger => new GeneralLedgerWriter(text, export.Zone, export.Mapping!),
    };

    private static TransactionDetail Shown(MerchantScope scope, TransactionDetail transaction) =>
        transaction with { Reference = OwnReferences.Shown(scope, transaction.Reference) };

    private static ExportAccount[] Meet(ExportAccounts accounts, TransactionDetail transaction)
    {
        var met = new ExportAccount[transaction.Postings.Count];
        for (var i = 0; i < met.Length; i++)
        {
            var posting = transaction.Postings[i];
            met[i] = accounts.Meet(posting.AccountId, posting.AccountCode, posting.AccountKind, posting.Amount.Currency);
            met[i].Sum += posting.Side.Sign() * posting.Amount.Minor;
        }

        return met;
    }

    private static List<ExportAccount> InOrder(ExportAccounts accounts) =>
        [.. accounts.All.OrderBy(account => account.Code, StringComparer.Ordinal).ThenBy(account => account.Currency.Code, StringComparer.Ordinal)];

    // Gathered in memory and sent without blocking: a web server's stream takes nothing else.
    private static async Task<int> FlushAsync(StringWriter text, Stream output, CancellationToken ct)
    {
        var gathered = text.GetStringBuilder();
        var bytes = Utf8.GetBytes(gathered.ToString());
        await output.WriteAsync(bytes, ct);
        gathered.Clear();
        return bytes.Length;
    }
}
