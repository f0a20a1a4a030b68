-- Reference tables: they do not grow with traffic.
CREATE TABLE merchants (
    id uuid NOT NULL PRIMARY KEY,
    shard smallint NOT NULL,
    name text NOT NULL,
    country text NOT NULL CHECK (length(country) = 2),
    fee_basis_points bigint NOT NULL CHECK (fee_basis_points BETWEEN 0 AND 10000),
    -- Minor units by upper-case currency code.
    fee_fixed_minor jsonb NOT NULL,
    created_at_ms bigint NOT NULL
);

CREATE TABLE api_keys (
    id uuid NOT NULL PRIMARY KEY,
    merchant uuid NOT NULL REFERENCES merchants (id),
    is_live boolean NOT NULL,
    kind text NOT NULL CHECK (kind IN ('secret', 'publishable')),
    name text NOT NULL,
    -- HMAC-SHA256 of the text under a key that is not in this database; the text itself is nowhere.
    key_hash bytea NOT NULL UNIQUE,
    hint text NOT NULL,
    created_at_ms bigint NOT NULL,
    revoked_at_ms bigint
);

CREATE INDEX api_keys_of_merchant ON api_keys (merchant, is_live);

CREATE TABLE users (
    id uuid NOT NULL PRIMARY KEY,
    merchant uuid NOT NULL REFERENCES merchants (id),
    -- In lower case, as it is compared.
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    password_hash text NOT NULL,
    -- Attempts since the last success; counted before the password is looked at, so that guesses at once all count.
    attempts bigint NOT NULL DEFAULT 0,
    locked_until_ms bigint NOT NULL DEFAULT 0,
    created_at_ms bigint NOT NULL
);
