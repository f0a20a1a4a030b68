-- The clock of a merchant's test mode: where there is a row, time stands still at it until it is moved.
CREATE TABLE test_clocks (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    name text,
    status text NOT NULL CHECK (status IN ('ready', 'advancing')),
    frozen_at_ms bigint NOT NULL,
    deletes_after_ms bigint NOT NULL,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE UNIQUE INDEX test_clocks_of_merchant ON test_clocks (shard, merchant_id);
