-- How ads come over from another system.

-- +goose Up
-- Ads at the BA under another partner's prefix, of which a take-over told: their old provider must withdraw them, and somebody must say that
-- it did, before the account's first transfer goes out.
CREATE TABLE foreign_references (
    id           uuid PRIMARY KEY,
    tenant_id    uuid        NOT NULL,
    account_id   uuid        NOT NULL,
    reference    text        NOT NULL CHECK (char_length(reference) <= 27),
    title        text        NOT NULL,
    listed_at    timestamptz NOT NULL,
    confirmed_at timestamptz,
    confirmed_by text,
    UNIQUE (tenant_id, id),
    UNIQUE (account_id, reference),
    FOREIGN KEY (tenant_id, account_id) REFERENCES ba_accounts (tenant_id, id),
    CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL))
);
CREATE INDEX foreign_references_of_account ON foreign_references (account_id, id);

-- +goose StatementBegin
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY ['foreign_references']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format($policy$CREATE POLICY tenant_rows ON %I
            USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
            WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)$policy$, tenant_table);
    END LOOP;
END
$$;
-- +goose StatementEnd
