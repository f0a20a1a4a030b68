-- A book may hold more than 64 bits on one account: a sum is sum_minor + carries * 2^62, and carries is 0 for all that a
-- balance can show.
ALTER TABLE ledger_folds ADD COLUMN carries bigint NOT NULL DEFAULT 0;

/*postgres
-- Rows that are written again and again; with room on their page the new version needs no entry in an index.
ALTER TABLE ledger_folds SET (fillfactor = 40);
ALTER TABLE ledger_balances SET (fillfactor = 40);
*/
