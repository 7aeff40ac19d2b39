package database_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// filling puts one row into a table. TENANT, ACCOUNT and the like stand for ids, drawn anew for each tenant.
type filling struct{ table, statement string }

// fillings puts a row into every table that belongs to a tenant, in the order in which they need each other.
func fillings() []filling {
	return []filling{
		{"ba_accounts", `INSERT INTO ba_accounts (id, tenant_id, name, path_mode, schema_release, is_default, version, created_at, updated_at)
			VALUES ('ACCOUNT', 'TENANT', 'account', 'plain', 'P82', true, 1, now(), now())`},
		{"hiring_organisations", `INSERT INTO hiring_organisations (id, tenant_id, account_id, name, town, kundennummer, is_default, version, created_at, updated_at)
			VALUES ('ORGANISATION', 'TENANT', 'ACCOUNT', 'organisation', 'Ulm', 'A123A12345', true, 1, now(), now())`},
		{"onboarding_steps", `INSERT INTO onboarding_steps (tenant_id, account_id, step, done_on, done_by, noted_by, noted_at)
			VALUES ('TENANT', 'ACCOUNT', 'registered', '2026-11-24', 'somebody', 'somebody', now())`},
		{"certificates", `INSERT INTO certificates (id, tenant_id, account_id, state, subject, issuer, serial, fingerprint, not_before, not_after,
				created_at, created_by, updated_at)
			VALUES ('CERTIFICATE', 'TENANT', 'ACCOUNT', 'active', '', '', '', repeat('0', 64), now(), now(), now(), '', now())`},
		{"postings", `INSERT INTO postings (id, tenant_id, account_id, hiring_organisation_id, publish, latest_revision, title, employment_type,
				at_ba, change, change_since, version, created_at, updated_at)
			VALUES ('POSTING', 'TENANT', 'ACCOUNT', 'ORGANISATION', false, 1, 'title', 'job', 'none', 'draft', now(), 1, now(), now())`},
		{"posting_revisions", `INSERT INTO posting_revisions (tenant_id, posting_id, number, content, created_at, created_by)
			VALUES ('TENANT', 'POSTING', 1, '{}', now(), '')`},
		{"copies", `INSERT INTO copies (id, tenant_id, posting_id, account_id, reference, kundennummer, employment_type, state, created_at, updated_at)
			VALUES ('COPY', 'TENANT', 'POSTING', 'ACCOUNT', left('TENANT', 20), 'A123A12345', 'job', 'live', now(), now())`},
		{"transfers", `INSERT INTO transfers (id, tenant_id, account_id, supplier_id, stamp, file_name, file, items, state, attempts, polls, written_at, updated_at)
			VALUES ('TRANSFER', 'TENANT', 'ACCOUNT', 'TENANT', '2026-11-24', 'name', 'file', 1, 'sent', 1, 0, now(), now())`},
		{"transfer_items", `INSERT INTO transfer_items (tenant_id, transfer_id, position, posting_id, copy_id, reference, action, revision, mapper, result)
			VALUES ('TENANT', 'TRANSFER', 1, 'POSTING', 'COPY', 'reference', 'insert', 1, 1, 'open')`},
		{"feedback_files", `INSERT INTO feedback_files (tenant_id, transfer_id, name, digest, content, read_at)
			VALUES ('TENANT', 'TRANSFER', 'name', decode(repeat('00', 32), 'hex'), '', now())`},
		{"account_ways", `INSERT INTO account_ways (account_id, tenant_id) VALUES ('ACCOUNT', 'TENANT')`},
		{"account_conditions", `INSERT INTO account_conditions (account_id, tenant_id, kundennummer, code, words, since, probes, probed_at, probe_after)
			VALUES ('ACCOUNT', 'TENANT', '', 'FLR_JCValid_086', '', now(), 0, now(), now())`},
		{"foreign_answers", `INSERT INTO foreign_answers (account_id, tenant_id, name, seen_at) VALUES ('ACCOUNT', 'TENANT', 'name', now())`},
		{"notification_settings", `INSERT INTO notification_settings (tenant_id, organisation_id, emails, mode, language, updated_at)
			VALUES ('TENANT', 'ORGANISATION', '[]', 'none', 'de', now())`},
		{"mails", `INSERT INTO mails (id, tenant_id, audience, recipients, language, state, attempts, created_at)
			VALUES ('MAIL', 'TENANT', 'people', '[]', 'de', 'waiting', 0, now())`},
		{"notices", `INSERT INTO notices (id, tenant_id, mail_id, at, kind, about)
			VALUES ('NOTICE', 'TENANT', 'MAIL', now(), 'posting.refused', '{}')`},
		{"statistics_files", `INSERT INTO statistics_files (account_id, tenant_id, name, digest, content, size, fetched_at)
			VALUES ('ACCOUNT', 'TENANT', 'name', decode(repeat('00', 32), 'hex'), '', 0, now())`},
		{"foreign_references", `INSERT INTO foreign_references (id, tenant_id, account_id, reference, title, listed_at)
			VALUES ('FOREIGN', 'TENANT', 'ACCOUNT', '13635-1-S', '', now())`},
		{"events", `INSERT INTO events (id, tenant_id, at, kind, subject_id, caller, data)
			VALUES ('EVENT', 'TENANT', now(), 'account.created', 'ACCOUNT', '', '{}')`},
		{"idempotency_answers", `INSERT INTO idempotency_answers (tenant_id, digest, status, header, body)
			VALUES ('TENANT', decode(repeat('00', 32), 'hex'), 201, '{}', '')`},
	}
}

// fill gives a tenant one row in every table, as the owner, whom no wall holds back.
func fill(t *testing.T, owner *pgx.Conn, tenant uuid.UUID) {
	t.Helper()
	ids := []string{"TENANT", tenant.String()}
	for _, name := range []string{"ACCOUNT", "ORGANISATION", "CERTIFICATE", "POSTING", "COPY", "TRANSFER", "MAIL", "NOTICE", "FOREIGN", "EVENT"} {
		ids = append(ids, name, uuid.NewString())
	}
	for _, f := range fillings() {
		if _, err := owner.Exec(t.Context(), strings.NewReplacer(ids...).Replace(f.statement)); err != nil {
			t.Fatalf("fill %s: %v", f.table, err)
		}
	}
}
