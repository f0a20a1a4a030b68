import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, onEachEngine, refusalOf } from './florin.js';

onEachEngine('setup intents', florin => {
  const setups = () => florin.stripe.setupIntents;

  test('a card is saved, then pays without its owner', async () => {
    const customer = await florin.stripe.customers.create({ email: 'buyer@shop.example' });
    const made = await setups().create({ customer: customer.id, automatic_payment_methods: { enabled: true }, usage: 'off_session' });
    assert.equal(made.object, 'setup_intent');
    assert.equal(made.status, 'requires_payment_method');
    assert.match(made.client_secret, /^seti_.*_secret_/);

    const saved = await setups().confirm(made.id, { payment_method: 'pm_card_visa', return_url: 'https://shop.example/back' });
    assert.equal(saved.status, 'succeeded');
    assert.equal(saved.usage, 'off_session');
    const whole = await setups().retrieve(saved.id, { expand: ['payment_method', 'latest_attempt'] });
    assert.equal(whole.payment_method.customer, customer.id);
    assert.equal(whole.latest_attempt.object, 'setup_attempt');
    assert.equal(whole.latest_attempt.status, 'succeeded');

    const paid = await florin.stripe.paymentIntents.create({
      amount: 1999, currency: 'usd', customer: customer.id, payment_method: saved.payment_method, off_session: true, confirm: true,
    });
    assert.equal(paid.status, 'succeeded');
    assert.deepEqual((await setups().list({ customer: customer.id })).data.map(each => each.id), [saved.id]);
    const attempts = await florin.stripe.setupAttempts.list({ setup_intent: saved.id });
    assert.equal(attempts.data.length, 1);
  });

  test('a browser confirms with the client secret', async () => {
    const made = await setups().create({});
    const browser = florin.client(florin.report.publishable_key);
    const saved = await browser.setupIntents.confirm(made.id, { client_secret: made.client_secret, payment_method: 'pm_card_mastercard' });
    assert.equal(saved.status, 'succeeded');
    const refusal = await refusalOf(browser.setupIntents.cancel(made.id));
    assert.equal(refusal.type, 'StripePermissionError');
  });

  test('3-D Secure is a next action, and is passed at the issuer', async () => {
    const waiting = await setups().create({
      payment_method: 'pm_card_threeDSecure2Required', confirm: true, return_url: 'https://shop.example/back',
    });
    assert.equal(waiting.status, 'requires_action');
    assert.equal(waiting.next_action.type, 'redirect_to_url');
    const answered = await fetch(waiting.next_action.redirect_to_url.url, {
      method: 'POST', redirect: 'manual', body: new URLSearchParams({ otp: '123456' }),
    });
    assert.equal(answered.status, 303);
    const back = await fetch(answered.headers.get('location'), { redirect: 'manual' });
    const returned = new URL(back.headers.get('location'));
    assert.equal(returned.origin + returned.pathname, 'https://shop.example/back');
    assert.equal(returned.searchParams.get('setup_intent'), waiting.id);
    assert.equal(returned.searchParams.get('redirect_status'), 'succeeded');
    assert.equal((await setups().retrieve(waiting.id)).status, 'succeeded');
  });

  test('a declined card is a card error with the intent, whose events are told', async () => {
    const refusal = await refusalOf(setups().create({ payment_method: 'pm_card_chargeDeclined', confirm: true }));
    assert.equal(refusal.type, 'StripeCardError');
    assert.equal(refusal.code, 'card_declined');
    assert.equal(refusal.decline_code, 'generic_decline');
    assert.equal(refusal.setup_intent.status, 'requires_payment_method');
    assert.equal(refusal.setup_intent.last_setup_error.code, 'card_declined');
    const failed = await eventually('event', async () => (await florin.stripe.events.list({ type: 'setup_intent.setup_failed' })).data
      .find(event => event.data.object.id === refusal.setup_intent.id));
    assert.equal(failed.data.object.object, 'setup_intent');
  });

  test('what is given up stays given up', async () => {
    const made = await setups().create({ description: 'First', metadata: { a: '1' } });
    const changed = await setups().update(made.id, { description: '', metadata: '' });
    assert.equal(changed.description, null);
    assert.deepEqual(changed.metadata, {});
    const canceled = await setups().cancel(made.id, { cancellation_reason: 'abandoned' });
    assert.equal(canceled.status, 'canceled');
    assert.equal(canceled.cancellation_reason, 'abandoned');
    const refusal = await refusalOf(setups().confirm(made.id, { payment_method: 'pm_card_visa' }));
    assert.equal(refusal.code, 'setup_intent_unexpected_state');
    assert.equal(refusal.type, 'StripeInvalidRequestError');
  });

  test('in a checkout session a card is saved and nothing is paid', async () => {
    const session = await florin.stripe.checkout.sessions.create({
      mode: 'setup', currency: 'usd', customer_creation: 'always', success_url: 'https://shop.example/done',
    });
    assert.equal(session.mode, 'setup');
    assert.equal(session.amount_total, null);
    assert.equal(session.payment_status, 'no_payment_required');
    const page = await (await fetch(session.url)).text();
    assert.match(page, /You pay nothing now/);
    assert.match(await (await fetch(`${session.url}?lang=ko`)).text(), /지금은 결제되지 않습니다/);
    const action = /<form method="post" action="([^"]+)"/.exec(page)[1];
    const token = /name="form_token" value="([^"]+)"/.exec(page)[1];
    await fetch(new URL(action, florin.report.url), {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({
        form_token: token, email: 'buyer@shop.example', cardnumber: '4242 4242 4242 4242', exp: '12 / 40', cvc: '123', name: 'Kim Minji',
      }),
    });
    const done = await florin.stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent.payment_method', 'customer'] });
    assert.equal(done.status, 'complete');
    assert.equal(done.setup_intent.status, 'succeeded');
    assert.equal(done.customer.email, 'buyer@shop.example');
    assert.equal(done.setup_intent.payment_method.customer, done.customer.id);
    assert.match(await (await fetch(`${florin.report.url}c/${session.id}/${session.url.split('/').at(-1)}`.replace(/([^:])\/\//, '$1/'))).text(), /Your card is saved/);
  });
});
