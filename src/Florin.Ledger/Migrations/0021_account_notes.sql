-- What a merchant notes on an account of its own after opening it. A label, not the book: an account's row keeps
-- what it was opened with.
CREATE TABLE ledger_account_notes (
    shard smallint NOT NULL,
    account_id uuid NOT NULL,
    metadata text,
    digest bytea NOT NULL,
    PRIMARY KEY (shard, account_id)
) /*sqlite WITHOUT ROWID*/;
