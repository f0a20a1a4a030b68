import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEachEngine, paid, refusalOf } from './florin.js';

onEachEngine('search', florin => {
  test('payments, charges and customers are found at once by what was noted on them', async () => {
    const customer = await florin.stripe.customers.create({ name: 'Jenny Rosen', email: 'Jenny@Example.com', metadata: { tier: 'gold' } });
    const payment = await florin.stripe.paymentIntents.create({ ...paid, customer: customer.id, metadata: { order_id: '6735' } });

    const payments = await florin.stripe.paymentIntents.search({ query: `metadata["order_id"]:"6735" AND status:"succeeded"`, expand: ['data.customer'] });
    assert.equal(payments.object, 'search_result');
    assert.equal(payments.url, '/v1/payment_intents/search');
    assert.equal(payments.next_page, null);
    assert.deepEqual(payments.data.map(found => found.id), [payment.id]);
    assert.equal(payments.data[0].customer.name, 'Jenny Rosen');
    const charges = await florin.stripe.charges.search({ query: `customer:"${customer.id}" payment_method_details.card.last4:"4242"` });
    assert.deepEqual(charges.data.map(found => found.id), [payment.latest_charge]);
    const customers = await florin.stripe.customers.search({ query: `email:"jenny@example.com" -metadata["tier"]:"silver"` });
    assert.deepEqual(customers.data.map(found => found.id), [customer.id]);
  });

  test('a result is paged by the SDK itself', async () => {
    const made = [];
    for (let i = 0; i < 7; i++) made.push((await florin.stripe.customers.create({ metadata: { batch: 'seven' } })).id);
    const found = [];
    for await (const customer of florin.stripe.customers.search({ query: `metadata['batch']:'seven'`, limit: 3 })) found.push(customer.id);
    assert.deepEqual(found, made.reverse());
  });

  test('a query that cannot be read is refused with the place', async () => {
    const refusal = await refusalOf(florin.stripe.charges.search({ query: 'amount>1 AND status:"succeeded" OR amount:2' }));
    assert.equal(refusal.type, 'StripeInvalidRequestError');
    assert.equal(refusal.code, 'search_query_invalid');
    assert.equal(refusal.param, 'query');
    assert.match(refusal.message, /AND and OR cannot be mixed.*character 33/);
  });
});
