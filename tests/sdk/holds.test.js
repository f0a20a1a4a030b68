import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEachEngine, refusalOf } from './florin.js';

onEachEngine('holds and pending refunds', florin => {
  const intents = () => florin.stripe.paymentIntents;
  const held = { amount: 1000, currency: 'usd', capture_method: 'manual', payment_method: 'pm_card_visa', confirm: true };

  test('a hold is raised and captured whole', async () => {
    const made = await intents().create({ ...held, payment_method_options: { card: { request_incremental_authorization: 'if_available' } } });
    const raised = await intents().incrementAuthorization(made.id, { amount: 1500 });
    assert.deepEqual([raised.status, raised.amount, raised.amount_capturable], ['requires_capture', 1500, 1500]);
    const paid = await intents().capture(made.id);
    assert.equal(paid.amount_received, 1500);
    assert.equal((await florin.stripe.charges.retrieve(paid.latest_charge)).amount_captured, 1500);
  });

  test('a hold that cannot be raised is refused by name, and stands as before', async () => {
    const elsewhere = await intents().create({ ...held, currency: 'eur' });
    const refusal = await refusalOf(intents().incrementAuthorization(elsewhere.id, { amount: 1500 }));
    assert.equal(refusal.type, 'StripeInvalidRequestError');
    assert.equal(refusal.code, 'payment_intent_incompatible_payment_method');
    assert.equal((await intents().retrieve(elsewhere.id)).amount_capturable, 1000);
    const canceled = await intents().cancel(elsewhere.id, { cancellation_reason: 'requested_by_customer' });
    assert.equal(canceled.cancellation_reason, 'requested_by_customer');
  });

  test('shipping goes with the payment to its charge, and notes are cleared', async () => {
    const shipping = { name: 'Jenny', phone: '010-1234-5678', address: { line1: '1 Street', city: 'Seoul', country: 'KR' } };
    const made = await intents().create({ amount: 1000, currency: 'usd', shipping, metadata: { a: '1' }, description: 'Two cups', receipt_email: 'jenny@shop.example' });
    assert.equal(made.shipping.address.city, 'Seoul');
    const changed = await intents().update(made.id, { metadata: '', description: '', shipping: { name: 'Mina', address: { line1: '2 Street' } } });
    assert.deepEqual([changed.metadata, changed.description, changed.shipping.name, changed.receipt_email], [{}, null, 'Mina', 'jenny@shop.example']);
    const paid = await intents().confirm(made.id, { payment_method: 'pm_card_visa', expand: ['latest_charge'] });
    assert.equal(paid.latest_charge.shipping.address.line1, '2 Street');
    assert.equal(paid.latest_charge.receipt_email, 'jenny@shop.example');
    const since = { gte: made.created };
    assert.ok((await intents().list({ created: since })).data.some(intent => intent.id === made.id));
  });

  test('a pending refund is cancelled, and its amount is free again', async () => {
    const paid = await intents().create({ amount: 1000, currency: 'usd', payment_method: 'pm_card_pendingRefund', confirm: true });
    const pending = await florin.stripe.refunds.create({ charge: paid.latest_charge, amount: 400, reason: 'requested_by_customer' });
    assert.equal(pending.status, 'pending');
    assert.equal(pending.reason, 'requested_by_customer');
    const canceled = await florin.stripe.refunds.cancel(pending.id);
    assert.equal(canceled.status, 'canceled');
    assert.equal((await florin.stripe.charges.retrieve(paid.latest_charge)).amount_refunded, 0);
    assert.equal((await refusalOf(florin.stripe.refunds.cancel(pending.id))).code, 'refund_not_cancelable');
    assert.deepEqual((await florin.stripe.refunds.list({ charge: paid.latest_charge })).data.map(refund => refund.id), [pending.id]);
    const noted = await florin.stripe.refunds.update(pending.id, { metadata: { why: 'mistake' } });
    assert.deepEqual(noted.metadata, { why: 'mistake' });

    const settled = await florin.stripe.paymentIntents.create({ amount: 1000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true });
    const refund = await florin.stripe.refunds.create({ payment_intent: settled.id });
    assert.equal((await refusalOf(florin.stripe.refunds.cancel(refund.id))).type, 'StripeInvalidRequestError');
  });
});
