import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { Stripe, eventually, onEachEngine, paid, refusalOf } from './florin.js';

/** A merchant's server that keeps what it is sent. */
class Shop {
  received = [];

  /** How many calls will be answered with an error before all is well again. */
  failures = 0;

  start() {
    this.server = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      this.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.statusCode = this.failures-- > 0 ? 500 : 200;
      response.end();
    });
    return new Promise(resolve => this.server.listen(0, '127.0.0.1', () => {
      this.url = `http://127.0.0.1:${this.server.address().port}/hooks`;
      resolve();
    }));
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise(resolve => this.server.close(resolve));
  }
}

onEachEngine('webhooks', florin => {
  const shop = new Shop();
  before(() => shop.start());
  after(() => shop.stop());

  test('an endpoint is made, read, changed, listed and deleted', async () => {
    const { webhookEndpoints } = florin.stripe;
    const made = await webhookEndpoints.create({ url: shop.url, enabled_events: ['*'], description: 'first' });
    assert.match(made.secret, /^whsec_/);
    assert.equal(made.status, 'enabled');
    const read = await webhookEndpoints.retrieve(made.id);
    assert.equal(read.secret, undefined);
    const changed = await webhookEndpoints.update(made.id, { disabled: true, enabled_events: ['charge.refunded'] });
    assert.equal(changed.status, 'disabled');
    assert.deepEqual(changed.enabled_events, ['charge.refunded']);
    assert.ok((await webhookEndpoints.list()).data.some(endpoint => endpoint.id === made.id));
    assert.deepEqual((({ id, object, deleted }) => ({ id, object, deleted }))(await webhookEndpoints.del(made.id)),
      { id: made.id, object: 'webhook_endpoint', deleted: true });
    assert.equal((await refusalOf(webhookEndpoints.retrieve(made.id))).statusCode, 404);
  });

  test('what is delivered is proved by both schemes, and by neither once it was changed', async () => {
    const endpoint = await florin.stripe.webhookEndpoints.create({ url: shop.url, enabled_events: ['payment_intent.succeeded'] });
    const made = await florin.stripe.paymentIntents.create(paid);
    const { body, headers } = await eventually('delivery', () => shop.received.find(call => call.body.includes(made.id)));

    const event = florin.stripe.webhooks.constructEvent(body, headers['stripe-signature'], endpoint.secret);
    assert.equal(event.type, 'payment_intent.succeeded');
    assert.equal(event.data.object.id, made.id);
    assert.equal(event.data.object.amount_received, 1999);
    assert.equal(headers['content-type'].split(';')[0], 'application/json');
    const standard = new Webhook(endpoint.secret);
    assert.equal(standard.verify(body, headers).id, event.id);
    assert.equal(headers['webhook-id'], event.id.replace('evt_', 'msg_'));

    const changed = body.replace('1999', '9999');
    assert.notEqual(changed, body);
    assert.throws(
      () => florin.stripe.webhooks.constructEvent(changed, headers['stripe-signature'], endpoint.secret),
      Stripe.errors.StripeSignatureVerificationError);
    assert.throws(() => standard.verify(changed, headers), /signature/i);
    assert.throws(
      () => florin.stripe.webhooks.constructEvent(body, headers['stripe-signature'], `${endpoint.secret}x`),
      Stripe.errors.StripeSignatureVerificationError);
    assert.equal((await florin.stripe.events.retrieve(event.id)).id, event.id);
    await florin.stripe.webhookEndpoints.del(endpoint.id);
  });

  test('an endpoint gets the events it asked for and no others', async () => {
    const endpoint = await florin.stripe.webhookEndpoints.create({ url: shop.url, enabled_events: ['charge.refunded'] });
    const from = shop.received.length;
    const made = await florin.stripe.paymentIntents.create(paid);
    await florin.stripe.refunds.create({ payment_intent: made.id });
    await eventually('delivery', () => shop.received.length > from);
    assert.deepEqual(shop.received.slice(from).map(call => JSON.parse(call.body).type), ['charge.refunded']);
    await florin.stripe.webhookEndpoints.del(endpoint.id);
  });

  test('a delivery that failed is repeated with the same event', async () => {
    const endpoint = await florin.stripe.webhookEndpoints.create({ url: shop.url, enabled_events: ['payment_intent.succeeded'] });
    const from = shop.received.length;
    shop.failures = 1;
    await florin.stripe.paymentIntents.create(paid);
    await eventually('second delivery', () => shop.received.length >= from + 2);
    const [first, second] = shop.received.slice(from);
    assert.equal(second.body, first.body);
    assert.equal(second.headers['webhook-id'], first.headers['webhook-id']);
    florin.stripe.webhooks.constructEvent(second.body, second.headers['stripe-signature'], endpoint.secret);
    await florin.stripe.webhookEndpoints.del(endpoint.id);
  });

  test('after a roll both secrets prove what is delivered', async () => {
    const endpoint = await florin.stripe.webhookEndpoints.create({ url: shop.url, enabled_events: ['customer.created'] });
    const rolled = await florin.stripe.rawRequest('POST', `/v1/florin/webhook_endpoints/${endpoint.id}/roll_secret`, { expires_in: 3600 });
    const customer = await florin.stripe.customers.create();
    const { body, headers } = await eventually('delivery', () => shop.received.find(call => call.body.includes(customer.id)));
    for (const secret of [endpoint.secret, rolled.secret]) {
      assert.equal(florin.stripe.webhooks.constructEvent(body, headers['stripe-signature'], secret).type, 'customer.created');
      assert.equal(new Webhook(secret).verify(body, headers).type, 'customer.created');
    }

    await florin.stripe.webhookEndpoints.del(endpoint.id);
  });

  test('calls are shown, and made again for one event and for a range', async () => {
    const endpoint = await florin.stripe.webhookEndpoints.create({ url: shop.url, enabled_events: ['customer.created'] });
    const customer = await florin.stripe.customers.create();
    const told = () => shop.received.filter(call => call.body.includes(customer.id));
    await eventually('delivery', () => told().length === 1);
    const event = JSON.parse(told()[0].body);
    const attempts = `/v1/florin/webhook_endpoints/${endpoint.id}/attempts`;
    const shown = await eventually('attempt', async () => (await florin.stripe.rawRequest('GET', attempts)).data[0]);
    assert.equal(shown.event, event.id);
    assert.equal(shown.response.status, 200);
    const whole = await florin.stripe.rawRequest('GET', `${attempts}/${shown.id}`);
    assert.equal(whole.request.body, told()[0].body);
    assert.ok((await florin.stripe.events.list({ delivery_success: true, types: ['customer.*'] })).data.some(found => found.id === event.id));

    await florin.stripe.rawRequest('POST', `/v1/florin/events/${event.id}/resend`, { webhook_endpoint: endpoint.id });
    await eventually('second delivery', () => told().length === 2);
    const range = await florin.stripe.rawRequest('POST', `/v1/florin/webhook_endpoints/${endpoint.id}/resend`, { created: { gte: event.created }, types: ['customer.created'] });
    assert.equal(range.has_more, false);
    await eventually('third delivery', () => told().length === 3);
    assert.equal(told()[2].body, told()[0].body);
    await florin.stripe.webhookEndpoints.del(endpoint.id);
  });

  test('an event type that nobody sends is refused by name', async () => {
    const refusal = await refusalOf(florin.stripe.webhookEndpoints.create({ url: shop.url, enabled_events: ['payment_intent.sent'] }));
    assert.equal(refusal.code, 'event_type_unknown');
    assert.match(refusal.message, /payment_intent\.sent/);
  });
});
