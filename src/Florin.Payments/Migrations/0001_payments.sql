-- Payments: what is owed, each try to collect it, what was charged, captured, voided and returned.
-- Amounts are minor units of the row's currency. Every table's key begins with the shard.

CREATE TABLE connector_accounts (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    connector text NOT NULL,
    base_url text NOT NULL,
    credentials bytea NOT NULL,
    -- Upper-case codes between commas, or empty for all that the connector can do.
    currencies text NOT NULL,
    priority bigint NOT NULL,
    enabled boolean NOT NULL,
    created_at_ms bigint NOT NULL,
    UNIQUE (merchant_id, live, connector)
);

CREATE TABLE payment_methods (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    card_id uuid NOT NULL,
    brand text NOT NULL,
    bin text NOT NULL,
    last4 text NOT NULL,
    expiry_month bigint NOT NULL,
    expiry_year bigint NOT NULL,
    fingerprint text NOT NULL,
    holder_name text,
    billing text NOT NULL,
    metadata text NOT NULL,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE card_tokens (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    card_id uuid NOT NULL,
    brand text NOT NULL,
    bin text NOT NULL,
    last4 text NOT NULL,
    expiry_month bigint NOT NULL,
    expiry_year bigint NOT NULL,
    fingerprint text NOT NULL,
    holder_name text,
    billing text NOT NULL,
    used boolean NOT NULL,
    created_at_ms bigint NOT NULL,
    expires_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE payment_intents (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    capturable_minor bigint NOT NULL CHECK (capturable_minor BETWEEN 0 AND amount_minor),
    received_minor bigint NOT NULL CHECK (received_minor BETWEEN 0 AND amount_minor),
    status text NOT NULL CHECK (status IN ('requires_payment_method', 'requires_confirmation', 'requires_action',
                                           'processing', 'requires_capture', 'succeeded', 'canceled')),
    capture_method text NOT NULL CHECK (capture_method IN ('automatic', 'manual')),
    client_secret text NOT NULL,
    payment_method_id uuid,
    latest_charge_id uuid,
    latest_attempt_id uuid,
    checkout_session_id uuid,
    last_error text,
    next_action_url text,
    return_url text,
    description text,
    statement_descriptor text,
    receipt_email text,
    connector text,
    metadata text NOT NULL,
    canceled_at_ms bigint,
    cancellation_reason text,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX payment_intents_of_merchant ON payment_intents (shard, merchant_id, live, id);

CREATE TABLE payment_attempts (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    payment_intent_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    connector_account_id uuid NOT NULL,
    connector text NOT NULL,
    payment_method_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    capture boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('sent', 'challenge', 'authorized', 'captured', 'declined', 'not_sent',
                                         'unknown', 'voided')),
    gateway_reference text,
    challenge_url text,
    return_token text NOT NULL,
    decline_code text,
    gateway_code text,
    explanation text,
    queries bigint NOT NULL,
    sent_at_ms bigint NOT NULL,
    deadline_at_ms bigint NOT NULL,
    settled_at_ms bigint,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX payment_attempts_of_intent ON payment_attempts (shard, payment_intent_id);
CREATE INDEX payment_attempts_sent ON payment_attempts (deadline_at_ms) WHERE state = 'sent';
CREATE INDEX payment_attempts_open ON payment_attempts (sent_at_ms) WHERE state IN ('unknown', 'challenge');

CREATE TABLE charges (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    payment_intent_id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('authorized', 'captured', 'voided', 'failed')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    -- The bounds that no race can pass: captured within authorized, refunded within captured.
    captured_minor bigint NOT NULL CHECK (captured_minor BETWEEN 0 AND amount_minor),
    refunded_minor bigint NOT NULL CHECK (refunded_minor BETWEEN 0 AND captured_minor),
    fee_minor bigint NOT NULL,
    payment_method_id uuid NOT NULL,
    failure text,
    connector text NOT NULL,
    -- What a refund or a void names at the gateway.
    gateway_reference text,
    authorization_code text,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX charges_of_intent ON charges (shard, payment_intent_id);

CREATE TABLE charge_operations (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    charge_id uuid NOT NULL,
    payment_intent_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('capture', 'void')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    state text NOT NULL CHECK (state IN ('sent', 'succeeded', 'declined', 'not_sent', 'unknown')),
    -- The reason that the intent will carry when a void succeeds.
    cancellation_reason text,
    gateway_reference text,
    explanation text,
    queries bigint NOT NULL,
    sent_at_ms bigint NOT NULL,
    deadline_at_ms bigint NOT NULL,
    settled_at_ms bigint,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX charge_operations_of_intent ON charge_operations (shard, payment_intent_id);
CREATE INDEX charge_operations_sent ON charge_operations (deadline_at_ms) WHERE state = 'sent';
-- At most one capture or void of a charge is under way or done: a hold is taken or freed once.
CREATE UNIQUE INDEX charge_operations_once ON charge_operations (shard, charge_id)
    WHERE state IN ('sent', 'unknown', 'succeeded');

CREATE TABLE refunds (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    charge_id uuid NOT NULL,
    payment_intent_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    state text NOT NULL CHECK (state IN ('sent', 'succeeded', 'declined', 'not_sent', 'unknown')),
    reason text,
    -- What was captured and not yet refunded when this refund was asked for: some gateways want it named.
    remaining_minor bigint NOT NULL,
    gateway_reference text,
    explanation text,
    queries bigint NOT NULL,
    metadata text NOT NULL,
    sent_at_ms bigint NOT NULL,
    deadline_at_ms bigint NOT NULL,
    settled_at_ms bigint,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX refunds_of_merchant ON refunds (shard, merchant_id, live, id);
CREATE INDEX refunds_of_charge ON refunds (shard, charge_id);
CREATE INDEX refunds_sent ON refunds (deadline_at_ms) WHERE state = 'sent';

CREATE TABLE checkout_sessions (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    url_token text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'complete', 'expired')),
    payment_status text NOT NULL CHECK (payment_status IN ('unpaid', 'paid')),
    total_minor bigint NOT NULL CHECK (total_minor > 0),
    currency text NOT NULL,
    lines text NOT NULL,
    capture_method text NOT NULL,
    success_url text NOT NULL,
    cancel_url text,
    client_reference_id text,
    customer_email text,
    locale text,
    connector text,
    description text,
    payment_intent_id uuid,
    metadata text NOT NULL,
    expires_at_ms bigint NOT NULL,
    completed_at_ms bigint,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX checkout_sessions_of_merchant ON checkout_sessions (shard, merchant_id, live, id);
