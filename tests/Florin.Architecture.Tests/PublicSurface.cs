using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Florin.Architecture.Tests;

/// <summary>Writes types down, one line a member, in an order that does not depend on the compiler.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Of(IEnumerable<Type> types)
    {
        var text = new StringBuilder();
        foreach (var type in types.OrderBy(NameOf, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (var line in Members(type).Order(StringComparer.Ordinal)) text.Append("    ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static string Header(Type type)
    {
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        var bases = new List<string>();
        if (type is { IsClass: true, BaseType: { } parent } && parent != typeof(object)) bases.Add(NameOf(parent));
        if (!type.IsEnum) bases.AddRange(type.GetInterfaces().Where(one => one.IsVisible).Select(NameOf).Order(StringComparer.Ordinal));
        return $"{kind} {type.Namespace}.{NameOf(type)}" + (bases.Count == 0 ? "" : " : " + string.Join(", ", bases));
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            // In the order of their values, which is part of what others may rely on.
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => $"{Convert.ToInt64(field.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture):D2} {field.Name}");
        }

        return type.GetMembers(Declared).Where(IsShown).Select(Line).OfType<string>();
    }

    private static bool IsShown(MemberInfo member) =>
        !member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && !member.Name.StartsWith('<');

    private static string? Line(MemberInfo member) => member switch
    {
        ConstructorInfo { IsStatic: false } one when IsOpen(one) => $"new({Parameters(one)})",
        MethodInfo { IsSpecialName: false } one when IsOpen(one) =>
            $"{Static(one.IsStatic)}{NameOf(one.ReturnType, Nullability.Create(one.ReturnParameter))} {one.Name}{Generic(one)}({Parameters(one)})",
        MethodInfo { IsSpecialName: true } one when IsOpen(one) && one.Name.StartsWith("op_", StringComparison.Ordinal) =>
            $"{NameOf(one.ReturnType)} {one.Name}({Parameters(one)})",
        PropertyInfo one when one.GetAccessors(nonPublic: true).Any(IsOpen) =>
            $"{Static(one.GetAccessors(nonPublic: true)[0].IsStatic)}{NameOf(one.PropertyType, Nullability.Create(one))} {one.Name} {{{Accessors(one)} }}",
        FieldInfo one when one.IsPublic || one.IsFamily =>
            $"{(one.IsLiteral ? "const " : Static(one.IsStatic))}{NameOf(one.FieldType)} {one.Name}",
        EventInfo one => $"event {NameOf(one.EventHandlerType!)} {one.Name}",
        _ => null,
    };

    private static bool IsOpen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Accessors(PropertyInfo property) =>
        (property.GetMethod is { } get && IsOpen(get) ? " get;" : "") + (property.SetMethod is { } set && IsOpen(set) ? " set;" : "");

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(one => one.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(one =>
        $"{NameOf(one.ParameterType, Nullability.Create(one))} {one.Name}" + (one.HasDefaultValue ? " = " + (one.DefaultValue ?? "default") : "")));

    private static string NameOf(Type type) => NameOf(type, null);

    private static string NameOf(Type type, NullabilityInfo? info)
    {
        var mark = info is { ReadState: NullabilityState.Nullable } && !type.IsValueType ? "?" : "";
        if (type.IsByRef) return "ref " + NameOf(type.GetElementType()!);
        if (type.IsArray) return NameOf(type.GetElementType()!, info?.ElementType) + "[]" + mark;
        if (Nullable.GetUnderlyingType(type) is { } value) return NameOf(value) + "?";
        var name = type.IsGenericParameter || type.DeclaringType is null ? type.Name : NameOf(type.DeclaringType) + "." + type.Name;
        if (!type.IsGenericType) return name + mark;
        var arguments = type.GetGenericArguments().Select((one, i) => NameOf(one, info?.GenericTypeArguments.ElementAtOrDefault(i)));
        return $"{name.Split('`')[0]}<{string.Join(", ", arguments)}>{mark}";
    }
}
