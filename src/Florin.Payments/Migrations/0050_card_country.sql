-- What the table of issuers said of a card when it came in. Null where it said nothing; a later table changes nothing here.
ALTER TABLE payment_methods ADD COLUMN country text;
ALTER TABLE payment_methods ADD COLUMN funding text CHECK (funding IN ('credit', 'debit', 'prepaid'));
ALTER TABLE card_tokens ADD COLUMN country text;
ALTER TABLE card_tokens ADD COLUMN funding text CHECK (funding IN ('credit', 'debit', 'prepaid'));
