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
