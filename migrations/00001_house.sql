-- The house: tenants, their accounts at the BA, certificates, postings and transfers.
-- Ids are UUIDv7 made by the program; times are handed in by the program, never taken from the server's clock.

-- +goose Up
CREATE TABLE tenants (
    id         uuid PRIMARY KEY,
    name       text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    lifecycle  text        NOT NULL CHECK (lifecycle IN ('open', 'suspended', 'closed')),
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE api_tokens (
    id           uuid PRIMARY KEY,
    kind         text        NOT NULL CHECK (kind IN ('operator', 'tenant')),
    tenant_id    uuid REFERENCES tenants (id),
    name         text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    hash         bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    hint         text        NOT NULL,
    scopes       text        NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   text        NOT NULL,
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    CHECK ((kind = 'tenant') = (tenant_id IS NOT NULL))
);
CREATE INDEX api_tokens_of_tenant ON api_tokens (tenant_id, id);

CREATE TABLE ba_accounts (
    id              uuid PRIMARY KEY,
    tenant_id       uuid        NOT NULL REFERENCES tenants (id),
    name            text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 45),
    supplier_id     text UNIQUE CHECK (supplier_id ~ '^V[0-9]{9}$'),
    alliance_number text CHECK (alliance_number ~ '^[0-9]{1,8}$'),
    path_mode       text        NOT NULL CHECK (path_mode IN ('unknown', 'plain', 'prefixed')),
    schema_release  text        NOT NULL,
    is_default      boolean     NOT NULL,
    active_since    timestamptz,
    last_stamp      timestamp,
    trouble         jsonb,
    trouble_since   timestamptz,
    version         bigint      NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    UNIQUE (tenant_id, id),
    CHECK ((trouble IS NULL) = (trouble_since IS NULL)),
    CHECK (active_since IS NULL OR (supplier_id IS NOT NULL AND alliance_number IS NOT NULL))
);
CREATE UNIQUE INDEX ba_accounts_one_default ON ba_accounts (tenant_id) WHERE is_default;

CREATE TABLE hiring_organisations (
    id             uuid PRIMARY KEY,
    tenant_id      uuid        NOT NULL,
    account_id     uuid        NOT NULL,
    name           text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 90),
    town           text        NOT NULL CHECK (char_length(town) BETWEEN 1 AND 35),
    kundennummer   text        NOT NULL CHECK (kundennummer ~ '^[A-Z][0-9]{3}[A-Z][0-9]{5}$'),
    is_default     boolean     NOT NULL,
    betreut_since  date,
    betreut_by     text,
    betreut_noted_by text,
    version        bigint      NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    UNIQUE (tenant_id, id),
    UNIQUE (account_id, kundennummer),
    FOREIGN KEY (tenant_id, account_id) REFERENCES ba_accounts (tenant_id, id),
    CHECK ((betreut_since IS NULL) = (betreut_by IS NULL))
);
CREATE UNIQUE INDEX hiring_organisations_one_default ON hiring_organisations (account_id) WHERE is_default;

CREATE TABLE onboarding_steps (
    tenant_id  uuid        NOT NULL,
    account_id uuid        NOT NULL,
    step       text        NOT NULL CHECK (step IN ('registered', 'contract_requested', 'contract_signed')),
    done_on    date        NOT NULL,
    done_by    text        NOT NULL CHECK (char_length(done_by) BETWEEN 1 AND 100),
    noted_by   text        NOT NULL,
    noted_at   timestamptz NOT NULL,
    PRIMARY KEY (account_id, step),
    FOREIGN KEY (tenant_id, account_id) REFERENCES ba_accounts (tenant_id, id)
);

CREATE TABLE certificates (
    id           uuid PRIMARY KEY,
    tenant_id    uuid        NOT NULL,
    account_id   uuid        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('pending', 'next', 'active', 'retired', 'revoked')),
    subject      text        NOT NULL,
    issuer       text        NOT NULL,
    serial       text        NOT NULL,
    fingerprint  text        NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
    not_before   timestamptz NOT NULL,
    not_after    timestamptz NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   text        NOT NULL,
    updated_at   timestamptz NOT NULL,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES ba_accounts (tenant_id, id)
);
CREATE INDEX certificates_of_account ON certificates (account_id, id);
CREATE UNIQUE INDEX certificates_one_active ON certificates (account_id) WHERE state = 'active';
CREATE UNIQUE INDEX certificates_one_next ON certificates (account_id) WHERE state = 'next';

CREATE TABLE postings (
    id                     uuid PRIMARY KEY,
    tenant_id              uuid        NOT NULL,
    external_id            text CHECK (external_id ~ '^[A-Za-z0-9._~-]{1,64}$'),
    account_id             uuid        NOT NULL,
    hiring_organisation_id uuid        NOT NULL,
    publish                boolean     NOT NULL,
    latest_revision        integer     NOT NULL,
    title                  text        NOT NULL,
    employment_type        text        NOT NULL,
    publish_from           date,
    publish_until          date,
    at_ba                  text        NOT NULL CHECK (at_ba IN ('none', 'unknown', 'live', 'locked', 'removed', 'ended')),
    live_revision          integer,
    change                 text        NOT NULL
        CHECK (change IN ('none', 'draft', 'scheduled', 'waiting', 'sent', 'refused', 'withdrawing')),
    change_since           timestamptz NOT NULL,
    reference              text,
    in_flight              text CHECK (in_flight IN ('insert', 'update', 'delete')),
    refusal                jsonb,
    version                bigint      NOT NULL,
    created_at             timestamptz NOT NULL,
    updated_at             timestamptz NOT NULL,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, external_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES ba_accounts (tenant_id, id),
    FOREIGN KEY (tenant_id, hiring_organisation_id) REFERENCES hiring_organisations (tenant_id, id)
);
-- The planner's read: the few postings of an account that are not where they should be.
CREATE INDEX postings_to_plan ON postings (account_id, change, id) WHERE change IN ('waiting', 'withdrawing', 'scheduled');
CREATE INDEX postings_ending ON postings (account_id, publish_until) WHERE publish AND publish_until IS NOT NULL;
CREATE INDEX postings_of_tenant ON postings (tenant_id, id);

CREATE TABLE posting_revisions (
    tenant_id  uuid        NOT NULL,
    posting_id uuid        NOT NULL,
    number     integer     NOT NULL CHECK (number > 0),
    content    jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text        NOT NULL,
    PRIMARY KEY (posting_id, number),
    FOREIGN KEY (tenant_id, posting_id) REFERENCES postings (tenant_id, id)
);

CREATE TABLE copies (
    id                 uuid PRIMARY KEY,
    tenant_id          uuid        NOT NULL,
    posting_id         uuid        NOT NULL,
    account_id         uuid        NOT NULL,
    reference          text        NOT NULL UNIQUE CHECK (char_length(reference) <= 27),
    kundennummer       text        NOT NULL,
    employment_type    text        NOT NULL,
    state              text        NOT NULL CHECK (state IN ('new', 'live', 'locked', 'removed', 'gone')),
    confirmed_revision integer,
    confirmed_mapper   integer,
    ends_on            date,
    last_modified      timestamptz,
    first_sent_at      timestamptz,
    confirmed_at       timestamptz,
    hold_until         timestamptz,
    renew_after        timestamptz,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, posting_id) REFERENCES postings (tenant_id, id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES ba_accounts (tenant_id, id)
);
CREATE INDEX copies_of_posting ON copies (posting_id, id);
CREATE INDEX copies_live ON copies (account_id, ends_on) WHERE state = 'live';

CREATE TABLE transfers (
    id           uuid PRIMARY KEY,
    tenant_id    uuid        NOT NULL,
    account_id   uuid        NOT NULL,
    supplier_id  text        NOT NULL,
    stamp        timestamp   NOT NULL,
    file_name    text        NOT NULL,
    file         bytea       NOT NULL,
    items        integer     NOT NULL CHECK (items > 0),
    state        text        NOT NULL CHECK (state IN ('written', 'sending', 'sent', 'unclear', 'settled', 'rejected', 'abandoned')),
    attempts     integer     NOT NULL,
    polls        integer     NOT NULL,
    trouble      jsonb,
    written_at   timestamptz NOT NULL,
    sending_at   timestamptz,
    sent_at      timestamptz,
    settled_at   timestamptz,
    updated_at   timestamptz NOT NULL,
    UNIQUE (tenant_id, id),
    UNIQUE (supplier_id, stamp),
    FOREIGN KEY (tenant_id, account_id) REFERENCES ba_accounts (tenant_id, id)
);
-- Never two files in flight under one Supplier-ID, whoever tries.
CREATE UNIQUE INDEX transfers_in_flight ON transfers (supplier_id)
    WHERE state IN ('written', 'sending', 'sent', 'unclear');
CREATE INDEX transfers_of_account ON transfers (account_id, id);

CREATE TABLE transfer_items (
    tenant_id   uuid    NOT NULL,
    transfer_id uuid    NOT NULL,
    position    integer NOT NULL,
    posting_id  uuid    NOT NULL,
    copy_id     uuid    NOT NULL,
    reference   text    NOT NULL,
    action      text    NOT NULL CHECK (action IN ('insert', 'update', 'delete')),
    revision    integer,
    mapper      integer NOT NULL,
    ends_on     date,
    result      text    NOT NULL CHECK (result IN ('open', 'accepted', 'refused', 'not_taken')),
    answers     jsonb,
    PRIMARY KEY (transfer_id, position),
    UNIQUE (transfer_id, reference),
    UNIQUE (transfer_id, posting_id),
    FOREIGN KEY (tenant_id, transfer_id) REFERENCES transfers (tenant_id, id),
    FOREIGN KEY (tenant_id, posting_id) REFERENCES postings (tenant_id, id),
    FOREIGN KEY (tenant_id, copy_id) REFERENCES copies (tenant_id, id),
    CHECK ((action = 'delete') = (revision IS NULL))
);
CREATE INDEX transfer_items_of_posting ON transfer_items (posting_id, transfer_id);

CREATE TABLE feedback_files (
    tenant_id   uuid        NOT NULL,
    transfer_id uuid        NOT NULL,
    name        text        NOT NULL,
    digest      bytea       NOT NULL CHECK (octet_length(digest) = 32),
    content     bytea       NOT NULL,
    read_at     timestamptz NOT NULL,
    PRIMARY KEY (transfer_id, name, digest),
    FOREIGN KEY (tenant_id, transfer_id) REFERENCES transfers (tenant_id, id)
);

CREATE TABLE events (
    id         uuid PRIMARY KEY,
    tenant_id  uuid        NOT NULL REFERENCES tenants (id),
    at         timestamptz NOT NULL,
    kind       text        NOT NULL,
    subject_id uuid        NOT NULL,
    caller     text        NOT NULL,
    data       jsonb       NOT NULL
);
CREATE INDEX events_of_tenant ON events (tenant_id, id);
CREATE INDEX events_of_subject ON events (subject_id, id);

-- When each account is looked at next, and who is looking at it now. A platform table: workers read it without a tenant, then
-- enter the tenant that it names.
CREATE TABLE account_schedule (
    account_id    uuid PRIMARY KEY,
    tenant_id     uuid        NOT NULL,
    next_run_at   timestamptz,
    claimed_by    uuid,
    claimed_until timestamptz,
    FOREIGN KEY (tenant_id, account_id) REFERENCES ba_accounts (tenant_id, id),
    CHECK ((claimed_by IS NULL) = (claimed_until IS NULL))
);
CREATE INDEX account_schedule_due ON account_schedule (next_run_at);

-- The second wall of tenancy. After COMMIT a transaction-local setting is '' and not NULL, hence the nullif.
-- +goose StatementBegin
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY [
        'ba_accounts', 'hiring_organisations', 'onboarding_steps', 'certificates', 'postings', 'posting_revisions', 'copies',
        'transfers', 'transfer_items', 'feedback_files', 'events']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format($policy$CREATE POLICY tenant_rows ON %I
            USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
            WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)$policy$, tenant_table);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- A tenant sees its own row of tenants; only a platform transaction, which works for no tenant, sees them all.
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON tenants
    USING (id = nullif(current_setting('app.tenant_id', true), '')::uuid OR current_setting('app.platform', true) = 'on')
    WITH CHECK (id = nullif(current_setting('app.tenant_id', true), '')::uuid OR current_setting('app.platform', true) = 'on');
