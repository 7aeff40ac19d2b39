-- Requests that are repeated and happen once, and a feed of events that never skips one.

-- +goose Up
-- Which requests were made under an idempotency key: hashes, ids and times. A platform table, since a key is looked up before it is known
-- whose answer it leads to.
CREATE TABLE idempotency_claims (
    -- HMAC of route and key, under the caller's token.
    digest      bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    -- HMAC of the body, likewise.
    fingerprint bytea       NOT NULL CHECK (octet_length(fingerprint) = 32),
    -- Who holds the claim: each attempt at the request has an id of its own.
    attempt     uuid        NOT NULL UNIQUE,
    claimed_at  timestamptz NOT NULL,
    -- Set in the transaction of the request's effect, with the tenant that keeps the answer.
    answered_at timestamptz,
    tenant_id   uuid REFERENCES tenants (id),
    CHECK ((answered_at IS NULL) = (tenant_id IS NULL))
);
CREATE INDEX idempotency_claims_by_age ON idempotency_claims (claimed_at);

-- What was answered, without secrets.
CREATE TABLE idempotency_answers (
    tenant_id uuid    NOT NULL REFERENCES tenants (id),
    digest    bytea   NOT NULL CHECK (octet_length(digest) = 32),
    status    integer NOT NULL CHECK (status BETWEEN 200 AND 299),
    header    jsonb   NOT NULL,
    body      bytea   NOT NULL,
    PRIMARY KEY (tenant_id, digest)
);
ALTER TABLE idempotency_answers ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON idempotency_answers
    USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- The order in which events are told: ids and kinds, so that it can be read for several tenants. An event gets its position after it was
-- committed, under a lock and before it is told for the first time; so one that is committed late never appears behind a reader's back.
CREATE TABLE event_feed (
    event_id   uuid PRIMARY KEY,
    tenant_id  uuid        NOT NULL,
    at         timestamptz NOT NULL,
    kind       text        NOT NULL,
    subject_id uuid        NOT NULL,
    position   bigint UNIQUE
);
CREATE INDEX event_feed_of_tenant ON event_feed (tenant_id, position);
CREATE INDEX event_feed_pending ON event_feed (event_id) WHERE position IS NULL;
INSERT INTO event_feed (event_id, tenant_id, at, kind, subject_id, position)
SELECT id, tenant_id, at, kind, subject_id, row_number() OVER (ORDER BY id) FROM events;
DROP INDEX events_of_tenant;
