using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Payments.Files;

/// <summary>Keeps documents in the database: bounded, never opened, and given only to whom they belong.</summary>
internal sealed class FilesService(IDatabase database, IdSource ids, TimeProvider time) : IFiles
{
    private const int LongestName = 255;

    public async Task<Result<StoredFile>> CreateAsync(
        PaymentRequest request, NewFile file, IdempotentWrite<StoredFile>? answer, CancellationToken ct)
    {
        if (file.Content.Length is 0 or > NewFile.MostBytes)
        {
            return new Refusal(
                RefusalKind.Invalid, "file_too_large", $"A file has 1 to {NewFile.MostBytes} bytes; this one has {file.Content.Length}.", "file");
        }

        if (FileTypes.Recognize(file.Content.Span) is not { } type)
        {
            return new Refusal(
                RefusalKind.Invalid, "file_type_unsupported", "A file is a PDF, a PNG or a JPEG. What it is called does not count, its first bytes do.", "file");
        }

        var id = ids.New<FileId>(request.Scope.Shard);
        var stored = new StoredFile(id, request.Scope, file.Purpose, NameOf(file.Name), type, file.Content.Length, time.GetUtcNow());
        return await database.WriteAsync<Result<StoredFile>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                await FileStore.InsertAsync(tx, stored, file.Content.ToArray());
                if (answer is not null) await answer.FinishAsync(tx, stored);
                return stored;
            },
            ct);
    }

    public async Task<StoredFile?> FindAsync(MerchantScope scope, FileId id, CancellationToken ct) =>
        (await FindManyAsync(scope, [id], ct)).SingleOrDefault();

    public async Task<IReadOnlyList<StoredFile>> FindManyAsync(MerchantScope scope, IReadOnlyCollection<FileId> ids, CancellationToken ct) =>
        ids.Count == 0 ? [] : await database.ReadAsync(async reader => await FileStore.FindManyAsync(reader, scope, ids), ct);

    public Task<Page<StoredFile>> ListAsync(MerchantScope scope, FileFilter filter, PageRequest<FileId> page, CancellationToken ct) =>
        database.ReadAsync(async reader => await FileStore.ListAsync(reader, scope, filter, page), ct);

    public async Task<(StoredFile File, byte[] Content)?> ReadAsync(MerchantScope scope, FileId id, CancellationToken ct) => await database.ReadAsync<(StoredFile, byte[])?>(
        async reader => (await FileStore.FindManyAsync(reader, scope, [id])).SingleOrDefault() is { } file
            ? (file, (await FileStore.ContentAsync(reader, id))!)
            : null,
        ct);

    // Only what comes after the last slash, without what a terminal or a page would act on.
    private static string? NameOf(string? name)
    {
        if (name is null) return null;
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var shown = string.Concat(last.Where(letter => !char.IsControl(letter))).Trim();
        if (shown.Length == 0 || CardNumbers.AppearIn(shown)) return null;
        return shown.Length <= LongestName ? shown : shown[..LongestName];
    }
}
