package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	contract "github.com/stellwerk-hr/stellwerk/client"
	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// served is serve as a process of its own, and an operator's token for it.
type served struct{ url, token, figures string }

func newServed(t *testing.T, more ...string) served {
	t.Helper()
	environ := append(configuration(t, testhouse.New(t).URLs.AppURL), "STELLWERK_METRICS_LISTEN=127.0.0.1:0")
	environ = append(environ, more...)
	token := stellwerkRun(t, environ, "token", "create")
	serve := observe(newRun(t, environ, "serve"))
	t.Cleanup(func() {
		if code := serve.signal(syscall.SIGTERM); code != cli.ExitOK {
			t.Errorf("serve ended with %d:\n%s", code, &serve.said)
		}
	})
	address := func(line string) string {
		var said struct{ Address string }
		if err := json.Unmarshal([]byte(line), &said); err != nil {
			t.Fatal(err)
		}
		return "http://" + said.Address
	}
	s := served{token: strings.TrimSpace(token.out)}
	// The two begin at once, in any order.
	for range 2 {
		if line := serve.until(`"address"`); strings.Contains(line, `"serving"`) {
			s.url = address(line)
		} else {
			s.figures = address(line)
		}
	}
	serve.readAside()
	return s
}

// TestTheFrontendsMainPath plays the main path with a client in TypeScript, whose types come from the contract. It needs npm and its
// registry, so it belongs to the long tests.
func TestTheFrontendsMainPath(t *testing.T) {
	t.Parallel()
	if os.Getenv("STELLWERK_TEST_LONG") == "" {
		return
	}
	s := newServed(t)
	web, err := filepath.Abs("../../internal/web")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range [][]string{
		{"./install.sh"}, {"npm", "run", "--silent", "check"}, {"node", "../../.cache/web/client/main-path.js", s.url, s.token},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		command := exec.CommandContext(ctx, step[0], step[1:]...)
		command.Dir = web
		said, err := command.CombinedOutput()
		cancel()
		if err != nil {
			t.Fatalf("%s: %v\n%s", step[0], err, said)
		}
	}
}

// partner is a client with a token.
func partner(t *testing.T, url, token string) *contract.ClientWithResponses {
	t.Helper()
	made, err := contract.NewClientWithResponses(url, contract.WithHTTPClient(&http.Client{Timeout: patience}),
		contract.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+token)
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// partnersAd is what recruiting software pushes.
func partnersAd(title string, publish bool) contract.PostingInput {
	return contract.PostingInput{Publish: publish, Content: contract.PostingContent{
		EmploymentType: "skilled_worker", Occupation: contract.Occupation{ID: 134833}, Title: title,
		Description: "Sie pflegen und begleiten unsere Bewohnerinnen und Bewohner in einem festen Wohnbereich.",
		Places:      []contract.Place{{Country: "DE", PostalCode: new("90402"), Town: new("Nürnberg"), Region: new(contract.Region("DE-BY"))}},
		Openings:    1, Start: "immediately", SocialInsurance: new(true), Apply: contract.Apply{Ways: []contract.ApplyWay{"email"}},
		Contact: &contract.Contact{
			Company: new("Muster Pflege gGmbH"), Salutation: new(contract.Salutation("ms")), FamilyName: new("Beispiel"), Email: new("jobs@muster-pflege.example"),
		},
	}}
}

// customer lets the operator set a tenant up, and returns it with a token for its software.
func (s served) customer(t *testing.T) (owner uuid.UUID, token string) {
	t.Helper()
	ctx := t.Context()
	operator := partner(t, s.url, s.token)
	tenant, err := operator.CreateTenantWithResponse(ctx, nil, contract.TenantCreate{Name: "Muster Pflege gGmbH"})
	if err != nil || tenant.JSON201 == nil {
		t.Fatalf("%v: %s", err, tenant.Body)
	}
	owner = tenant.JSON201.ID
	account, err := operator.CreateAccountWithResponse(ctx, owner, nil, contract.AccountInput{Name: "Muster Pflege gGmbH"})
	if err != nil || account.JSON201 == nil {
		t.Fatalf("%v: %s", err, account.Body)
	}
	branch, err := operator.CreateHiringOrganisationWithResponse(ctx, owner, account.JSON201.ID, nil, contract.HiringOrganisationInput{
		Name: "Muster Pflege gGmbH", Town: "Nürnberg", Kundennummer: "A123A12345",
	})
	if err != nil || branch.JSON201 == nil {
		t.Fatalf("%v: %s", err, branch.Body)
	}
	made, err := operator.CreateTokenWithResponse(ctx, owner, nil, contract.TokenCreate{Name: "ATS", Scopes: []string{"postings:read", "postings:write"}})
	if err != nil || made.JSON201 == nil {
		t.Fatalf("%v: %s", err, made.Body)
	}
	return owner, made.JSON201.Token
}

func TestThePartnersPath(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	owner, token := s.customer(t)
	software, ctx := partner(t, s.url, token), t.Context()

	pushed := push(t, software, owner, "REQ-1", partnersAd("Pflegefachkraft (m/w/d)", true), http.StatusCreated)
	push(t, software, owner, "REQ-1", partnersAd("Pflegefachkraft Nachtdienst (m/w/d)", true), http.StatusOK)
	push(t, software, owner, "REQ-2", partnersAd("Stationsleitung (m/w/d)", false), http.StatusCreated)

	long, err := software.PutPostingByExternalIDWithResponse(ctx, owner, "REQ-3", nil, partnersAd(strings.Repeat("x", 80), true))
	if err != nil || long.ApplicationProblemJSON422 == nil || long.ApplicationProblemJSON422.Errors == nil {
		t.Fatalf("an ad that the BA refuses for certain: %v, %s", err, long.Body)
	}
	if pointers := *long.ApplicationProblemJSON422.Errors; !slices.ContainsFunc(pointers, func(p contract.ProblemPart) bool { return p.Pointer == "/content/title" }) {
		t.Errorf("the title is not named: %s", long.Body)
	}
	listed, err := software.ListPostingsWithResponse(ctx, owner, &contract.ListPostingsParams{Change: new(contract.Change("waiting"))})
	if err != nil || listed.JSON200 == nil || len(listed.JSON200.Items) != 1 || listed.JSON200.Items[0].ID != pushed {
		t.Errorf("waiting: %v, %s", err, listed.Body)
	}
	events, err := software.ListPostingEventsWithResponse(ctx, owner, pushed)
	if err != nil || events.JSON200 == nil || len(events.JSON200.Items) == 0 {
		t.Errorf("events: %v, %s", err, events.Body)
	}
	if limit := listed.HTTPResponse.Header.Get("RateLimit"); !strings.Contains(limit, `"token";r=`) {
		t.Errorf("RateLimit %q", limit)
	}
	if figures := read(t, s.figures+"/metrics"); !strings.Contains(figures, `stellwerk_http_request_duration_seconds_count{operation="putPostingByExternalId",status="201"} 2`) {
		t.Errorf("the figures do not count it:\n%s", figures)
	}
}

// push saves an ad under the partner's id and returns the posting's.
func push(t *testing.T, software *contract.ClientWithResponses, owner uuid.UUID, id string, ad contract.PostingInput, want int) uuid.UUID {
	t.Helper()
	var version contract.PutPostingByExternalIDParams
	if there, err := software.GetPostingByExternalIDWithResponse(t.Context(), owner, id, nil); err == nil && there.JSON200 != nil {
		version.IfMatch = new(there.HTTPResponse.Header.Get("ETag"))
	}
	saved, err := software.PutPostingByExternalIDWithResponse(t.Context(), owner, id, &version, ad)
	if err != nil || saved.StatusCode() != want {
		t.Fatalf("%s: %v, %s", id, err, saved.Body)
	}
	if saved.JSON201 != nil {
		return saved.JSON201.ID
	}
	return saved.JSON200.ID
}

func read(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	got, err := (&http.Client{Timeout: patience}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", url, got.StatusCode, err)
	}
	return string(body)
}
