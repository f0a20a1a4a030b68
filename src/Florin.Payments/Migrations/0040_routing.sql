-- Where payments are sent: a merchant's routing rules in versions, and why each attempt went where it went.

-- One row for each merchant and mode that ever wrote rules; whoever adds a version or makes one active locks it.
CREATE TABLE routing_books (
    shard smallint NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    last_number bigint NOT NULL,
    active_version_id uuid,
    PRIMARY KEY (shard, merchant_id, live)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE routing_versions (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    -- 1, 2, 3, ... for each merchant and mode.
    number bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'active', 'superseded')),
    note text,
    document text NOT NULL,
    created_at_ms bigint NOT NULL,
    updated_at_ms bigint NOT NULL,
    activated_at_ms bigint,
    PRIMARY KEY (shard, id),
    UNIQUE (shard, merchant_id, live, number)
) /*sqlite WITHOUT ROWID*/;

CREATE UNIQUE INDEX routing_versions_active ON routing_versions (shard, merchant_id, live) WHERE state = 'active';
CREATE INDEX routing_versions_of_merchant ON routing_versions (shard, merchant_id, live, id);

CREATE TABLE routing_decisions (
    shard smallint NOT NULL,
    attempt_id uuid NOT NULL,
    payment_intent_id uuid NOT NULL,
    -- Null where the merchant had no rules in force.
    version_id uuid,
    decision text NOT NULL,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, attempt_id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX routing_decisions_of_intent ON routing_decisions (shard, payment_intent_id);

-- The attempt after whose clear no this one was sent to another gateway, in one transaction with that no.
ALTER TABLE payment_attempts ADD COLUMN follows_id uuid;
-- The buyer passed a challenge for the attempt before: another one would ask twice, and is a decline.
ALTER TABLE payment_attempts ADD COLUMN challenge_passed boolean NOT NULL DEFAULT false;
