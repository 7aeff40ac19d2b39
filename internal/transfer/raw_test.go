package transfer

import (
	"bytes"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

func TestFilesAndAnswersCanBeReadAsTheyWere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.live()
	transfer := w.transfers()[0]
	ledger := NewLedger(w.DB)

	file, err := ledger.File(w.ctx, transfer.ID)
	check(t, err)
	answers, err := ledger.Answers(w.ctx, transfer.ID)
	check(t, err)

	if digest := sha256.Sum256(file.Content); file.Name != transfer.FileName || !bytes.Equal(digest[:], transfer.FileDigest) {
		t.Errorf("the file %s is not the one that was sent as %s", file.Name, transfer.FileName)
	}
	if len(answers) != 1 || !answers[0].Kept {
		t.Fatalf("answers %+v", answers)
	}
	answer, err := ledger.Answer(w.ctx, transfer.ID, answers[0].Digest)
	check(t, err)
	if digest := sha256.Sum256(answer.Content); answer.Name != answers[0].Name || len(answer.Content) != answers[0].Size || !bytes.Equal(digest[:], answers[0].Digest) {
		t.Errorf("the answer %s has %d bytes, and is not %+v", answer.Name, len(answer.Content), answers[0])
	}
}

func TestFilesAndAnswersAreNobodyElses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.live()
	transfer, ledger := w.transfers()[0], NewLedger(w.DB)
	answers, err := ledger.Answers(w.ctx, transfer.ID)
	check(t, err)
	_, foreign := w.Tenant(t, "Bau AG")

	_, fileErr := ledger.File(foreign, transfer.ID)
	_, listErr := ledger.Answers(foreign, transfer.ID)
	_, answerErr := ledger.Answer(foreign, transfer.ID, answers[0].Digest)
	_, unknownErr := ledger.Answer(w.ctx, transfer.ID, make([]byte, sha256.Size))
	_, noneErr := ledger.Answers(w.ctx, uuid.New())

	for what, err := range map[string]error{
		"the file": fileErr, "the list": listErr, "the answer": answerErr, "an answer that is not there": unknownErr, "a transfer that is not there": noneErr,
	} {
		if !fault.Has(err, fault.Missing) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestOldFilesAreDroppedAndWhatTheyDidStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.live()
	w.Clock.Add(time.Hour)
	kept := w.publish()
	w.advance() // sent, and not answered yet: a file that is not decided is never dropped
	ledger := NewLedger(w.DB)
	before := w.transfers()
	keeping := Keeping{Ledger: ledger, Tenants: w.directory, For: 90 * 24 * time.Hour, Now: w.Clock.Now}
	drop := &dropRawWorker{Keeping: keeping}

	check(t, drop.Work(t.Context(), nil))
	_, early := ledger.File(w.ctx, before[0].ID)
	w.Clock.Add(91 * 24 * time.Hour)
	check(t, drop.Work(t.Context(), nil))

	check(t, early)
	if _, err := ledger.File(w.ctx, before[0].ID); !fault.Has(err, RawDropped) {
		t.Errorf("the old file: %v", err)
	}
	if _, err := ledger.File(w.ctx, before[1].ID); err != nil {
		t.Errorf("the file with %s, which is not answered: %v", kept, err)
	}
	answers, err := ledger.Answers(w.ctx, before[0].ID)
	check(t, err)
	if len(answers) != 1 || answers[0].Kept || answers[0].Size == 0 {
		t.Fatalf("the old answers: %+v", answers)
	}
	if _, err := ledger.Answer(w.ctx, before[0].ID, answers[0].Digest); !fault.Has(err, RawDropped) {
		t.Errorf("the old answer: %v", err)
	}
	after, items, err := ledger.Get(w.ctx, before[0].ID)
	check(t, err)
	if !bytes.Equal(after.FileDigest, before[0].FileDigest) || after.FileSize != before[0].FileSize || after.State != Settled || items[0].Result != Accepted {
		t.Errorf("the old transfer: %+v", after)
	}
}

func TestDroppingTakesAsManyTurnsAsItNeeds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.live()
	transfer := w.transfers()[0]
	many := make([]feedbackFile, 2*dropAtOnce+1)
	for i := range many {
		digest := sha256.Sum256([]byte{byte(i), byte(i >> 8)})
		many[i] = feedbackFile{TenantID: w.tenant, TransferID: transfer.ID, Name: transfer.FileName, Digest: digest[:], Content: packed("x"), Size: 1, ReadAt: w.Clock.Now()}
	}
	check(t, w.DB.InTx(w.ctx, func(tx database.Tx) error { return tx.Create(&many).Error }))

	err := NewLedger(w.DB).DropRaw(t.Context(), w.directory, w.Clock.Now().Add(time.Second))

	check(t, err)
	answers, err := NewLedger(w.DB).Answers(w.ctx, transfer.ID)
	check(t, err)
	for _, answer := range answers {
		if answer.Kept {
			t.Fatalf("%s of %d answers is kept", answer.Name, len(answers))
		}
	}
}
