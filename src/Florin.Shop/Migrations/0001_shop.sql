-- The demo shop: what is on the shelf, what was ordered, and the key of the webhooks it is told by.

CREATE TABLE shop_stock (
    slug text PRIMARY KEY,
    -- Units that nobody has reserved; the bound that no race can pass.
    available bigint NOT NULL CHECK (available >= 0)
);

CREATE TABLE shop_orders (
    shard smallint NOT NULL,
    code text NOT NULL,
    -- Unguessable; whoever comes back from the payment page must bring it.
    token text NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    slug text NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    total_minor bigint NOT NULL CHECK (total_minor > 0),
    currency text NOT NULL,
    state text NOT NULL CHECK (state IN ('prepay', 'inprogress', 'success', 'fail', 'cancel', 'complete')),
    checkout_session_id uuid,
    placed_at_ms bigint NOT NULL,
    changed_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, code)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE shop_webhook_keys (
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    endpoint_id uuid NOT NULL,
    secret bytea NOT NULL,
    PRIMARY KEY (merchant_id, live)
);
