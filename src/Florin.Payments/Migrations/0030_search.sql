-- What searches look things up by.

CREATE TABLE metadata_terms (
    shard smallint NOT NULL,
    object_id uuid NOT NULL,
    term_key text NOT NULL,
    merchant_id uuid NOT NULL,
    live boolean NOT NULL,
    -- 1 payment intent, 2 charge, 3 customer.
    kind smallint NOT NULL,
    -- In lower case, since a search minds none.
    term_value text NOT NULL,
    PRIMARY KEY (shard, object_id, term_key)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX metadata_terms_by_value ON metadata_terms (shard, merchant_id, live, kind, term_key, term_value, object_id);

/*sqlite
INSERT INTO metadata_terms (shard, object_id, term_key, merchant_id, live, kind, term_value)
SELECT o.shard, o.id, t.key, o.merchant_id, o.live, 1, lower(t.value) FROM payment_intents o, json_each(o.metadata) t WHERE o.metadata <> '{}';
INSERT INTO metadata_terms (shard, object_id, term_key, merchant_id, live, kind, term_value)
SELECT o.shard, o.id, t.key, o.merchant_id, o.live, 2, lower(t.value) FROM charges o, json_each(o.metadata) t WHERE o.metadata <> '{}';
INSERT INTO metadata_terms (shard, object_id, term_key, merchant_id, live, kind, term_value)
SELECT o.shard, o.id, t.key, o.merchant_id, o.live, 3, lower(t.value) FROM customers o, json_each(o.metadata) t WHERE o.metadata <> '{}';
*/
/*postgres
INSERT INTO metadata_terms (shard, object_id, term_key, merchant_id, live, kind, term_value)
SELECT o.shard, o.id, t.key, o.merchant_id, o.live, 1, lower(t.value) FROM payment_intents o, jsonb_each_text(o.metadata::jsonb) t WHERE o.metadata <> '{}';
INSERT INTO metadata_terms (shard, object_id, term_key, merchant_id, live, kind, term_value)
SELECT o.shard, o.id, t.key, o.merchant_id, o.live, 2, lower(t.value) FROM charges o, jsonb_each_text(o.metadata::jsonb) t WHERE o.metadata <> '{}';
INSERT INTO metadata_terms (shard, object_id, term_key, merchant_id, live, kind, term_value)
SELECT o.shard, o.id, t.key, o.merchant_id, o.live, 3, lower(t.value) FROM customers o, jsonb_each_text(o.metadata::jsonb) t WHERE o.metadata <> '{}';
*/

CREATE INDEX customers_by_folded_email ON customers (shard, merchant_id, live, lower(email), id) WHERE email IS NOT NULL;
