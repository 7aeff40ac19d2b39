package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/secret/vaulttest"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// vaultYard is Stellwerk in production's shape, with a real Vault: serve and work are processes that log in to it with a role each, and say all
// that they can.
type vaultYard struct {
	t     *testing.T
	house *testhouse.House
	ba    *simulator
	vault *vaulttest.Server
	// secrets are what may stand nowhere; said is what the API has answered, and traces what the programs have told of their work.
	secrets     testhouse.Planted
	said        *recorder
	traces      *collector
	story       *story
	actor       *actor
	serve, work *watched
}

// recorder keeps the answers to a client, with their headers.
type recorder struct {
	mu   sync.Mutex
	said bytes.Buffer
}

// RoundTrip asks, and keeps what is answered.
func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = answer.Header.Write(&r.said)
	_, _ = r.said.Write(body)
	return answer, nil
}

func newVaultYard(t *testing.T) *vaultYard {
	t.Helper()
	y := &vaultYard{t: t, house: testhouse.New(t), vault: vaulttest.Start(t), secrets: testhouse.Planted{}, said: &recorder{}, traces: newCollector(t)}
	var err error
	if y.ba, err = startSimulator(t.Context(), program(t, "basim")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := y.ba.close(); err != nil {
			t.Error(err)
		}
	})
	serving, working := y.configuration("serve"), y.configuration("work")
	token := stellwerkRun(t, serving, "token", "create")
	y.serve = observe(newRun(t, serving, "serve"))
	_, address, _ := strings.Cut(y.serve.until(`"serving"`), `"address":"`)
	address, _, _ = strings.Cut(address, `"`)
	y.work = observe(newRun(t, working, "work"))
	y.serve.readAside()
	y.work.readAside()
	if y.story, err = newStory(&world{ba: y.ba, url: "http://" + address, token: strings.TrimSpace(token.out)}, io.Discard); err != nil {
		t.Fatal(err)
	}
	y.story.operator.http.Transport = y.said
	y.actor = y.story.cast[1]
	y.actor.PIN = "Gleis-9-geheim-4711"
	y.secrets.Plant("PIN", []byte(y.actor.PIN))
	return y
}

// configuration is what one of the two programs needs, under the policy that is handed out for it.
func (y *vaultYard) configuration(name string) []string {
	y.t.Helper()
	policy, err := os.ReadFile(filepath.Join("..", "..", "docs", "vault", name+".hcl"))
	if err != nil {
		y.t.Fatal(err)
	}
	role := y.vault.NewRole(y.t, name, string(policy), nil)
	y.secrets.Plant(name+"'s secret id", []byte(role.SecretID))
	return append(y.traces.variables(),
		"STELLWERK_DATABASE_URL="+y.house.URLs.AppURL, "STELLWERK_LISTEN=127.0.0.1:0", "STELLWERK_LOG_LEVEL=debug",
		"STELLWERK_SECRETS=vault", "STELLWERK_VAULT_ADDRESS="+y.vault.URL, "STELLWERK_VAULT_CA_FILE="+y.vault.CAFile,
		"STELLWERK_VAULT_MOUNT="+vaulttest.Mount, "STELLWERK_VAULT_ROLE_ID="+role.RoleID,
		"STELLWERK_VAULT_SECRET_ID_FILE="+writeTemp(y.t, "secret-id", role.SecretID), "STELLWERK_VAULT_TIMEOUT=60",
		"STELLWERK_BA_URL="+y.ba.at.URL, "STELLWERK_BA_CA_FILE="+y.ba.at.CAFile, "STELLWERK_BA_PACE=simulator",
	)
}

// plant takes note of what is secret about a certificate.
func (y *vaultYard) plant(name string, file []byte) {
	y.t.Helper()
	key, _, _, err := pkcs12.DecodeChain(file, y.actor.PIN)
	if err != nil {
		y.t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		y.t.Fatal(err)
	}
	y.secrets.Plant(name+" key", der)
	y.secrets.Plant(name+" file", file)
}

// onboard leads the employer to where its account may send, and returns the certificate that was handed in on the way, and a newer one.
func (y *vaultYard) onboard() (first, second []byte) {
	y.t.Helper()
	if err := y.story.onboard(y.t.Context(), y.actor); err != nil {
		y.t.Fatal(err)
	}
	y.actor.software.http.Transport = y.said
	first, err := os.ReadFile(y.ba.path(y.actor.SupplierID + ".p12"))
	if err != nil {
		y.t.Fatal(err)
	}
	if second, err = y.ba.issue(y.t.Context(), y.actor.employer); err != nil {
		y.t.Fatal(err)
	}
	y.plant("first", first)
	y.plant("second", second)
	return first, second
}

// upload uploads a certificate, and expects the code of a problem; none when it is taken.
func (y *vaultYard) upload(file []byte, pin, want string) {
	y.t.Helper()
	err := y.story.operator.upload(y.t.Context(), y.actor.accountPath("/certificates"), file, pin, nil)
	refusal, refused := errors.AsType[*problem](err)
	if want == "" && err != nil || want != "" && (!refused || refusal.Code != want) {
		y.t.Errorf("an upload is answered with %v, want %q", err, want)
	}
}

// shownAccount is what the API shows of an account.
type shownAccount struct {
	Trouble *struct{ Code, Detail string } `json:"trouble"`
}

// awaitTrouble waits until the API shows an account's trouble; an empty code is none.
func (y *vaultYard) awaitTrouble(code string) {
	y.t.Helper()
	ctx, cancel := context.WithTimeout(y.t.Context(), patience)
	defer cancel()
	for {
		var shown shownAccount
		if err := y.story.operator.call(ctx, http.MethodGet, y.actor.accountPath(""), nil, &shown); err != nil {
			y.t.Fatal(err)
		}
		if shown.Trouble != nil && shown.Trouble.Code == code || shown.Trouble == nil && code == "" {
			return
		}
		select {
		case <-ctx.Done():
			y.t.Fatalf("the account never showed %q, but %+v", code, shown.Trouble)
		case <-time.After(lookEvery):
		}
	}
}

// end stops both programs and returns all that they have said.
func (y *vaultYard) end() string {
	y.t.Helper()
	for _, process := range []*watched{y.serve, y.work} {
		if code := process.signal(syscall.SIGTERM); code != cli.ExitOK {
			y.t.Errorf("it ended with %d:\n%s", code, &process.said)
		}
	}
	return y.serve.said.String() + y.work.said.String()
}

// Certificates are handed in, in wrong ways and the right one; Vault is sealed and comes back; an ad goes to the BA. All that the programs say,
// answer, store and leave behind is searched for what is secret about them.
func TestSecretsAreSeenNowhere(t *testing.T) {
	t.Parallel()
	y := newVaultYard(t)
	first, second := y.onboard()
	y.upload(first, y.actor.PIN, "certificate_known")
	y.upload(second, y.actor.PIN+"0", "wrong_pin")
	y.upload(slices.Concat(second[:100], second[101:]), y.actor.PIN, "corrupt")
	y.upload([]byte(y.actor.PIN), y.actor.PIN, "not_p12")
	y.vault.Seal(t)
	y.upload(second, y.actor.PIN, "secret_store_sealed")
	ad := &advert{externalID: "ad-1", content: basicAd(y.actor.employer, "Lagerhelfer", 50939, posting.Helper, "Sie stellen Sendungen zusammen.")}
	if err := y.actor.put(t.Context(), ad); err != nil {
		t.Fatal(err)
	}
	y.awaitTrouble("secret_store_sealed")
	y.vault.Unseal(t)

	if _, err := y.actor.await(t.Context(), ad, "live", "none"); err != nil {
		t.Fatal(err)
	}
	y.awaitTrouble("")
	y.vault.Fail(vaulttest.Broken)
	y.upload(second, y.actor.PIN, "secret_store_failing")
	y.vault.Fail(nil)
	y.upload(second, y.actor.PIN, "")

	said, dump, traces := y.end(), y.house.Dump(t), y.traces.all()
	if !strings.Contains(said, "account cannot go on") || !strings.Contains(dump, "secret_store_sealed") || !strings.Contains(y.said.said.String(), "secret_store_sealed") {
		t.Errorf("the programs were not heard, or the database not seen:\n%s", said)
	}
	for _, want := range []string{"uploadCertificate", `INSERT INTO "certificates"`, `UPDATE "transfers"`} {
		if !strings.Contains(traces, want) {
			t.Errorf("no trace tells of %s", want)
		}
	}
	y.secrets.ExpectNone(t, "what the programs say", said)
	y.secrets.ExpectNone(t, "traces", traces)
	y.secrets.ExpectNone(t, "what the API answers", y.said.said.String())
	y.secrets.ExpectNone(t, "the database", dump)
	y.secrets.ExpectNoneBelow(t, y.serve.temp)
	y.secrets.ExpectNoneBelow(t, y.work.temp)
	y.secrets.ExpectNoneBelow(t, y.vault.Dir())
}
