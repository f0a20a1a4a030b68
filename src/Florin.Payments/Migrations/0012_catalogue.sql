-- What merchants sell, and for how much.

CREATE TABLE products (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    name text NOT NULL,
    active boolean NOT NULL,
    description text,
    images text NOT NULL,
    url text,
    unit_label text,
    statement_descriptor text,
    shippable boolean,
    default_price_id uuid,
    metadata text NOT NULL,
    updated_at_ms bigint NOT NULL,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX products_of_merchant ON products (shard, merchant_id, live, id);

CREATE TABLE prices (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    product_id uuid NOT NULL,
    active boolean NOT NULL,
    unit_minor bigint NOT NULL CHECK (unit_minor >= 0),
    currency text NOT NULL,
    nickname text,
    lookup_key text,
    tax_behavior text NOT NULL CHECK (tax_behavior IN ('exclusive', 'inclusive', 'unspecified')),
    -- Null for what is sold once.
    recurring_interval text CHECK (recurring_interval IN ('day', 'week', 'month', 'year')),
    recurring_count bigint,
    trial_days bigint,
    metadata text NOT NULL,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id),
    CHECK ((recurring_interval IS NULL) = (recurring_count IS NULL))
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX prices_of_merchant ON prices (shard, merchant_id, live, id);
CREATE INDEX prices_of_product ON prices (shard, product_id, id);
-- A key names one price at a time.
CREATE UNIQUE INDEX prices_by_lookup_key ON prices (shard, merchant_id, live, lookup_key) WHERE lookup_key IS NOT NULL;
