// Package event keeps what happened to a tenant and its accounts, certificates and ads, in order, for histories and feeds.
package event

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
)

// Kind names what happened, as subject.what.
type Kind string

// The kinds of event.
const (
	AccountCreated     Kind = "account.created"
	AccountChanged     Kind = "account.changed"
	AccountActivated   Kind = "account.activated"
	AccountDeactivated Kind = "account.deactivated"
	AccountTrouble     Kind = "account.trouble"
	AccountRecovered   Kind = "account.recovered"
	// AccountForeignSender means that the BA answered a file under the account's Supplier-ID that Stellwerk did not send.
	AccountForeignSender Kind = "account.foreign_sender"
	// AccountDeletionsApproved means that a person let deletions go that were held.
	AccountDeletionsApproved Kind = "account.deletions_approved"
	// AccountTakenOver means that ads came over from another system.
	AccountTakenOver Kind = "account.taken_over"
	// AccountWithdrawalConfirmed means that a person said that ads under another partner's prefix are withdrawn.
	AccountWithdrawalConfirmed Kind = "account.withdrawal_confirmed"
	// AccountOrganisationCreated and what follows of hiring organisations happens to their account; the particulars name them.
	AccountOrganisationCreated Kind = "account.organisation_created"
	AccountOrganisationChanged Kind = "account.organisation_changed"
	// AccountBetreutNoted means that a hiring organisation was noted as looked after by the BA.
	AccountBetreutNoted Kind = "account.betreut_noted"
	OnboardingStepNoted Kind = "onboarding.step_noted"
	CertificateStored   Kind = "certificate.stored"
	CertificateActive   Kind = "certificate.active"
	CertificateRevoked  Kind = "certificate.revoked"
	PostingSaved        Kind = "posting.saved"
	PostingSent         Kind = "posting.sent"
	PostingLive         Kind = "posting.live"
	PostingRefused      Kind = "posting.refused"
	PostingEnded        Kind = "posting.ended"
	PostingRemoved      Kind = "posting.removed"
	PostingLocked       Kind = "posting.locked"
	// PostingChangedByBA means that an update was refused because the BA's staff changed the ad.
	PostingChangedByBA Kind = "posting.changed_by_ba"
	// PostingReferenceSpent means that the BA had used the ad's reference before, so that it goes under a new one.
	PostingReferenceSpent Kind = "posting.reference_spent"
	// PostingTakenOver means that an ad which another system published became the posting's.
	PostingTakenOver   Kind = "posting.taken_over"
	TransferRejected   Kind = "transfer.rejected"
	TransferUnclear    Kind = "transfer.unclear"
	TransferUnanswered Kind = "transfer.unanswered"
	TransferAbandoned  Kind = "transfer.abandoned"
	// NotificationGivenUp means that a mail could not be sent for days.
	NotificationGivenUp Kind = "notification.given_up"
	TenantSuspended     Kind = "tenant.suspended"
	// TenantReopened means that a suspended or closed tenant works again.
	TenantReopened Kind = "tenant.reopened"
	TenantClosed   Kind = "tenant.closed"
)

// Kinds lists all kinds, for documentation and tests.
func Kinds() []Kind {
	return []Kind{
		AccountCreated, AccountChanged, AccountActivated, AccountDeactivated, AccountTrouble, AccountRecovered, AccountForeignSender,
		AccountDeletionsApproved, AccountTakenOver, AccountWithdrawalConfirmed,
		AccountOrganisationCreated, AccountOrganisationChanged, AccountBetreutNoted,
		OnboardingStepNoted,
		CertificateStored, CertificateActive, CertificateRevoked,
		PostingSaved, PostingSent, PostingLive, PostingRefused, PostingEnded, PostingRemoved, PostingLocked, PostingChangedByBA,
		PostingReferenceSpent, PostingTakenOver,
		TransferRejected, TransferUnclear, TransferUnanswered, TransferAbandoned,
		NotificationGivenUp,
		TenantSuspended, TenantReopened, TenantClosed,
	}
}

// Event is one thing that happened.
type Event struct {
	ID       uuid.UUID
	TenantID uuid.UUID
	At       time.Time
	Kind     Kind
	// SubjectID is the account, certificate, posting, transfer, mail or tenant that it happened to.
	SubjectID uuid.UUID
	// Caller is the name of who caused it; "stellwerk" when nobody asked.
	Caller string
	// Data are the particulars, never a secret.
	Data json.RawMessage `gorm:"type:jsonb"`
}

// Append records an event in the transaction that makes it true. The caller is taken from the transaction's context.
func Append(tx database.Tx, at time.Time, kind Kind, subject uuid.UUID, data map[string]any) error {
	if data == nil {
		data = map[string]any{}
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("write event %s: %w", kind, err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("draw an event id: %w", err)
	}
	row := Event{
		ID: id, TenantID: tx.Tenant, At: at, Kind: kind, SubjectID: subject,
		Caller: scope.CallerOf(tx.Statement.Context).Name, Data: raw,
	}
	if err := save(tx, row); err != nil {
		return fmt.Errorf("save event %s: %w", kind, err)
	}
	return nil
}

// save writes the event, and what the feed orders it by.
func save(tx database.Tx, e Event) error {
	return tx.Exec(`
		WITH saved AS (
			INSERT INTO events (id, tenant_id, at, kind, subject_id, caller, data) VALUES (?, ?, ?, ?, ?, ?, ?)
			RETURNING id, tenant_id, at, kind, subject_id)
		INSERT INTO event_feed (event_id, tenant_id, at, kind, subject_id) SELECT id, tenant_id, at, kind, subject_id FROM saved`,
		e.ID, e.TenantID, e.At, e.Kind, e.SubjectID, e.Caller, string(e.Data)).Error
}

// historyLimit bounds how much of a history is shown at once.
const historyLimit = 200

// History returns the newest events of one subject, newest first, at most 200.
func History(ctx context.Context, db *database.DB, subject uuid.UUID) ([]Event, error) {
	var found []Event
	err := db.InTx(ctx, func(tx database.Tx) error {
		return tx.Of(&Event{}).Where("subject_id = ?", subject).Order("id DESC").Limit(historyLimit).Find(&found).Error
	})
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return found, nil
}
