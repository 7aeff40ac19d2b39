-- Mails to the people of a tenant: who gets them, what is to be told, and the mails that tell it. The BA's own statistics, kept raw.

-- +goose Up
-- Who is told, and how: of the tenant (organisation_id is null), or of one of its hiring organisations.
CREATE TABLE notification_settings (
    tenant_id       uuid        NOT NULL REFERENCES tenants (id),
    organisation_id uuid,
    emails          jsonb       NOT NULL,
    mode            text        NOT NULL CHECK (mode IN ('at_once', 'daily', 'none')),
    language        text        NOT NULL CHECK (language IN ('de', 'en')),
    updated_at      timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (tenant_id, organisation_id),
    FOREIGN KEY (tenant_id, organisation_id) REFERENCES hiring_organisations (tenant_id, id)
);

-- The outbox: one mail to one set of people. Its id is the mail's Message-ID.
CREATE TABLE mails (
    id            uuid PRIMARY KEY,
    tenant_id     uuid        NOT NULL REFERENCES tenants (id),
    -- The operator's address is in the configuration, not here.
    audience      text        NOT NULL CHECK (audience IN ('people', 'operator')),
    recipients    jsonb       NOT NULL,
    language      text        NOT NULL CHECK (language IN ('de', 'en')),
    -- Set for a digest: when it goes. What is to be told until then joins it.
    digest_at     timestamptz,
    state         text        NOT NULL CHECK (state IN ('waiting', 'sent', 'given_up', 'dropped')),
    attempts      integer     NOT NULL,
    -- While somebody sends it.
    claimed_until timestamptz,
    -- What went wrong last, in the words of the server.
    trouble       text        NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL,
    settled_at    timestamptz,
    UNIQUE (tenant_id, id)
);
-- Of the digests that still take something there is one for the same people.
CREATE UNIQUE INDEX mails_digest ON mails (tenant_id, recipients, language, digest_at) WHERE digest_at IS NOT NULL AND attempts = 0;

-- What a mail tells.
CREATE TABLE notices (
    id        uuid PRIMARY KEY,
    tenant_id uuid        NOT NULL,
    mail_id   uuid        NOT NULL,
    at        timestamptz NOT NULL,
    kind      text        NOT NULL,
    about     jsonb       NOT NULL,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, mail_id) REFERENCES mails (tenant_id, id)
);
CREATE INDEX notices_mail ON notices (mail_id);

-- The BA's statistics about an account, as they were downloaded: each content once.
CREATE TABLE statistics_files (
    account_id uuid        NOT NULL,
    tenant_id  uuid        NOT NULL,
    name       text        NOT NULL,
    digest     bytea       NOT NULL CHECK (octet_length(digest) = 32),
    content    bytea       NOT NULL,
    size       integer     NOT NULL,
    fetched_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, name, digest),
    FOREIGN KEY (tenant_id, account_id) REFERENCES ba_accounts (tenant_id, id)
);
CREATE INDEX statistics_files_newest ON statistics_files (account_id, fetched_at);

-- When the statistics are fetched next; null before they were fetched at all.
ALTER TABLE account_ways ADD COLUMN statistics_after timestamptz;

-- +goose StatementBegin
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY ['notification_settings', 'mails', 'notices', 'statistics_files']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format($policy$CREATE POLICY tenant_rows ON %I
            USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
            WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)$policy$, tenant_table);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- When each mail is looked at next: to be sent, to be tried again, or to be forgotten. Ids and times only, for work across tenants.
CREATE TABLE mail_schedule (
    mail_id     uuid PRIMARY KEY,
    tenant_id   uuid        NOT NULL,
    next_run_at timestamptz NOT NULL
);
CREATE INDEX mail_schedule_due ON mail_schedule (next_run_at);
