-- The work queue over what nobody knows or what waits for a person, and what is done about money that comes too late.

CREATE TABLE payment_policies (
    shard smallint NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    -- What becomes of money that comes after its payment was given up: returned, kept where that is possible, or a person asked.
    late_success text NOT NULL CHECK (late_success IN ('refund', 'accept', 'ask')),
    changed_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, merchant_id, live)
) /*sqlite WITHOUT ROWID*/;

-- Null where the money came in time; 'ask' while nobody has decided.
ALTER TABLE charges ADD COLUMN late_success text CHECK (late_success IN ('refund', 'accept', 'ask'));
-- Why a person must look; null where nobody must.
ALTER TABLE charges ADD COLUMN attention text;
ALTER TABLE disputes ADD COLUMN attention text;
-- What a person has cleared up, so that they are not asked to do so again each day.
ALTER TABLE disputes ADD COLUMN attention_resolved text;

-- What was asked about an operation without an outcome, and what was done about it by hand. Rows are only added.
CREATE TABLE outcome_acts (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    subject_id uuid NOT NULL,
    act text NOT NULL CHECK (act IN ('query', 'reversal', 'acceptance', 'cancellation')),
    -- What it came to: the gateway's word, or a person's.
    said text NOT NULL,
    explanation text,
    gateway_reference text,
    file_id uuid,
    -- Who, where it was a person or a key.
    actor text,
    at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX outcome_acts_of_subject ON outcome_acts (shard, subject_id, id);

CREATE TABLE outcome_bulks (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    act text NOT NULL CHECK (act IN ('query', 'accept', 'cancel')),
    outcome text,
    evidence text,
    actor_kind text NOT NULL,
    actor_name text NOT NULL,
    actor_source text,
    total bigint NOT NULL CHECK (total BETWEEN 0 AND 10000),
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX outcome_bulks_of_merchant ON outcome_bulks (shard, merchant_id, live, id);

CREATE TABLE outcome_bulk_items (
    shard smallint NOT NULL,
    bulk_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'done', 'failed')),
    -- The refusal's code and sentence where it failed; otherwise what it came to.
    code text,
    message text,
    PRIMARY KEY (shard, bulk_id, subject_id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX outcome_bulk_items_queued ON outcome_bulk_items (shard, bulk_id, subject_id) WHERE state = 'queued';

-- The queue is read by these alone, however many payments there are beside.
CREATE INDEX payment_attempts_unknown ON payment_attempts (shard, id) WHERE state IN ('unknown', 'challenge');
CREATE INDEX charge_operations_unknown ON charge_operations (shard, id) WHERE state = 'unknown';
CREATE INDEX refunds_unknown ON refunds (shard, id) WHERE state = 'unknown';
CREATE INDEX setup_attempts_unknown ON setup_attempts (shard, id) WHERE state = 'unknown' OR release_state IN ('unknown', 'declined');
CREATE INDEX dispute_responses_unknown ON dispute_responses (shard, id) WHERE state = 'unknown';
CREATE INDEX charges_waiting ON charges (shard, id) WHERE late_success = 'ask' OR attention IS NOT NULL;
CREATE INDEX disputes_waiting ON disputes (shard, id) WHERE attention IS NOT NULL;
