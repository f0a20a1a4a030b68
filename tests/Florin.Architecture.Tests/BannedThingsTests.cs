using System.Reflection;
using System.Runtime.CompilerServices;
using Florin.Kernel;

namespace Florin.Architecture.Tests;

/// <summary>What must not be found in the code, wherever it is written.</summary>
public sealed class BannedThingsTests
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // Where card data is at home: encrypted in the vault, on its way out in the connectors, made up in the sandbox.
    private static readonly string[] CardModules = ["Florin.Vault", "Florin.Connectors", "Florin.Sandbox"];

    // Where a buyer's card comes in; it may pass through, behind Secret.
    private static readonly string[] CardDoors = ["Florin.Api", "Florin.Checkout"];

    private static readonly HashSet<string> CardNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "pan", "cardnumber", "primaryaccountnumber", "cvc", "cvv", "cvv2", "securitycode",
    };

    private static readonly HashSet<Type> FloatingPoint = [typeof(float), typeof(double), typeof(decimal), typeof(Half)];

    [Fact]
    public void Money_is_never_a_floating_point_number() =>
        Assert.Empty(Source.WrittenTypes("Florin.Ledger").Concat(Source.WrittenTypes("Florin.Payments"))
            .Append(typeof(Money)).SelectMany(FloatingPointMembers));

    [Theory]
    [InlineData(typeof(PlantedField))]
    [InlineData(typeof(PlantedReturn))]
    [InlineData(typeof(PlantedArgument))]
    [InlineData(typeof(PlantedInside))]
    public void A_planted_floating_point_member_is_caught(Type planted) => Assert.NotEmpty(FloatingPointMembers(planted));

    [Fact]
    public void Card_data_is_held_by_the_vault_and_the_connectors_alone() =>
        Assert.Empty(
            from project in Source.Projects.Except(CardModules)
            from type in Source.WrittenTypes(project)
            from member in CardMembers(type, mayBeSecret: CardDoors.Contains(project))
            select member);

    [Theory]
    [InlineData(typeof(PlantedPan), true)]
    [InlineData(typeof(PlantedPan), false)]
    [InlineData(typeof(PlantedSecretCvc), false)]
    public void A_planted_holder_of_card_data_is_caught(Type planted, bool mayBeSecret) => Assert.NotEmpty(CardMembers(planted, mayBeSecret));

    [Fact]
    public void A_door_may_hold_card_data_behind_Secret() => Assert.Empty(CardMembers(typeof(PlantedSecretCvc), mayBeSecret: true));

    [Fact]
    public void No_method_is_async_void() =>
        Assert.Empty(Source.Projects.SelectMany(project => Source.Built(project).GetTypes()).SelectMany(AsyncVoidMethods));

    [Fact]
    public void A_planted_async_void_is_caught() => Assert.NotEmpty(AsyncVoidMethods(typeof(PlantedAsyncVoid)));

    private static IEnumerable<string> FloatingPointMembers(Type type)
    {
        foreach (var field in type.GetFields(All))
        {
            if (HasFloatingPoint(field.FieldType)) yield return $"{type}.{field.Name}";
        }

        foreach (var method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
        {
            // A lambda's body is its method's business, and what it keeps shows in its fields.
            if (method.IsDefined(typeof(CompilerGeneratedAttribute)) && method.Name.StartsWith('<')) continue;
            if (method is MethodInfo { ReturnType: { } returned } && HasFloatingPoint(returned)) yield return $"{type}.{method.Name} returns one";
            foreach (var parameter in method.GetParameters())
            {
                if (HasFloatingPoint(parameter.ParameterType)) yield return $"{type}.{method.Name}({parameter.Name})";
            }
        }
    }

    private static bool HasFloatingPoint(Type type)
    {
        // Metrics count seconds in double; no amount goes there.
        if (type.Namespace == "System.Diagnostics.Metrics") return false;
        if (FloatingPoint.Contains(type)) return true;
        return (type.HasElementType && HasFloatingPoint(type.GetElementType()!))
            || (type.IsGenericType && type.GetGenericArguments().Any(HasFloatingPoint));
    }

    private static IEnumerable<string> CardMembers(Type type, bool mayBeSecret)
    {
        foreach (var field in type.GetFields(All))
        {
            // The name of what the compiler makes for a property or a primary constructor stands in angle brackets.
            var name = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name.TrimStart('_');
            if (field.IsLiteral || !CardNames.Contains(name)) continue;

            // What is wrong with a CVC is a word of a small set, and holds none.
            if ((Nullable.GetUnderlyingType(field.FieldType) ?? field.FieldType).IsEnum) continue;
            if (mayBeSecret && field.FieldType.IsGenericType && field.FieldType.GetGenericTypeDefinition() == typeof(Secret<>)) continue;
            yield return $"{type}.{name}";
        }
    }

    private static IEnumerable<string> AsyncVoidMethods(Type type) =>
        from method in type.GetMethods(All)
        where method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute))
        select $"{type}.{method.Name}";

    private sealed record PlantedField(string Name)
    {
        public double Amount { get; init; }
    }

    private sealed class PlantedReturn
    {
        public static float Fee() => 0.029f;
    }

    private sealed class PlantedArgument
    {
        public static long Round(decimal amount) => (long)amount;
    }

    private sealed record PlantedInside(IReadOnlyDictionary<string, double?[]> Rates);

    private sealed record PlantedPan(string CardNumber);

    private sealed record PlantedSecretCvc(Secret<string> Cvc);

    private sealed class PlantedAsyncVoid
    {
        public static async void Forget() => await Task.Yield();
    }
}
