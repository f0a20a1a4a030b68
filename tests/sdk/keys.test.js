import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { onEachEngine, paid, refusalOf } from './florin.js';

onEachEngine('keys', florin => {
  test('a restricted key does what it may and is told what it lacks', async () => {
    const made = await florin.stripe.paymentIntents.create(paid);
    const key = await florin.restrictedKey({ refunds: 'write', payment_intents: 'read' });
    const desk = florin.client(key);

    assert.equal((await desk.refunds.create({ payment_intent: made.id, amount: 100 })).status, 'succeeded');
    assert.equal((await desk.paymentIntents.retrieve(made.id)).id, made.id);
    for (const attempt of [
      () => desk.paymentIntents.create(paid),
      () => desk.paymentIntents.retrieve(made.id, { expand: ['latest_charge'] }),
      () => desk.customers.list(),
      () => desk.webhookEndpoints.list(),
    ]) {
      const refusal = await refusalOf(attempt());
      assert.equal(refusal.type, 'StripePermissionError');
      assert.equal(refusal.statusCode, 403);
      assert.equal(refusal.code, 'permission_missing');
      assert.ok(!refusal.message.includes(key));
    }
  });

  test('a repeated delete gets the first answer again', async () => {
    const made = await florin.stripe.webhookEndpoints.create({ url: 'https://a.example/hook', enabled_events: ['refund.failed'] });
    const options = { idempotencyKey: randomUUID() };
    const first = await florin.stripe.webhookEndpoints.del(made.id, {}, options);
    const second = await florin.stripe.webhookEndpoints.del(made.id, {}, options);
    assert.equal(first.deleted, true);
    assert.deepEqual({ ...second }, { ...first });
    assert.equal(second.lastResponse.headers['idempotent-replayed'], 'true');
  });

  test('an error carries the address of its request in the log', async () => {
    const refusal = await refusalOf(florin.stripe.paymentIntents.retrieve('pi_1'));
    assert.equal(refusal.raw.request_log_url, new URL(`/office/requests/${refusal.requestId}`, florin.report.url).href);
  });
});

onEachEngine('rate limits', florin => {
  test('too many requests are a rate limit error that says when to come back', async () => {
    const impatient = florin.client(florin.report.secret_key, { maxNetworkRetries: 0 });
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => impatient.refunds.list()));
    const refusals = outcomes.filter(outcome => outcome.status === 'rejected').map(outcome => outcome.reason);
    assert.ok(refusals.length > 0);
    for (const refusal of refusals) {
      assert.equal(refusal.type, 'StripeRateLimitError');
      assert.equal(refusal.statusCode, 429);
      assert.equal(refusal.code, 'rate_limit');
      assert.match(refusal.headers['retry-after'], /^[12]$/);
    }
  });
}, ['--rate-limit-test', '2']);
