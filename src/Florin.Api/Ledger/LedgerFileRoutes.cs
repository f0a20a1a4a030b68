using System.Globalization;
using System.Text;
using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Storage.Idempotency;

namespace Florin.Api.Ledger;

/// <summary><c>/v1/florin/ledger/exports</c> and <c>/imports</c>: books as files of other programs.</summary>
internal static class LedgerFileRoutes
{
    public const string AfterHeader = "Florin-Ledger-After";
    public const string HasMoreHeader = "Florin-Ledger-Has-More";

    private const string Exports = "/v1/florin/ledger/exports";
    private const string Imports = "/v1/florin/ledger/imports";

    // An answer is gathered in memory, so that a slow reader holds no turn.
    private const int EnoughExportBytes = 16 * 1024 * 1024;
    private const int MostStatementBytes = 32 * 1024 * 1024;

    private const int MostMappingCharacters = 512 * 1024;
    private const int MostImportCharacters = 1_000_000;
    private const int MostImportLines = 100_000;
    private const int MostZoneCharacters = 64;

    // One database transaction, which on SQLite keeps all other writes waiting: as many as a bulk call may have.
    private const int MostImportTransactions = 10_000;

    private static readonly AnsweredObject Transaction = new("florin.ledger_transaction");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        Export("GET"),
        Export("POST"),
        new("POST", Imports, RouteAccess.Secret, new AnsweredObject("florin.ledger_import"), ImportAsync) { TakesFile = true, TakesTextToo = true, IsLong = true },
    ];

    /// <summary>A whole statement as CSV.</summary>
    public static async Task<StoredResponse> ShowStatementAsync(ApiCall call, LedgerAccountId account, LedgerSpan span) =>
        await LedgerReportRoutes.InTurnAsync(call, async () =>
        {
            using var file = new BoundedFile(MostStatementBytes);
            try
            {
                var rows = await call.Services.Books.WriteStatementAsync(call.Scope, account, span, file, call.Ct);
                if (rows is null) return call.Refuse(new Refusal(RefusalKind.NotFound, "resource_missing", $"No such ledger account: '{account}'.", "account"));
            }
            catch (FileFullException)
            {
                return call.Refuse(new Refusal(
                    RefusalKind.Invalid, "ledger_statement_too_long", $"The statement has more than {MostStatementBytes} bytes; ask for less with from and until.", "from"));
            }

            return File(call, file.ToArray(), "text/csv", "statement.csv");
        });

    private static ApiRoute Export(string method) => new(method, Exports, RouteAccess.Secret, Transaction, ExportAsync)
    {
        OnlyReads = true,
        GivesFile = true,
        FileTypes = ["text/csv", "text/plain"],
        AnswerHeaders =
        [
            (AfterHeader, "Where the export ended: after of the next one."),
            (HasMoreHeader, "true where the book goes on; ask again with after."),
        ],
    };

    private static async Task<StoredResponse> ExportAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        var format = parameters.Choice<LedgerExportFormat>("format", LedgerText.Words<LedgerExportFormat>(LedgerText.Of));
        if (!parameters.Has("format"))
        {
            if (call.PrefersCsv) format = LedgerExportFormat.Csv;
            else parameters.Missing<string>("format");
        }

        var after = parameters.Integer("after", 0, long.MaxValue) ?? 0;
        var zone = ReadZone(parameters);
        var mapping = parameters.FilledText("mapping", MostMappingCharacters);
        if (mapping is not null && format is not null and not LedgerExportFormat.GeneralLedger)
        {
            parameters.Refuse<string>("mapping", "parameters_exclusive", "A mapping belongs to format=general_ledger alone.");
        }

        if (format == LedgerExportFormat.GeneralLedger && !parameters.Has("mapping")) parameters.Missing<string>("mapping");
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        var export = new LedgerExport(call.Scope, format!.Value, after) { Zone = zone, EnoughBytes = EnoughExportBytes };
        if (mapping is null) return await LedgerReportRoutes.InTurnAsync(call, () => WriteAsync(call, export));
        return GeneralLedgerMapping.Parse(mapping).TryGet(out var rules, out var unreadable)
            ? await LedgerReportRoutes.InTurnAsync(call, () => WriteAsync(call, export with { Mapping = rules }))
            : call.Refuse(unreadable);
    }

    private static async Task<StoredResponse> WriteAsync(ApiCall call, LedgerExport export)
    {
        using var file = new MemoryStream();
        var written = await call.Services.LedgerExports.WriteAsync(export, file, call.Ct);
        if (!written.TryGet(out var exported, out var refusal)) return call.Refuse(refusal);
        call.AnswerHeaders[AfterHeader] = exported.LastSeq.ToString(CultureInfo.InvariantCulture);
        call.AnswerHeaders[HasMoreHeader] = exported.HasMore ? "true" : "false";
        return export.Format switch
        {
            LedgerExportFormat.Hledger => File(call, file.ToArray(), "text/plain", "ledger.journal"),
            LedgerExportFormat.Beancount => File(call, file.ToArray(), "text/plain", "ledger.beancount"),
            LedgerExportFormat.Csv => File(call, file.ToArray(), "text/csv", "ledger.csv"),
            LedgerExportFormat.GeneralLedger => File(call, file.ToArray(), "text/csv", "general-ledger.csv"),
        };
    }

    private static async Task<StoredResponse> ImportAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        var format = parameters.Choice<LedgerImportFormat>("format", LedgerText.Words<LedgerImportFormat>(LedgerText.Of));
        if (!parameters.Has("format")) parameters.Missing<string>("format");
        var isDryRun = parameters.Bool("dry_run") ?? false;
        var zone = ReadZone(parameters);

        // The file's parameter is its hash, by which a repetition is known; it says nothing else.
        parameters.Text("file");
        var content = parameters.FilledText("content", MostImportCharacters);
        if (parameters.Has("file") && call.Upload is null) parameters.Refuse<string>("file", "parameter_invalid", "file must be an uploaded file: a part of multipart/form-data with a file name.");
        if (parameters.Has("file") && parameters.Has("content")) parameters.Refuse<string>("content", "parameters_exclusive", "Give file or content, not both.");
        if (!parameters.Has("file") && !parameters.Has("content")) parameters.Missing<string>("file");
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        var import = new LedgerImport(call.Scope, format!.Value, isDryRun)
        {
            Zone = zone,
            IsOwn = true,
            MostLines = MostImportLines,
            MostTransactions = MostImportTransactions,
        };
        using var file = new MemoryStream(call.Upload is { } upload ? upload.Content.ToArray() : Encoding.UTF8.GetBytes(content!), writable: false);
        return await call.WriteAsync<LedgerImported>(
            async answer => await call.Services.LedgerImports.ImportAsync(import, file, answer, call.Ct),
            (writer, imported) => LedgerJson.WriteImport(writer, imported, isDryRun, call.Scope.IsLive));
    }

    private static TimeZoneInfo ReadZone(ParameterReader parameters)
    {
        if (parameters.FilledText("time_zone", MostZoneCharacters) is not { } name) return TimeZoneInfo.Utc;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) return zone;
        parameters.Refuse<string>("time_zone", "parameter_invalid", "time_zone must be a name of the time zone database, as in Asia/Seoul.");
        return TimeZoneInfo.Utc;
    }

    public static StoredResponse File(ApiCall call, byte[] file, string mediaType, string name)
    {
        call.AnswerHeaders.ContentDisposition = $"attachment; filename=\"{name}\"";
        return new StoredResponse(200, $"{mediaType}; charset=utf-8", file);
    }

    private sealed class FileFullException() : Exception("The file is as large as it may be.");

    /// <summary>A file in memory that takes only so much.</summary>
    private sealed class BoundedFile(int most) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Length + buffer.Length > most ? throw new FileFullException() : base.WriteAsync(buffer, cancellationToken);
    }
}
