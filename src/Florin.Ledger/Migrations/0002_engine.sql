-- Bounds, holds, corrections, digests, and an order of recording.
--
-- seq orders the transactions of a book. On SQLite, where one writes at a time, it is the order of the commits. On
-- PostgreSQL a lower number may be committed after a higher one, so whoever reads "all up to here" asks ledger_settled
-- how far that is certain (docs/decisions/0032).
/*sqlite
CREATE TABLE ledger_transactions_in_order (
    seq INTEGER PRIMARY KEY,
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant uuid NOT NULL,
    is_live boolean NOT NULL,
    reference text NOT NULL,
    kind text NOT NULL,
    subject uuid NOT NULL,
    effective_at_ms bigint NOT NULL,
    recorded_at_ms bigint NOT NULL,
    correction text CHECK (correction IN ('reversal', 'adjustment')),
    corrects uuid,
    hold uuid,
    metadata text,
    digest bytea
);
INSERT INTO ledger_transactions_in_order
       (shard, id, merchant, is_live, reference, kind, subject, effective_at_ms, recorded_at_ms)
SELECT shard, id, merchant, is_live, reference, kind, subject, effective_at_ms, recorded_at_ms
  FROM ledger_transactions ORDER BY id;
DROP TABLE ledger_transactions;
ALTER TABLE ledger_transactions_in_order RENAME TO ledger_transactions;
CREATE UNIQUE INDEX ledger_transactions_id ON ledger_transactions (shard, id);
CREATE UNIQUE INDEX ledger_transactions_reference ON ledger_transactions (shard, reference);
CREATE INDEX ledger_transactions_subject ON ledger_transactions (shard, subject);
CREATE TRIGGER ledger_transactions_no_update BEFORE UPDATE ON ledger_transactions
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never changed'); END;
CREATE TRIGGER ledger_transactions_no_delete BEFORE DELETE ON ledger_transactions
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never deleted'); END;
*/
/*postgres
CREATE SEQUENCE ledger_order;
ALTER TABLE ledger_transactions ADD COLUMN correction text CHECK (correction IN ('reversal', 'adjustment'));
ALTER TABLE ledger_transactions ADD COLUMN corrects uuid;
ALTER TABLE ledger_transactions ADD COLUMN hold uuid;
ALTER TABLE ledger_transactions ADD COLUMN metadata text;
ALTER TABLE ledger_transactions ADD COLUMN digest bytea;
-- The transaction has its number in the snapshot before it draws one here, which ledger_settled relies upon.
ALTER TABLE ledger_transactions ADD COLUMN seq bigint NOT NULL
    DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('ledger_order') END;
CREATE UNIQUE INDEX ledger_transactions_seq ON ledger_transactions (seq);
*/

-- Where a posting is filed in the index by account, so that writing to that index stays in one place (docs/decisions/0033).
ALTER TABLE ledger_postings ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
DROP INDEX ledger_postings_of_account;
CREATE INDEX ledger_postings_of_account ON ledger_postings (epoch, shard, account_id, transaction_id, line, side, amount_minor);

-- A transaction is reversed once.
CREATE UNIQUE INDEX ledger_transactions_reversal ON ledger_transactions (shard, corrects) WHERE correction = 'reversal';

-- Bounds in the account's natural direction; an account that was opened without them never gets any, and the reverse.
ALTER TABLE ledger_accounts ADD COLUMN min_minor bigint;
ALTER TABLE ledger_accounts ADD COLUMN max_minor bigint;
ALTER TABLE ledger_accounts ADD COLUMN metadata text;
ALTER TABLE ledger_accounts ADD COLUMN digest bytea;

-- One row for each bounded account, locked while a transaction posts to it.
CREATE TABLE ledger_balances (
    shard smallint NOT NULL,
    account_id uuid NOT NULL,
    posted_minor bigint NOT NULL,
    -- What open holds would take and bring, both positive.
    held_out_minor bigint NOT NULL CHECK (held_out_minor >= 0),
    held_in_minor bigint NOT NULL CHECK (held_in_minor >= 0),
    PRIMARY KEY (shard, account_id)
) /*sqlite WITHOUT ROWID*/;

-- Only accounts that are not open have a row.
CREATE TABLE ledger_account_states (
    shard smallint NOT NULL,
    account_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('frozen', 'closed')),
    changed_at_ms bigint NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (shard, account_id)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE ledger_holds (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant uuid NOT NULL,
    is_live boolean NOT NULL,
    reference text NOT NULL,
    kind text NOT NULL,
    subject uuid NOT NULL,
    effective_at_ms bigint NOT NULL,
    recorded_at_ms bigint NOT NULL,
    lapses_at_ms bigint,
    metadata text,
    digest bytea NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE UNIQUE INDEX ledger_holds_reference ON ledger_holds (shard, reference);

CREATE TABLE ledger_hold_lines (
    shard smallint NOT NULL,
    hold_id uuid NOT NULL,
    line bigint NOT NULL,
    account_id uuid NOT NULL,
    side smallint NOT NULL CHECK (side IN (1, -1)),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    PRIMARY KEY (shard, hold_id, line)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX ledger_hold_lines_of_account ON ledger_hold_lines (shard, account_id, hold_id);

-- A hold ends once: posted (whole or in part), voided, or lapsed.
CREATE TABLE ledger_hold_ends (
    shard smallint NOT NULL,
    hold_id uuid NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('posted', 'voided', 'lapsed')),
    transaction_id uuid,
    ended_at_ms bigint NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (shard, hold_id)
) /*sqlite WITHOUT ROWID*/;

-- Effective dates from starts_at_ms up to, not including, ends_at_ms are closed.
CREATE TABLE ledger_closed_periods (
    shard smallint NOT NULL,
    merchant uuid NOT NULL,
    is_live boolean NOT NULL,
    starts_at_ms bigint NOT NULL,
    ends_at_ms bigint NOT NULL CHECK (ends_at_ms > starts_at_ms),
    closed_at_ms bigint NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (shard, merchant, is_live, starts_at_ms)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE ledger_period_events (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant uuid NOT NULL,
    is_live boolean NOT NULL,
    action text NOT NULL CHECK (action IN ('closed', 'reopened')),
    starts_at_ms bigint NOT NULL,
    ends_at_ms bigint NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    recorded_at_ms bigint NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

-- What follows is derived from the rows above, and made anew by the proof to be compared.

-- The hash chain of a shard: each block is a run of transactions, and its head covers all that came before.
CREATE TABLE ledger_blocks (
    shard smallint NOT NULL,
    height bigint NOT NULL,
    last_seq bigint NOT NULL,
    transactions bigint NOT NULL,
    head bytea NOT NULL,
    PRIMARY KEY (shard, height)
) /*sqlite WITHOUT ROWID*/;

-- How far the book is chained and folded: the greatest of these.
CREATE INDEX ledger_blocks_seq ON ledger_blocks (last_seq);

-- Sums of all postings up to the last block, debits positive; a balance is this and the postings since.
CREATE TABLE ledger_folds (
    shard smallint NOT NULL,
    account_id uuid NOT NULL,
    sum_minor bigint NOT NULL,
    PRIMARY KEY (shard, account_id)
) /*sqlite WITHOUT ROWID*/;

/*postgres
-- One row: up to settled_seq no transaction can appear any more; the same will be true of candidate_seq once every
-- transaction of the server below candidate_xid has ended.
CREATE TABLE ledger_settled (
    one smallint PRIMARY KEY CHECK (one = 1),
    settled_seq bigint NOT NULL,
    candidate_seq bigint NOT NULL,
    candidate_xid bigint NOT NULL
);
INSERT INTO ledger_settled VALUES (1, 0, 0, 0);

CREATE TRIGGER ledger_holds_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_holds
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_rows_stay();
CREATE TRIGGER ledger_hold_lines_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_hold_lines
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_rows_stay();
CREATE TRIGGER ledger_hold_ends_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_hold_ends
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_rows_stay();
CREATE TRIGGER ledger_period_events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_period_events
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_rows_stay();
CREATE TRIGGER ledger_blocks_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_blocks
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_rows_stay();
*/
/*sqlite
CREATE TRIGGER ledger_holds_no_update BEFORE UPDATE ON ledger_holds
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never changed'); END;
CREATE TRIGGER ledger_holds_no_delete BEFORE DELETE ON ledger_holds
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never deleted'); END;
CREATE TRIGGER ledger_hold_lines_no_update BEFORE UPDATE ON ledger_hold_lines
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never changed'); END;
CREATE TRIGGER ledger_hold_lines_no_delete BEFORE DELETE ON ledger_hold_lines
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never deleted'); END;
CREATE TRIGGER ledger_hold_ends_no_update BEFORE UPDATE ON ledger_hold_ends
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never changed'); END;
CREATE TRIGGER ledger_hold_ends_no_delete BEFORE DELETE ON ledger_hold_ends
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never deleted'); END;
CREATE TRIGGER ledger_period_events_no_update BEFORE UPDATE ON ledger_period_events
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never changed'); END;
CREATE TRIGGER ledger_period_events_no_delete BEFORE DELETE ON ledger_period_events
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never deleted'); END;
CREATE TRIGGER ledger_blocks_no_update BEFORE UPDATE ON ledger_blocks
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never changed'); END;
CREATE TRIGGER ledger_blocks_no_delete BEFORE DELETE ON ledger_blocks
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never deleted'); END;
*/
