-- Who claimed a delivery, so that the claim ends when that process is gone, and not only with its lease.
ALTER TABLE webhook_deliveries ADD COLUMN lease_node_id uuid;
