using System.Text.Json;

namespace Florin.Payments.Wire;

public static partial class PaymentJson
{
    public static byte[] Bytes(TestClock clock) => WireWriter.Bytes(clock, Write);

    public static void Write(Utf8JsonWriter writer, TestClock clock)
    {
        var isAdvancing = clock.Status == TestClockStatus.Advancing;
        writer.WriteStartObject();
        writer.WriteId("id"u8, clock.Id);
        writer.WriteString("object"u8, "test_helpers.test_clock"u8);
        writer.WriteInstant("created"u8, clock.CreatedAt);
        writer.WriteInstant("deletes_after"u8, clock.DeletesAfter);
        writer.WriteInstant("frozen_time"u8, clock.FrozenAt);
        writer.WriteBoolean("livemode"u8, clock.Scope.IsLive);
        writer.WriteText("name"u8, clock.Name);
        writer.WriteString("status"u8, isAdvancing ? "advancing"u8 : "ready"u8);
        writer.WriteStartObject("status_details"u8);
        if (isAdvancing)
        {
            writer.WriteStartObject("advancing"u8);
            writer.WriteInstant("target_frozen_time"u8, clock.FrozenAt);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
