-- Accounts from before there were digests. An account without a digest that is not among them lost it, and what it was opened
-- with could be changed unseen.
CREATE TABLE ledger_first_accounts (
    shard smallint NOT NULL,
    account_id uuid NOT NULL,
    kind text NOT NULL,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, account_id)
) /*sqlite WITHOUT ROWID*/;

INSERT INTO ledger_first_accounts (shard, account_id, kind, created_at_ms)
SELECT shard, id, kind, created_at_ms FROM ledger_accounts WHERE digest IS NULL;
