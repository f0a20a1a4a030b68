-- Payment methods that are saved without a payment, and each try to have one verified.

CREATE TABLE setup_intents (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    status text NOT NULL CHECK (status IN ('requires_payment_method', 'requires_confirmation', 'requires_action', 'processing',
                                           'canceled', 'succeeded')),
    usage text NOT NULL CHECK (usage IN ('off_session', 'on_session')),
    client_secret text NOT NULL,
    customer_id uuid,
    payment_method_id uuid,
    latest_attempt_id uuid,
    checkout_session_id uuid,
    last_error text,
    next_action_url text,
    return_url text,
    description text,
    currency text,
    connector text,
    metadata text NOT NULL,
    cancellation_reason text,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX setup_intents_of_merchant ON setup_intents (shard, merchant_id, live, id);
CREATE INDEX setup_intents_of_customer ON setup_intents (shard, customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX setup_intents_of_method ON setup_intents (shard, payment_method_id, id) WHERE payment_method_id IS NOT NULL;

CREATE TABLE setup_attempts (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    setup_intent_id uuid NOT NULL,
    connector_account_id uuid NOT NULL,
    connector text NOT NULL,
    payment_method_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    -- 'captured' is missing: a verification never takes money.
    state text NOT NULL CHECK (state IN ('sent', 'challenge', 'authorized', 'declined', 'not_sent', 'unknown', 'voided')),
    gateway_reference text,
    challenge_url text,
    return_token text NOT NULL,
    error text,
    explanation text,
    queries bigint NOT NULL,
    -- The latest request to free what is held.
    release_id uuid,
    release_state text CHECK (release_state IN ('sent', 'succeeded', 'declined', 'not_sent', 'unknown')),
    release_queries bigint NOT NULL DEFAULT 0,
    release_sent_at_ms bigint,
    sent_at_ms bigint NOT NULL,
    deadline_at_ms bigint NOT NULL,
    settled_at_ms bigint,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX setup_attempts_of_intent ON setup_attempts (shard, setup_intent_id, id);
CREATE INDEX setup_attempts_sent ON setup_attempts (deadline_at_ms) WHERE state = 'sent';
CREATE INDEX setup_attempts_awaited ON setup_attempts (connector_account_id)
    WHERE state IN ('sent', 'unknown', 'challenge', 'authorized');
