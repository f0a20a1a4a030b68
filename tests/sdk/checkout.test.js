import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEachEngine, refusalOf } from './florin.js';

onEachEngine('checkout sessions', florin => {
  const sessions = () => florin.stripe.checkout.sessions;
  const line = (name, unit_amount, quantity) => ({
    price_data: { currency: 'krw', unit_amount, product_data: { name } }, quantity,
  });
  const wanted = {
    mode: 'payment',
    success_url: 'https://shop.example/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'https://shop.example/cart',
    client_reference_id: 'order-6735',
    customer_email: 'buyer@shop.example',
    line_items: [line('만년필', 45000, 1), line('Notebook', 8000, 2)],
    metadata: { of: 'spring' },
  };

  test('a session is made, with a page for the buyer, and read again', async () => {
    const made = await sessions().create(wanted);
    assert.equal(made.object, 'checkout.session');
    assert.equal(made.status, 'open');
    assert.equal(made.payment_status, 'unpaid');
    assert.equal(made.amount_total, 61000);
    assert.equal(made.currency, 'krw');
    assert.equal(made.client_reference_id, 'order-6735');
    const page = await fetch(made.url);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /만년필/);
    const read = await sessions().retrieve(made.id);
    assert.deepEqual({ ...read, lastResponse: null }, { ...made, lastResponse: null });
    assert.ok((await sessions().list()).data.some(session => session.id === made.id));
  });

  test('its lines are listed, by themselves and within', async () => {
    const made = await sessions().create(wanted);
    const lines = await sessions().listLineItems(made.id);
    assert.deepEqual(lines.data.map(({ description, quantity, amount_total }) => [description, quantity, amount_total]),
      [['만년필', 1, 45000], ['Notebook', 2, 16000]]);
    const first = await sessions().listLineItems(made.id, { limit: 1 });
    assert.equal(first.has_more, true);
    const walked = [];
    for await (const item of sessions().listLineItems(made.id, { limit: 1 })) walked.push(item.id);
    assert.deepEqual(walked, lines.data.map(item => item.id));
    const whole = await sessions().retrieve(made.id, { expand: ['line_items'] });
    assert.deepEqual(whole.line_items.data, lines.data);
  });

  test('a session is ended once, and its page is gone', async () => {
    const made = await sessions().create(wanted);
    const ended = await sessions().expire(made.id);
    assert.equal(ended.status, 'expired');
    assert.equal(ended.url, null);
    const refusal = await refusalOf(sessions().expire(made.id));
    assert.equal(refusal.type, 'StripeInvalidRequestError');
    assert.match(refusal.code, /^checkout_session_/);
    assert.doesNotMatch(await (await fetch(made.url)).text(), /card_number|name="number"/);
  });

  test('what is not supported is refused by name', async () => {
    for (const [extra, code, param] of [
      [{ mode: 'subscription' }, 'parameter_invalid', 'mode'],
      [{ allow_promotion_codes: true }, 'parameter_unknown', 'allow_promotion_codes'],
      [{ line_items: [{ price: 'price_1', quantity: 1 }] }, 'resource_missing', 'line_items[0][price]'],
      [{ line_items: [] , surprise: 1 }, 'parameter_unknown', 'surprise'],
    ]) {
      const refusal = await refusalOf(sessions().create({ ...wanted, ...extra }));
      assert.equal(refusal.code, code);
      assert.equal(refusal.param, param);
    }
  });
});
