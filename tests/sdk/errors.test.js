import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import { card, eventually, onEachEngine, paid, refusalOf } from './florin.js';

onEachEngine('errors', florin => {
  const create = (parameters, options) => florin.stripe.paymentIntents.create(parameters, options);

  const control = async (verb, body) => {
    const answer = await florin.fetch('POST', new URL(`control/${verb}`, florin.report.sandbox_url), {
      key: null, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200);
  };

  const declines = {
    chargeDeclined: ['card_declined', 'generic_decline'],
    chargeDeclinedInsufficientFunds: ['card_declined', 'insufficient_funds'],
    chargeDeclinedLostCard: ['card_declined', 'lost_card'],
    chargeDeclinedStolenCard: ['card_declined', 'stolen_card'],
    chargeDeclinedExpiredCard: ['expired_card', 'expired_card'],
    chargeDeclinedIncorrectCvc: ['incorrect_cvc', 'incorrect_cvc'],
    chargeDeclinedProcessingError: ['processing_error', 'processing_error'],
  };
  for (const [name, [code, declineCode]] of Object.entries(declines)) {
    test(`pm_card_${name} is a card error that says why`, async () => {
      const refusal = await refusalOf(create({ ...paid, payment_method: `pm_card_${name}` }));
      assert.equal(refusal.type, 'StripeCardError');
      assert.equal(refusal.statusCode, 402);
      assert.equal(refusal.code, code);
      assert.equal(refusal.decline_code, declineCode);
      assert.match(refusal.requestId, /^req_/);
      const { id, status, last_payment_error: last } = refusal.payment_intent;
      assert.equal(status, 'requires_payment_method');
      assert.equal(last.decline_code, declineCode);
      assert.equal(refusal.charge, refusal.payment_intent.latest_charge);
      assert.equal((await florin.stripe.paymentIntents.retrieve(id)).last_payment_error.code, code);
      await explained(refusal);
    });
  }

  test('a wrong card number is a card error', async () => {
    const refusal = await refusalOf(florin.stripe.paymentMethods.create({ type: 'card', card: { ...card, number: '4242424242424241' } }));
    assert.equal(refusal.type, 'StripeCardError');
    assert.equal(refusal.code, 'incorrect_number');
    await explained(refusal);
  });

  test('an unknown parameter is refused by its name, and nothing is made', async () => {
    const before = (await florin.stripe.paymentIntents.list({ limit: 1 })).data[0]?.id;
    for (const [extra, param] of [
      [{ amout: 1 }, 'amout'],
      [{ automatic_payment_methods: { enabled: true, surprise: 1 } }, 'automatic_payment_methods[surprise]'],
    ]) {
      const refusal = await refusalOf(create({ amount: 100, currency: 'usd', ...extra }));
      assert.equal(refusal.type, 'StripeInvalidRequestError');
      assert.equal(refusal.statusCode, 400);
      assert.equal(refusal.code, 'parameter_unknown');
      assert.equal(refusal.param, param);
      await explained(refusal);
    }

    assert.equal((await florin.stripe.paymentIntents.list({ limit: 1 })).data[0]?.id, before);
  });

  for (const [what, parameters, code, param] of [
    ['a missing amount', { currency: 'usd' }, 'parameter_missing', 'amount'],
    ['an amount of nothing', { amount: 0, currency: 'usd' }, 'amount_too_small', 'amount'],
    ['a fraction', { amount: 10.5, currency: 'usd' }, 'parameter_invalid_integer', 'amount'],
    ['a currency that is none', { amount: 1, currency: 'zzz' }, 'currency_invalid', 'currency'],
    ['a card that nobody stored', { ...paid, payment_method: 'pm_nothing' }, 'resource_missing', 'payment_method'],
    ['a property that cannot be expanded', { amount: 1, currency: 'usd', expand: ['transfer'] }, 'parameter_invalid', 'expand[0]'],
  ]) {
    test(`${what} is an invalid request`, async () => {
      const refusal = await refusalOf(create(parameters));
      assert.equal(refusal.type, 'StripeInvalidRequestError');
      assert.equal(refusal.code, code);
      assert.equal(refusal.param, param);
      await explained(refusal);
    });
  }

  test('what does not exist is not found', async () => {
    const refusal = await refusalOf(florin.stripe.paymentIntents.retrieve('pi_00000000000000000000000000000000'));
    assert.equal(refusal.type, 'StripeInvalidRequestError');
    assert.equal(refusal.statusCode, 404);
    assert.equal(refusal.code, 'resource_missing');
    await explained(refusal);
    assert.equal((await refusalOf(florin.stripe.payouts.list())).code, 'route_missing');
  });

  test('a key that nobody has is an authentication error', async () => {
    for (const key of ['fsk_test_somebody_else', 'sk_test_123', 'fsk_live_florin_demo']) {
      const refusal = await refusalOf(florin.client(key).paymentIntents.list());
      assert.equal(refusal.type, 'StripeAuthenticationError');
      assert.equal(refusal.statusCode, 401);
      assert.equal(refusal.code, 'api_key_invalid');
      await explained(refusal);
    }
  });

  test('a publishable key may not do what a secret one may', async () => {
    const refusal = await refusalOf(florin.client(florin.report.publishable_key).refunds.list());
    assert.equal(refusal.type, 'StripePermissionError');
    assert.equal(refusal.statusCode, 403);
    assert.equal(refusal.code, 'secret_key_required');
    await explained(refusal);
  });

  test('the same key and body get the same payment, charged once', async () => {
    const idempotencyKey = randomUUID();
    const first = await create(paid, { idempotencyKey });
    const again = await create(paid, { idempotencyKey });
    assert.equal(again.id, first.id);
    assert.equal(first.lastResponse.headers['idempotent-replayed'], undefined);
    assert.equal(again.lastResponse.headers['idempotent-replayed'], 'true');
    assert.equal(again.lastResponse.requestId, first.lastResponse.requestId);
    assert.deepEqual({ ...again, lastResponse: null }, { ...first, lastResponse: null });
  });

  test('a decline is repeated as a decline', async () => {
    const idempotencyKey = randomUUID();
    const declined = { ...paid, payment_method: 'pm_card_chargeDeclined' };
    const first = await refusalOf(create(declined, { idempotencyKey }));
    const again = await refusalOf(create(declined, { idempotencyKey }));
    assert.equal(again.type, 'StripeCardError');
    assert.equal(again.payment_intent.id, first.payment_intent.id);
  });

  test('the same key with another body is an idempotency error', async () => {
    const idempotencyKey = randomUUID();
    await create(paid, { idempotencyKey });
    const refusal = await refusalOf(create({ ...paid, amount: 2000 }, { idempotencyKey }));
    assert.equal(refusal.type, 'StripeIdempotencyError');
    assert.equal(refusal.statusCode, 400);
    assert.equal(refusal.code, 'idempotency_error');
    await explained(refusal);
  });

  test('twenty requests at once with one key charge once', async () => {
    const idempotencyKey = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(paid, { idempotencyKey })));
    assert.equal(new Set(answers.map(answer => answer.id)).size, 1);
  });

  test('while the gateway is thinking, the second request is told to come back', async () => {
    await control('hold', { operation: 'authorize', when: 'after' });
    const idempotencyKey = randomUUID();
    const first = create(paid, { idempotencyKey, maxNetworkRetries: 0 });
    try {
      await eventually('held request', async () => (await (await fetch(new URL('control/held', florin.report.sandbox_url))).json()).held === 1);
      const refusal = await refusalOf(create(paid, { idempotencyKey, maxNetworkRetries: 0 }));
      assert.equal(refusal.statusCode, 409);
      assert.equal(refusal.code, 'idempotency_key_in_use');
      // The SDK has no class of its own for 409.
      assert.equal(refusal.type, 'StripeAPIError');
      assert.equal(refusal.rawType, 'idempotency_error');
      assert.equal(refusal.headers['stripe-should-retry'], 'true');
      await explained(refusal);
    } finally {
      await control('release', {});
    }

    assert.equal((await first).status, 'succeeded');
    assert.equal((await create(paid, { idempotencyKey })).id, (await first).id);
  });

  test('a validation failure does not use the key up', async () => {
    const idempotencyKey = randomUUID();
    await refusalOf(create({ amount: 'x', currency: 'usd' }, { idempotencyKey }));
    assert.equal((await create(paid, { idempotencyKey })).status, 'succeeded');
  });

  test("another train's version is refused, and the one before is understood", async () => {
    assert.equal((await refusalOf(create(paid, { apiVersion: '2024-06-20' }))).code, 'api_version_unknown');
    assert.equal((await create(paid, { apiVersion: '2026-03-25.dahlia' })).status, 'succeeded');
  });

  test('errors carry no link to pages that do not exist', async () => {
    const answer = await florin.fetch('GET', '/v1/nothing');
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    const body = await answer.json();
    assert.equal(body.request_id, answer.headers.get('request-id'));
    assert.equal('request_log_url' in body.error, false);
    assert.equal(body.type, body.error.doc_url);
  });

  // Ownership is changed by SQL, which this suite speaks to PostgreSQL alone.
  if (florin.engine === 'postgres') test('an object is seen by its own merchant alone, and in its own mode alone', async () => {
    const made = await create({ ...paid, expand: ['latest_charge'] });
    const refund = await florin.stripe.refunds.create({ payment_intent: made.id });
    const look = client => [
      () => client.paymentIntents.retrieve(made.id),
      () => client.paymentIntents.update(made.id, { description: 'mine' }),
      () => client.charges.retrieve(made.latest_charge.id),
      () => client.refunds.retrieve(refund.id),
      () => client.refunds.create({ payment_intent: made.id }),
      () => client.paymentMethods.retrieve(made.payment_method),
    ];
    assert.equal((await look(florin.stripe)[0]()).id, made.id);
    const [{ merchant }] = await florin.sql("SELECT merchant FROM api_keys WHERE kind = 'secret'");
    const stranger = randomUUID();
    await florin.sql(
      `INSERT INTO merchants (id, shard, name, country, fee_basis_points, fee_fixed_minor, created_at_ms)
       SELECT $1, shard, 'A stranger', country, fee_basis_points, fee_fixed_minor, created_at_ms FROM merchants WHERE id = $2`,
      [stranger, merchant]);
    for (const [owner, isLive] of [[stranger, false], [merchant, true]]) {
      await florin.sql("UPDATE api_keys SET merchant = $1, is_live = $2 WHERE kind = 'secret'", [owner, isLive]);
      // A key that was looked up is remembered for two seconds.
      await pause(2200);
      for (const attempt of look(florin.stripe)) {
        const refusal = await refusalOf(attempt());
        assert.equal(refusal.statusCode, 404, refusal.message);
        assert.equal(refusal.code, 'resource_missing');
      }

      assert.deepEqual((await florin.stripe.paymentIntents.list()).data, []);
      assert.deepEqual((await florin.stripe.events.list()).data, []);
    }

    await florin.sql("UPDATE api_keys SET merchant = $1, is_live = false WHERE kind = 'secret'", [merchant]);
    await pause(2200);
    assert.equal((await florin.stripe.paymentIntents.retrieve(made.id)).id, made.id);
  });
});

/** The documentation that an error names is there, with a place for its code. */
async function explained({ doc_url: url, code }) {
  assert.ok(new URL(url).pathname.endsWith(`/docs/errors/${code}`), url);
  const page = await fetch(url);
  assert.equal(page.status, 200);
  assert.ok((await page.text()).includes(`<h1><code>${code}</code></h1>`), `${url} explains something else`);
}
