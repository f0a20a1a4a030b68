-- Disputes, the files that serve as evidence, and what each movement of money did to a merchant's balance.

-- What the issuer has taken back: together with what was refunded never more than was captured.
ALTER TABLE charges ADD COLUMN disputed_minor bigint NOT NULL DEFAULT 0
    CHECK (disputed_minor BETWEEN 0 AND captured_minor - refunded_minor);
ALTER TABLE charges ADD COLUMN dispute_id uuid;
ALTER TABLE charges ADD COLUMN balance_transaction_id uuid;
ALTER TABLE refunds ADD COLUMN balance_transaction_id uuid;

-- What the gateway's handling of a dispute costs the merchant: minor units by upper-case currency code.
ALTER TABLE connector_accounts ADD COLUMN dispute_fees text NOT NULL DEFAULT '{}';

CREATE TABLE disputes (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    charge_id uuid NOT NULL,
    payment_intent_id uuid NOT NULL,
    connector_account_id uuid NOT NULL,
    connector text NOT NULL,
    gateway_reference text NOT NULL,
    brand text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    fee_minor bigint NOT NULL CHECK (fee_minor >= 0),
    status text NOT NULL CHECK (status IN ('warning_needs_response', 'warning_under_review', 'warning_closed', 'needs_response',
                                           'under_review', 'won', 'lost')),
    -- Whether it is a chargeback (or became one), so that the amount was taken from the merchant.
    withdrawn boolean NOT NULL,
    reason text NOT NULL,
    network_reason_code text,
    evidence text NOT NULL,
    submissions bigint NOT NULL,
    -- Where the latest response to the issuer stands; null before the first.
    response_state text CHECK (response_state IN ('sent', 'succeeded', 'declined', 'not_sent', 'unknown')),
    due_by_ms bigint NOT NULL,
    metadata text NOT NULL,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX disputes_of_merchant ON disputes (shard, merchant_id, live, id);
CREATE INDEX disputes_of_charge ON disputes (shard, charge_id);
CREATE INDEX disputes_of_intent ON disputes (shard, payment_intent_id);
-- A dispute is written down once, however often and by whomever it is told.
CREATE UNIQUE INDEX disputes_reference ON disputes (shard, connector_account_id, gateway_reference);

CREATE TABLE dispute_responses (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    dispute_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('evidence', 'acceptance')),
    state text NOT NULL CHECK (state IN ('sent', 'succeeded', 'declined', 'not_sent', 'unknown')),
    -- The evidence as it was sent.
    evidence text NOT NULL,
    explanation text,
    queries bigint NOT NULL,
    sent_at_ms bigint NOT NULL,
    deadline_at_ms bigint NOT NULL,
    settled_at_ms bigint,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX dispute_responses_of_dispute ON dispute_responses (shard, dispute_id);
CREATE INDEX dispute_responses_sent ON dispute_responses (deadline_at_ms) WHERE state = 'sent';
-- What is said next must not overtake what was said before.
CREATE UNIQUE INDEX dispute_responses_once ON dispute_responses (shard, dispute_id) WHERE state IN ('sent', 'unknown');

CREATE TABLE files (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    purpose text NOT NULL,
    name text,
    -- As its first bytes say; what the uploader said is not kept.
    media_type text NOT NULL CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg')),
    size_bytes bigint NOT NULL CHECK (size_bytes BETWEEN 1 AND 5242880),
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX files_of_merchant ON files (shard, merchant_id, live, id);

-- Apart from the above, so that lists do not read through megabytes.
CREATE TABLE file_contents (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (shard, id)
);

-- What each posting to merchant_pending was about, as a merchant reads it. Rows are only added.
CREATE TABLE balance_transactions (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    kind text NOT NULL CHECK (kind IN ('charge', 'refund', 'dispute', 'dispute_reversal')),
    source_id uuid NOT NULL,
    -- Negative where it was taken from the merchant.
    amount_minor bigint NOT NULL,
    fee_minor bigint NOT NULL CHECK (fee_minor >= 0),
    net_minor bigint NOT NULL CHECK (net_minor = amount_minor - fee_minor),
    currency text NOT NULL,
    description text,
    available_on_ms bigint NOT NULL,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE UNIQUE INDEX balance_transactions_of_source ON balance_transactions (shard, source_id, kind);
CREATE INDEX balance_transactions_of_merchant ON balance_transactions (shard, merchant_id, live, id);
-- Carries all that a balance adds up.
CREATE INDEX balance_transactions_sums ON balance_transactions (shard, merchant_id, live, currency, available_on_ms, net_minor);

-- What was captured and refunded before has its row under the id of its cause, available two days later.
INSERT INTO balance_transactions (shard, id, merchant_id, live, kind, source_id, amount_minor, fee_minor, net_minor, currency, description,
                                  available_on_ms, created_at_ms)
SELECT shard, id, merchant_id, live, 'charge', id, captured_minor, fee_minor, captured_minor - fee_minor, currency, description,
       created_at_ms + 172800000, created_at_ms
  FROM charges WHERE status = 'captured';
INSERT INTO balance_transactions (shard, id, merchant_id, live, kind, source_id, amount_minor, fee_minor, net_minor, currency, description,
                                  available_on_ms, created_at_ms)
SELECT shard, id, merchant_id, live, 'refund', id, -amount_minor, 0, -amount_minor, currency, NULL, settled_at_ms, settled_at_ms
  FROM refunds WHERE state = 'succeeded';
UPDATE charges SET balance_transaction_id = id WHERE status = 'captured';
UPDATE refunds SET balance_transaction_id = id WHERE state = 'succeeded';
