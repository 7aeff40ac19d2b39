package basim

import (
	"fmt"
	"strings"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
)

// trial is the judgement of one record against what the BA has.
type trial struct {
	record
	partner *Partner
	// supplier is the header's SupplierId.
	supplier string
	// ad is what the BA has, or had, under this id; nil if it never had anything.
	ad       *Ad
	now      time.Time
	today    calendar.Date
	zone     *time.Location
	places   atlas
	settings Settings
	messages []Message
}

// refuse adds a complaint. Several about one record are possible.
func (t *trial) refuse(code, format string, args ...any) {
	t.messages = append(t.messages, Message{Code: code, Reference: t.id, Text: fmt.Sprintf(format, args...)})
}

// judge applies all rules. A delete meets those about accounts and life cycle only: its posting may hold dummies.
func (t *trial) judge() {
	t.judgeAgreement()
	switch t.action {
	case insert:
		t.judgeInsert()
	case update:
		t.judgeUpdate()
	case remove:
		t.judgeRemove()
	}
	if t.action == remove {
		return
	}
	t.judgeID()
	t.judgeHiringOrg()
	t.judgeDates()
	t.judgePlaces()
	t.judgeOffer()
}

// judgeAgreement checks that the partner may deliver, and that the file is the partner's.
func (t *trial) judgeAgreement() {
	if t.partner.NoAgreement {
		t.refuse("FLR_JCValid_168", "Für den Partner %s liegt keine Vereinbarung über Stellenangebote vor.", t.partner.ID)
	}
	suppliers := []string{t.supplier}
	if t.posting != nil {
		suppliers = append(suppliers, t.posting.Get("PostDetail/SupplierId"))
	}
	for _, supplier := range suppliers {
		if supplier != t.partner.ID {
			t.refuse("FLR_JCValid_188", "SupplierId %s passt nicht zum Partner %s im Dateinamen.", supplier, t.partner.ID)
			return
		}
	}
}

// judgeID checks the form <alliance number>-<free>-S.
func (t *trial) judgeID() {
	rest, isOffer := strings.CutSuffix(t.id, "-S")
	if !isOffer {
		t.refuse("FLR_JCValid_087", "Die Kennung %s endet nicht auf -S.", t.id)
	}
	alliance, free, _ := strings.Cut(rest, "-")
	if alliance != t.partner.Alliance {
		t.refuse("FLR_JCValid_086", "Die Kennung %s beginnt nicht mit der Allianzpartnernummer %s.", t.id, t.partner.Alliance)
	}
	if free == "" {
		t.refuse("FLR_JCValid_085", "Der mittlere Teil der Kennung %s ist leer.", t.id)
	}
}

// exists reports whether the BA has the ad now.
func (t *trial) exists() bool { return t.ad != nil && t.ad.State != AdRemoved }

func (t *trial) judgeInsert() {
	switch {
	case t.exists():
		t.refuse("FLR_DataStore_110", "Das Stellenangebot %s existiert bereits und kann nicht neu angelegt werden.", t.id)
	case t.ad != nil && t.partner.isEmployer():
		t.refuse("FLR_JCValid_139", "Die Kennung %s wurde schon einmal verwendet und darf nicht erneut vergeben werden.", t.id)
	}
}

func (t *trial) judgeUpdate() {
	if t.posting.Has("JobPositionInformation/JobPositionDescription/CompensationDescription/InternalCompensation") {
		t.refuse("FLR_JCValid_174", "InternalCompensation ist nur bei der Neuanlage erlaubt.")
	}
	if !t.exists() {
		t.refuse("FLR_DataStore_130", "Das Stellenangebot %s existiert für diesen Partner nicht; keine Änderung.", t.id)
		return
	}
	t.judgeAge()
	t.judgeDeactivatedOrg()
	if t.ad.State == AdLocked {
		t.refuse("FLR_JCValid_062", "Das Stellenangebot %s wurde durch die BA deaktiviert und kann nicht geändert werden.", t.id)
	}
	if t.ad.DeletionPlanned {
		t.refuse("FLR_JCValid_107", "Das Stellenangebot %s ist zur Löschung vorgemerkt und kann nicht geändert werden.", t.id)
	}
	t.judgeUnchanged("FLR_JCValid_175", "JobPositionInformation/JobOfferType", "Die Angebotsart darf sich nicht ändern (bisher %s, neu %s).")
	t.judgeUnchanged("FLR_JCValid_186", "HiringOrg/HiringOrgId", "Die Kundennummer darf sich nicht ändern (bisher %s, neu %s).")
}

// judgeUnchanged refuses an update that changes an element which is fixed once the ad exists. The format takes the old and new text.
func (t *trial) judgeUnchanged(code, path, format string) {
	was, is := t.ad.Content.Get(path), t.posting.Get(path)
	if was != is {
		t.refuse(code, format, was, is)
	}
}

func (t *trial) judgeRemove() {
	if !t.exists() {
		t.refuse("FLR_DataStore_130", "Das Stellenangebot %s existiert für diesen Partner nicht; keine Löschung.", t.id)
		return
	}
	t.judgeDeactivatedOrg()
	if t.posting != nil {
		t.judgeAge()
	}
}

// judgeAge refuses a change that is older than the BA's own record.
func (t *trial) judgeAge() {
	if sent := t.modified(); sent.Before(t.ad.Changed) {
		t.refuse("FLR_DataStore_120", "Der Stand vom %s ist älter als der Stand der BA vom %s.",
			sent.In(t.zone).Format(germanTime), t.ad.Changed.In(t.zone).Format(germanTime))
	}
}

// germanTime is how the complaints write a time.
const germanTime = "02.01.2006 15:04:05"

// judgeDeactivatedOrg refuses changes of ads that hang on an account which the BA closed.
func (t *trial) judgeDeactivatedOrg() {
	org := t.partner.hiringOrg(t.ad.HiringOrg())
	if org != nil && org.Deactivated && !org.NotSupervised {
		t.refuse("FLR_JCValid_049", "Das Arbeitgeberkonto %s wurde durch die BA deaktiviert.", org.Number)
	}
}

// judgeHiringOrg checks the account that the ad hangs on. Employers must name one; boards may.
func (t *trial) judgeHiringOrg() {
	number := t.posting.Get("HiringOrg/HiringOrgId")
	if number == "" {
		if t.partner.isEmployer() {
			t.refuse("FLR_JCValid_066", "Die Kundennummer (HiringOrgId) fehlt; für Arbeitgeber ist sie erforderlich.")
		}
		return
	}
	org := t.partner.hiringOrg(number)
	switch {
	case org == nil:
		t.refuse("FLR_JCValid_187", "Die Kundennummer %s ist nicht bekannt.", number)
	case org.NotSupervised && t.partner.isEmployer():
		t.refuse("FLR_JCValid_066", "Der Arbeitgeber %s wird nicht durch die BA betreut.", number)
	}
}

// modified returns the record's own date; for a delete entry, which has none, the present.
func (t *trial) modified() time.Time {
	if t.posting == nil {
		return t.now
	}
	text := t.posting.Get("PostDetail/LastModificationDate")
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at
	}
	at, err := time.ParseInLocation("2006-01-02T15:04:05", text, t.zone)
	if err != nil {
		return time.Time{}
	}
	return at
}
