package posting

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// The employer whom the simulator knows.
const (
	employerID       = "V000123400"
	employerAlliance = "99001"
	employerNumber   = "A123A12345"
	employerName     = "Muster Pflege gGmbH"
)

// sendable is an ad that pre-flight passes, in a file of its own for the day on which it would go.
type sendable struct {
	day     calendar.Date
	file    []byte
	content Content
}

// TestWhatPreflightPassesIsTaken draws contents, some of which do not fit together. Each that pre-flight passes must be valid under libxml2,
// pass once more when its file is written, and be accepted by the simulator, which shares no rule with pre-flight.
func TestWhatPreflightPassesIsTaken(t *testing.T) {
	t.Parallel()
	var passed []sendable
	drawn := 0
	rapid.Check(t, func(t *rapid.T) {
		content := drawLikely(t)
		drawn++
		if !isSendable(Check(&content, testDay, hrbaxml.P82(), employerName)) {
			return
		}
		ad, file := fileToSend(t, &content, len(passed))
		if answers := CheckForSending(ad.ad, ad.sending); len(answers) > 0 {
			t.Fatalf("passed when it was saved, and now %+v: %+v", answers, content)
		}
		passed = append(passed, sendable{ad.sending.Envelope.Today, file, content})
	})
	if len(passed)*10 < drawn {
		t.Errorf("only %d of %d contents passed: the test says little", len(passed), drawn)
	}
	files := make([][]byte, len(passed))
	for i := range passed {
		files[i] = passed[i].file
	}
	judgeByLibxml2(t, files)
	sendAll(t, passed)
	t.Logf("%d of %d contents passed", len(passed), drawn)
}

// prepared is an ad that is about to be written.
type prepared struct {
	ad      hrbaxml.Ad
	sending Sending
}

// fileToSend writes a content into a file for the day on which it would go, under a reference of its own.
func fileToSend(t *rapid.T, content *Content, number int) (prepared, []byte) {
	day := sendingDay(content, testDay)
	at := noonOf(day)
	p := prepared{sending: Sending{Alliance: employerAlliance, Envelope: Envelope{
		Release: hrbaxml.P82(), Reference: fmt.Sprintf("%s-%016d-S", employerAlliance, number), Action: Insert, SupplierID: employerID, SupplierName: employerName,
		Kundennummer: employerNumber, Employer: employerName, Modified: at, Today: day,
	}}}
	Encode(&p.ad, content, p.sending.Envelope)
	var file bytes.Buffer
	writer, err := hrbaxml.NewWriter(&file, hrbaxml.P82(), hrbaxml.Header{SupplierID: employerID, Timestamp: at, Amount: 1, Load: hrbaxml.Delta})
	if err == nil {
		err = writer.WriteAd(p.ad)
	}
	if err == nil {
		err = writer.Close()
	}
	if err != nil {
		t.Fatalf("%v: %+v", err, content)
	}
	return p, file.Bytes()
}

func noonOf(day calendar.Date) time.Time { return day.Start(time.UTC).Add(11 * time.Hour) }

// sendAll hands the files in on their days, and complains about every ad that the simulator refuses.
func sendAll(t *testing.T, ads []sendable) {
	t.Helper()
	slices.SortStableFunc(ads, func(a, b sendable) int { return noonOf(a.day).Compare(noonOf(b.day)) })
	clock := noonOf(testDay)
	host, session := newBA(t, func() time.Time { return clock })
	for n, ad := range ads {
		if day := noonOf(ad.day); day.After(clock) {
			clock = day
		}
		name := fmt.Sprintf("DS%s_%s.xml", employerID, clock.Add(time.Duration(n)*time.Second).Format("2006-01-02_15-04-05"))
		if _, err := session.Upload(context.WithoutCancel(t.Context()), name, ad.file); err != nil {
			t.Fatal(err)
		}
		uploads := host.Uploads()
		last := uploads[len(uploads)-1]
		if last.State != basim.UploadProcessed || last.Records != 1 || len(last.Messages) > 0 {
			t.Errorf("the simulator says %+v (%s) of\n%s", last.Messages, last.State, ad.file)
		}
	}
	if live := len(host.Ads()); live != len(ads) && !t.Failed() {
		t.Errorf("the simulator has %d ads of %d", live, len(ads))
	}
}

// newBA starts a simulator that knows the employer, and opens a session with its certificate, which is good for some years.
func newBA(t *testing.T, now func() time.Time) (*basim.Server, *ba.Session) {
	t.Helper()
	host, err := basim.Start(basim.Options{Now: now, Settings: basim.Settings{Release: "P82", CheckAmount: true}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = host.Close() })
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	issued, err := host.Issue(basim.IssueRequest{
		PartnerID: employerID, Alliance: employerAlliance, Key: key, HiringOrgs: []basim.HiringOrg{{Number: employerNumber, Name: employerName}},
		NotBefore: now().AddDate(0, 0, -1), NotAfter: now().AddDate(farAhead+1, 0, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	client, err := ba.New(ba.Options{BaseURL: host.URL()})
	if err != nil {
		t.Fatal(err)
	}
	session, err := client.Session(ba.Identity{
		PartnerID: employerID, Certificate: issued.Certificate, Authorities: []*x509.Certificate{host.CA()}, PathMode: ba.PathPlain,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	return host, session
}
