using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Florin.Kernel;

/// <summary>Holds what must not be seen: prints <c>[secret]</c> and serializes to nothing.</summary>
[DebuggerDisplay("[secret]")]
[JsonConverter(typeof(SecretJsonConverter))]
public sealed class Secret<T>(T value) where T : notnull
{
    /// <summary>The value itself. Each call is a place to review.</summary>
    public T Reveal() => value;

    public override string ToString() => "[secret]";
}

public static class Secret
{
    public static Secret<T> Of<T>(T value) where T : notnull => new(value);
}

internal sealed class SecretJsonConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Secret<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(
            typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<Secret<T>> where T : notnull
    {
        public override Secret<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is not read from JSON.");

        public override void Write(Utf8JsonWriter writer, Secret<T> value, JsonSerializerOptions options) =>
            writer.WriteNullValue();
    }
}
