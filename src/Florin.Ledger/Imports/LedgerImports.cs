using System.Text;
using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Ledger.Imports;

internal sealed class LedgerImports(IDatabase database, PostingEngine engine, KnownAccounts known) : ILedgerImports
{
    // One question to the engine; all of them are one database transaction.
    private const int TransactionsAtOnce = 2_000;

    // As SharedCommits: each lost race for a reference is with another one that won.
    private const int MaxTries = 10;

    public async Task<LedgerImported> ImportAsync(
        LedgerImport import, Stream file, IdempotentWrite<LedgerImported>? answer, CancellationToken ct)
    {
        var faults = new Faults();
        var drafts = await ReadAsync(import, file, faults, ct);
        if (drafts.Count > import.MostTransactions)
        {
            faults.Add(
                drafts[import.MostTransactions].Line,
                drafts[import.MostTransactions].Text,
                $"The file has {drafts.Count} transactions; {import.MostTransactions} go at once. Cut it in two.");
            return new LedgerImported(false, drafts.Count, 0, faults.InOrder());
        }

        var named = Named(import, drafts, faults);
        var transactions = await OfTheBookAsync(import.Scope, await WithCorrectionsAsync(import.Scope, named, ct), ct);

        // Where lines are at fault already the rest is tried all the same, so that whoever mends the file hears of everything.
        var isKept = !import.IsDryRun && faults.Count == 0;
        var outcome = await PostAsync(transactions, isKept, answer, ct);
        foreach (var (index, refusal) in outcome.Refusals)
        {
            var told = OwnPostings.Told(import.Scope, refusal, []);
            faults.Add(named[index].Draft.Line, named[index].Draft.Text, told);
        }

        var imported = new LedgerImported(!import.IsDryRun && faults.Count == 0, drafts.Count, outcome.Repeated, faults.InOrder());
        return import is { IsDryRun: true, IsOwn: false } ? imported with { Opens = await NewAccountsAsync(import.Scope, transactions, ct) } : imported;
    }

    private static async Task<IReadOnlyList<Draft>> ReadAsync(LedgerImport import, Stream file, Faults faults, CancellationToken ct)
    {
        using var read = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await file.ReadAsync(buffer, ct) is > 0 and var count)
        {
            if (read.Length + count > LedgerImport.MaxBytes)
            {
                faults.Add(0, "", $"The file has more than {LedgerImport.MaxBytes} bytes. Cut it in two.");
                return [];
            }

            read.Write(buffer, 0, count);
        }

        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(read.GetBuffer(), 0, (int)read.Length);
        }
        catch (DecoderFallbackException wrong)
        {
            var before = read.GetBuffer().AsSpan(0, Math.Max(0, Math.Min(wrong.Index, (int)read.Length)));
            faults.Add(before.Count((byte)'\n') + 1, "", "This is no UTF-8.");
            return [];
        }

        if (text.AsSpan().Count('\n') >= import.MostLines)
        {
            faults.Add(0, "", $"The file has more than {import.MostLines} lines. Cut it in two.");
            return [];
        }

        return import.Format switch
        {
            LedgerImportFormat.Csv => new CsvDrafts(import.Scope, import.Zone, faults).ReadPostings(text),
            LedgerImportFormat.OpeningCsv => new CsvDrafts(import.Scope, import.Zone, faults).ReadOpening(
                text, import.IsOwn ? OwnDrafts.OpeningBalances : DraftText.OpeningBalances),
            LedgerImportFormat.Hledger => new HledgerReader(import.Scope, import.Zone, faults).Read(text),
        };
    }

    /// <summary>Gives each draft its reference, and leaves out those that can be told to be wrong by looking at them alone.</summary>
    private static List<(Draft Draft, NewLedgerTransaction Transaction)> Named(LedgerImport import, IReadOnlyList<Draft> drafts, Faults faults)
    {
        var named = new List<(Draft, NewLedgerTransaction)>(drafts.Count);
        var (lines, occurrences) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var draft in drafts)
        {
            var reference = draft.Reference;
            if (reference is null)
            {
                var content = DraftText.ContentOf(draft);
                reference = DraftText.ReferenceOf(content, occurrences[content] = occurrences.GetValueOrDefault(content) + 1);
            }

            if (!lines.TryAdd(reference, draft.Line))
            {
                faults.Add(draft.Line, draft.Text, $"Reference {reference} is that of line {lines[reference]} already.");
                continue;
            }

            if (import.IsOwn)
            {
                if (OwnDrafts.Read(import.Scope, draft, reference).TryGet(out var own, out var notOwn)) named.Add((draft, own));
                else faults.Add(draft.Line, draft.Text, notOwn);
                continue;
            }

            reference = import.ReferencePrefix + reference;
            var transaction = new NewLedgerTransaction(
                import.Scope, reference, draft.Kind, draft.Subject ?? DraftText.SubjectOf(reference), draft.EffectiveAt, draft.Postings)
            {
                Correction = draft.Correction,
                Corrects = draft.Corrects,
                Metadata = draft.Metadata,
            };
            if (TransactionRules.Refuse(transaction) is { } refusal) faults.Add(draft.Line, draft.Text, refusal);
            else named.Add((draft, transaction));
        }

        return named;
    }

    /// <summary>A transaction names what it corrects by an id of the book that it comes from: in another book it stands alone.</summary>
    private async Task<IReadOnlyList<NewLedgerTransaction>> WithCorrectionsAsync(
        MerchantScope scope, List<(Draft Draft, NewLedgerTransaction Transaction)> named, CancellationToken ct)
    {
        var corrected = named.Select(one => one.Transaction.Corrects).OfType<LedgerTransactionId>().Select(id => id.Value).Distinct().ToList();
        if (corrected.Count == 0) return [.. named.Select(one => one.Transaction)];
        var here = await database.ReadAsync(
            async reader =>
            {
                var found = new HashSet<LedgerTransactionId>();
                foreach (var chunk in corrected.Chunk(SetBased.MembersOf(reader.Engine)))
                {
                    found.UnionWith(await reader.QueryAsync(
                        $"""
                         SELECT id FROM ledger_transactions
                          WHERE shard = {scope.Shard} AND merchant = {scope.Merchant} AND is_live = {scope.IsLive}
                            AND {SetBased.IsAmong(reader.Engine, new SqlFragment("id"), chunk)}
                         """,
                        row => row.Id<LedgerTransactionId>(0)));
                }

                return found;
            },
            ct);
        return [.. named.Select(one => one.Transaction.Corrects is { } id && !here.Contains(id)
            ? one.Transaction with { Correction = null, Corrects = null }
            : one.Transaction)];
    }

    private async Task<IReadOnlyList<AccountName>> NewAccountsAsync(
        MerchantScope scope, IReadOnlyList<NewLedgerTransaction> transactions, CancellationToken ct)
    {
        var named = transactions.SelectMany(transaction => transaction.Postings).DistinctBy(posting => posting.Account)
            .Select(posting => (Id: AccountIds.Of(posting.Account), Name: posting.Account)).ToList();
        return await database.ReadAsync<IReadOnlyList<AccountName>>(
            async reader =>
            {
                var known = new HashSet<LedgerAccountId>();
                foreach (var chunk in named.Select(account => account.Id.Value).Chunk(SetBased.MembersOf(reader.Engine)))
                {
                    known.UnionWith(await reader.QueryAsync(
                        $"SELECT id FROM ledger_accounts WHERE shard = {scope.Shard} AND {SetBased.IsAmong(reader.Engine, new SqlFragment("id"), chunk)}",
                        row => row.Id<LedgerAccountId>(0)));
                }

                return [.. named.Where(account => !known.Contains(account.Id)).Select(account => account.Name)];
            },
            ct);
    }

    /// <summary>Keeps references of one book apart from those of its neighbours, as a merchant's own are, except for those that the
    /// book has as they are: Florin's own, and what was imported before they were kept apart.</summary>
    private async Task<IReadOnlyList<NewLedgerTransaction>> OfTheBookAsync(
        MerchantScope scope, IReadOnlyList<NewLedgerTransaction> transactions, CancellationToken ct)
    {
        var known = await database.ReadAsync(
            async reader =>
            {
                var found = new HashSet<string>(StringComparer.Ordinal);
                foreach (var chunk in transactions.Select(transaction => transaction.Reference).Chunk(SetBased.MembersOf(reader.Engine)))
                {
                    found.UnionWith(await reader.QueryAsync(
                        $"""
                         SELECT reference FROM ledger_transactions
                          WHERE shard = {scope.Shard} AND merchant = {scope.Merchant} AND is_live = {scope.IsLive}
                            AND {SetBased.IsAmong(reader.Engine, new SqlFragment("reference"), chunk)}
                         """,
                        row => row.Text(0)));
                }

                return found;
            },
            ct);
        return [.. transactions.Select(transaction => known.Contains(transaction.Reference) || OwnReferences.IsStored(scope, transaction.Reference)
            ? transaction
            : transaction with { Reference = OwnReferences.Stored(scope, transaction.Reference) })];
    }

    private async Task<Outcome> PostAsync(
        IReadOnlyList<NewLedgerTransaction> transactions, bool isKept, IdempotentWrite<LedgerImported>? answer, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await database.WriteAsync(tx => PostAsync(tx, transactions, isKept, answer), ct);
            }
            catch (UniqueViolationException) when (tries < MaxTries)
            {
                // Somebody posted one of the references since we looked; the next look finds it.
            }
        }
    }

    private async Task<Outcome> PostAsync(
        ITransaction tx, IReadOnlyList<NewLedgerTransaction> transactions, bool isKept, IdempotentWrite<LedgerImported>? answer)
    {
        var outcome = new Outcome();
        if (isKept && answer is not null) await answer.BeginAsync(tx, subject: null);
        if (transactions.Count > TransactionsAtOnce) await LockBalancesAsync(tx, transactions);
        for (var start = 0; start < transactions.Count; start += TransactionsAtOnce)
        {
            NewLedgerTransaction[] piece = [.. transactions.Skip(start).Take(TransactionsAtOnce)];
            var results = await engine.PostAsync(tx, piece, allOrNone: false);
            for (var i = 0; i < results.Length; i++)
            {
                if (results[i].TryGet(out var posted, out var refusal)) outcome.Repeated += posted.IsReplay ? 1 : 0;
                else outcome.Refusals.Add((start + i, refusal));
            }
        }

        if (!isKept || outcome.Refusals.Count > 0) tx.Abandon();
        else if (answer is not null) await answer.FinishAsync(tx, new LedgerImported(true, transactions.Count, outcome.Repeated, []));
        return outcome;
    }

    // Piece by piece they would be locked in no order at all, and who posts to two of them meanwhile would wait in a circle with us:
    // tried again, an import of seconds meets the next one.
    private async Task LockBalancesAsync(ITransaction tx, IReadOnlyList<NewLedgerTransaction> transactions)
    {
        var names = transactions.SelectMany(transaction => transaction.Postings).Select(posting => posting.Account).ToHashSet();
        var mustExist = transactions.Where(transaction => !transaction.OpensAccounts)
            .SelectMany(transaction => transaction.Postings).Select(posting => posting.Account).ToHashSet();
        await PostingsUnderWay.BeginAsync(tx);
        var found = await known.EnsureAsync(tx, names, mustExist);
        await LockedBalances.LockAsync(tx, transactions[0].Scope.Shard, names.Select(name => found[name]).OfType<KnownAccount>());
    }

    private sealed class Outcome
    {
        public int Repeated { get; set; }

        public List<(int Index, Refusal Refusal)> Refusals { get; } = [];
    }
}
