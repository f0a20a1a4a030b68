// Every endpoint answers as Stripe's type declarations say, but for the differences that are listed here with their reasons.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Declarations } from './declarations.js';
import { card, eventually, onEachEngine, paid } from './florin.js';

/** What differs on purpose. A difference that no answer shows any more fails the test too, so that none outlives its reason. */
const differences = [
  [/^florin\.\w+ is an object that the declarations do not have$/, 'Under /v1/florin are objects that Stripe has no word for.'],
  [/\.florin is not declared$/, 'What Stripe has no word for is in `florin`, where no SDK looks.'],
  [/^event\.data\.previous_attributes\.metadata\.\* is null$/, 'A key that an update added was null before, as it is in Stripe\'s events; the declarations reuse the type of metadata as it is now.'],
];

/** A ledger transaction between two own accounts. */
const entry = amount => ({ currency: 'krw', postings: [{ account: 'own:cash', side: 'debit', amount }, { account: 'own:sales', side: 'credit', amount }] });

/**
 * A request for each endpoint of /openapi/v1.json, by its method and pattern; `at` is the object whose id the path names.
 * `answered` is what the SDK was answered, where the body is no JSON. They run in this order, and `made` keeps what the earlier ones answered under their names.
 */
const requests = {
  'POST /v1/customers': () => [{ email: 'jenny@example.com', name: 'Jenny', address: { line1: '1 Street', country: 'KR' }, shipping: { name: 'Jenny', address: { city: 'Seoul' } }, metadata: { order: '6735' } }],
  'GET /v1/customers': () => [{ limit: 5 }],
  'GET /v1/customers/{id}': made => [{}, made['POST /v1/customers']],
  'POST /v1/customers/{id}': made => [{ phone: '010-1234-5678', preferred_locales: ['ko'] }, made['POST /v1/customers']],
  'POST /v1/tokens': () => [{ card: { ...card, name: 'Jenny', address_city: 'Seoul' } }],
  'GET /v1/tokens/{id}': made => [{}, made['POST /v1/tokens']],
  'POST /v1/payment_methods': made => [{ type: 'card', card: { token: made['POST /v1/tokens'].id }, billing_details: { name: 'Jenny', address: { city: 'Seoul' } } }],
  'GET /v1/payment_methods/{id}': made => [{}, made['POST /v1/payment_methods']],
  'POST /v1/payment_methods/{id}/attach': made => [{ customer: made['POST /v1/customers'].id, expand: ['customer'] }, made['POST /v1/payment_methods']],
  'POST /v1/payment_methods/{id}': made => [{ metadata: { kept: 'yes' } }, made['POST /v1/payment_methods']],
  'GET /v1/payment_methods': () => [{ expand: ['data.customer'] }],
  'GET /v1/customers/{id}/payment_methods': made => [{}, made['POST /v1/customers']],
  'POST /v1/payment_intents': made => [{ ...paid, payment_method: made['POST /v1/payment_methods'].id, customer: made['POST /v1/customers'].id, receipt_email: 'jenny@example.com', description: 'Two cups', statement_descriptor: 'CUPS', metadata: { order: '1' }, expand: ['latest_charge', 'payment_method', 'customer'] }],
  'GET /v1/payment_intents/{id}': made => [{ expand: ['latest_charge.payment_intent'] }, made['POST /v1/payment_intents']],
  'POST /v1/payment_intents/{id}': (made, also) => [{ description: 'Three cups' }, also.unconfirmed],
  'POST /v1/payment_intents/{id}/confirm': (made, also) => [{ payment_method: 'pm_card_authenticationRequired', return_url: 'https://shop.example/back' }, also.unconfirmed],
  'POST /v1/payment_intents/{id}/cancel': (made, also) => [{ cancellation_reason: 'abandoned' }, also.held],
  'POST /v1/payment_intents/{id}/capture': (made, also) => [{ amount_to_capture: 500 }, also.heldToo],
  'GET /v1/payment_intents': () => [{ expand: ['data.latest_charge'] }],
  'GET /v1/charges/{id}': made => [{ expand: ['payment_intent', 'customer'] }, { id: made['POST /v1/payment_intents'].latest_charge.id }],
  'POST /v1/charges/{id}': made => [{ description: 'Noted', metadata: { a: 'b' } }, { id: made['POST /v1/payment_intents'].latest_charge.id }],
  'GET /v1/charges': () => [{}],
  'POST /v1/refunds': made => [{ payment_intent: made['POST /v1/payment_intents'].id, amount: 300, reason: 'requested_by_customer', expand: ['charge', 'payment_intent'] }],
  'GET /v1/refunds/{id}': made => [{}, made['POST /v1/refunds']],
  'POST /v1/refunds/{id}': made => [{ metadata: { a: 'b' } }, made['POST /v1/refunds']],
  'GET /v1/refunds': () => [{ expand: ['data.charge'] }],
  'POST /v1/checkout/sessions': () => [{ mode: 'payment', success_url: 'https://shop.example/{CHECKOUT_SESSION_ID}', customer_email: 'jenny@example.com', locale: 'ko', line_items: [{ quantity: 2, price_data: { currency: 'krw', unit_amount: 5000, product_data: { name: '컵' } } }], expand: ['line_items'] }],
  'GET /v1/checkout/sessions/{id}': made => [{ expand: ['line_items'] }, made['POST /v1/checkout/sessions']],
  'GET /v1/checkout/sessions/{id}/line_items': made => [{}, made['POST /v1/checkout/sessions']],
  'POST /v1/checkout/sessions/{id}/expire': made => [{}, made['POST /v1/checkout/sessions']],
  'GET /v1/checkout/sessions': () => [{}],
  'POST /v1/webhook_endpoints': () => [{ url: 'https://shop.example/hook', enabled_events: ['*'], description: 'Orders' }],
  'GET /v1/webhook_endpoints/{id}': made => [{}, made['POST /v1/webhook_endpoints']],
  'POST /v1/webhook_endpoints/{id}': made => [{ disabled: true }, made['POST /v1/webhook_endpoints']],
  'GET /v1/webhook_endpoints': () => [{}],
  'DELETE /v1/webhook_endpoints/{id}': made => [{}, made['POST /v1/webhook_endpoints']],
  'POST /v1/setup_intents': made => [{ payment_method: 'pm_card_visa', confirm: true, usage: 'off_session', metadata: { a: 'b' }, expand: ['latest_attempt'] }],
  'GET /v1/setup_intents/{id}': made => [{ expand: ['payment_method'] }, made['POST /v1/setup_intents']],
  'POST /v1/setup_intents/{id}': (made, also) => [{ description: 'For later' }, also.setup],
  'POST /v1/setup_intents/{id}/confirm': (made, also) => [{ payment_method: 'pm_card_authenticationRequired', return_url: 'https://shop.example/back' }, also.setup],
  'POST /v1/setup_intents/{id}/cancel': (made, also) => [{ cancellation_reason: 'abandoned' }, also.setupToo],
  'GET /v1/setup_intents': () => [{ expand: ['data.latest_attempt'] }],
  'GET /v1/setup_attempts': made => [{ setup_intent: made['POST /v1/setup_intents'].id }],
  'POST /v1/payment_intents/{id}/increment_authorization': (made, also) => [{ amount: 2500 }, also.heldThree],
  'POST /v1/refunds/{id}/cancel': (made, also) => [{}, also.pendingRefund],
  'POST /v1/products': () => [{ name: 'Cup', description: 'Of clay', images: ['https://shop.example/cup.png'], metadata: { a: 'b' }, default_price_data: { currency: 'usd', unit_amount: 700 }, expand: ['default_price'] }],
  'GET /v1/products/{id}': made => [{}, made['POST /v1/products']],
  'POST /v1/products/{id}': made => [{ active: true, statement_descriptor: 'CUP' }, made['POST /v1/products']],
  'GET /v1/products': () => [{ active: true }],
  'POST /v1/prices': made => [{ product: made['POST /v1/products'].id, currency: 'krw', unit_amount: 9000, lookup_key: 'cup', nickname: 'Seoul', expand: ['product'] }],
  'GET /v1/prices/{id}': made => [{}, made['POST /v1/prices']],
  'POST /v1/prices/{id}': made => [{ active: false, metadata: { a: 'b' } }, made['POST /v1/prices']],
  'GET /v1/prices': () => [{ limit: 100, expand: ['data.product'] }],
  'DELETE /v1/products/{id}': (made, also) => [{}, also.product],
  'GET /v1/payment_intents/search': () => [{ query: 'status:"succeeded"', limit: 3 }],
  'GET /v1/charges/search': () => [{ query: 'amount>100', limit: 3 }],
  'GET /v1/customers/search': () => [{ query: 'email:"jenny@example.com"' }],
  'POST /v1/files': (made, also) => [{ answered: also.file }],
  'GET /v1/files/{id}': (made, also) => [{}, also.file],
  'GET /v1/files': () => [{ purpose: 'dispute_evidence' }],
  'GET /v1/files/{id}/contents': (made, also) => [{ answered: null }],
  'GET /v1/disputes': () => [{ expand: ['data.charge'] }],
  'GET /v1/disputes/{id}': (made, also) => [{ expand: ['charge', 'payment_intent'] }, also.dispute],
  'POST /v1/disputes/{id}': (made, also) => [{ evidence: { customer_name: 'Jenny', receipt: also.file.id }, submit: false, metadata: { a: 'b' } }, also.dispute],
  'POST /v1/disputes/{id}/close': (made, also) => [{}, also.dispute],
  'GET /v1/florin/gateways': () => [{ limit: 100 }],
  'GET /v1/balance': () => [{}],
  'GET /v1/balance_transactions': () => [{ limit: 100 }],
  'GET /v1/balance_transactions/{id}': made => [{ expand: ['source'] }, made['GET /v1/balance_transactions'].data.find(entry => entry.type === 'charge')],
  'POST /v1/florin/webhook_endpoints/{id}/roll_secret': (made, also) => [{ expires_in: 60 }, also.hook],
  'POST /v1/florin/events/{id}/resend': (made, also) => [{ webhook_endpoint: also.hook.id }, also.event],
  'POST /v1/florin/webhook_endpoints/{id}/resend': (made, also) => [{ created: { gte: 1 } }, also.hook],
  'GET /v1/florin/webhook_endpoints/{id}/attempts': (made, also) => [{}, also.hook],
  'GET /v1/florin/webhook_endpoints/{id}/attempts/{attempt}': (made, also) => [{}, { ...also.hook, attempt: also.attempt.id }],
  'POST /v1/florin/routing/versions': () => [{ document: '{"rules": [{"name": "Won", "when": {"currencies": ["krw"]}, "then": {"prefer": ["hangang"]}}], "max_attempts": 2}', note: 'Won' }],
  'GET /v1/florin/routing/versions': () => [{ limit: 3 }],
  'GET /v1/florin/routing/versions/{id}': made => [{}, made['POST /v1/florin/routing/versions']],
  'POST /v1/florin/routing/versions/{id}': made => [{ note: 'Won at home' }, made['POST /v1/florin/routing/versions']],
  'GET /v1/florin/routing/versions/{id}/compare': made => [{ with: made['POST /v1/florin/routing/versions'].id }, made['POST /v1/florin/routing/versions']],
  'GET /v1/florin/routing/versions/{id}/simulate': made => [{ 'created[gte]': Math.floor(Date.now() / 1000) - 3600 }, made['POST /v1/florin/routing/versions']],
  'GET /v1/florin/routing/decisions': made => [{ payment_intent: made['POST /v1/payment_intents'].id }],
  'POST /v1/florin/routing/versions/{id}/activate': made => [{}, made['POST /v1/florin/routing/versions']],
  'GET /v1/events': () => [{ limit: 100 }],
  'GET /v1/events/{id}': made => [{}, made['GET /v1/events'].data[0]],
  'POST /v1/payment_methods/{id}/detach': made => [{}, made['POST /v1/payment_methods']],
  'DELETE /v1/customers/{id}': made => [{}, made['POST /v1/customers']],
  'POST /v1/florin/ledger/accounts': () => [{ code: 'own:cash', kind: 'asset', currency: 'krw', min_balance: 0, metadata: { a: 'b' } }],
  'GET /v1/florin/ledger/accounts': () => [{ code_prefix: 'own:' }],
  'GET /v1/florin/ledger/accounts/{id}': made => [{}, made['POST /v1/florin/ledger/accounts']],
  'POST /v1/florin/ledger/accounts/{id}': made => [{ state: 'open', metadata: { c: 'd' } }, made['POST /v1/florin/ledger/accounts']],
  'POST /v1/florin/ledger/transactions': (made, also) => [{ reference: 'one', ...entry(100), subject: also.charge }],
  'POST /v1/florin/ledger/transactions/bulk': () => [{ linked: false, transactions: [{ reference: 'two', ...entry(10) }, { reference: 'two', ...entry(11) }] }],
  'GET /v1/florin/ledger/transactions': () => [{ limit: 100 }],
  'GET /v1/florin/ledger/transactions/{id}': made => [{}, made['POST /v1/florin/ledger/transactions']],
  'POST /v1/florin/ledger/transactions/{id}/reverse': made => [{ reference: 'back' }, made['POST /v1/florin/ledger/transactions']],
  'POST /v1/florin/ledger/transactions/{id}/adjust': made => [{ reference: 'half', ...entry(50) }, made['POST /v1/florin/ledger/transactions']],
  'POST /v1/florin/ledger/holds': () => [{ reference: 'held', ...entry(5), lapses_at: 4_000_000_000 }],
  'GET /v1/florin/ledger/holds': () => [{ state: 'open' }],
  'GET /v1/florin/ledger/holds/{id}': made => [{}, made['POST /v1/florin/ledger/holds']],
  'POST /v1/florin/ledger/holds/{id}/post': made => [{ ...entry(3) }, made['POST /v1/florin/ledger/holds']],
  'POST /v1/florin/ledger/holds/{id}/void': (made, also) => [{}, also.ledgerHold],
  'GET /v1/florin/ledger/balances': () => [{ code_prefix: 'own:', at: 4_000_000_000, by: 'effective' }],
  'GET /v1/florin/ledger/statements': made => [{ account: made['POST /v1/florin/ledger/accounts'].id, limit: 1 }],
  'GET /v1/florin/ledger/reports/trial_balance': () => [{}],
  'GET /v1/florin/ledger/reports/income_statement': () => [{ by: 'recorded' }],
  'GET /v1/florin/ledger/reports/balance_sheet': () => [{ until: 4_000_000_000 }],
  'POST /v1/florin/ledger/periods/close': () => [{ starts_at: 1_000_000_000, ends_at: 1_000_000_100, reason: 'year end' }],
  'POST /v1/florin/ledger/periods/reopen': () => [{ starts_at: 1_000_000_000, reason: 'forgot one' }],
  'GET /v1/florin/ledger/periods': () => [{}],
  'GET /v1/florin/ledger/exports': () => [{ answered: null }],
  'POST /v1/florin/ledger/exports': () => [{ answered: null }],
  'POST /v1/florin/ledger/imports': () => [{ format: 'hledger', dry_run: true, content: '2026-01-02 (a) tea\n  assets:own:cash  5 KRW\n  income:own:sales\n' }],

  'GET /v1/florin/unknown_outcomes': () => [{ kind: 'refund', waits_for_person: false }],
  'GET /v1/florin/unknown_outcomes/count': () => [{}],
  'GET /v1/florin/unknown_outcomes/{id}': (made, also) => [{}, also.unknown],
  'POST /v1/florin/unknown_outcomes/{id}/query': (made, also) => [{}, also.unknown],
  'POST /v1/florin/unknown_outcomes/{id}/cancel': (made, also) => [{}, also.unknown],
  'POST /v1/florin/unknown_outcomes/{id}/accept': (made, also) => [{ outcome: 'refunded', gateway_reference: 'au_1', evidence: 'Their statement' }, also.unknownToo],
  'POST /v1/florin/unknown_outcomes/bulk': () => [{ act: 'query', filter: { kind: 'refund' } }],
  'GET /v1/florin/unknown_outcomes/bulk': () => [{}],
  'GET /v1/florin/unknown_outcomes/bulk/{id}': made => [{}, made['POST /v1/florin/unknown_outcomes/bulk']],
  'GET /v1/florin/unknown_outcomes/bulk/{id}/items': made => [{}, made['POST /v1/florin/unknown_outcomes/bulk']],
  'GET /v1/florin/payment_policies': () => [{}],
  'POST /v1/florin/payment_policies': () => [{ late_success: 'refund' }],

  // Last, since from here on the merchant's test mode goes by this clock.
  'GET /v1/florin/audit_records': () => [{ action: 'routing.' }],
  'POST /v1/test_helpers/test_clocks': () => [{ frozen_time: Math.floor(Date.now() / 1000) + 60, name: 'Next month' }],
  'GET /v1/test_helpers/test_clocks/{id}': made => [{}, made['POST /v1/test_helpers/test_clocks']],
  'POST /v1/test_helpers/test_clocks/{id}/advance': made => [{ frozen_time: made['POST /v1/test_helpers/test_clocks'].frozen_time + 60 }, made['POST /v1/test_helpers/test_clocks']],
  'GET /v1/test_helpers/test_clocks': () => [{}],
  'DELETE /v1/test_helpers/test_clocks/{id}': made => [{}, made['POST /v1/test_helpers/test_clocks']],
};

onEachEngine('the contract', florin => {
  let declarations;
  const shown = new Set();
  const made = {};
  const also = {};

  const ask = async (operation, parameters, at) => {
    const [method, pattern] = operation.split(' ');
    const address = pattern.replace('{id}', at?.id).replace('{attempt}', at?.attempt);
    const answer = method === 'POST'
      ? await florin.fetch(method, address, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(parameters) })
      : await florin.fetch(method, `${address}?${query(parameters)}`);
    return { status: answer.status, body: await answer.json() };
  };

  const assertDeclared = (operation, body) => {
    const problems = declarations.problemsOf(body).filter(problem => {
      const index = differences.findIndex(([pattern]) => pattern.test(problem));
      shown.add(index);
      return index < 0;
    });
    assert.deepEqual([...new Set(problems)], [], operation);
  };

  before(async () => {
    declarations = new Declarations();
    const create = parameters => florin.stripe.paymentIntents.create(parameters);
    also.unconfirmed = await create({ amount: 1000, currency: 'usd' });
    also.held = await create({ ...paid, capture_method: 'manual' });
    also.heldToo = await create({ ...paid, capture_method: 'manual' });
    also.heldThree = await create({ ...paid, capture_method: 'manual' });
    also.setup = await florin.stripe.setupIntents.create({});
    also.setupToo = await florin.stripe.setupIntents.create({});
    also.product = await florin.stripe.products.create({ name: 'Saucer' });
    const slow = await create({ ...paid, payment_method: 'pm_card_pendingRefund' });
    also.pendingRefund = await florin.stripe.refunds.create({ payment_intent: slow.id });
    for (const name of ['unknown', 'unknownToo']) {
      const waiting = await create({ ...paid, payment_method: 'pm_card_pendingRefund' });
      const refund = await florin.stripe.refunds.create({ payment_intent: waiting.id });
      also[name] = { id: refund.id.replace('re_', 'uo_') };
    }
    also.file = await florin.stripe.files.create({ purpose: 'dispute_evidence', file: { data: Buffer.from('%PDF-1.7\n%%EOF\n'), name: 'receipt.pdf', type: 'application/pdf' } });
    const disputed = await create({ ...paid, payment_method: 'pm_card_createDispute' });
    also.dispute = await eventually('dispute', async () => (await florin.stripe.disputes.list({ payment_intent: disputed.id })).data[0]);

    also.charge = disputed.latest_charge;
    const book = (path, body) => florin.stripe.rawRequest('POST', `/v1/florin/ledger/${path}`, body);
    await book('accounts', { code: 'own:sales', kind: 'income', currency: 'krw' });
    await book('accounts', { code: 'own:cash', kind: 'asset', currency: 'krw', min_balance: 0, metadata: { a: 'b' } });
    also.ledgerHold = await book('holds', { reference: 'let go', ...entry(1) });

    // Nobody listens there, so the call fails at once and is there to be looked at.
    also.hook = await florin.stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/hook', enabled_events: ['customer.created'] });
    await florin.stripe.customers.create({ name: 'Mina' });
    also.event = (await florin.stripe.events.list({ type: 'customer.created' })).data[0];
    also.attempt = await eventually('attempt', async () => (await (await florin.fetch('GET', `/v1/florin/webhook_endpoints/${also.hook.id}/attempts`)).json()).data[0]);
  });

  for (const [operation, request] of Object.entries(requests)) {
    test(operation, async () => {
      const [parameters, at] = request(made, also);
      if ('answered' in parameters) {
        if (parameters.answered) assertDeclared(operation, parameters.answered);
        return;
      }

      const { status, body } = await ask(operation, parameters, at);
      assert.equal(status, 200, JSON.stringify(body));
      made[operation] = body;
      assertDeclared(operation, body);
    });
  }

  test('payments in every state that a card can bring them to', async () => {
    for (const name of ['chargeDeclined', 'chargeDeclinedExpiredCard', 'authenticationRequired']) {
      const { body } = await ask('POST /v1/payment_intents', { ...paid, payment_method: `pm_card_${name}`, expand: ['latest_charge'] });
      const intent = body.error?.payment_intent ?? body;
      assertDeclared(name, intent);
      if (intent.latest_charge) assertDeclared(name, (await ask('GET /v1/charges/{id}', {}, { id: intent.latest_charge.id ?? intent.latest_charge })).body);
    }
    assertDeclared('a voided hold', (await ask('GET /v1/charges', { payment_intent: also.held.id })).body);
    assertDeclared('a customer that is gone', (await ask('GET /v1/customers/{id}', {}, made['POST /v1/customers'])).body);
    assertDeclared('events of all of that', (await ask('GET /v1/events', { limit: 100 })).body);
  });

  test('every endpoint was asked', async () => {
    const { paths } = await (await florin.fetch('GET', '/openapi/v1.json', { key: null })).json();
    const all = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`));
    assert.deepEqual(all.filter(operation => !requests[operation]), [], 'add a request for each of these');
    assert.deepEqual(Object.keys(requests).filter(operation => !all.includes(operation)), []);
  });

  test('no difference is listed that is none', () => {
    assert.deepEqual(differences.filter((_, index) => !shown.has(index)).map(([pattern]) => pattern.source), []);
  });

  test('a planted deviation is caught', () => {
    const refund = made['POST /v1/refunds'];
    for (const [change, told] of [
      [{ amount: '300' }, 'refund.amount is a text'],
      [{ currency: null }, 'refund.currency is null'],
      [{ reason: 'because' }, "refund.reason is 'because'"],
      [{ metadata: { a: 1 } }, 'refund.metadata.* is the number 1'],
      [{ surprise: 1 }, 'refund.surprise is not declared'],
    ]) {
      assert.ok(declarations.problemsOf({ ...refund, ...change }).includes(told), told);
    }
    const { status, ...without } = refund;
    assert.ok(status && declarations.problemsOf(without).includes('refund.status is missing'));
  });
});

function query(parameters) {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => (Array.isArray(value) ? value.map(item => [`${name}[]`, item]) : [[name, value]]));
  return new URLSearchParams(pairs).toString();
}
