-- What happened, kept as it was told. The id carries the instant, so a list by age needs no column of its own.
CREATE TABLE events (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    type text NOT NULL,
    subject uuid NOT NULL,
    -- Text and not jsonb: an event is shown and signed byte for byte as it was recorded.
    object_json text NOT NULL,
    previous_json text,
    api_version text NOT NULL,
    request_id text,
    idempotency_key text,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id),
    CHECK (idempotency_key IS NULL OR request_id IS NOT NULL)
) /*postgres WITH (toast_tuple_target = 8160)*/;

CREATE INDEX events_of_merchant ON events (shard, merchant_id, live, id);

CREATE INDEX events_of_subject ON events (shard, subject, id);
