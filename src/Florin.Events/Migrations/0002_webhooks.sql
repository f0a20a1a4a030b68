-- Where merchants want to be told. A deleted endpoint stays as a row, without its secret, for the history of its deliveries.
CREATE TABLE webhook_endpoints (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    url text NOT NULL,
    -- A JSON list in the merchant's order; what is asked when an event is recorded is webhook_endpoint_types.
    enabled_events text NOT NULL,
    description text,
    metadata text NOT NULL,
    api_version text,
    secret_sealed bytea,
    status text NOT NULL CHECK (status IN ('enabled', 'disabled', 'deleted')),
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id),
    CHECK ((status = 'deleted') = (secret_sealed IS NULL))
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX webhook_endpoints_of_merchant ON webhook_endpoints (shard, merchant_id, live, id);

-- Who is told of what: one row for '*', else one a type, and none while the endpoint is not enabled. Asked for every
-- event, and answered from the key alone.
CREATE TABLE webhook_endpoint_types (
    shard smallint NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    type text NOT NULL,
    endpoint_id uuid NOT NULL,
    PRIMARY KEY (shard, merchant_id, live, type, endpoint_id)
) /*sqlite WITHOUT ROWID*/;

-- One event on its way to one endpoint. A claim moves next_attempt_at_ms to the end of its lease.
CREATE TABLE webhook_deliveries (
    shard smallint NOT NULL,
    event_id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts bigint NOT NULL,
    next_attempt_at_ms bigint NOT NULL,
    lease_token uuid,
    PRIMARY KEY (shard, event_id, endpoint_id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (shard, endpoint_id, next_attempt_at_ms) WHERE state = 'pending';

-- Every call made, and what came back.
CREATE TABLE webhook_attempts (
    shard smallint NOT NULL,
    event_id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    id uuid NOT NULL,
    at_ms bigint NOT NULL,
    status bigint,
    duration_ms bigint NOT NULL,
    answer text NOT NULL,
    PRIMARY KEY (shard, event_id, endpoint_id, id)
);
