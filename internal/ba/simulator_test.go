package ba_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"maps"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// told is what the client says about three calls.
type told struct {
	outcome                ba.Outcome
	upload, list, download ba.Class
}

// suffer lets the client upload, list and download, each over a new connection and after prepare. A call that would wait is broken off by its
// deadline as soon as request number slowAt has been sent.
func (d *desk) suffer(prepare func(), slowAt int32) told {
	d.t.Helper()
	name, feedback := d.nextName()
	if _, err := d.plain().Upload(d.t.Context(), name, []byte("<a/>")); err != nil {
		d.t.Fatal(err)
	}
	upload, _ := d.nextName()
	prepare()
	receipt, uploadErr := d.plain().Upload(endsAfter(d.t.Context(), slowAt), upload, []byte("<a/>"))
	prepare()
	_, listErr := d.plain().List(d.t.Context())
	prepare()
	_, downloadErr := d.plain().Download(d.t.Context(), feedback, 1<<20)
	d.SetFaults(basim.Faults{})
	return told{receipt.Outcome, ba.ClassOf(uploadErr), ba.ClassOf(listErr), ba.ClassOf(downloadErr)}
}

// endsAfter returns a context whose deadline passes when its request number n has been sent; for 0 it never does.
func endsAfter(ctx context.Context, n int32) context.Context {
	var sent atomic.Int32
	ended := &endedByHand{Context: ctx, done: make(chan struct{}), cause: context.DeadlineExceeded}
	return httptrace.WithClientTrace(ended, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) {
		if sent.Add(1) == n {
			close(ended.done)
		}
	}})
}

func TestEveryFaultOfTheSimulatorHasItsClass(t *testing.T) {
	t.Parallel()
	fine := told{outcome: ba.Taken}
	everywhere := func(class ba.Class) told { return told{ba.NotSent, class, class, class} }
	wants := map[string]told{
		"cut_before_storing": {ba.Unclear, ba.ClassConnectionCut, "", ""},
		"cut_after_storing":  {ba.Unclear, ba.ClassConnectionCut, "", ""},
		"server_error":       {ba.Unclear, ba.ClassHTTP5xx, "", ""},
		"unavailable":        {ba.Unclear, ba.ClassHTTP5xx, "", ""},
		"error_page":         {ba.Refused, ba.ClassErrorPage, "", ""},
		"garbage_page":       {ba.Unclear, ba.ClassGarbage, "", ""},
		"slow_answer":        {ba.Unclear, ba.ClassTimeoutAfterBody, "", ""},
		"slow_form":          {ba.NotSent, ba.ClassTimeoutBeforeBody, "", ""},
		"form_elsewhere":     {ba.NotSent, ba.ClassElsewhere, "", ""},
		"links_elsewhere":    fine, // its links are left out, see below
		"cut_connections":    everywhere(ba.ClassConnectionCut),
		"cut_reads":          everywhere(ba.ClassConnectionCut),
		"half_reads":         everywhere(ba.ClassConnectionCut),
		"failed_reads":       everywhere(ba.ClassHTTP5xx),
		// A listing that is forbidden in one path mode is looked for in the other.
		"forbidden_reads":    {ba.NotSent, ba.ClassHTTP4xx, "", ba.ClassHTTP4xx},
		"huge_reads":         everywhere(ba.ClassTooLarge),
		"moved_reads":        everywhere(ba.ClassElsewhere),
		"garbage_reads":      {ba.NotSent, ba.ClassGarbage, ba.ClassGarbage, ""}, // a download is bytes, whatever they say
		"no_feedback":        fine,
		"late_feedback":      fine,
		"duplicate_feedback": fine,
		"half_feedback":      fine,
		"garbled_feedback":   fine,
	}
	slowAt := map[string]int32{"slow_form": 1, "slow_answer": 2}
	if names := faultNames(t); !slices.Equal(names, slices.Sorted(maps.Keys(wants))) {
		t.Fatalf("the simulator has the faults %v", names)
	}
	for name, want := range wants {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			faults := basim.Faults{Slow: basim.Duration(time.Hour)}
			if err := json.Unmarshal([]byte(`{"`+name+`": 1}`), &faults); err != nil {
				t.Fatal(err)
			}

			got := d.suffer(func() { d.SetFaults(faults) }, slowAt[name])

			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// faultNames are the faults that can be ordered, as the control port calls them.
func faultNames(t *testing.T) []string {
	t.Helper()
	raw, err := json.Marshal(basim.Faults{})
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	delete(fields, "slow")
	delete(fields, "late")
	return slices.Sorted(maps.Keys(fields))
}

func TestSpoiledFeedbackIsSeenAsWhatItIs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		faults            basim.Faults
		files, unreadable int
	}{
		"spared":    {basim.Faults{}, 1, 0},
		"none":      {basim.Faults{NoFeedback: 1}, 0, 0},
		"late":      {basim.Faults{LateFeedback: 1}, 0, 0},
		"duplicate": {basim.Faults{DuplicateFeedback: 1}, 2, 0},
		"half":      {basim.Faults{HalfFeedback: 1}, 1, 1},
		"garbled":   {basim.Faults{GarbledFeedback: 1}, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.SetFaults(test.faults)
			session := d.plain()
			upload, _ := d.nextName()
			if _, err := session.Upload(t.Context(), upload, []byte("<a/>")); err != nil {
				t.Fatal(err)
			}

			entries, err := session.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			unreadable := 0
			for _, entry := range entries {
				content, err := session.Download(t.Context(), entry.Name, ba.MaxFile)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := hrbaxml.ReadFeedback(content); err != nil {
					unreadable++
				}
			}

			if len(entries) != test.files || unreadable != test.unreadable {
				t.Errorf("%d files, %d of them unreadable", len(entries), unreadable)
			}
		})
	}
}

func TestLinksThatLeadElsewhereAreNotFollowed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	session := d.plain()
	// The simulator bends links in eight ways.
	var files []string
	for range 8 {
		upload, feedback := d.nextName()
		files = append(files, feedback)
		if _, err := session.Upload(t.Context(), upload, []byte("<a/>")); err != nil {
			t.Fatal(err)
		}
	}

	d.SetFaults(basim.Faults{LinksElsewhere: 1})
	bent, bentErr := session.List(t.Context())
	straight, err := session.List(t.Context())

	if bentErr != nil || len(bent) != 0 {
		t.Errorf("links that lead elsewhere: %v, %v", bent, bentErr)
	}
	var names []string
	for _, entry := range straight {
		names = append(names, entry.Name)
	}
	if err != nil || !slices.Equal(names, files) {
		t.Errorf("the same listing with its own links: %v, %v", names, err)
	}
}

func TestTheHandshakesOfTheSimulatorHaveTheirClass(t *testing.T) {
	t.Parallel()
	perDirectory := basim.Settings{ClientCertificate: basim.ClientCertificatePerDirectory}
	const good, expired, revoked, foreign = "good", "expired", "revoked", "foreign"
	for name, test := range map[string]struct {
		settings    basim.Settings
		certificate string
		maxTLS      uint16
		class       ba.Class
	}{
		"good":                        {basim.Settings{}, good, 0, ""},
		"good over TLS 1.2":           {basim.Settings{}, good, tls.VersionTLS12, ""},
		"employer's is expired":       {basim.Settings{}, expired, 0, ba.ClassCertificateExpired},
		"employer's is revoked":       {basim.Settings{}, revoked, 0, ba.ClassCertificateRefused},
		"employer's is a stranger's":  {basim.Settings{}, foreign, 0, ba.ClassCertificateRefused},
		"server's is expired":         {basim.Settings{ServerCertificate: basim.ServerCertificateExpired}, good, 0, ba.ClassServerCertificate},
		"server's has another name":   {basim.Settings{ServerCertificate: basim.ServerCertificateName}, good, 0, ba.ClassServerCertificate},
		"server's is a stranger's":    {basim.Settings{ServerCertificate: basim.ServerCertificateForeign}, good, 0, ba.ClassServerCertificate},
		"no common version":           {basim.Settings{MinTLS: "1.3"}, good, tls.VersionTLS12, ba.ClassTLS},
		"renegotiation":               {perDirectory, good, tls.VersionTLS12, ""},
		"post-handshake":              {perDirectory, good, 0, ba.ClassHTTP4xx},
		"renegotiation, expired":      {perDirectory, expired, tls.VersionTLS12, ba.ClassCertificateExpired},
		"renegotiation, revoked":      {perDirectory, revoked, tls.VersionTLS12, ba.ClassCertificateRevoked},
		"renegotiation, a stranger's": {perDirectory, foreign, tls.VersionTLS12, ba.ClassCertificateRefused},
		"renegotiation, server's is expired": {
			basim.Settings{ClientCertificate: basim.ClientCertificatePerDirectory, ServerCertificate: basim.ServerCertificateExpired},
			good, tls.VersionTLS12, ba.ClassServerCertificate,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			creds := d.creds
			switch test.certificate {
			case expired:
				creds = d.issue(basim.IssueRequest{PartnerID: partner, NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().Add(-time.Hour)})
			case revoked:
				if err := d.ChangePartner(partner, func(p *basim.Partner) { p.Certificates[0].Revoked = true }); err != nil {
					t.Fatal(err)
				}
			case foreign:
				creds = newDesk(t).creds
			}
			d.SetSettings(test.settings)
			upload, _ := d.nextName()

			receipt, err := d.session(creds, test.maxTLS, ba.PathPlain).Upload(t.Context(), upload, []byte("<a/>"))

			wantOutcome := ba.NotSent
			if test.class == "" {
				wantOutcome = ba.Taken
			}
			if receipt.Outcome != wantOutcome || ba.ClassOf(err) != test.class {
				t.Errorf("got %v, %v; want %v, %q", receipt.Outcome, err, wantOutcome, test.class)
			}
		})
	}
}

func TestALargeFileGoesThroughARenegotiatedConnection(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.SetSettings(basim.Settings{ClientCertificate: basim.ClientCertificatePerDirectory})
	upload, _ := d.nextName()
	file := "<a>" + strings.Repeat(" ", 300<<10) + "</a>"

	receipt, err := d.session(d.creds, tls.VersionTLS12, ba.PathPlain).Upload(t.Context(), upload, []byte(file))

	if err != nil || receipt.Outcome != ba.Taken {
		t.Fatalf("got %v, %v", receipt.Outcome, err)
	}
	if uploads := d.Uploads(); len(uploads) != 1 || string(uploads[0].Body) != file {
		t.Errorf("the BA has something else")
	}
}

func TestTheClientTakesWhatTheBAMayChange(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settings basim.Settings
		outcome  ba.Outcome
		class    ba.Class
	}{
		"another form":          {basim.Settings{FormAction: "annahme.php?neu=1", FormField: "datei"}, ba.Taken, ""},
		"an absolute action":    {basim.Settings{FormAction: "/in/upload.php"}, ba.Taken, ""},
		"pages in Latin-1":      {basim.Settings{Latin1: true}, ba.Taken, ""},
		"pages without charset": {basim.Settings{Latin1: true, NoCharset: true}, ba.Taken, ""},
		"ERROR with 200":        {basim.Settings{MaxBytes: 1}, ba.Refused, ba.ClassErrorPage},
		"ERROR with 400":        {basim.Settings{MaxBytes: 1, ErrorStatus: 400}, ba.Refused, ba.ClassErrorPage},
		"ERROR with 500":        {basim.Settings{MaxBytes: 1, ErrorStatus: 500}, ba.Unclear, ba.ClassHTTP5xx},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.SetSettings(test.settings)
			upload, _ := d.nextName()

			receipt, err := d.plain().Upload(t.Context(), upload, []byte("<a/>"))

			if receipt.Outcome != test.outcome || ba.ClassOf(err) != test.class {
				t.Errorf("got %v, %v; want %v, %q", receipt.Outcome, err, test.outcome, test.class)
			}
		})
	}
}

func TestADeletionThatTheBARefuses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	session := d.plain()
	upload, feedback := d.nextName()
	if _, err := session.Upload(t.Context(), upload, []byte("<a/>")); err != nil {
		t.Fatal(err)
	}

	d.SetSettings(basim.Settings{RefuseDelete: true})
	refused := session.Delete(t.Context(), feedback)
	d.SetSettings(basim.Settings{})
	deleted := session.Delete(t.Context(), feedback)

	if ba.ClassOf(refused) != ba.ClassHTTP4xx || deleted != nil || len(d.Files(partner)) != 0 {
		t.Errorf("refused %v, then %v with %d files", refused, deleted, len(d.Files(partner)))
	}
}
