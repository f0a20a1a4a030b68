-- What a merchant notes on an account of its own after opening it. A label, not the book: an account's row, which the
-- proof covers, keeps what it was opened with.
CREATE TABLE ledger_account_notes (
    shard smallint NOT NULL,
    account_id uuid NOT NULL,
    metadata text,
    PRIMARY KEY (shard, account_id)
) /*sqlite WITHOUT ROWID*/;
