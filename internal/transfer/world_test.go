package transfer

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/notice"
	"github.com/stellwerk-hr/stellwerk/internal/onboarding"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// TestMain makes the test binary the child process that opens certificates.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == p12.ChildArgument {
		os.Exit(p12.ChildMain(os.Stdin, os.Stdout))
	}
	flag.Parse()
	// The same sequences each time, so that a change of ours is to blame for what fails; the long tests search among new ones, unless
	// the variable names a seed.
	sequences, seed := "50", "1"
	if os.Getenv("STELLWERK_TEST_LONG") != "" {
		sequences, seed = "600", strconv.FormatInt(time.Now().UnixNano(), 10)
	}
	sequences, seed = cmp.Or(os.Getenv("STELLWERK_TEST_SEQUENCES"), sequences), cmp.Or(os.Getenv("STELLWERK_TEST_SEED"), seed)
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if !given["rapid.checks"] {
		// How many sequences of the model each weather runs; the flag, where it is given, decides.
		_ = flag.Set("rapid.checks", sequences)
	}
	if !given["rapid.seed"] {
		_ = flag.Set("rapid.seed", seed)
	}
	fmt.Println("rapid.seed", flag.Lookup("rapid.seed").Value)
	os.Exit(m.Run())
}

// partnersKey is the private key of every employer: making one takes long.
var partnersKey = sync.OnceValues(func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// world is a house with a simulated BA, and one employer whose account is active.
type world struct {
	*testhouse.House
	t      *testing.T
	ba     *basim.Server
	store  *shakyStore
	client *ba.Client
	// nowhere is the client of a host that is not there.
	nowhere   *ba.Client
	keeper    *credential.Keeper
	directory *tenant.Directory
	roads     *onboarding.Roads
	desk      *posting.Desk
	engine    *Engine
	// wake is what is called when an account has something to do.
	wake func(database.Tx, uuid.UUID) error
	// outbox takes mails, sender puts them into the folder mails.
	outbox *notice.Outbox
	sender *notice.Sender
	mails  string
	*employer
}

// shakyStore is a secret store that can be cut off.
type shakyStore struct {
	secret.Store
	off atomic.Bool
}

// Get returns the secret, unless the store is cut off.
func (s *shakyStore) Get(ctx context.Context, path string) (secret.Secret, error) {
	if s.off.Load() {
		return secret.Secret{}, errors.New("the store is cut off")
	}
	return s.Store.Get(ctx, path)
}

// employer is a tenant with one BA account.
type employer struct {
	ctx          context.Context
	tenant       uuid.UUID
	account      uuid.UUID
	organisation uuid.UUID
	// second is another hiring organisation of the account, where a test has made one.
	second   uuid.UUID
	supplier string
	alliance string
}

func (e *employer) ref() AccountRef { return AccountRef{TenantID: e.tenant, AccountID: e.account} }

func newWorld(t *testing.T) *world {
	t.Helper()
	w := openWorld(t, func(w *world) func(database.Tx, uuid.UUID) error {
		return func(tx database.Tx, account uuid.UUID) error { return wakeAt(tx, account, w.Clock.Now()) }
	})
	w.employer = w.employ("Muster Pflege gGmbH", "V000123400", "99001", "A123A12345")
	w.prove()
	return w
}

// prove makes the employer's account one whose first file was answered, so that files carry more than one ad.
func (w *world) prove() {
	w.t.Helper()
	numbers, now := w.supplier+"/"+w.alliance, w.Clock.Now()
	check(w.t, w.DB.InTx(w.ctx, func(tx database.Tx) error {
		return way{AccountID: w.account, TenantID: w.tenant, ProvenAs: &numbers, ProvenAt: &now}.save(tx)
	}))
}

// openWorld makes a world without employers. waker makes what is called when an account has something to do.
func openWorld(t *testing.T, waker func(*world) func(database.Tx, uuid.UUID) error) *world {
	t.Helper()
	w := &world{House: testhouse.New(t), t: t}
	var err error
	w.ba, err = basim.Start(basim.Options{Now: w.Clock.Now})
	check(t, err)
	t.Cleanup(func() { _ = w.ba.Close() })
	w.client, w.nowhere = w.clientOf(w.ba.URL()), w.clientOf(closedPort(t))
	folder := t.TempDir()
	check(t, secret.GenerateKeyFile(filepath.Join(folder, "key")))
	sealed, err := secret.OpenFolder(filepath.Join(folder, "secrets"), filepath.Join(folder, "key"))
	check(t, err)
	t.Cleanup(func() { _ = sealed.Close() })
	w.store = &shakyStore{Store: sealed}
	opener, err := p12.NewOpener(p12.Options{})
	check(t, err)
	wake := waker(w)
	w.wake = wake
	w.keeper = credential.NewKeeper(credential.Options{
		DB: w.DB, Store: w.store, Opener: opener, Now: w.Clock.Now, Wake: wake, Log: w.Log,
		Doom: func(database.Tx, uuid.UUID) error { return nil },
	})
	w.directory = tenant.NewDirectory(w.DB, w.Clock.Now)
	w.roads = onboarding.NewRoads(w.DB, w.Clock.Now, w.Berlin, wake)
	w.desk = posting.NewDesk(w.DB, w.Clock.Now, w.Berlin, wake)
	w.openMails()
	w.engine = w.newEngine(w.client)
	return w
}

func (w *world) clientOf(url string) *ba.Client {
	w.t.Helper()
	client, err := ba.New(ba.Options{BaseURL: url, ExtraRoots: []*x509.Certificate{w.ba.CA()}, Zone: w.Berlin})
	check(w.t, err)
	return client
}

// newEngine is what another process would make, or the same one after a restart.
func (w *world) newEngine(client *ba.Client) *Engine {
	return NewEngine(Options{
		DB: w.DB, Client: client, Keeper: w.keeper, Outbox: w.outbox, Pace: DefaultPace(), Now: w.Clock.Now, Berlin: w.Berlin, Log: w.Log,
	})
}

// employ makes a tenant that has gone the whole road.
func (w *world) employ(name, supplier, alliance, kundennummer string) *employer {
	w.t.Helper()
	e := &employer{supplier: supplier, alliance: alliance}
	e.tenant, e.ctx = w.Tenant(w.t, name)
	account, err := w.directory.CreateAccount(e.ctx, tenant.AccountInput{Name: name, SupplierID: &supplier, AllianceNumber: &alliance})
	check(w.t, err)
	e.account = account.ID
	e.organisation = w.branch(e, kundennummer)
	today := calendar.On(w.Clock.Now(), w.Berlin)
	for _, step := range []onboarding.Step{onboarding.Registered, onboarding.ContractRequested, onboarding.ContractSigned} {
		_, err := w.roads.Note(e.ctx, e.account, step, today, "Frau Weber, BA")
		check(w.t, err)
	}
	key, err := partnersKey()
	check(w.t, err)
	issued, err := w.ba.Issue(basim.IssueRequest{
		PartnerID: supplier, Alliance: alliance, Name: name, HiringOrgs: []basim.HiringOrg{{Number: kundennummer, Name: name}}, Key: key,
		NotAfter: w.Clock.Now().AddDate(20, 0, 0),
	})
	check(w.t, err)
	_, err = w.keeper.Upload(e.ctx, e.account, issued.P12, secret.New([]byte(issued.PIN)))
	check(w.t, err)
	_, err = w.roads.Activate(e.ctx, e.account)
	check(w.t, err)
	return e
}

// branch adds a hiring organisation that is betreut.
func (w *world) branch(e *employer, kundennummer string) uuid.UUID {
	w.t.Helper()
	made, err := w.directory.CreateOrganisation(e.ctx, e.account, tenant.OrganisationInput{Name: "Haus " + kundennummer, Town: "Nürnberg", Kundennummer: kundennummer})
	check(w.t, err)
	_, err = w.directory.NoteBetreut(e.ctx, e.account, made.ID, calendar.On(w.Clock.Now(), w.Berlin), "Frau Weber, BA")
	check(w.t, err)
	return made.ID
}

// advert is an ad that the BA takes, with changes.
func advert(changes ...func(*posting.Content)) posting.Content {
	insured := true
	c := posting.Content{
		EmploymentType: posting.SkilledWorker, Occupation: posting.Occupation{ID: 134833}, Title: "Pflegefachkraft (m/w/d)",
		Description: "Sie pflegen und begleiten unsere Bewohnerinnen und Bewohner in einem festen Wohnbereich.",
		Places:      []posting.Place{{Country: "DE", PostalCode: "90402", Town: "Nürnberg", Region: "DE-BY"}},
		Openings:    1, Start: posting.Start{Immediately: true}, SocialInsurance: &insured,
		Apply: posting.Apply{Ways: []posting.ApplyWay{posting.ApplyByEmail}}, Contact: &posting.Contact{Company: "Muster Pflege gGmbH"},
	}
	c.Contact.Salutation, c.Contact.FamilyName, c.Contact.Email = posting.Ms, "Beispiel", "jobs@muster-pflege.example"
	for _, change := range changes {
		change(&c)
	}
	return c
}

// ofKind makes the ad one of another employment type, with an occupation that suits it.
func ofKind(kind posting.EmploymentType) func(*posting.Content) {
	return func(c *posting.Content) {
		c.EmploymentType = kind
		if kind == posting.Helper {
			c.Occupation = posting.Occupation{ID: 14641} // Helfer/in - Altenpflege
		}
	}
}

func titled(title string) func(*posting.Content) { return func(c *posting.Content) { c.Title = title } }

// inFürth is an address that does not exist, which only the BA knows (033).
func inFürth(c *posting.Content) { c.Places[0].Town = "Fürth" }

// publish saves a new ad that is to be published.
func (w *world) publish(changes ...func(*posting.Content)) uuid.UUID {
	w.t.Helper()
	made, err := w.desk.Create(w.ctx, posting.Input{Publish: true, Content: advert(changes...)})
	check(w.t, err)
	return made.ID
}

// replace saves an ad anew.
func (w *world) replace(id uuid.UUID, changes ...func(*posting.Content)) {
	w.t.Helper()
	_, err := w.desk.Replace(w.ctx, id, posting.Input{Publish: true, Content: advert(changes...)})
	check(w.t, err)
}

func (w *world) withdraw(id uuid.UUID) {
	w.t.Helper()
	_, err := w.desk.Withdraw(w.ctx, id)
	check(w.t, err)
}

// advance moves the employer's account as far as it goes now.
func (w *world) advance() {
	w.t.Helper()
	check(w.t, w.engine.Advance(w.t.Context(), w.ref()))
}

// hear lets the time pass until the BA's first answer is read, and reads it.
func (w *world) hear() {
	w.t.Helper()
	w.Clock.Add(DefaultPace().Polls[0])
	w.advance()
}

// bring sends what there is, and hears the answer.
func (w *world) bring() {
	w.t.Helper()
	w.advance()
	w.hear()
}

// live publishes an ad, and returns it when it is live.
func (w *world) live(changes ...func(*posting.Content)) uuid.UUID {
	w.t.Helper()
	id := w.publish(changes...)
	w.bring()
	w.wants(id, posting.AtBALive, posting.ChangeNone)
	return id
}

func (w *world) posting(id uuid.UUID) posting.View {
	w.t.Helper()
	found, err := w.desk.Get(w.ctx, id)
	check(w.t, err)
	return found
}

// wants fails the test unless an ad stands where it should on both axes.
func (w *world) wants(id uuid.UUID, at posting.AtBA, change posting.Change) {
	w.t.Helper()
	if p := w.posting(id); p.AtBA != at || p.Change != change {
		w.t.Fatalf("the ad is %s/%s, want %s/%s; refusal %+v", p.AtBA, p.Change, at, change, p.Refusal)
	}
}

func (w *world) reference(id uuid.UUID) string {
	w.t.Helper()
	reference := w.posting(id).Reference
	if reference == nil {
		w.t.Fatal("the ad has no reference")
	}
	return *reference
}

// history lists what happened to an ad at the BA, by its words, such as "inserted".
func (w *world) history(reference string) string {
	ad, _ := w.ba.Ad(w.supplier, reference)
	words := make([]string, len(ad.History))
	for i, happened := range ad.History {
		words[i] = happened.What
	}
	return strings.Join(words, ", ")
}

// wantsHistory fails the test unless this, and no more, happened to an ad at the BA.
func (w *world) wantsHistory(reference, want string) {
	w.t.Helper()
	if got := w.history(reference); got != want {
		w.t.Errorf("at the BA %s was %q, want %q", reference, got, want)
	}
}

// transfers lists the account's transfers, oldest first.
func (w *world) transfers() []Transfer {
	w.t.Helper()
	var found []Transfer
	check(w.t, w.DB.InTx(w.ctx, func(tx database.Tx) error { return tx.Of(&Transfer{}).Order("id").Find(&found).Error }))
	return found
}

// last is the newest transfer.
func (w *world) last() Transfer {
	w.t.Helper()
	all := w.transfers()
	if len(all) == 0 {
		w.t.Fatal("there is no transfer")
	}
	return all[len(all)-1]
}

// wantsStates fails the test unless the account's transfers are in these states, oldest first.
func (w *world) wantsStates(want ...State) {
	w.t.Helper()
	var got []State
	for _, t := range w.transfers() {
		got = append(got, t.State)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Fatalf("transfers are %v, want %v", got, want)
	}
}

// events counts the tenant's events by their kinds.
func (w *world) events() map[string]int {
	w.t.Helper()
	var rows []struct {
		Kind string
		N    int
	}
	check(w.t, w.DB.InTx(w.ctx, func(tx database.Tx) error {
		return tx.Raw("SELECT kind, count(*) AS n FROM events WHERE tenant_id = ? GROUP BY kind", tx.Tenant).Scan(&rows).Error
	}))
	counts := map[string]int{}
	for _, row := range rows {
		counts[row.Kind] = row.N
	}
	return counts
}

// trouble is the code of the account's trouble, empty when it has none.
func (w *world) trouble() string {
	w.t.Helper()
	found, err := w.directory.Account(w.ctx, w.account)
	check(w.t, err)
	if len(found.Trouble) == 0 {
		return ""
	}
	var trouble struct{ Code string }
	check(w.t, json.Unmarshal(found.Trouble, &trouble))
	return trouble.Code
}

// nextRun is when the account is looked at next.
func (w *world) nextRun() time.Time {
	w.t.Helper()
	var found slot
	check(w.t, w.DB.InTx(w.ctx, func(tx database.Tx) error { return tx.Where("account_id = ?", w.account).Take(&found).Error }))
	if found.NextRunAt == nil {
		w.t.Fatal("the account is not scheduled")
	}
	return *found.NextRunAt
}

// codes are the codes of an ad's last refusal.
func (w *world) codes(id uuid.UUID) string {
	w.t.Helper()
	refusal := w.posting(id).Refusal
	if refusal == nil {
		return ""
	}
	codes := make([]string, len(refusal.Answers))
	for i, answer := range refusal.Answers {
		codes[i] = answer.Code
	}
	return strings.Join(codes, " ")
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// lapseAgreement lets the BA refuse every ad of the employer (168), or take them again.
func (w *world) lapseAgreement(lapsed bool) {
	w.t.Helper()
	check(w.t, w.ba.ChangePartner(w.supplier, func(p *basim.Partner) { p.NoAgreement = lapsed }))
}

// baKnows adds a hiring organisation at the BA.
func (w *world) baKnows(kundennummer string) {
	w.t.Helper()
	check(w.t, w.ba.SetHiringOrg(w.supplier, basim.HiringOrg{Number: kundennummer, Name: kundennummer}))
}
