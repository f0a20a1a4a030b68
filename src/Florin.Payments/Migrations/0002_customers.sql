-- Customers, the payment methods saved for them, and what charges keep of their own.

CREATE TABLE customers (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    email text,
    name text,
    phone text,
    description text,
    address text,
    shipping text,
    default_payment_method_id uuid,
    preferred_locales text NOT NULL,
    metadata text NOT NULL,
    -- A deleted customer keeps its id, so that payments may go on naming it, and nothing else.
    deleted boolean NOT NULL,
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX customers_of_merchant ON customers (shard, merchant_id, live, id);
CREATE INDEX customers_by_email ON customers (shard, merchant_id, email, id) WHERE email IS NOT NULL;

ALTER TABLE payment_methods ADD COLUMN customer_id uuid;
-- Neither may be used again: what was used for a payment without being saved, and what was detached from its customer.
ALTER TABLE payment_methods ADD COLUMN consumed boolean NOT NULL DEFAULT false;
ALTER TABLE payment_methods ADD COLUMN detached boolean NOT NULL DEFAULT false;
CREATE INDEX payment_methods_of_customer ON payment_methods (shard, customer_id, id) WHERE customer_id IS NOT NULL;

ALTER TABLE payment_intents ADD COLUMN customer_id uuid;
ALTER TABLE payment_intents ADD COLUMN setup_future_usage text CHECK (setup_future_usage IN ('off_session', 'on_session'));
CREATE INDEX payment_intents_of_customer ON payment_intents (shard, customer_id, id) WHERE customer_id IS NOT NULL;

-- The buyer is not there, so a challenge cannot be passed.
ALTER TABLE payment_attempts ADD COLUMN off_session boolean NOT NULL DEFAULT false;

ALTER TABLE charges ADD COLUMN customer_id uuid;
ALTER TABLE charges ADD COLUMN description text;
ALTER TABLE charges ADD COLUMN receipt_email text;
ALTER TABLE charges ADD COLUMN metadata text NOT NULL DEFAULT '{}';
-- The payment method as it was: its holder and expiry may be corrected later. Null on charges from before that.
ALTER TABLE charges ADD COLUMN billing text;
ALTER TABLE charges ADD COLUMN expiry_month bigint;
ALTER TABLE charges ADD COLUMN expiry_year bigint;
CREATE INDEX charges_of_merchant ON charges (shard, merchant_id, live, id);
CREATE INDEX charges_of_customer ON charges (shard, customer_id, id) WHERE customer_id IS NOT NULL;

ALTER TABLE checkout_sessions ADD COLUMN customer_id uuid;
ALTER TABLE checkout_sessions ADD COLUMN setup_future_usage text CHECK (setup_future_usage IN ('off_session', 'on_session'));
CREATE INDEX checkout_sessions_of_customer ON checkout_sessions (shard, customer_id, id) WHERE customer_id IS NOT NULL;
