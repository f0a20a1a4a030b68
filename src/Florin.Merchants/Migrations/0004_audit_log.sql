-- Who changed what by hand. Rows are added in the transaction of the change, and never changed or deleted.
CREATE TABLE audit_log (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    at_ms bigint NOT NULL,
    actor_kind text NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'command')),
    actor_name text NOT NULL,
    source text,
    action text NOT NULL,
    subject text NOT NULL,
    details text,
    PRIMARY KEY (shard, id)
);

CREATE INDEX audit_log_of_merchant ON audit_log (shard, merchant_id, live, id);
CREATE INDEX audit_log_of_subject ON audit_log (shard, merchant_id, subject, id);
