// Buyers who dispute, evidence that convinces or does not, the files it consists of, and what all that does to the balance.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, onEachEngine, paid, refusalOf } from './florin.js';

const pdf = Buffer.from('%PDF-1.7\n% a receipt\n');

onEachEngine('disputes', florin => {
  const disputes = () => florin.stripe.disputes;

  async function disputed(method = 'pm_card_createDispute', more = {}) {
    const payment = await florin.stripe.paymentIntents.create({ ...paid, ...more, payment_method: method });
    assert.equal(payment.status, 'succeeded');
    const found = await eventually('dispute', async () => (await disputes().list({ payment_intent: payment.id })).data[0]);
    return { payment, dispute: found };
  }

  const become = (id, status) => eventually(status, async () => {
    const now = await disputes().retrieve(id);
    return now.status === status && now;
  });

  const eventsOf = async id => {
    const types = [];
    for await (const event of florin.stripe.events.list({ limit: 100 })) if (event.data.object.id === id) types.unshift(event.type);
    return types;
  };

  test('a dispute with evidence that wins', async () => {
    const { payment, dispute } = await disputed();
    assert.equal(dispute.object, 'dispute');
    assert.equal(dispute.status, 'needs_response');
    assert.equal(dispute.reason, 'fraudulent');
    assert.equal(dispute.amount, paid.amount);
    assert.equal(dispute.charge, payment.latest_charge);
    assert.equal(dispute.is_charge_refundable, false);
    assert.equal(dispute.payment_method_details.card.network_reason_code, '10.4');
    assert.ok(dispute.evidence_details.due_by > Date.now() / 1000);
    const [withdrawal] = dispute.balance_transactions;
    assert.equal(withdrawal.net, -paid.amount - withdrawal.fee);
    assert.equal(withdrawal.reporting_category, 'dispute');

    const file = await florin.stripe.files.create({
      purpose: 'dispute_evidence',
      file: { data: pdf, name: 'receipt.pdf', type: 'text/plain' },
    });
    assert.equal(file.type, 'pdf');
    assert.equal(file.size, pdf.length);
    assert.equal(file.filename, 'receipt.pdf');

    const staged = await disputes().update(dispute.id, { evidence: { receipt: file.id, customer_name: '김민지' }, submit: false });
    assert.equal(staged.status, 'needs_response');
    assert.equal(staged.evidence_details.submission_count, 0);
    assert.equal(staged.evidence_details.has_evidence, true);

    const submitted = await disputes().update(dispute.id, { evidence: { uncategorized_text: 'winning_evidence' }, metadata: { case: '7' } });
    assert.equal(submitted.status, 'under_review');
    assert.equal(submitted.evidence_details.submission_count, 1);
    assert.equal(submitted.evidence.customer_name, '김민지');
    assert.deepEqual(submitted.metadata, { case: '7' });

    const won = await become(dispute.id, 'won');
    assert.equal(won.balance_transactions.length, 2);
    assert.equal(won.balance_transactions[1].amount, paid.amount);
    const types = await eventsOf(dispute.id);
    assert.deepEqual(types.filter(type => type !== 'charge.dispute.updated'), [
      'charge.dispute.created', 'charge.dispute.funds_withdrawn', 'charge.dispute.funds_reinstated', 'charge.dispute.closed',
    ]);
    assert.ok(types.includes('charge.dispute.updated'));

    const charge = await florin.stripe.charges.retrieve(payment.latest_charge, { expand: ['florin.dispute'] });
    assert.equal(charge.disputed, true);
    assert.equal(charge.florin.dispute.id, dispute.id);
    assert.equal((await florin.stripe.refunds.create({ charge: charge.id })).status, 'succeeded');
  });

  test('a dispute with evidence that loses, at another acquirer', async () => {
    const { dispute } = await disputed('pm_card_createDisputeProductNotReceived', { currency: 'krw', amount: 19000 });
    assert.equal(dispute.reason, 'product_not_received');
    await disputes().update(dispute.id, { evidence: { uncategorized_text: 'losing_evidence' } });

    const lost = await become(dispute.id, 'lost');
    assert.equal(lost.balance_transactions.length, 1);
    const refused = await refusalOf(florin.stripe.refunds.create({ charge: dispute.charge }));
    assert.equal(refused.type, 'StripeInvalidRequestError');
    assert.equal(refused.code, 'charge_disputed');
    assert.equal((await refusalOf(disputes().update(dispute.id, { evidence: { customer_name: 'late' } }))).code, 'dispute_unexpected_state');
  });

  test('an inquiry takes nothing until it escalates, and giving up loses', async () => {
    const { dispute } = await disputed('pm_card_createDisputeInquiry', { currency: 'eur' });
    assert.equal(dispute.status, 'warning_needs_response');
    assert.equal(dispute.payment_method_details.card.case_type, 'inquiry');
    assert.deepEqual(dispute.balance_transactions, []);
    await disputes().update(dispute.id, { evidence: { uncategorized_text: 'escalate_inquiry_evidence' } });

    const escalated = await become(dispute.id, 'needs_response');
    assert.equal(escalated.balance_transactions.length, 1);
    assert.equal((await disputes().close(dispute.id)).status, 'lost');
  });

  test('a repeated submission with the same key is one submission', async () => {
    const { dispute } = await disputed();
    const change = { evidence: { uncategorized_text: 'It was delivered.' } };
    const first = await disputes().update(dispute.id, change, { idempotencyKey: `submit-${dispute.id}` });
    const again = await disputes().update(dispute.id, change, { idempotencyKey: `submit-${dispute.id}` });
    assert.deepEqual(again.evidence_details, first.evidence_details);
    assert.equal((await disputes().retrieve(dispute.id)).evidence_details.submission_count, 1);
  });

  test('files are listed, read and given back as they were', async () => {
    const made = await florin.stripe.files.create({ purpose: 'dispute_evidence', file: { data: pdf, name: 'a.pdf', type: 'application/pdf' } });
    assert.equal((await florin.stripe.files.retrieve(made.id)).id, made.id);
    assert.ok((await florin.stripe.files.list({ purpose: 'dispute_evidence', limit: 3 })).data.some(file => file.id === made.id));
    const content = await fetch(made.url, { headers: { authorization: `Bearer ${florin.report.secret_key}` } });
    assert.deepEqual(Buffer.from(await content.arrayBuffer()), pdf);
    assert.equal(content.headers.get('content-disposition'), 'attachment');
    assert.equal((await fetch(made.url)).status, 401);

    const script = { purpose: 'dispute_evidence', file: { data: Buffer.from('<script>'), name: 'a.pdf', type: 'application/pdf' } };
    assert.equal((await refusalOf(florin.stripe.files.create(script))).code, 'file_type_unsupported');
    const large = { purpose: 'dispute_evidence', file: { data: Buffer.concat([pdf, Buffer.alloc(5 * 1024 * 1024)]), name: 'a.pdf', type: 'application/pdf' } };
    assert.equal((await refusalOf(florin.stripe.files.create(large))).code, 'file_too_large');
  });

  test('the balance is the sum of its transactions', async () => {
    const payment = await florin.stripe.paymentIntents.create({ ...paid, expand: ['latest_charge.balance_transaction'] });
    const charged = payment.latest_charge.balance_transaction;
    assert.equal(charged.object, 'balance_transaction');
    assert.equal(charged.net, charged.amount - charged.fee);
    assert.equal(charged.fee_details[0].amount, charged.fee);
    assert.equal(charged.status, 'pending');
    assert.ok(charged.available_on > charged.created);
    assert.equal((await florin.stripe.balanceTransactions.retrieve(charged.id, { expand: ['source'] })).source.object, 'charge');

    const sums = {};
    for await (const entry of florin.stripe.balanceTransactions.list({ limit: 3 })) sums[entry.currency] = (sums[entry.currency] ?? 0) + entry.net;
    const balance = await florin.stripe.balance.retrieve();
    for (const [currency, sum] of Object.entries(sums)) {
      const of = list => list.find(each => each.currency === currency).amount;
      assert.equal(of(balance.available) + of(balance.pending), sum);
    }
  });
});
