-- The double-entry book. Rows are only added. There are no foreign keys between these tables: on PostgreSQL each would
-- lock the row of the account that everybody posts to; the proof (florin ledger verify) checks the same instead.
CREATE TABLE ledger_accounts (
    shard smallint NOT NULL,
    -- Derived from merchant, mode, code and currency, so that a posting names its account without a look-up.
    id uuid NOT NULL,
    merchant uuid NOT NULL,
    is_live boolean NOT NULL,
    code text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('asset', 'liability', 'income', 'expense', 'equity')),
    currency text NOT NULL CHECK (length(currency) = 3),
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX ledger_accounts_of_merchant ON ledger_accounts (shard, merchant, is_live, code, currency);

CREATE TABLE ledger_transactions (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant uuid NOT NULL,
    is_live boolean NOT NULL,
    reference text NOT NULL,
    kind text NOT NULL,
    -- What caused it: a charge, a refund, a payout.
    subject uuid NOT NULL,
    effective_at_ms bigint NOT NULL,
    recorded_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

-- The same cause posts once, for ever.
CREATE UNIQUE INDEX ledger_transactions_reference ON ledger_transactions (shard, reference);

CREATE INDEX ledger_transactions_subject ON ledger_transactions (shard, subject);

CREATE TABLE ledger_postings (
    shard smallint NOT NULL,
    transaction_id uuid NOT NULL,
    line bigint NOT NULL,
    account_id uuid NOT NULL,
    -- 1 is a debit, -1 a credit: a balance is SUM(side * amount_minor).
    side smallint NOT NULL CONSTRAINT ledger_postings_side CHECK (side IN (1, -1)),
    amount_minor bigint NOT NULL CONSTRAINT ledger_postings_amount CHECK (amount_minor > 0),
    currency text NOT NULL,
    PRIMARY KEY (shard, transaction_id, line)
) /*sqlite WITHOUT ROWID*/;

-- Carries all that a balance adds up, so that the table itself is not read for one.
CREATE INDEX ledger_postings_of_account ON ledger_postings (shard, account_id, transaction_id, line, side, amount_minor);

-- Pure constraints, off the insert path: what was posted stays.
/*sqlite
CREATE TRIGGER ledger_accounts_no_update BEFORE UPDATE ON ledger_accounts
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never changed'); END;
CREATE TRIGGER ledger_accounts_no_delete BEFORE DELETE ON ledger_accounts
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never deleted'); END;
CREATE TRIGGER ledger_transactions_no_update BEFORE UPDATE ON ledger_transactions
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never changed'); END;
CREATE TRIGGER ledger_transactions_no_delete BEFORE DELETE ON ledger_transactions
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never deleted'); END;
CREATE TRIGGER ledger_postings_no_update BEFORE UPDATE ON ledger_postings
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never changed'); END;
CREATE TRIGGER ledger_postings_no_delete BEFORE DELETE ON ledger_postings
    BEGIN SELECT RAISE(ABORT, 'ledger rows are never deleted'); END;
*/
/*postgres
CREATE FUNCTION ledger_rows_stay() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'ledger rows are never changed or deleted'; END $$;
CREATE TRIGGER ledger_accounts_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_accounts
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_rows_stay();
CREATE TRIGGER ledger_transactions_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_rows_stay();
CREATE TRIGGER ledger_postings_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_postings
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_rows_stay();
*/
