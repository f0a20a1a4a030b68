-- A hold may be raised before it is taken, a refund that the gateway still works on may be called back, and what is sent
-- somewhere says where.

ALTER TABLE payment_intents ADD COLUMN shipping text;
ALTER TABLE charges ADD COLUMN shipping text;

DROP INDEX charge_operations_once;

/*postgres
ALTER TABLE charge_operations DROP CONSTRAINT charge_operations_kind_check;
ALTER TABLE charge_operations ADD CONSTRAINT charge_operations_kind_check CHECK (kind IN ('capture', 'void', 'increment'));
ALTER TABLE refunds DROP CONSTRAINT refunds_state_check;
ALTER TABLE refunds ADD CONSTRAINT refunds_state_check
    CHECK (state IN ('sent', 'succeeded', 'declined', 'not_sent', 'unknown', 'canceled'));
*/
/*sqlite
-- SQLite changes a constraint by making the table anew.
CREATE TABLE charge_operations_anew (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    charge_id uuid NOT NULL,
    payment_intent_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('capture', 'void', 'increment')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    state text NOT NULL CHECK (state IN ('sent', 'succeeded', 'declined', 'not_sent', 'unknown')),
    cancellation_reason text,
    gateway_reference text,
    explanation text,
    queries bigint NOT NULL,
    sent_at_ms bigint NOT NULL,
    deadline_at_ms bigint NOT NULL,
    settled_at_ms bigint,
    PRIMARY KEY (shard, id)
) WITHOUT ROWID;
INSERT INTO charge_operations_anew
    (shard, id, charge_id, payment_intent_id, kind, amount_minor, currency, state, cancellation_reason, gateway_reference, explanation,
     queries, sent_at_ms, deadline_at_ms, settled_at_ms)
SELECT shard, id, charge_id, payment_intent_id, kind, amount_minor, currency, state, cancellation_reason, gateway_reference, explanation,
       queries, sent_at_ms, deadline_at_ms, settled_at_ms
  FROM charge_operations;
DROP TABLE charge_operations;
ALTER TABLE charge_operations_anew RENAME TO charge_operations;
CREATE INDEX charge_operations_of_intent ON charge_operations (shard, payment_intent_id);
CREATE INDEX charge_operations_sent ON charge_operations (deadline_at_ms) WHERE state = 'sent';

CREATE TABLE refunds_anew (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    charge_id uuid NOT NULL,
    payment_intent_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    state text NOT NULL CHECK (state IN ('sent', 'succeeded', 'declined', 'not_sent', 'unknown', 'canceled')),
    reason text,
    remaining_minor bigint NOT NULL,
    gateway_reference text,
    explanation text,
    queries bigint NOT NULL,
    metadata text NOT NULL,
    sent_at_ms bigint NOT NULL,
    deadline_at_ms bigint NOT NULL,
    settled_at_ms bigint,
    PRIMARY KEY (shard, id)
) WITHOUT ROWID;
INSERT INTO refunds_anew
    (shard, id, merchant_id, live, charge_id, payment_intent_id, amount_minor, currency, state, reason, remaining_minor, gateway_reference,
     explanation, queries, metadata, sent_at_ms, deadline_at_ms, settled_at_ms)
SELECT shard, id, merchant_id, live, charge_id, payment_intent_id, amount_minor, currency, state, reason, remaining_minor, gateway_reference,
       explanation, queries, metadata, sent_at_ms, deadline_at_ms, settled_at_ms
  FROM refunds;
DROP TABLE refunds;
ALTER TABLE refunds_anew RENAME TO refunds;
CREATE INDEX refunds_of_merchant ON refunds (shard, merchant_id, live, id);
CREATE INDEX refunds_of_charge ON refunds (shard, charge_id);
CREATE INDEX refunds_sent ON refunds (deadline_at_ms) WHERE state = 'sent';
*/

-- At most one operation of a charge is under way, and a hold is taken or freed once; raised it may be more than once.
CREATE UNIQUE INDEX charge_operations_once ON charge_operations (shard, charge_id)
    WHERE state IN ('sent', 'unknown') OR (state = 'succeeded' AND kind <> 'increment');
