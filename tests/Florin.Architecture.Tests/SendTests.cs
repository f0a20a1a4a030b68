using System.Reflection;
using System.Runtime.CompilerServices;
using Florin.Connectors;

namespace Florin.Architecture.Tests;

/// <summary>Nothing that may move money is sent to a gateway past the one place that sets its limit in time.</summary>
/// <remarks>A call that only asks is given no connector but its questions, which the compiler sees to. What is left: nobody calls a
/// connector by himself, and nobody else takes such a call.</remarks>
public sealed class SendTests
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type Call = typeof(Func<IConnector, CancellationToken, Task<GatewayAnswer>>);

    // The connectors themselves, and what guards them.
    private static readonly string[] Senders = ["Florin.Connectors"];

    private static IEnumerable<Type> Types => Source.Projects.Except(Senders).SelectMany(project => Source.Built(project).GetTypes());

    [Fact]
    public void A_connector_is_asked_to_send_only_by_what_is_handed_to_the_one_place_that_limits_it() =>
        Assert.Empty(Types.SelectMany(DirectSends));

    [Fact]
    public void One_method_alone_takes_what_sends_and_one_alone_makes_the_call() => Assert.Equal(
        ["GatewayCalls.CallAsync", "GatewayCalls.SendAsync"],
        Types.SelectMany(type => type.GetMethods(All)).Where(method => !IsLambda(method) && method.GetParameters().Any(parameter => parameter.ParameterType == Call))
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}").Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void What_may_be_asked_at_any_time_is_a_short_list() => Assert.Equal(
        ["ListDisputesAsync", "QueryAsync", "QueryDisputeAsync", "ReverseAsync"],
        typeof(IGatewayQuestions).GetMethods().Where(method => !method.IsSpecialName).Select(method => method.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void A_planted_send_is_caught() => Assert.Single(DirectSends(typeof(PlantedSend)));

    private static IEnumerable<string> DirectSends(Type type) =>
        from method in type.GetMethods(All)
        where !(IsLambda(method) && method.GetParameters() is [{ ParameterType: var first }, ..] && first == typeof(IConnector))
        from called in Called(method)
        where called.DeclaringType == typeof(IConnector) && called is MethodInfo { ReturnType: var answer } && answer == typeof(Task<GatewayAnswer>)
        select $"{type}.{method.Name} calls {called.Name}";

    private static bool IsLambda(MethodInfo method) => method.Name.StartsWith('<');

    // ECMA-335 section III: callvirt is 0x6F, and a token of four bytes follows. Bytes that only look like that name no method of a
    // connector.
    private static IEnumerable<MethodBase> Called(MethodInfo method)
    {
        const byte CallVirtual = 0x6F;
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at + sizeof(int) < code.Length; at++)
        {
            if (code[at] == CallVirtual && TryResolve(method, BitConverter.ToInt32(code, at + 1)) is { } called) yield return called;
        }
    }

    private static MethodBase? TryResolve(MethodInfo method, int token)
    {
        try
        {
            return method.Module.ResolveMethod(token, method.DeclaringType?.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : null);
        }
        catch (Exception wrong) when (wrong is ArgumentException or BadImageFormatException)
        {
            return null;
        }
    }

    private sealed class PlantedSend(IConnector connector)
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public Task<GatewayAnswer> FreeAsync(VoidOrder order, ConnectorAccount account, CancellationToken deadline) => connector.VoidAsync(order, account, deadline);
    }
}
