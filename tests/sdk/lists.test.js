import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, onEachEngine, paid, refusalOf } from './florin.js';

const count = 250;

onEachEngine('lists', florin => {
  const newestFirst = [];

  test(`${count} payments are made, in order`, async () => {
    for (let i = 0; i < count; i++) {
      newestFirst.unshift((await florin.stripe.paymentIntents.create({ amount: 100 + i, currency: 'usd' })).id);
    }
  });

  test('the SDK walks all pages, forwards', async () => {
    const seen = [];
    for await (const intent of florin.stripe.paymentIntents.list({ limit: 50 })) seen.push(intent.id);
    assert.deepEqual(seen, newestFirst);
  });

  test('the SDK walks all pages, backwards', async () => {
    const seen = [];
    const before = newestFirst.at(-1);
    for await (const intent of florin.stripe.paymentIntents.list({ limit: 50, ending_before: before })) seen.push(intent.id);
    assert.deepEqual(seen, newestFirst.slice(0, -1).reverse());
  });

  test('a page says where it ends', async () => {
    const first = await florin.stripe.paymentIntents.list({ limit: 100 });
    assert.equal(first.object, 'list');
    assert.equal(first.url, '/v1/payment_intents');
    assert.equal(first.data.length, 100);
    assert.equal(first.has_more, true);
    const rest = await florin.stripe.paymentIntents.list({ limit: 100, starting_after: newestFirst[199] });
    assert.equal(rest.data.length, count - 200);
    assert.equal(rest.has_more, false);
    assert.equal((await florin.stripe.paymentIntents.list()).data.length, 10);
  });

  test('a page may not be of any size', async () => {
    for (const limit of [0, 101, 'all']) {
      assert.equal((await refusalOf(florin.stripe.paymentIntents.list({ limit }))).code, 'parameter_invalid_integer');
    }
  });

  test('events tell what happened, newest first, and are found one by one', async () => {
    const made = await florin.stripe.paymentIntents.create(paid);
    await florin.stripe.refunds.create({ payment_intent: made.id, amount: 5 });
    const { data } = await eventually('refund event', async () => {
      const events = await florin.stripe.events.list({ limit: 20, types: ['payment_intent.succeeded', 'charge.refunded', 'refund.created'] });
      return events.data.some(event => event.type === 'charge.refunded') && events;
    });
    const succeeded = data.find(event => event.type === 'payment_intent.succeeded');
    assert.equal(succeeded.data.object.id, made.id);
    assert.equal(succeeded.data.object.status, 'succeeded');
    assert.match(succeeded.api_version, /^\d{4}-\d{2}-\d{2}\.[a-z]+$/);
    assert.match(succeeded.request.id, /^req_/);
    assert.equal(succeeded.livemode, false);
    const one = await florin.stripe.events.retrieve(succeeded.id);
    assert.deepEqual(one.data.object, succeeded.data.object);
    assert.ok(data.findIndex(event => event.type === 'charge.refunded') < data.indexOf(succeeded));
  });

  test('events are found by type and time', async () => {
    const typed = await florin.stripe.events.list({ type: 'payment_intent.created', limit: 3 });
    assert.ok(typed.data.length > 0 && typed.data.every(event => event.type === 'payment_intent.created'));
    const soon = Math.floor(Date.now() / 1000) + 3600;
    assert.deepEqual((await florin.stripe.events.list({ created: { gte: soon } })).data, []);
    assert.notEqual((await florin.stripe.events.list({ created: { lt: soon } })).data.length, 0);
  });
});
