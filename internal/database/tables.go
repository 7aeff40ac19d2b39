package database

// Wall says how the rows of a table are kept apart.
type Wall string

// The walls.
const (
	// PerTenant tables have a tenant_id, and row-level security shows a transaction only its own tenant's rows.
	PerTenant Wall = "tenant"
	// TenantList is the table of tenants: a tenant sees its own row, a platform transaction sees all.
	TenantList Wall = "tenant_list"
	// Platform tables hold nothing of a tenant's business: hashes, ids, due times, and which kind of thing happened to which id.
	Platform Wall = "platform"
)

// Walls names every table of the database and the wall around it. A test compares the list with the database itself, so a new
// table cannot be forgotten.
func Walls() map[string]Wall {
	return map[string]Wall{
		"tenants": TenantList,

		"account_conditions":   PerTenant,
		"account_ways":         PerTenant,
		"ba_accounts":          PerTenant,
		"certificates":         PerTenant,
		"copies":               PerTenant,
		"events":               PerTenant,
		"feedback_files":       PerTenant,
		"foreign_answers":      PerTenant,
		"foreign_references":   PerTenant,
		"hiring_organisations": PerTenant,
		"idempotency_answers":  PerTenant,
		"onboarding_steps":     PerTenant,
		"posting_revisions":    PerTenant,
		"postings":             PerTenant,
		"transfer_items":       PerTenant,
		"transfers":            PerTenant,

		"mails":                 PerTenant,
		"notices":               PerTenant,
		"notification_settings": PerTenant,
		"statistics_files":      PerTenant,

		"account_schedule":   Platform,
		"api_tokens":         Platform,
		"ba_outage":          Platform,
		"event_feed":         Platform,
		"goose_db_version":   Platform,
		"idempotency_claims": Platform,
		"mail_schedule":      Platform,
		"river_job":          Platform,
		"river_leader":       Platform,
		"river_migration":    Platform,
		"river_notification": Platform,
		"river_queue":        Platform,
	}
}
