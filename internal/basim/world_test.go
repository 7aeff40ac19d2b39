package basim

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The employer of most tests.
const (
	employer    = "V000123400"
	alliance    = "99001"
	customer    = "A123A12345"
	otherBranch = "B234B23456"
)

// clock is a time that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a running simulator with one employer and its client.
type world struct {
	*Server
	t      *testing.T
	clock  *clock
	creds  Credentials
	client *http.Client
	sent   int
}

func newWorld(t *testing.T, opts Options) *world {
	t.Helper()
	w := &world{t: t, clock: newClock()}
	opts.Now = w.clock.Now
	server, err := Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	w.Server = server
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	w.creds = w.issue(IssueRequest{
		PartnerID: employer, Alliance: alliance, Name: "Muster Pflege gGmbH",
		HiringOrgs: []HiringOrg{{Number: customer, Name: "Muster Pflege"}, {Number: otherBranch, Name: "Filiale"}},
	})
	w.client = w.clientOf(w.creds)
	return w
}

// issue issues credentials with a quick key; that RSA works is one test's business.
func (w *world) issue(req IssueRequest) Credentials {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Key = key
	creds, err := w.Issue(req)
	if err != nil {
		w.t.Fatal(err)
	}
	return creds
}

// clientOf returns a client that shows the certificate and trusts nothing but the authority in its .p12.
func (w *world) clientOf(creds Credentials) *http.Client {
	roots := x509.NewCertPool()
	roots.AddCert(creds.CA)
	transport := &http.Transport{TLSClientConfig: &tls.Config{
		Certificates: []tls.Certificate{creds.Certificate}, RootCAs: roots, Time: w.clock.Now, MinVersion: tls.VersionTLS12,
	}}
	w.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute}
}

// answered is what came back for a request; err where the connection ended without one.
type answered struct {
	status int
	body   string
	tls    uint16
	err    error
}

// do sends a request to a path below the base URL. Its answer must come.
func (w *world) do(method, path string) (int, string) {
	w.t.Helper()
	a := w.try(method, path)
	if a.err != nil {
		w.t.Fatal(a.err)
	}
	return a.status, a.body
}

// try sends a request that may go unanswered.
func (w *world) try(method, path string) answered {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.URL()+path, http.NoBody)
	if err != nil {
		w.t.Fatal(err)
	}
	return roundTrip(w.client, req)
}

func roundTrip(client *http.Client, req *http.Request) answered {
	resp, err := client.Do(req)
	if err != nil {
		return answered{err: err}
	}
	body, err := io.ReadAll(resp.Body)
	a := answered{status: resp.StatusCode, body: string(body), err: errors.Join(err, resp.Body.Close())}
	if resp.TLS != nil {
		a.tls = resp.TLS.Version
	}
	return a
}

// post uploads a file as a form would.
func (w *world) post(path, part, name, content string) answered {
	w.t.Helper()
	return w.postWhile(w.t.Context(), path, part, name, content)
}

// postWhile uploads a file, and gives up when ctx ends.
func (w *world) postWhile(ctx context.Context, path, part, name, content string) answered {
	w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile(part, name)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := io.WriteString(file, content); err != nil {
		w.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		w.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL()+path, &body)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return roundTrip(w.client, req)
}

// nextName returns a file name that was not used before.
func (w *world) nextName() string {
	w.sent++
	return "DS" + employer + "_" + w.clock.Now().Add(time.Duration(w.sent)*time.Second).Format("2006-01-02_15-04-05") + ".xml"
}

// nextID returns an ad's id that was not used before.
func (w *world) nextID() string {
	w.sent++
	return adID(strconv.Itoa(w.sent))
}

// upload sends a file under a new name, expects the SUCCESS page and returns the name.
func (w *world) upload(content string) string {
	w.t.Helper()
	name := w.nextName()
	a := w.post("in/upload.php", "upload", name, content)
	if a.status != http.StatusOK || !strings.Contains(a.body, "<title>SUCCESS</title>") {
		w.t.Fatalf("upload of %s: %d (%v)\n%s", name, a.status, a.err, a.body)
	}
	return name
}

// send uploads a file, which must be processed at once, and returns the codes of the complaints.
func (w *world) send(content string) []string {
	w.t.Helper()
	w.upload(content)
	uploads := w.Uploads()
	last := uploads[len(uploads)-1]
	if last.State != UploadProcessed {
		w.t.Fatalf("upload is %s", last.State)
	}
	codes := []string{}
	for _, m := range last.Messages {
		codes = append(codes, m.Code)
	}
	return codes
}

// adID makes an ad's id of the employer.
func adID(free string) string { return alliance + "-" + free + "-S" }

// file wraps records into a file of the employer.
func (w *world) file(records ...string) string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<HRBAXMLJobPositionPosting>
  <Header><SupplierId>%s</SupplierId><Timestamp>%s</Timestamp><Amount>%d</Amount><TypeOfLoad>D</TypeOfLoad></Header>
  <Data>%s</Data>
</HRBAXMLJobPositionPosting>`, employer, w.clock.Now().Format(time.RFC3339), len(records), strings.Join(records, ""))
}

func deletion(id string) string { return "<DeleteEntry><EntryId>" + id + "</EntryId></DeleteEntry>" }

// posting writes an ad that the BA accepts, dated now. Changes are pairs of old and new text, applied in their order.
func (w *world) posting(id string, wanted action, changes ...string) string {
	day := func(n int) string { return w.clock.Now().AddDate(0, 0, n).Format("2006-01-02") }
	ad := fmt.Sprintf(`<JobPositionPosting>
<JobPositionPostingId>%s</JobPositionPostingId>
<HiringOrg><HiringOrgName>Muster Pflege gGmbH</HiringOrgName><HiringOrgId>%s</HiringOrgId>
<Contact><FamilyName>Personalabteilung</FamilyName></Contact></HiringOrg>
<PostDetail>
<StartDate>%s</StartDate><EndDate>%s</EndDate><LastModificationDate>%s</LastModificationDate><Status>1</Status><Action>%d</Action>
<SupplierId>%s</SupplierId><SupplierName>Muster Pflege gGmbH</SupplierName>
<PostedBy><Contact><JobContactWebSite>https://jobs.example.org/1</JobContactWebSite></Contact></PostedBy>
</PostDetail>
<JobPositionInformation>
<JobPositionTitle><TitleCode>134833</TitleCode></JobPositionTitle>
<JobPositionTitleDescription>Pflegefachkraft (m/w/d)</JobPositionTitleDescription>
<JobOfferType>36</JobOfferType><SocialInsurance>1</SocialInsurance>
<Objective>Sie pflegen und betreuen die Menschen in unserem Haus &amp; Garten.</Objective>
<EducationAuthorisation>0</EducationAuthorisation>
<JobPositionDescription>
<JobPositionLocation>
<Location><CountryCode>DE</CountryCode><PostalCode>90402</PostalCode><Region>2</Region><Municipality>Nürnberg</Municipality></Location>
</JobPositionLocation>
<Application><KindOfApplication>6</KindOfApplication></Application>
<Classification><Schedule><WorkingPlan>1</WorkingPlan></Schedule></Classification>
</JobPositionDescription>
<NumberToFill>2</NumberToFill><AssignmentStartDate>%s</AssignmentStartDate>
</JobPositionInformation>
</JobPositionPosting>`, id, customer, day(0), day(60), w.clock.Now().Format(time.RFC3339), wanted, employer, day(30))
	for i := 0; i+1 < len(changes); i += 2 {
		if !strings.Contains(ad, changes[i]) {
			w.t.Fatalf("the posting does not contain %q", changes[i])
		}
		ad = strings.Replace(ad, changes[i], changes[i+1], 1)
	}
	return ad
}
