using System.Buffers;
using System.Text.Json;

namespace Florin.Events;

/// <summary>An event as the API shows it and as webhooks carry it: Stripe's event object.</summary>
public static class EventJson
{
    public static void Write(Utf8JsonWriter json, StoredEvent stored)
    {
        json.WriteStartObject();
        json.WriteString("id", stored.Id.ToString());
        json.WriteString("object", "event");
        json.WriteString("api_version", stored.ApiVersion);
        json.WriteNumber("created", stored.CreatedAt.ToUnixTimeSeconds());
        json.WriteStartObject("data");
        json.WritePropertyName("object");
        json.WriteRawValue(stored.ObjectJson);
        if (stored.PreviousAttributesJson is { } previous)
        {
            json.WritePropertyName("previous_attributes");
            json.WriteRawValue(previous);
        }

        json.WriteEndObject();
        json.WriteBoolean("livemode", stored.IsLive);
        json.WriteNumber("pending_webhooks", stored.PendingWebhooks);
        json.WriteStartObject("request");
        json.WriteString("id", stored.Origin?.RequestId);
        json.WriteString("idempotency_key", stored.Origin?.IdempotencyKey);
        json.WriteEndObject();
        json.WriteString("type", stored.Type);
        json.WriteEndObject();
    }

    internal static byte[] ToBytes(StoredEvent stored)
    {
        var buffer = new ArrayBufferWriter<byte>(stored.ObjectJson.Length + 512);
        using (var json = new Utf8JsonWriter(buffer)) Write(json, stored);
        return buffer.WrittenSpan.ToArray();
    }
}
