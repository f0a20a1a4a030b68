-- What each merchant's servers and pages asked of the API; kept for 30 days. Nothing of a payment depends on it.
CREATE TABLE request_log (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant uuid NOT NULL,
    is_live boolean NOT NULL,
    at_ms bigint NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    status bigint NOT NULL,
    key_id uuid NOT NULL,
    key_masked text NOT NULL,
    source text,
    idempotency_key text,
    error_code text,
    duration_ms bigint NOT NULL,
    -- Redacted before they came here, and cut off.
    request_body text,
    response_body text,
    PRIMARY KEY (shard, id)
);

CREATE INDEX request_log_of_merchant ON request_log (shard, merchant, is_live, id);
