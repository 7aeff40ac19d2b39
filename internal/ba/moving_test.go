package ba_test

import (
	"crypto/x509"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/basim"
)

func TestASimulatorThatIsGoneRefusesConnections(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	session := d.plain()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}

	if _, err := session.List(t.Context()); ba.ClassOf(err) != ba.ClassConnectionRefused {
		t.Errorf("got %v", err)
	}
}

func TestADirectoryThatMovesIsFoundAgain(t *testing.T) {
	t.Parallel()
	for answer, name := range map[basim.UnprefixedAnswer]string{
		basim.UnprefixedForbidden: "403", basim.UnprefixedNotFound: "404", basim.UnprefixedForeign: "another partner's files",
	} {
		for call, do := range map[string]func(*desk, *ba.Session, string) error{
			"probe": func(d *desk, s *ba.Session, _ string) error { _, err := s.Probe(d.t.Context()); return err },
			"list":  func(d *desk, s *ba.Session, _ string) error { _, err := s.List(d.t.Context()); return err },
			"download": func(d *desk, s *ba.Session, feedback string) error {
				_, err := s.Download(d.t.Context(), feedback, ba.MaxFile)
				return err
			},
		} {
			t.Run(call+" meets "+name, func(t *testing.T) {
				t.Parallel()
				d := newDesk(t)
				session := d.plain()
				upload, feedback := d.nextName()
				if _, err := session.Upload(t.Context(), upload, []byte("<a/>")); err != nil {
					t.Fatal(err)
				}
				d.shareAddress(answer)

				err := do(d, session, feedback)

				if err != nil || session.PathMode() != ba.PathPrefixed {
					t.Errorf("got %v in mode %s", err, session.PathMode())
				}
			})
		}
	}
}

func TestAnUploadFindsADirectoryThatMoved(t *testing.T) {
	t.Parallel()
	for _, answer := range []basim.UnprefixedAnswer{basim.UnprefixedForbidden, basim.UnprefixedNotFound} {
		d := newDesk(t)
		session := d.plain()
		d.shareAddress(answer)
		upload, _ := d.nextName()

		receipt, err := session.Upload(t.Context(), upload, []byte("<a/>"))

		if err != nil || receipt.Outcome != ba.Taken || session.PathMode() != ba.PathPrefixed {
			t.Errorf("%q: got %v, %v in mode %s", answer, receipt.Outcome, err, session.PathMode())
		}
	}
}

// shareAddress adds a partner with a file of its own and the same e-mail address, so that the employer needs the prefix.
func (d *desk) shareAddress(answer basim.UnprefixedAnswer) {
	d.t.Helper()
	const other = "V000000100"
	creds := d.issue(basim.IssueRequest{PartnerID: other, Alliance: "99002"})
	client, err := ba.New(ba.Options{BaseURL: d.URL()})
	if err != nil {
		d.t.Fatal(err)
	}
	session, err := client.Session(ba.Identity{
		PartnerID: other, Certificate: creds.Certificate, Authorities: []*x509.Certificate{d.CA()}, PathMode: ba.PathPlain,
	})
	if err != nil {
		d.t.Fatal(err)
	}
	defer session.Close()
	if _, err := session.Upload(d.t.Context(), "DS"+other+"_2026-11-24_09-30-00.xml", []byte("<a/>")); err != nil {
		d.t.Fatal(err)
	}
	if err := d.ChangePartner(partner, func(p *basim.Partner) { p.PrefixRequired = true }); err != nil {
		d.t.Fatal(err)
	}
	d.SetSettings(basim.Settings{Unprefixed: answer})
}
