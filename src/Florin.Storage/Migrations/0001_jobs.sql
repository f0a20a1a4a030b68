-- Work to do later, at least once. The key makes enqueueing the same work twice one job.
CREATE TABLE jobs (
    shard smallint NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'dead')),
    run_at_ms bigint NOT NULL,
    -- Goes up with each enqueueing, so that one that comes while the job runs is not lost when the job ends.
    generation bigint NOT NULL,
    attempts bigint NOT NULL,
    lease_token uuid,
    lease_until_ms bigint NOT NULL,
    payload text NOT NULL,
    last_error text,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, kind, key)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX jobs_due ON jobs (kind, run_at_ms) WHERE state = 'queued';
