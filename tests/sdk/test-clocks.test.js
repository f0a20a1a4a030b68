import assert from 'node:assert/strict';
import { test } from 'node:test';
import { card, eventually, onEachEngine, refusalOf } from './florin.js';

const day = 24 * 60 * 60;
const start = 1_800_000_000;

onEachEngine('test clocks', florin => {
  test('a checkout session and a token run out when the clock is moved', async () => {
    const { testClocks } = florin.stripe.testHelpers;
    const clock = await testClocks.create({ frozen_time: start, name: 'a day on' });
    assert.equal(clock.status, 'ready');
    const session = await florin.stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://shop.example/',
      line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Tea' } } }],
    });
    const token = await florin.stripe.tokens.create({ card });
    assert.equal(session.expires_at, start + day);

    const advancing = await testClocks.advance(clock.id, { frozen_time: start + day });
    assert.equal(advancing.status_details.advancing.target_frozen_time, start + day);
    await eventually('ready clock', async () => (await testClocks.retrieve(clock.id)).status === 'ready');

    assert.equal((await florin.stripe.checkout.sessions.retrieve(session.id)).status, 'expired');
    assert.equal((await refusalOf(florin.stripe.paymentMethods.create({ type: 'card', card: { token: token.id } }))).code, 'token_expired');
    assert.equal((await refusalOf(testClocks.create({ frozen_time: start }))).code, 'test_clock_exists');
    assert.deepEqual((await testClocks.list()).data.map(found => found.id), [clock.id]);
    const types = (await florin.stripe.events.list({ types: ['test_helpers.test_clock.*'] })).data.map(event => event.type);
    assert.deepEqual(types.reverse(), ['created', 'advancing', 'ready'].map(verb => `test_helpers.test_clock.${verb}`));
    assert.equal((await testClocks.del(clock.id)).deleted, true);
    assert.equal((await refusalOf(testClocks.retrieve(clock.id))).statusCode, 404);
  });
});
