import assert from 'node:assert/strict';
import { test } from 'node:test';
import { card, onEachEngine, paid, refusalOf } from './florin.js';

onEachEngine('payments', florin => {
  const held = { ...paid, capture_method: 'manual' };
  const intents = () => florin.stripe.paymentIntents;

  test('a payment is created, read, changed and confirmed', async () => {
    const made = await intents().create({ amount: 1000, currency: 'usd', metadata: { order: '6735' }, description: 'A pen' });
    assert.equal(made.status, 'requires_payment_method');
    assert.equal(made.object, 'payment_intent');
    assert.equal(made.livemode, false);
    assert.ok(Math.abs(made.created - Date.now() / 1000) < 60);
    assert.match(made.lastResponse.requestId, /^req_/);

    const changed = await intents().update(made.id, { amount: 1200, metadata: { order: '', note: 'gift' } });
    assert.equal(changed.amount, 1200);
    assert.deepEqual(changed.metadata, { note: 'gift' });

    const confirmed = await intents().confirm(made.id, { payment_method: 'pm_card_visa' });
    assert.equal(confirmed.status, 'succeeded');
    assert.equal(confirmed.amount_received, 1200);
    assert.deepEqual(withoutResponse(await intents().retrieve(made.id)), withoutResponse(confirmed));
  });

  test('one call creates and confirms', async () => {
    const made = await intents().create(paid);
    assert.equal(made.status, 'succeeded');
    assert.match(made.latest_charge, /^ch_/);
  });

  test('a payment method is attached first and confirmed later', async () => {
    const made = await intents().create({ amount: 500, currency: 'eur', payment_method: 'pm_card_mastercard' });
    assert.equal(made.status, 'requires_confirmation');
    assert.equal((await intents().confirm(made.id)).status, 'succeeded');
  });

  for (const name of [
    'visa', 'visa_debit', 'mastercard', 'mastercard_debit', 'amex', 'discover', 'diners', 'jcb', 'unionpay',
  ]) {
    test(`pm_card_${name} pays`, async () => {
      const made = await intents().create({ ...paid, payment_method: `pm_card_${name}`, expand: ['payment_method'] });
      assert.equal(made.status, 'succeeded');
      assert.equal(made.payment_method.card.brand, name.replace('_debit', ''));
    });
  }

  test('a card is given within the request', async () => {
    const made = await intents().create({
      amount: 700, currency: 'krw', confirm: true, expand: ['payment_method'],
      payment_method_data: { type: 'card', card, billing_details: { name: '김하나', address: { country: 'KR' } } },
    });
    assert.equal(made.status, 'succeeded');
    assert.equal(made.payment_method.card.last4, '4242');
    assert.equal(made.payment_method.billing_details.name, '김하나');
  });

  test('a browser makes a token of a card, and the server charges it once', async () => {
    const browser = florin.client(florin.report.publishable_key);
    const token = await browser.tokens.create({ card });
    assert.equal(token.object, 'token');
    assert.equal(token.used, false);
    const pay = () => intents().create({
      amount: 800, currency: 'usd', confirm: true, payment_method_data: { type: 'card', card: { token: token.id } },
    });
    assert.equal((await pay()).status, 'succeeded');
    assert.equal((await florin.stripe.tokens.retrieve(token.id)).used, true);
    assert.equal((await refusalOf(pay())).code, 'token_already_used');
  });

  test('payment methods are made, read and listed', async () => {
    const made = await florin.stripe.paymentMethods.create({ type: 'card', card, metadata: { of: 'nobody' } });
    assert.equal(made.card.brand, 'visa');
    assert.deepEqual(withoutResponse(await florin.stripe.paymentMethods.retrieve(made.id)), withoutResponse(made));
    const listed = await florin.stripe.paymentMethods.list({ type: 'card', limit: 100 });
    assert.ok(listed.data.some(method => method.id === made.id));
    assert.equal((await intents().create({ ...paid, payment_method: made.id })).status, 'succeeded');
  });

  test('a hold is captured whole', async () => {
    const made = await intents().create(held);
    assert.equal(made.status, 'requires_capture');
    assert.equal(made.amount_capturable, 1999);
    const captured = await intents().capture(made.id);
    assert.equal(captured.status, 'succeeded');
    assert.equal(captured.amount_received, 1999);
    assert.equal(captured.amount_capturable, 0);
  });

  test('a hold is captured in part, and the rest is let go', async () => {
    const made = await intents().create(held);
    const captured = await intents().capture(made.id, { amount_to_capture: 1500 });
    assert.equal(captured.status, 'succeeded');
    assert.equal(captured.amount_received, 1500);
    const charge = await florin.stripe.charges.retrieve(captured.latest_charge);
    assert.equal(charge.amount, 1999);
    assert.equal(charge.amount_captured, 1500);
    assert.equal((await refusalOf(intents().capture(made.id, { amount_to_capture: 499 }))).code, 'payment_intent_unexpected_state');
  });

  test('more than the hold cannot be captured', async () => {
    const made = await intents().create(held);
    const refusal = await refusalOf(intents().capture(made.id, { amount_to_capture: 2000 }));
    assert.equal(refusal.type, 'StripeInvalidRequestError');
    assert.equal(refusal.param, 'amount_to_capture');
    assert.equal((await intents().retrieve(made.id)).status, 'requires_capture');
  });

  test('a hold is cancelled, and a payment that was made is not', async () => {
    const made = await intents().create(held);
    const cancelled = await intents().cancel(made.id, { cancellation_reason: 'requested_by_customer' });
    assert.equal(cancelled.status, 'canceled');
    assert.equal(cancelled.cancellation_reason, 'requested_by_customer');
    assert.ok(cancelled.canceled_at >= cancelled.created);

    const refusal = await refusalOf(intents().cancel((await intents().create(paid)).id));
    assert.equal(refusal.code, 'payment_intent_unexpected_state');
    assert.equal(refusal.payment_intent.status, 'succeeded');
  });

  test('a payment is returned in parts and then whole, and no further', async () => {
    const made = await intents().create(paid);
    const { refunds, charges } = florin.stripe;
    const part = await refunds.create({ payment_intent: made.id, amount: 999, reason: 'requested_by_customer', metadata: { of: '1' } });
    assert.equal(part.status, 'succeeded');
    assert.equal(part.amount, 999);
    assert.equal(part.charge, made.latest_charge);
    assert.equal((await charges.retrieve(made.latest_charge)).refunded, false);

    const tooMuch = await refusalOf(refunds.create({ charge: made.latest_charge, amount: 1001 }));
    assert.equal(tooMuch.type, 'StripeInvalidRequestError');

    const rest = await refunds.create({ charge: made.latest_charge });
    assert.equal(rest.amount, 1000);
    const charge = await charges.retrieve(made.latest_charge);
    assert.equal(charge.refunded, true);
    assert.equal(charge.amount_refunded, 1999);
    assert.equal((await refusalOf(refunds.create({ payment_intent: made.id }))).code, 'charge_already_refunded');

    const byPayment = await refunds.list({ payment_intent: made.id });
    assert.deepEqual(byPayment.data.map(refund => refund.id), [rest.id, part.id]);
    const byCharge = await refunds.list({ charge: made.latest_charge });
    assert.deepEqual(byCharge.data.map(refund => refund.id), [rest.id, part.id]);
    assert.deepEqual(withoutResponse(await refunds.retrieve(part.id)).metadata, { of: '1' });
  });

  for (const name of ['threeDSecure2Required', 'authenticationRequired']) test(`the challenge of pm_card_${name} is answered at the issuer, and the payment succeeds`, async () => {
    const made = await intents().create({
      ...paid, payment_method: `pm_card_${name}`, return_url: 'https://shop.example/back?order=1',
    });
    assert.equal(made.status, 'requires_action');
    assert.equal(made.next_action.type, 'redirect_to_url');
    assert.equal(made.next_action.redirect_to_url.return_url, 'https://shop.example/back?order=1');

    const arrived = await walk(made.next_action.redirect_to_url.url, { otp: '123456' });
    assert.equal(arrived.origin + arrived.pathname, 'https://shop.example/back');
    assert.equal(arrived.searchParams.get('order'), '1');
    assert.equal(arrived.searchParams.get('payment_intent'), made.id);
    assert.equal(arrived.searchParams.get('payment_intent_client_secret'), made.client_secret);
    const paidNow = await intents().retrieve(made.id);
    assert.equal(paidNow.status, 'succeeded');
    assert.equal(paidNow.next_action, null);
  });

  test('a challenge that is turned away fails the attempt, and another card may follow', async () => {
    const made = await intents().create({
      ...paid, payment_method: 'pm_card_threeDSecure2Required', return_url: 'https://shop.example/back',
    });
    await walk(made.next_action.redirect_to_url.url, { cancel: '1' });
    const failed = await intents().retrieve(made.id);
    assert.equal(failed.status, 'requires_payment_method');
    assert.equal(failed.last_payment_error.code, 'payment_intent_authentication_failure');
    assert.equal((await intents().confirm(made.id, { payment_method: 'pm_card_visa' })).status, 'succeeded');
  });

  test('a browser sees and confirms its own payment with the client secret', async () => {
    const made = await intents().create({ amount: 900, currency: 'usd', metadata: { margin: 'secret' } });
    const browser = florin.client(florin.report.publishable_key);
    const seen = await browser.paymentIntents.retrieve(made.id, { client_secret: made.client_secret });
    assert.deepEqual(seen.metadata, {});
    const confirmed = await browser.paymentIntents.confirm(made.id, {
      client_secret: made.client_secret, payment_method_data: { type: 'card', card },
    });
    assert.equal(confirmed.status, 'succeeded');
    assert.equal((await refusalOf(browser.paymentIntents.retrieve(made.id, { client_secret: 'wrong' }))).statusCode, 404);
  });

  test('objects are shown in full where that is asked for', async () => {
    const made = await intents().create({ ...paid, expand: ['latest_charge', 'payment_method'] });
    assert.equal(made.latest_charge.object, 'charge');
    assert.equal(made.payment_method.object, 'payment_method');
    const listed = await intents().list({ limit: 5, expand: ['data.latest_charge', 'data.payment_method'] });
    assert.ok(listed.data.every(intent => typeof intent.latest_charge !== 'string'));
    assert.equal(listed.data[0].payment_method.object, 'payment_method');
    const refund = await florin.stripe.refunds.create({ payment_intent: made.id, expand: ['charge.payment_intent'] });
    assert.equal(refund.charge.payment_intent.id, made.id);
  });
});

// What was answered, without what the SDK adds about how.
function withoutResponse({ lastResponse, ...answer }) {
  return answer;
}

/** Answers the issuer's page as a browser would, up to the first address outside of Florin. */
async function walk(start, form) {
  const page = await fetch(start);
  assert.equal(page.status, 200);
  let answer = await fetch(page.url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  for (let at = page.url, hops = 0; hops < 10; hops++) {
    assert.ok(answer.status >= 300 && answer.status < 400, `${at} answered ${answer.status}`);
    const next = new URL(answer.headers.get('location'), at);
    if (next.hostname !== '127.0.0.1') return next;
    answer = await fetch(at = next.href, { redirect: 'manual' });
  }
  throw new Error('The way back never left Florin.');
}
