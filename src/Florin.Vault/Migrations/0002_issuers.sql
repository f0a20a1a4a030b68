-- The table of issuers: which numbers belong to cards of which country. The operator's; without one both are empty.

CREATE TABLE issuer_ranges (
    -- The first and the last numbers in it, cut off after eleven digits.
    first_number bigint NOT NULL CHECK (first_number >= 0),
    last_number bigint NOT NULL CHECK (last_number >= first_number AND last_number < 100000000000),
    -- How many digits were given of each; the others were filled with 0 and 9.
    digits bigint NOT NULL CHECK (digits BETWEEN 6 AND 11),
    -- ISO 3166-1 alpha-2.
    country text NOT NULL,
    -- Null where the table does not say.
    brand text,
    funding text,
    issuer text,
    PRIMARY KEY (first_number, last_number)
) /*sqlite WITHOUT ROWID*/;

-- One row: what is in the other table. Each process asks for the version, and reads the ranges again when it has changed.
CREATE TABLE issuer_tables (
    id bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    version bigint NOT NULL,
    ranges bigint NOT NULL,
    imported_at_ms bigint NOT NULL
);
