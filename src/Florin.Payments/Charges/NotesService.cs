using Florin.Events;
using Florin.Kernel;
using Florin.Payments.Refunds;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Payments.Charges;

/// <summary>What merchants note on charges and refunds: nothing of it moves money.</summary>
internal sealed class NotesService(IDatabase database, IEvents events)
{
    public Task<Result<Charge>> UpdateAsync(
        PaymentRequest request, ChargeId id, ChargeChange change, IdempotentWrite<Charge>? answer, CancellationToken ct) => database.WriteAsync<Result<Charge>>(
        async tx =>
        {
            if (answer is not null) await answer.BeginAsync(tx, id.Value);
            var before = (await ChargeStore.LockAsync(tx, id))?.Charge;
            if (before is null || before.Scope != request.Scope) return Abandoned(tx, PaymentRefusals.NoSuch("charge", id.ToString(), "charge"));
            if (!MetadataChange.Apply(change.Metadata, before.Metadata).TryGet(out var metadata, out var tooMany)) return Abandoned(tx, tooMany);
            var changed = before with
            {
                Description = Texts.Changed(before.Description, change.Description),
                ReceiptEmail = Texts.Changed(before.ReceiptEmail, change.ReceiptEmail),
                Metadata = metadata,
            };
            await ChargeStore.UpdateNotesAsync(tx, changed);
            await RecordAsync(tx, request, EventTypes.ChargeUpdated, id.Value, PaymentJson.Bytes(before), PaymentJson.Bytes(changed));
            if (answer is not null) await answer.FinishAsync(tx, changed);
            return changed;
        },
        ct);

    public Task<Result<Refund>> UpdateAsync(
        PaymentRequest request, RefundId id, MetadataChange change, IdempotentWrite<Refund>? answer, CancellationToken ct) => database.WriteAsync<Result<Refund>>(
        async tx =>
        {
            if (answer is not null) await answer.BeginAsync(tx, id.Value);
            var before = await RefundStore.LockAsync(tx, id);
            if (before is null || before.Scope != request.Scope) return Abandoned(tx, PaymentRefusals.NoSuch("refund", id.ToString(), "refund"));
            if (!MetadataChange.Apply(change, before.Metadata).TryGet(out var metadata, out var tooMany)) return Abandoned(tx, tooMany);
            var changed = before with { Metadata = metadata };
            await RefundStore.UpdateMetadataAsync(tx, changed);
            await RecordAsync(tx, request, EventTypes.RefundUpdated, id.Value, PaymentJson.Bytes(before), PaymentJson.Bytes(changed));
            if (answer is not null) await answer.FinishAsync(tx, changed);
            return changed;
        },
        ct);

    private static Refusal Abandoned(ITransaction tx, Refusal refusal)
    {
        tx.Abandon();
        return refusal;
    }

    // An update that changes nothing is no event.
    private async Task RecordAsync(ITransaction tx, PaymentRequest request, string type, Guid subject, byte[] before, byte[] after)
    {
        if (PreviousAttributes.Of(before, after) is not { } previous) return;
        await events.RecordAsync(tx, new NewEvent(request.Scope, type, subject, after, previous, request.Origin));
    }
}
