using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Files;

/// <summary><c>/v1/files</c>: documents that serve as evidence. They are taken in, given back to their owner, and never opened.</summary>
internal static class FileRoutes
{
    private const string Url = "/v1/files";
    private static readonly AnsweredObject One = new("file");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", Url, RouteAccess.Secret, One, CreateAsync) { TakesFile = true },
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, ListAsync),
        new("GET", Url + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<FileId, StoredFile>(
            "file upload", id => call.Services.Files.FindAsync(call.Scope, id, call.Ct), call.WriteFile)),
        new("GET", Url + "/{id}/contents", RouteAccess.Secret, One, DownloadAsync) { GivesFile = true },
    ];

    private static async Task<StoredResponse> CreateAsync(ApiCall call)
    {
        // What is linked to is open to whoever has the link; that is not supported.
        var parameters = call.Parameters.Unsupported("file_link_data");
        var purpose = ReadPurpose(parameters);
        if (!parameters.Has("purpose")) parameters.Missing<string>("purpose");
        if (!parameters.Has("file")) parameters.Missing<string>("file");
        else if (call.Upload is null) parameters.Refuse<string>("file", "parameter_invalid", "file must be an uploaded file: a part of multipart/form-data with a file name.");
        else parameters.Text("file");
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        var file = new NewFile(purpose!.Value, call.Upload!.Name, call.Upload.Content);
        return await call.WriteAsync<StoredFile>(answer => call.Services.Files.CreateAsync(call.Request, file, answer, call.Ct), call.WriteFile);
    }

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        var (from, before) = call.Parameters.ReadCreated();
        var filter = new FileFilter(ReadPurpose(call.Parameters), from, before);
        return call.ListAsync<FileId, StoredFile>(Url, page => call.Services.Files.ListAsync(call.Scope, filter, page, call.Ct), call.WriteFile);
    }

    private static async Task<StoredResponse> DownloadAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<FileId>(out var id) || await call.Services.Files.ReadAsync(call.Scope, id, call.Ct) is not var (file, content)) return call.NoSuch("file upload");
        return new StoredResponse(200, WireText.MediaTypeOf(file.Type), content);
    }

    private static FilePurpose? ReadPurpose(ParameterReader parameters) =>
        parameters.Choice("purpose", Enum.GetValues<FilePurpose>().Select(purpose => (WireText.Of(purpose), purpose)).ToArray());
}
