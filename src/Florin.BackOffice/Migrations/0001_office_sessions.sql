-- Who is signed in. The cookie holds a random token; only its hash is here, and deleting the row ends the session.
CREATE TABLE office_sessions (
    token_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL,
    started_at_ms bigint NOT NULL,
    last_seen_at_ms bigint NOT NULL
);
