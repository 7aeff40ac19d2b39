package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/cli"
)

func prepareIssue(flags *flag.FlagSet) func(context.Context, cli.Streams) error {
	var req basim.IssueRequest
	dir := flags.String("dir", ".basim", "the simulator's state `directory`")
	flags.StringVar(&req.PartnerID, "supplier", "", "the partner's `id`, such as V000123400 (required)")
	flags.StringVar(&req.Alliance, "alliance", "", "the Allianzpartnernummer, such as 99001 (required for a new partner)")
	flags.StringVar(&req.Name, "name", "", "the partner's `name`")
	orgs := flags.String("kundennummer", "", "the employer's Kundennummer, such as A123A12345; several are comma-separated")
	notBetreut := flags.Bool("not-betreut", false, "mark these Kundennummern as not looked after by the BA: their ads are refused (066)")
	flags.StringVar(&req.PIN, "pin", "", "the `PIN` of the .p12; a renewal has the first one's, a new partner a random one")
	encryption := flags.String("encryption", "legacy", "of the .p12: legacy (RC2-40 and 3DES, as the BA's), 3des or modern (AES)")
	flags.Func("not-before", "first `date` of the certificate, YYYY-MM-DD (default an hour ago)", dateInto(&req.NotBefore))
	flags.Func("not-after", "last `date` of the certificate, YYYY-MM-DD (default a year later)", dateInto(&req.NotAfter))
	out := flags.String("out", "", "the `file` to write (default Zertifikat-<supplier>.p12)")
	return func(ctx context.Context, std cli.Streams) error {
		if req.PartnerID == "" {
			return fmt.Errorf("%w: --supplier is missing", cli.ErrUsage)
		}
		req.Encryption = basim.Encryption(*encryption)
		for number := range strings.SplitSeq(*orgs, ",") {
			if number != "" {
				req.HiringOrgs = append(req.HiringOrgs, basim.HiringOrg{Number: number, Name: req.Name, NotSupervised: *notBetreut})
			}
		}
		if *out == "" {
			*out = "Zertifikat-" + req.PartnerID + ".p12"
		}
		return issue(ctx, *dir, req, *out, std.Out)
	}
}

// dateInto reads a date, as the flags give it, into t.
func dateInto(t *time.Time) func(string) error {
	return func(s string) (err error) {
		*t, err = time.Parse(time.DateOnly, s)
		return err
	}
}

// issue writes the .p12 and prints one JSON line with its PIN. While a simulator serves the directory it is asked; otherwise the
// directory is written, and the next simulator knows the partner.
func issue(ctx context.Context, dir string, req basim.IssueRequest, out string, stdout io.Writer) error {
	creds, err := askRunning(ctx, dir, req)
	if errors.Is(err, errNotServing) {
		creds, err = issueOffline(dir, req)
	}
	if err != nil {
		return err
	}
	if err := os.WriteFile(out, creds.P12, 0o600); err != nil {
		return fmt.Errorf("write .p12: %w", err)
	}
	return json.NewEncoder(stdout).Encode(map[string]string{"partner_id": creds.PartnerID, "pin": creds.PIN, "file": out})
}

// issueOffline issues in a directory that nobody serves.
func issueOffline(dir string, req basim.IssueRequest) (basim.Credentials, error) {
	ba, err := basim.Open(basim.Options{Dir: dir})
	if err != nil {
		return basim.Credentials{}, err
	}
	return ba.Issue(req)
}

// askRunning lets the simulator that serves the directory issue.
func askRunning(ctx context.Context, dir string, req basim.IssueRequest) (basim.Credentials, error) {
	running, err := findRunning(ctx, dir)
	if err != nil {
		return basim.Credentials{}, err
	}
	body, err := json.Marshal(req)
	if err != nil {
		return basim.Credentials{}, fmt.Errorf("encode request: %w", err)
	}
	answer, err := ask(ctx, http.MethodPost, running.Control+"issue", body)
	if err != nil {
		return basim.Credentials{}, fmt.Errorf("let running simulator issue: %w", err)
	}
	var creds basim.Credentials
	if err := json.Unmarshal(answer, &creds); err != nil {
		return basim.Credentials{}, fmt.Errorf("read issued certificate: %w", err)
	}
	return creds, nil
}
