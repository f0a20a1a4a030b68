-- Secrets that are rolled, endpoints that change while they are called, attempts that are shown in full and made again.

-- After a roll the secret before signs too, until its end.
ALTER TABLE webhook_endpoints ADD COLUMN old_secret_sealed bytea;
ALTER TABLE webhook_endpoints ADD COLUMN old_secret_ends_at_ms bigint;

-- Counts the merchant's changes, so that an answer to a call made before one is known to be stale.
ALTER TABLE webhook_endpoints ADD COLUMN revision bigint NOT NULL DEFAULT 0;

-- Whether the endpoint was told only because somebody asked for it later: pending_webhooks, which every attempt sends
-- as it was at first, does not count it.
ALTER TABLE webhook_deliveries ADD COLUMN added_later boolean NOT NULL DEFAULT false;

-- What was called and what came back beside status and body. Null on attempts from before this was kept.
ALTER TABLE webhook_attempts ADD COLUMN url text;
ALTER TABLE webhook_attempts ADD COLUMN api_version text;
ALTER TABLE webhook_attempts ADD COLUMN answer_headers text;

CREATE INDEX webhook_attempts_of_endpoint ON webhook_attempts (shard, endpoint_id, id);
