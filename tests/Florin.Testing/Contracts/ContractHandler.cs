namespace Florin.Testing.Contracts;

/// <summary>Holds every answer of the API against what the API says about itself (<c>/openapi/v1.json</c>).</summary>
/// <remarks>An answer that does not fit fails the test that asked for it.</remarks>
public sealed class ContractHandler(HttpMessageHandler? inner = null) : DelegatingHandler(inner ?? new SocketsHttpHandler())
{
    private ApiContract? contract;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var address = request.RequestUri!;
        if (!address.AbsolutePath.StartsWith("/v1/", StringComparison.Ordinal) || request.Method == HttpMethod.Head) return response;
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (body.Length == 0) return response;
        contract ??= await LoadAsync(address, cancellationToken);
        var mediaType = response.Content.Headers.ContentType?.MediaType ?? "";
        if (contract.AnswersWith(request.Method.Method, address.AbsolutePath, (int)response.StatusCode, mediaType)) return response;
        var violations = contract.Violations(request.Method.Method, address.AbsolutePath, (int)response.StatusCode, body);
        return violations.Count == 0
            ? response
            : throw new InvalidOperationException(
                $"{request.Method} {address.AbsolutePath} answered {(int)response.StatusCode}, and not as described:\n{string.Join('\n', violations)}");
    }

    private async Task<ApiContract> LoadAsync(Uri address, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/openapi/v1.json"));
        using var response = await base.SendAsync(request, ct);
        return ApiContract.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(ct));
    }
}
