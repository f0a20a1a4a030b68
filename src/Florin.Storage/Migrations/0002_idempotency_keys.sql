-- The first answer to each Idempotency-Key, per merchant and mode, for 30 days.
CREATE TABLE idempotency_keys (
    shard smallint NOT NULL,
    scope text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('started', 'finished')),
    request_id text NOT NULL,
    -- What the request made or acts on, so that a request cut off by a crash can be answered from it.
    subject uuid,
    lease_until_ms bigint NOT NULL,
    status bigint,
    content_type text,
    body bytea,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, scope, key),
    CHECK (state = 'started' OR (status IS NOT NULL AND body IS NOT NULL))
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at_ms);
