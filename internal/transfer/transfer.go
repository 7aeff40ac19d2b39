// Package transfer brings what a tenant wants and what the BA has together: it plans, writes and sends files, collects the BA's
// answers and settles every ad by them. Desired and confirmed state are kept apart, so whatever is lost on the way is found again by
// the next plan.
package transfer

import (
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// State says how far a transfer is.
type State string

// The states of a transfer. While one is Written, Sending, Sent or Unclear no other file goes out under its Supplier-ID.
const (
	// Written means that file and items are stored and nothing has left.
	Written State = "written"
	// Sending is committed before the first byte leaves.
	Sending State = "sending"
	// Sent means that the BA said it took the file.
	Sent State = "sent"
	// Unclear means that the BA may have taken the file: only its answer, or the lack of one, can tell.
	Unclear State = "unclear"
	// Settled means that the BA's answer was read for every item.
	Settled State = "settled"
	// Rejected means that the BA did not take the file.
	Rejected State = "rejected"
	// Abandoned means that a person gave up waiting for the answer.
	Abandoned State = "abandoned"
)

// inFlight are the states of a transfer that is not decided. It locks the Supplier-ID, unless it was overtaken.
var inFlight = []State{Written, Sending, Sent, Unclear}

// waits says that the BA's answer is looked for.
func (t *Transfer) waits() bool { return t.State == Sent || t.State == Unclear }

// since is when the transfer left, or may have.
func (t *Transfer) since() time.Time {
	switch {
	case t.SentAt != nil:
		return *t.SentAt
	case t.SendingAt != nil:
		return *t.SendingAt
	default:
		return t.WrittenAt
	}
}

// Transfer is one XML file for one BA account.
type Transfer struct {
	ID         uuid.UUID
	TenantID   uuid.UUID
	AccountID  uuid.UUID
	SupplierID string
	// Stamp is the time in the file's name, German wall clock held in UTC; never used twice under a Supplier-ID.
	Stamp    time.Time `gorm:"type:timestamp"`
	FileName string
	// File is the file itself, byte for byte as it is sent; nil once it was not to be kept any longer.
	File packed
	// FileDigest is the SHA-256 of the file, FileSize its size in bytes; both stay.
	FileDigest []byte
	FileSize   int
	Items      int
	State      State
	// OvertakenAt is when the next file went out though this one was not answered.
	OvertakenAt *time.Time
	// WithoutDetails says that the answer was blank, and was believed since it was there at three looks.
	WithoutDetails bool
	// Attempts counts how often sending began, Polls how often the BA's folder was read for the answer.
	Attempts int
	Polls    int
	// Trouble is what went wrong last, nil when nothing did.
	Trouble   *Trouble `gorm:"serializer:json"`
	WrittenAt time.Time
	SendingAt *time.Time
	SentAt    *time.Time
	SettledAt *time.Time
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

// Trouble is a fault as it is kept: its code and arguments, from which the words are made when it is shown.
type Trouble struct {
	Code string     `json:"code"`
	Args fault.Args `json:"args,omitempty"`
	// Warning says that files go nevertheless.
	Warning bool `json:"warning,omitempty"`
}

// Result says what became of an item.
type Result string

// The results of an item.
const (
	Open     Result = "open"
	Accepted Result = "accepted"
	Refused  Result = "refused"
	// NotTaken means that the whole file was not taken.
	NotTaken Result = "not_taken"
)

// Item is one ad's part of a transfer.
type Item struct {
	TenantID   uuid.UUID
	TransferID uuid.UUID
	Position   int
	PostingID  uuid.UUID
	CopyID     uuid.UUID
	Reference  string
	Action     posting.Action
	// Revision is what was sent; nil for a deletion.
	Revision *int
	Mapper   int
	EndsOn   *time.Time `gorm:"type:date"`
	Result   Result
	Answers  []posting.Answer `gorm:"serializer:json"`
}

// TableName is transfer_items.
func (Item) TableName() string { return "transfer_items" }

// CopyState says what the BA has under a reference, as far as its answers say.
type CopyState string

// The states of a copy.
const (
	// CopyNew means that the reference was drawn and the BA never confirmed it.
	CopyNew     CopyState = "new"
	CopyLive    CopyState = "live"
	CopyLocked  CopyState = "locked"
	CopyRemoved CopyState = "removed"
	// CopyGone means that the reference is spent: it is never used again.
	CopyGone CopyState = "gone"
)

// Copy is what is known of the ad that the BA has under one reference.
type Copy struct {
	ID             uuid.UUID
	TenantID       uuid.UUID
	PostingID      uuid.UUID
	AccountID      uuid.UUID
	Reference      string
	Kundennummer   string
	EmploymentType posting.EmploymentType
	State          CopyState
	// ConfirmedRevision and ConfirmedMapper are what the BA confirmed last; nil before that.
	ConfirmedRevision *int
	ConfirmedMapper   *int
	// EndsOn is the last day that the BA was given and confirmed.
	EndsOn *time.Time `gorm:"type:date"`
	// LastModified is the newest time of change that was sent.
	LastModified *time.Time
	FirstSentAt  *time.Time
	ConfirmedAt  *time.Time
	// HoldUntil is when a deletion that the BA refused may be tried again.
	HoldUntil *time.Time
	// RenewAfter is when an update that says nothing new, and that was refused, may be tried again.
	RenewAfter *time.Time
	// Doubt is the insert or deletion of which nobody knows whether the BA took it, since its file was given up; nil for none.
	Doubt *posting.Action
	// RefreshedRevision is the revision that was sent once more because the BA's record was newer (120).
	RefreshedRevision *int
	CreatedAt         time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt         time.Time `gorm:"autoUpdateTime:false"`
}

// feedbackFile is one answer file of the BA, raw.
type feedbackFile struct {
	TenantID   uuid.UUID
	TransferID uuid.UUID
	Name       string
	Digest     []byte
	// Content is nil once it was not to be kept any longer; Size, in bytes, stays.
	Content packed
	Size    int
	// ReadAt is when this content was read first, Seen at how many looks it was.
	ReadAt time.Time
	Seen   int
	// Listed is what the folder's listing said of the file when it was read last; empty where that says too little.
	Listed string
}

// TableName is feedback_files.
func (feedbackFile) TableName() string { return "feedback_files" }
