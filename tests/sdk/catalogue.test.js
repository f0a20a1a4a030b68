import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEachEngine, refusalOf } from './florin.js';

onEachEngine('products and prices', florin => {
  const products = () => florin.stripe.products;
  const prices = () => florin.stripe.prices;

  test('a product is made with a price, changed, found and kept while it has prices', async () => {
    const made = await products().create({
      name: 'Tea', images: ['https://shop.example/tea.png'], metadata: { a: '1' }, shippable: true, url: 'https://shop.example/tea',
      default_price_data: { currency: 'krw', unit_amount: 12000 }, expand: ['default_price'],
    });
    assert.equal(made.object, 'product');
    assert.equal(made.default_price.unit_amount, 12000);
    assert.equal(made.default_price.type, 'one_time');
    const changed = await products().update(made.id, { description: 'Green', images: '', metadata: '', active: false });
    assert.equal(changed.description, 'Green');
    assert.deepEqual(changed.images, []);
    assert.deepEqual(changed.metadata, {});
    assert.ok((await products().list({ active: false })).data.some(product => product.id === made.id));
    const refusal = await refusalOf(products().del(made.id));
    assert.equal(refusal.type, 'StripeInvalidRequestError');
    assert.equal(refusal.code, 'product_has_prices');

    const lonely = await products().create({ name: 'Lonely' });
    const deleted = await products().del(lonely.id);
    assert.equal(deleted.deleted, true);
    assert.equal((await refusalOf(products().retrieve(lonely.id))).code, 'resource_missing');
  });

  test('a lookup key leads to one price, and can be taken over', async () => {
    const product = await products().create({ name: 'Cup' });
    const first = await prices().create({ product: product.id, currency: 'usd', unit_amount: 900, lookup_key: 'cup' });
    const second = await prices().create({ product: product.id, currency: 'usd', unit_amount: 950, lookup_key: 'cup', transfer_lookup_key: true });
    assert.deepEqual((await prices().list({ lookup_keys: ['cup'], expand: ['data.product'] })).data.map(price => [price.id, price.product.name]), [[second.id, 'Cup']]);
    assert.equal((await prices().retrieve(first.id)).lookup_key, null);
    const renamed = await prices().update(first.id, { nickname: 'Old', active: false, metadata: { of: 'before' } });
    assert.deepEqual([renamed.nickname, renamed.active], ['Old', false]);
    assert.deepEqual((await prices().list({ product: product.id, active: true })).data.map(price => price.id), [second.id]);
  });

  test('a recurring price is shown as it was given', async () => {
    const price = await prices().create({
      currency: 'eur', unit_amount: 990, product_data: { name: 'Club' }, recurring: { interval: 'month', interval_count: 3 },
    });
    assert.equal(price.type, 'recurring');
    assert.deepEqual({ ...price.recurring }, { interval: 'month', interval_count: 3, meter: null, trial_period_days: null, usage_type: 'licensed' });
    assert.equal((await refusalOf(prices().create({ currency: 'eur', product_data: { name: 'Steps' }, tiers_mode: 'volume' }))).code, 'parameter_unknown');
  });

  test('the demo shop sells by the catalogue', async () => {
    const [price] = (await prices().list({ lookup_keys: ['ceramic-mug_krw'], expand: ['data.product'] })).data;
    assert.equal(price.unit_amount, 18000);
    assert.equal(price.product.name, 'Ceramic mug');
  });

  test('a checkout session sells by a price', async () => {
    const price = await prices().create({ currency: 'krw', unit_amount: 5000, product_data: { name: 'Pen' } });
    const session = await florin.stripe.checkout.sessions.create({
      mode: 'payment', success_url: 'https://shop.example/done', line_items: [{ price: price.id, quantity: 3 }], expand: ['line_items.data.price.product'],
    });
    assert.equal(session.amount_total, 15000);
    assert.equal(session.line_items.data[0].price.id, price.id);
    assert.equal(session.line_items.data[0].price.product.name, 'Pen');
    const walked = [];
    for await (const item of florin.stripe.checkout.sessions.listLineItems(session.id, { limit: 1 })) walked.push(item.description);
    assert.deepEqual(walked, ['Pen']);
    assert.ok((await florin.stripe.checkout.sessions.list({ status: 'open' })).data.some(each => each.id === session.id));
  });
});
