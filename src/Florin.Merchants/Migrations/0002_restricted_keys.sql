-- SQLite cannot change the CHECK of a column, so the table is made anew, on both engines alike.
ALTER TABLE api_keys RENAME TO api_keys_before;

CREATE TABLE api_keys (
    id uuid NOT NULL PRIMARY KEY,
    merchant uuid NOT NULL REFERENCES merchants (id),
    is_live boolean NOT NULL,
    kind text NOT NULL CHECK (kind IN ('secret', 'publishable', 'restricted')),
    name text NOT NULL,
    -- HMAC-SHA256 of the text under a key that is not in this database; the text itself is nowhere.
    key_hash bytea NOT NULL UNIQUE,
    hint text NOT NULL,
    -- Of a restricted key, 'read' or 'write' by resource. What is not named is not allowed.
    permissions jsonb CHECK ((permissions IS NULL) = (kind <> 'restricted')),
    -- A JSON list of CIDR networks that the key may be used from; an empty one means from anywhere.
    allowed_networks text NOT NULL DEFAULT '[]',
    created_at_ms bigint NOT NULL,
    -- To the minute: many uses are written down at once.
    last_used_at_ms bigint,
    -- Of a key that was rolled, when it stops to open anything.
    expires_at_ms bigint,
    revoked_at_ms bigint
);

INSERT INTO api_keys (id, merchant, is_live, kind, name, key_hash, hint, created_at_ms, revoked_at_ms)
SELECT id, merchant, is_live, kind, name, key_hash, hint, created_at_ms, revoked_at_ms FROM api_keys_before;

DROP TABLE api_keys_before;

CREATE INDEX api_keys_of_merchant ON api_keys (merchant, is_live);
