package notice

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

func TestSettingsThatNobodyCanUseAreRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	settings := NewSettings(o.DB, o.Clock.Now)
	for name, tt := range map[string]struct {
		in      Input
		pointer string
	}{
		"nobody is named":     {Input{Mode: Daily, Language: text.German}, "/emails"},
		"with a name":         {Input{Emails: []string{"a@b.example", "Frau A <a@b.example>"}, Mode: Daily}, "/emails/1"},
		"two in one":          {Input{Emails: []string{"a@b.example,c@d.example"}, Mode: Daily}, "/emails/0"},
		"a header in it":      {Input{Emails: []string{"a@b.example\r\nBcc: c@d.example"}, Mode: Daily}, "/emails/0"},
		"no address at all":   {Input{Emails: []string{"muster"}, Mode: None}, "/emails/0"},
		"an umlaut in domain": {Input{Emails: []string{"a@müster.example"}, Mode: Daily}, "/emails/0"},
	} {
		_, err := settings.Put(o.ctx, tt.in)

		found, ok := errors.AsType[*fault.Error](err)
		if !ok || len(found.Parts) != 1 || found.Parts[0].Pointer != tt.pointer {
			t.Errorf("%s: %v", name, err)
		}
	}
	if kept, err := settings.Get(o.ctx); err != nil || kept.Mode != None || len(kept.Emails) != 0 {
		t.Errorf("kept is %+v, %v", kept, err)
	}
	if err := settings.RemoveOf(o.ctx, uuid.New(), uuid.New()); !fault.Has(err, fault.Missing) {
		t.Errorf("an unknown organisation: %v", err)
	}
}

func TestSettingsSavedAtTheSameTimeAreSavedOneAfterAnother(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	settings := NewSettings(o.DB, o.Clock.Now)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := settings.Put(o.ctx, Input{Emails: []string{"jobs@muster-pflege.example"}, Mode: Daily, Language: text.German}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()

	if kept, err := settings.Get(o.ctx); err != nil || kept.Mode != Daily {
		t.Errorf("kept is %+v, %v", kept, err)
	}
}
