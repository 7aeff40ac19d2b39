package api_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/secret/vaulttest"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

// vaultEmployer is an employer whose certificates lie in a real Vault, where serve and work may do what their policies say.
type vaultEmployer struct {
	*employer
	vault *vaulttest.Server
	work  vaulttest.Role
}

// How long one call of Vault may take: for as long as it takes on any machine, or for Vaults that are to be found slow.
const (
	patient   = time.Minute
	impatient = 3 * time.Second
)

func enrolInVault(t *testing.T, timeout time.Duration) *vaultEmployer {
	t.Helper()
	v := &vaultEmployer{employer: enrol(t), vault: vaulttest.Start(t)}
	v.work = v.vault.NewRole(t, "work", vaultPolicy(t, "work"), nil)
	v.doors.Certificates = v.keeper(t, v.vault.NewRole(t, "serve", vaultPolicy(t, "serve"), nil), timeout)
	v.handler = v.serve(t, v.doors)
	v.engine = v.newEngine(t, v.keeper(t, v.work, timeout))
	v.goTheRoad(t)
	return v
}

// vaultPolicy returns a policy that is handed out with the documentation.
func vaultPolicy(t *testing.T, name string) string {
	t.Helper()
	policy, err := os.ReadFile(filepath.Join("..", "docs", "vault", name+".hcl"))
	check(t, err)
	return string(policy)
}

// keeper is the keeper of a process of its own.
func (v *vaultEmployer) keeper(t *testing.T, role vaulttest.Role, timeout time.Duration) *credential.Keeper {
	t.Helper()
	store, err := secret.OpenVault(secret.VaultOptions{
		Address: v.vault.URL, CAFile: v.vault.CAFile, Mount: vaulttest.Mount, RoleMount: "approle",
		RoleID: role.RoleID, SecretID: secret.New([]byte(role.SecretID)), Timeout: timeout, Now: v.Clock.Now,
	})
	check(t, err)
	t.Cleanup(func() { _ = store.Close() })
	queue, err := jobs.NewQueue(v.Log)
	check(t, err)
	opener, err := p12.NewOpener(p12.Options{Timeout: patient})
	check(t, err)
	return credential.NewKeeper(credential.Options{
		DB: v.DB, Store: store, Opener: opener, Now: v.Clock.Now, Wake: transfer.Waker(queue, v.Clock.Now, 0), Doom: credential.Dooms(queue), Log: v.Log,
	})
}

// pass lets a minute pass in steps of ten seconds, after each of which a worker does what is due by then and nothing else.
func (v *vaultEmployer) pass(t *testing.T) {
	t.Helper()
	for range 6 {
		v.Clock.Add(10 * time.Second)
		var due []transfer.AccountRef
		check(t, v.engine.HandOut(t.Context(), func(_ *gorm.DB, ref transfer.AccountRef) error {
			due = append(due, ref)
			return nil
		}))
		for _, ref := range due {
			check(t, v.engine.Advance(t.Context(), ref))
		}
	}
}

// trouble is the account's trouble as the API shows it; nil when there is none.
func (v *vaultEmployer) trouble(t *testing.T, language string) map[string]any {
	t.Helper()
	shown := v.want(t, http.StatusOK, ask{
		method: "GET", path: v.base + v.account, token: v.software, header: map[string]string{"Accept-Language": language},
	})
	found, _ := shown.get(t, "trouble").(map[string]any)
	return found
}

// revokeAndHandIn is what a person does about a certificate that was lost.
func (v *vaultEmployer) revokeAndHandIn(t *testing.T) {
	t.Helper()
	listed := v.read(t, v.account+"/certificates", v.software)
	v.want(t, http.StatusOK, ask{
		method: "DELETE", path: v.base + v.account + "/certificates/" + listed.text(t, "items", 0, "id"), token: v.software,
	})
	v.handIn(t)
}

// vaultFault is something that can happen to a Vault.
type vaultFault struct {
	begin, mend func(t *testing.T, v *vaultEmployer)
	// trouble is what the account shows until it is mended, and upload what an upload is answered meanwhile; empty when it works.
	trouble, upload string
	timeout         time.Duration
}

func vaultFaults() map[string]vaultFault {
	broken := func(fault func(http.ResponseWriter, *http.Request) bool) func(*testing.T, *vaultEmployer) {
		return func(_ *testing.T, v *vaultEmployer) { v.vault.Fail(fault) }
	}
	policy := func(hcl func(*testing.T) string) func(*testing.T, *vaultEmployer) {
		return func(t *testing.T, v *vaultEmployer) { v.vault.SetPolicy(t, "work", hcl(t)) }
	}
	const secretIDs = "auth/approle/role/work/"
	return map[string]vaultFault{
		"sealed": {
			begin: func(t *testing.T, v *vaultEmployer) { v.vault.Seal(t) }, mend: func(t *testing.T, v *vaultEmployer) { v.vault.Unseal(t) },
			trouble: "secret_store_sealed", upload: "secret_store_sealed",
		},
		"killed, and restarted later": {
			begin: func(_ *testing.T, v *vaultEmployer) { v.vault.Kill() }, mend: func(t *testing.T, v *vaultEmployer) { v.vault.Restart(t) },
			trouble: "secret_store_unreachable", upload: "secret_store_unreachable",
		},
		"the connection breaks": {begin: broken(vaulttest.Away), mend: broken(nil), trouble: "secret_store_unreachable", upload: "secret_store_unreachable"},
		"silent":                {begin: broken(vaulttest.Silent), mend: broken(nil), trouble: "secret_store_slow", upload: "secret_store_slow", timeout: impatient},
		"it answers 500":        {begin: broken(vaulttest.Broken), mend: broken(nil), trouble: "secret_store_failing", upload: "secret_store_failing"},
		"work's policy is missing": {
			begin:   policy(func(*testing.T) string { return `path "elsewhere" { capabilities = ["read"] }` }),
			mend:    policy(func(t *testing.T) string { t.Helper(); return vaultPolicy(t, "work") }),
			trouble: "secret_store_denied",
		},
		"work's secret id is withdrawn": {
			begin: func(t *testing.T, v *vaultEmployer) {
				v.vault.Do(t, http.MethodPost, secretIDs+"secret-id/destroy", map[string]any{"secret_id": v.work.SecretID})
			},
			mend: func(t *testing.T, v *vaultEmployer) {
				v.vault.Do(t, http.MethodPost, secretIDs+"custom-secret-id", map[string]any{"secret_id": v.work.SecretID})
			},
			trouble: "secret_store_login_refused",
		},
		"the certificate is deleted by hand": {
			begin: func(t *testing.T, v *vaultEmployer) {
				id := v.read(t, v.account+"/certificates", v.software).text(t, "items", 0, "id")
				v.vault.Do(t, http.MethodDelete, vaulttest.Mount+"/metadata/tenants/"+v.ref.TenantID.String()+"/certificates/"+id, nil)
			},
			mend:    func(t *testing.T, v *vaultEmployer) { v.revokeAndHandIn(t) },
			trouble: "certificate_lost",
		},
	}
}

// TestWhateverHappensToVaultAdsWaitAndGoOn tells, for everything that can happen to Vault, what the API shows meanwhile, and that the ads are
// live in the end without anybody's doing but Vault's mending.
func TestWhateverHappensToVaultAdsWaitAndGoOn(t *testing.T) {
	t.Parallel()
	for name, fault := range vaultFaults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			timeout := patient
			if fault.timeout != 0 {
				timeout = fault.timeout
			}
			v := enrolInVault(t, timeout)
			v.handIn(t)
			v.activate(t)
			fault.begin(t, v)
			v.want(t, http.StatusCreated, ask{
				method: "PUT", path: v.base + "/postings/by-external-id/REQ-1", token: v.software, body: ad("Pflegefachkraft (m/w/d)", true),
			})

			v.waits(t, fault)
			v.upload(t, fault)
			fault.mend(t, v)
			for range 40 { // Pace.Retries end with 15 minutes, and the BA's answer is looked for after 10
				v.pass(t)
			}

			if shown := v.trouble(t, "en"); shown != nil {
				t.Errorf("once it is mended: %v", shown)
			}
			v.isLiveOnce(t)
		})
	}
}

// waits expects, for some minutes, the trouble to stand in the API as it is and nothing to be sent.
func (v *vaultEmployer) waits(t *testing.T, fault vaultFault) {
	t.Helper()
	var since any
	for range 4 {
		v.pass(t)
		shown := v.trouble(t, "de")
		if shown == nil || shown["code"] != fault.trouble {
			t.Fatalf("the account's trouble is %v, want %s", shown, fault.trouble)
		}
		if since == nil {
			since = shown["since"]
			t.Attr("trouble", fmt.Sprint(shown["code"], " | ", shown["title"], " | ", shown["detail"]))
		}
		if shown["since"] != since {
			t.Errorf("it lasts since %v, and since %v", since, shown["since"])
		}
	}
	waiting := v.read(t, "/postings/by-external-id/REQ-1", v.software)
	if waiting.text(t, "status", "change") != "waiting" || waiting.text(t, "status", "next", "code") != "account_in_trouble" {
		t.Errorf("the ad's status: %s", waiting.body)
	}
	if uploads := v.ba.State().Uploads; len(uploads) > 0 {
		t.Errorf("the BA got %d files", len(uploads))
	}
}

// upload expects an upload to be answered with the fault, and to leave nothing that is half there.
func (v *vaultEmployer) upload(t *testing.T, fault vaultFault) {
	t.Helper()
	if fault.upload == "" {
		return
	}
	issued, err := v.ba.Issue(basim.IssueRequest{PartnerID: "V000123400", Alliance: "99001", Name: "Muster Pflege gGmbH"})
	check(t, err)
	body, header := form(t, map[string]string{"file": string(issued.P12), "pin": issued.PIN})

	refused := v.doOn(t, v.handler, ask{method: "POST", path: v.base + v.account + "/certificates", token: v.software, body: body, header: header})

	if refused.status != http.StatusServiceUnavailable || refused.text(t, "code") != fault.upload {
		t.Errorf("an upload is answered with %d %s, want %s", refused.status, refused.body, fault.upload)
	}
	listed := v.read(t, v.account+"/certificates", v.software)
	if listed.text(t, "items", 0, "state") != "active" || listed.text(t, "items", 1, "state") != "revoked" || listed.get(t, "items", 2) != nil {
		t.Errorf("certificates: %s", listed.body)
	}
}

// isLiveOnce expects the BA to have got one file with the ad, and the API to know it.
func (v *vaultEmployer) isLiveOnce(t *testing.T) {
	t.Helper()
	live := v.read(t, "/postings/by-external-id/REQ-1", v.software)
	if live.text(t, "status", "at_ba") != "live" || live.text(t, "status", "change") != "none" {
		t.Errorf("the ad's status: %s", live.body)
	}
	if state := v.ba.State(); len(state.Uploads) != 1 || len(state.Ads) != 1 {
		t.Errorf("the BA got %d files and %d ads", len(state.Uploads), len(state.Ads))
	}
	files := v.read(t, "/transfers", v.software)
	if files.text(t, "items", 0, "state") != "settled" || files.get(t, "items", 1) != nil {
		t.Errorf("transfers: %s", files.body)
	}
}

// A token that was revoked is no trouble to anybody: both programs log in again.
func TestARevokedTokenOfVaultIsNotNoticed(t *testing.T) {
	t.Parallel()
	v := enrolInVault(t, patient)
	v.handIn(t)
	v.activate(t)
	v.pass(t)
	v.vault.RevokeTokens(t)

	v.revokeAndHandIn(t)
	v.want(t, http.StatusCreated, ask{
		method: "PUT", path: v.base + "/postings/by-external-id/REQ-1", token: v.software, body: ad("Pflegefachkraft (m/w/d)", true),
	})
	for range 15 {
		v.pass(t)
		if shown := v.trouble(t, "en"); shown != nil {
			t.Fatalf("the account shows %v", shown)
		}
	}

	v.isLiveOnce(t)
}

// While Vault is away accounts go on with the certificates that were opened before, for ten minutes.
func TestAnOpenedCertificateOutlivesAnOutageOfVault(t *testing.T) {
	t.Parallel()
	v := enrolInVault(t, patient)
	v.handIn(t)
	v.activate(t)
	worker := v.keeper(t, v.work, patient)
	_, err := worker.Open(scope.WithTenant(t.Context(), v.ref.TenantID), v.ref.AccountID)
	check(t, err)
	v.engine = v.newEngine(t, worker)
	v.vault.Kill()
	v.want(t, http.StatusCreated, ask{
		method: "PUT", path: v.base + "/postings/by-external-id/REQ-1", token: v.software, body: ad("Pflegefachkraft (m/w/d)", true),
	})

	v.pass(t)

	if shown, uploads := v.trouble(t, "en"), v.ba.State().Uploads; shown != nil || len(uploads) != 1 {
		t.Errorf("the account shows %v, and the BA got %d files", shown, len(uploads))
	}
}
