-- Cards, each encrypted under a key of its own, which is wrapped by a key-encryption key that is not in this database.
CREATE TABLE vault_cards (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant uuid NOT NULL,
    is_live boolean NOT NULL,
    -- Which key-encryption key wraps the data key.
    key_id text NOT NULL,
    -- Algorithm byte, nonce, tag, ciphertext.
    wrapped_key bytea NOT NULL,
    ciphertext bytea NOT NULL,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

-- Finds what is still wrapped by an older key.
CREATE INDEX vault_cards_key ON vault_cards (key_id, shard, id);

-- A keyed hash of each key that was ever used, so that a wrong key is refused at the start and not at the first card.
CREATE TABLE vault_key_checks (
    key_id text NOT NULL PRIMARY KEY,
    check_value bytea NOT NULL,
    created_at_ms bigint NOT NULL
);
