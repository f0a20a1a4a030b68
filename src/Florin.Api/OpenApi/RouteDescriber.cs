using Florin.Api.Errors;
using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Kernel;
using Florin.Merchants;

namespace Florin.Api.OpenApi;

/// <summary>Finds out which parameters a route reads, by letting its handler read.</summary>
/// <remarks>
/// The handlers are the one declaration of their parameters: they read all of them before <see cref="ParameterReader.Finish"/>,
/// and nothing after it (the reader sees to that). Here a handler is given made-up requests and a reader that notes what it
/// is asked for and ends the handler at <c>Finish</c>. At first the request is empty; what was asked for is then given, so
/// that sets and lists are read from within, each alone and all together, with each of their words, until no request
/// teaches anything new. A parameter is required when its absence alone is what a request is refused for.
/// </remarks>
internal sealed class RouteDescriber(ApiServices services)
{
    // Far more than any route needs; a handler that invents names would never end.
    private const int MostRounds = 12;

    private static readonly Dictionary<string, string> NoIds = new() { ["id"] = "described", ["attempt"] = "described" };

    // A merchant that is nobody: what a handler looks up to check a parameter, it does not find.
    private static readonly ApiCaller Caller =
        new(default, ApiKeyKind.Secret, new MerchantScope(MerchantId.From(new Guid(1, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0)), IsLive: false));

    /// <exception cref="InvalidOperationException">The handler does something before it has read its parameters.</exception>
    public DescribedMap Describe(ApiRoute route)
    {
        var found = new DescribedMap();
        var known = -1;
        for (var round = 0; round < MostRounds && Facts(found) != known; round++)
        {
            known = Facts(found);
            foreach (var request in Requests(found).ToList()) Try(route, found, request);
        }

        foreach (var path in Paths(found, []).ToList())
        {
            // A set's own siblings may rule it out, so what lies within is looked for in a request that has nothing else.
            var others = path.Length == 1 ? Everything(found, leftOut: path) : Only(found, path[..1], leftOut: path);
            foreach (var parameter in All(found)) parameter.WasMissed = false;
            Try(route, found, others);
            path[^1].IsRequired = path[^1].WasMissed;
        }

        return found;
    }

    private void Try(ApiRoute route, DescribedMap found, Node.Map request)
    {
        var call = new ApiCall(
            services, Caller, new ParameterReader(request, found), NoIds, new ErrorPlace(route.Pattern, "req_described"), key: null, CancellationToken.None);
        try
        {
            route.Handle(call).GetAwaiter().GetResult();
        }
        catch (ParametersReadException)
        {
            return;
        }

        throw new InvalidOperationException($"{route} answers before it has read its parameters.");
    }

    private static IEnumerable<Node.Map> Requests(DescribedMap found)
    {
        yield return Node.Map.Empty;
        yield return Everything(found, leftOut: []);
        foreach (var path in Paths(found, []))
        {
            yield return Only(found, path, leftOut: []);
            yield return Everything(found, leftOut: path);
            foreach (var form in Forms(path[^1]))
            {
                yield return Everything(found, leftOut: [], (path[^1], form));
                yield return Only(found, path, leftOut: [], (path[^1], form));
            }
        }
    }

    // What a parameter may be instead of what it usually is: another word, or a set in place of a value.
    private static IEnumerable<Node> Forms(DescribedParameter parameter)
    {
        if (parameter.Scalar is { } scalar)
        {
            foreach (var word in scalar.Words ?? []) yield return new Node.Text(word);
            if (scalar.Type == "boolean") yield return new Node.Text("false");
        }

        if (parameter.Scalar is null || parameter.Members is not null) yield return new Node.Text("1");
        if (parameter.Members is null) yield return Node.Map.Empty;
        else yield return Everything(parameter.Members, leftOut: []);
    }

    private static Node.Map Everything(DescribedMap map, DescribedParameter[] leftOut, (DescribedParameter Parameter, Node Form)? other = null) =>
        new(map.Parameters
            .Where(parameter => leftOut.Length == 0 || parameter != leftOut[^1])
            .ToDictionary(parameter => parameter.Name, parameter => Sample(parameter, leftOut, other)));

    /// <summary>A request that has one path alone, and all that lies below its end.</summary>
    private static Node.Map Only(
        DescribedMap map, DescribedParameter[] path, DescribedParameter[] leftOut, (DescribedParameter Parameter, Node Form)? other = null)
    {
        var (first, rest) = (path[0], path[1..]);
        var node = rest.Length == 0
            ? Sample(first, leftOut, other)
            : first.Members is { } members && members.Parameters.Contains(rest[0])
                ? Only(members, rest, leftOut, other)
                : new Node.Sequence([Only(first.ItemMembers!, rest, leftOut, other)]);
        return new Node.Map(new Dictionary<string, Node> { [first.Name] = node });
    }

    private static Node Sample(DescribedParameter parameter, DescribedParameter[] leftOut, (DescribedParameter Parameter, Node Form)? other)
    {
        if (other is { } instead && instead.Parameter == parameter) return instead.Form;
        if (parameter.Members is { } members) return Everything(members, leftOut, other);
        if (parameter.ItemMembers is { } items) return new Node.Sequence([Everything(items, leftOut, other)]);
        if (parameter.Items is { } item) return new Node.Sequence([new Node.Text(item.Sample)]);
        if (parameter.IsMetadata) return Node.Map.Empty;
        return new Node.Text((parameter.Scalar ?? ScalarShape.Unknown).Sample);
    }

    private static IEnumerable<DescribedParameter[]> Paths(DescribedMap map, DescribedParameter[] above)
    {
        foreach (var parameter in map.Parameters)
        {
            DescribedParameter[] path = [.. above, parameter];
            yield return path;
            foreach (var below in new[] { parameter.Members, parameter.ItemMembers })
            {
                if (below is null) continue;
                foreach (var deeper in Paths(below, path)) yield return deeper;
            }
        }
    }

    private static IEnumerable<DescribedParameter> All(DescribedMap map) => Paths(map, []).Select(path => path[^1]);

    private static int Facts(DescribedMap map) => All(map).Sum(parameter =>
        1 + (parameter.Scalar?.Detail ?? 0) + (parameter.Scalar is null ? 0 : 1) + (parameter.Members is null ? 0 : 1)
        + (parameter.IsMetadata ? 1 : 0) + (parameter.Items is null ? 0 : 1 + parameter.Items.Detail) + (parameter.ItemMembers is null ? 0 : 1));
}

/// <summary>Ends a handler that is only described, once it has read all its parameters.</summary>
internal sealed class ParametersReadException : Exception;
