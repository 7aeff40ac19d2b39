-- Transfers that converge: several unanswered files, conditions of an account, doubt about a copy, deletions held for a human,
-- files of another sender, one breaker for all accounts, raw files that are kept for a time.

-- +goose Up
ALTER TABLE transfers
    -- Set when the next file went out before this one was answered: it no longer locks the Supplier-ID.
    ADD COLUMN overtaken_at    timestamptz,
    -- Whether the answer was blank and believed at the third look.
    ADD COLUMN without_details boolean NOT NULL DEFAULT false,
    ADD COLUMN file_digest     bytea CHECK (octet_length(file_digest) = 32),
    ADD COLUMN file_size       integer NOT NULL DEFAULT 0,
    ALTER COLUMN file DROP NOT NULL;

DROP INDEX transfers_in_flight;
CREATE UNIQUE INDEX transfers_in_flight ON transfers (supplier_id)
    WHERE state IN ('written', 'sending', 'sent', 'unclear') AND overtaken_at IS NULL;
CREATE INDEX transfers_unanswered ON transfers (account_id) WHERE state IN ('written', 'sending', 'sent', 'unclear');
CREATE INDEX transfers_raw ON transfers (tenant_id, written_at) WHERE file IS NOT NULL;

ALTER TABLE feedback_files
    ADD COLUMN size integer NOT NULL DEFAULT 0,
    ALTER COLUMN content DROP NOT NULL;
CREATE INDEX feedback_files_raw ON feedback_files (tenant_id, read_at) WHERE content IS NOT NULL;

ALTER TABLE copies
    -- The step of which nobody knows whether the BA took it, after its file was given up.
    ADD COLUMN doubt              text CHECK (doubt IN ('insert', 'delete')),
    -- The revision that was already sent a second time because the BA's record was newer (120).
    ADD COLUMN refreshed_revision integer;

-- What is known of the way of one account to the BA.
CREATE TABLE account_ways (
    account_id       uuid PRIMARY KEY,
    tenant_id        uuid NOT NULL,
    -- The numbers under which a file was answered, and when.
    proven_as        text,
    proven_at        timestamptz,
    -- Deletions that wait for a human: how many of how many live ads, since when; and how many a human let go.
    deletions        integer NOT NULL DEFAULT 0,
    deletions_of     integer NOT NULL DEFAULT 0,
    deletions_since  timestamptz,
    deletions_let_go integer NOT NULL DEFAULT 0,
    deletions_by     text,
    FOREIGN KEY (tenant_id, account_id) REFERENCES ba_accounts (tenant_id, id)
);

-- What the BA has against an account, or one of its Kundennummern (empty for the whole account), so that its ads wait.
CREATE TABLE account_conditions (
    account_id   uuid        NOT NULL,
    tenant_id    uuid        NOT NULL,
    kundennummer text        NOT NULL,
    code         text        NOT NULL,
    words        text        NOT NULL,
    since        timestamptz NOT NULL,
    probes       integer     NOT NULL,
    probed_at    timestamptz NOT NULL,
    probe_after  timestamptz NOT NULL,
    PRIMARY KEY (account_id, kundennummer),
    FOREIGN KEY (tenant_id, account_id) REFERENCES ba_accounts (tenant_id, id)
);

-- Answers in an account's folder to files that we did not send: somebody else sends under the same Supplier-ID.
CREATE TABLE foreign_answers (
    account_id uuid        NOT NULL,
    tenant_id  uuid        NOT NULL,
    name       text        NOT NULL,
    seen_at    timestamptz NOT NULL,
    PRIMARY KEY (account_id, name),
    FOREIGN KEY (tenant_id, account_id) REFERENCES ba_accounts (tenant_id, id)
);

-- +goose StatementBegin
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY ['account_ways', 'account_conditions', 'foreign_answers']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format($policy$CREATE POLICY tenant_rows ON %I
            USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
            WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)$policy$, tenant_table);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- The BA's host as all accounts see it: which of them failed since somebody last got through, and while it is out (since), when the next
-- one may try.
CREATE TABLE ba_outage (
    id       smallint PRIMARY KEY CHECK (id = 1),
    failed   uuid[] NOT NULL DEFAULT '{}',
    since    timestamptz,
    retry_at timestamptz,
    CHECK ((since IS NULL) = (retry_at IS NULL))
);
INSERT INTO ba_outage (id) VALUES (1);
