-- Checkout sessions may save a card instead of taking a payment: then there is no total, and nothing to be paid.

ALTER TABLE checkout_sessions ADD COLUMN mode text NOT NULL DEFAULT 'payment' CHECK (mode IN ('payment', 'setup'));
ALTER TABLE checkout_sessions ADD COLUMN setup_intent_id uuid;
-- Whether a customer is made of a buyer who is nobody yet.
ALTER TABLE checkout_sessions ADD COLUMN makes_customer boolean NOT NULL DEFAULT false;

/*postgres
ALTER TABLE checkout_sessions DROP CONSTRAINT checkout_sessions_payment_status_check;
ALTER TABLE checkout_sessions ADD CONSTRAINT checkout_sessions_payment_status_check
    CHECK (payment_status IN ('unpaid', 'paid', 'no_payment_required'));
ALTER TABLE checkout_sessions DROP CONSTRAINT checkout_sessions_total_minor_check;
ALTER TABLE checkout_sessions ADD CONSTRAINT checkout_sessions_total_minor_check CHECK ((mode = 'payment') = (total_minor > 0));
*/
/*sqlite
-- SQLite changes a constraint by making the table anew.
CREATE TABLE checkout_sessions_anew (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    url_token text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'complete', 'expired')),
    payment_status text NOT NULL CHECK (payment_status IN ('unpaid', 'paid', 'no_payment_required')),
    total_minor bigint NOT NULL CHECK ((mode = 'payment') = (total_minor > 0)),
    currency text NOT NULL,
    lines text NOT NULL,
    capture_method text NOT NULL,
    success_url text NOT NULL,
    cancel_url text,
    client_reference_id text,
    customer_email text,
    locale text,
    connector text,
    description text,
    payment_intent_id uuid,
    metadata text NOT NULL,
    expires_at_ms bigint NOT NULL,
    completed_at_ms bigint,
    created_at_ms bigint NOT NULL,
    customer_id uuid,
    setup_future_usage text CHECK (setup_future_usage IN ('off_session', 'on_session')),
    mode text NOT NULL DEFAULT 'payment' CHECK (mode IN ('payment', 'setup')),
    setup_intent_id uuid,
    makes_customer boolean NOT NULL DEFAULT false,
    PRIMARY KEY (shard, id)
) WITHOUT ROWID;
INSERT INTO checkout_sessions_anew
    (shard, id, merchant_id, live, url_token, status, payment_status, total_minor, currency, lines, capture_method, success_url, cancel_url,
     client_reference_id, customer_email, locale, connector, description, payment_intent_id, metadata, expires_at_ms, completed_at_ms,
     created_at_ms, customer_id, setup_future_usage, mode, setup_intent_id, makes_customer)
SELECT shard, id, merchant_id, live, url_token, status, payment_status, total_minor, currency, lines, capture_method, success_url, cancel_url,
       client_reference_id, customer_email, locale, connector, description, payment_intent_id, metadata, expires_at_ms, completed_at_ms,
       created_at_ms, customer_id, setup_future_usage, mode, setup_intent_id, makes_customer
  FROM checkout_sessions;
DROP TABLE checkout_sessions;
ALTER TABLE checkout_sessions_anew RENAME TO checkout_sessions;
CREATE INDEX checkout_sessions_of_merchant ON checkout_sessions (shard, merchant_id, live, id);
CREATE INDEX checkout_sessions_of_customer ON checkout_sessions (shard, customer_id, id) WHERE customer_id IS NOT NULL;
*/

CREATE INDEX checkout_sessions_of_payment ON checkout_sessions (shard, payment_intent_id) WHERE payment_intent_id IS NOT NULL;
