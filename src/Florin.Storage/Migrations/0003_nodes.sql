-- The processes that work on this database. One that no longer renews its line is taken for gone.
CREATE TABLE nodes (
    id uuid PRIMARY KEY,
    alive_until_ms bigint NOT NULL,
    -- Whether what it held was given back since it was last heard of.
    released boolean NOT NULL
);

-- Who claimed, so that a claim ends with its holder and not only with its lease.
ALTER TABLE idempotency_keys ADD COLUMN node_id uuid;
ALTER TABLE jobs ADD COLUMN lease_node_id uuid;
