package main

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/testdb"
)

// railway is Stellwerk in production's shape: serve and work as processes, a simulated BA and a database beside them.
type railway struct {
	t       *testing.T
	environ []string
	owner   *pgxpool.Pool
	ba      *simulator
	actor   *actor
	// ads are all that the employer ever had, by external id.
	ads map[string]*consignment
	// crew are the workers that were started last.
	crew []*watched
}

// consignment is an ad and what is to become of it.
type consignment struct {
	*advert
	fate fate
	// reference is the ad's id at the BA, once a test has asked for it.
	reference string
}

// fate is what is to become of an ad.
type fate string

const (
	// wanted ads are to be live.
	wanted fate = "wanted"
	// withdrawn ads were live, and are to be gone.
	withdrawn fate = "withdrawn"
	// removed and locked ads were so by the BA's staff, and are to stay so.
	removed fate = "removed"
	locked  fate = "locked"
)

// newRailway makes a railway on a migrated database.
func newRailway(t *testing.T, urls testdb.Database) *railway {
	t.Helper()
	ba, err := startSimulator(t.Context(), program(t, "basim"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ba.close(); err != nil {
			t.Error(err)
		}
	})
	owner, err := pgxpool.New(t.Context(), urls.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(owner.Close)
	r := &railway{t: t, owner: owner, ba: ba, ads: map[string]*consignment{}}
	r.environ = append(configuration(t, urls.AppURL),
		"STELLWERK_BA_URL="+ba.at.URL, "STELLWERK_BA_CA_FILE="+ba.at.CAFile, "STELLWERK_BA_PACE=simulator")
	r.enrol()
	return r
}

// enrol starts serve and leads an employer to where its account may send.
func (r *railway) enrol() {
	r.t.Helper()
	token := stellwerkRun(r.t, r.environ, "token", "create")
	serve := observe(newRun(r.t, r.environ, "serve"))
	r.t.Cleanup(func() {
		if code := serve.signal(syscall.SIGTERM); code != cli.ExitOK {
			r.t.Errorf("serve ended with %d:\n%s", code, &serve.said)
		}
	})
	var line struct{ Address string }
	if err := json.Unmarshal([]byte(serve.until(`"serving"`)), &line); err != nil {
		r.t.Fatal(err)
	}
	serve.readAside()
	s, err := newStory(&world{ba: r.ba, url: "http://" + line.Address, token: strings.TrimSpace(token.out)}, io.Discard)
	if err != nil {
		r.t.Fatal(err)
	}
	r.actor = s.cast[1]
	if err := s.onboard(r.t.Context(), r.actor); err != nil {
		r.t.Fatal(err)
	}
	r.actor.software.token = strings.TrimSpace(token.out) // the operator's, who may give files up too
}

func (r *railway) exec(statement string) {
	r.t.Helper()
	if _, err := r.owner.Exec(r.t.Context(), statement); err != nil {
		r.t.Fatalf("%s: %v", statement, err)
	}
}

// asked asks the API, again for a while when it says that the database cannot be reached.
func (r *railway) asked(what string, ask func() error) {
	r.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := ask()
		if err == nil {
			return
		}
		refusal, refused := errors.AsType[*problem](err)
		if !refused || refusal.Status != http.StatusServiceUnavailable || time.Now().After(deadline) {
			r.t.Fatalf("%s: %v", what, err)
		}
		<-time.After(lookEvery)
	}
}

// add publishes a new ad.
func (r *railway) add() {
	r.t.Helper()
	number := strconv.Itoa(len(r.ads))
	content := basicAd(r.actor.employer, "Lagerhelfer "+number, 50939, posting.Helper, "Sie stellen Sendungen zusammen.")
	ad := &consignment{advert: &advert{externalID: "ad-" + number, content: content}, fate: wanted}
	r.ads[ad.externalID] = ad
	r.put(ad)
}

// change saves an ad with other content.
func (r *railway) change(ad *consignment) {
	r.t.Helper()
	ad.content.Openings++
	r.put(ad)
}

func (r *railway) put(ad *consignment) {
	r.t.Helper()
	r.asked("save "+ad.externalID, func() error { return r.actor.put(r.t.Context(), ad.advert) })
}

func (r *railway) withdraw(ad *consignment) {
	r.t.Helper()
	path := r.actor.path("/postings/" + r.read(ad).ID.String() + "/withdrawal")
	r.asked("withdraw "+ad.externalID, func() error { return r.actor.software.call(r.t.Context(), http.MethodPut, path, nil, nil) })
	ad.fate = withdrawn
}

func (r *railway) read(ad *consignment) (found shown) {
	r.t.Helper()
	r.asked("read "+ad.externalID, func() (err error) {
		found, err = r.actor.read(r.t.Context(), ad.advert)
		return err
	})
	return found
}

// of returns the ads of one fate, in the order of their ids.
func (r *railway) of(f fate) []*consignment {
	var found []*consignment
	for _, id := range slices.Sorted(maps.Keys(r.ads)) {
		if ad := r.ads[id]; ad.fate == f {
			found = append(found, ad)
		}
	}
	return found
}

// liveOne draws one of the wanted ads that is called live; nil when there is none.
func (r *railway) liveOne(dice *rand.Rand) *consignment {
	r.t.Helper()
	all := r.of(wanted)
	for _, i := range dice.Perm(len(all)) {
		if found := r.read(all[i]); found.Status.AtBA == "live" {
			all[i].reference = found.Status.Reference
			return all[i]
		}
	}
	return nil
}

// staff lets the BA's staff do something to a live ad, which then is saved once more, so that Stellwerk comes to know of it.
func (r *railway) staff(ad *consignment, act basim.Act) {
	r.t.Helper()
	path := "partners/" + r.actor.SupplierID + "/ads/" + ad.reference + "/" + string(act)
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.ba.at.Control+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	answer, err := (&http.Client{Timeout: patience}).Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		r.t.Fatalf("%s of %s: status %d", act, ad.reference, answer.StatusCode)
	}
	ad.fate = map[basim.Act]fate{basim.ActRemove: removed, basim.ActLock: locked}[act]
	r.change(ad)
}

// bury frees what workers held when they were killed, the claim of the account and the office of River's leader. That both end by
// themselves after some time is the business of other tests.
func (r *railway) bury() {
	r.t.Helper()
	r.exec("UPDATE account_schedule SET claimed_until = '-infinity' WHERE claimed_by IS NOT NULL")
	r.exec("DELETE FROM river_leader")
}

// startWorkers starts so many workers, and returns when they work.
func (r *railway) startWorkers(count int) []*watched {
	r.t.Helper()
	workers := make([]*watched, count)
	for i := range workers {
		workers[i] = observe(newRun(r.t, r.environ, "work"))
	}
	for _, worker := range workers {
		worker.until(`"working"`)
	}
	r.crew = workers
	return workers
}

// lastWords ends the workers that were started last, and returns what they said.
func (r *railway) lastWords() string {
	r.t.Helper()
	var said strings.Builder
	for _, worker := range r.crew {
		worker.signal(syscall.SIGKILL)
		said.WriteString(worker.said.String())
	}
	return said.String()
}

// giveUpLost does what an operator does who asks the BA about every file of which nobody knows whether it arrived: those that the BA does
// not have are given up. It returns how many.
func (r *railway) giveUpLost() (lost int) {
	r.t.Helper()
	rows, err := r.owner.Query(r.t.Context(), "SELECT id, file_name FROM transfers WHERE state = 'unclear'")
	if err != nil {
		r.t.Fatal(err)
	}
	type unclear struct {
		ID       uuid.UUID
		FileName string
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[unclear])
	if err != nil {
		r.t.Fatal(err)
	}
	state := r.atBA()
	for _, file := range found {
		if slices.ContainsFunc(state.Uploads, func(u basim.Upload) bool { return u.Name == file.FileName }) {
			continue
		}
		lost++
		path := r.actor.path("/transfers/" + file.ID.String() + "/abandonment")
		r.asked("give up "+file.FileName, func() error { return r.actor.software.call(r.t.Context(), http.MethodPut, path, nil, nil) })
	}
	return lost
}

// atBA returns everything that the simulated BA has.
func (r *railway) atBA() basim.State {
	r.t.Helper()
	return stateOf(r.t, r.ba.at.Control)
}

// expectNoLie fails when an ad is called live that the BA does not have. An ad that a worker is deleting, and one that the BA's staff took
// away, may still be called so.
func (r *railway) expectNoLie() {
	r.t.Helper()
	called := map[*consignment]shown{}
	for _, ad := range r.of(wanted) {
		called[ad] = r.read(ad)
	}
	live := liveAds(r.t, r.ba.at.Control)
	for ad, found := range called {
		if found.Status.AtBA == "live" && len(live[ad.content.Title]) != 1 {
			r.t.Fatalf("%s is called live (%s), and is so %d times at the BA", ad.externalID, found.Status.Change, len(live[ad.content.Title]))
		}
	}
}

// expectAsWanted waits until every ad stands as it should in the API, and compares that with what the BA has, and with all that ever
// happened there.
func (r *railway) expectAsWanted() {
	r.t.Helper()
	for _, ad := range r.ads {
		r.await(ad)
	}
	state := r.atBA()
	byTitle := map[string][]basim.Ad{}
	for _, ad := range state.Ads {
		byTitle[ad.Title()] = append(byTitle[ad.Title()], ad)
	}
	for _, ad := range r.ads {
		r.expectAtBA(ad, byTitle[ad.content.Title])
	}
	if len(state.Ads) != len(r.ads) {
		r.t.Errorf("the BA got %d ads, want %d", len(state.Ads), len(r.ads))
	}
	r.expectFiles(state)
}

// ends are what the API says in the end of an ad of each fate: the BA's state and the change under way.
var ends = map[fate][2]string{
	wanted: {"live", "none"}, withdrawn: {"ended", "none"}, removed: {"removed", "none"}, locked: {"locked", "refused"},
}

// await waits until the API says of an ad what its fate is. Files that never arrived meanwhile are given up.
func (r *railway) await(ad *consignment) {
	r.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		status := r.read(ad).Status
		if [2]string{status.AtBA, status.Change} == ends[ad.fate] {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("%s, %s, is %s/%s (next: %s), want %v; the workers said:\n%s",
				ad.externalID, ad.fate, status.AtBA, status.Change, status.Next.Text, ends[ad.fate], r.lastWords())
		}
		r.giveUpLost()
		<-time.After(lookEvery)
	}
}

// expectAtBA compares an ad with what the BA has under its title, all states of it.
func (r *railway) expectAtBA(ad *consignment, found []basim.Ad) {
	r.t.Helper()
	if len(found) != 1 {
		r.t.Errorf("%s, %s, stands under %d references at the BA", ad.externalID, ad.fate, len(found))
		return
	}
	got := found[0]
	state := map[fate]basim.AdState{wanted: basim.AdLive, withdrawn: basim.AdRemoved, removed: basim.AdRemoved, locked: basim.AdLocked}[ad.fate]
	if got.State != state {
		r.t.Errorf("%s, %s, is %s at the BA", ad.externalID, ad.fate, got.State)
	}
	if openings := got.Content.Get("JobPositionInformation/NumberToFill"); ad.fate == wanted && openings != strconv.Itoa(ad.content.Openings) {
		r.t.Errorf("%s has %s openings at the BA, want %d", ad.externalID, openings, ad.content.Openings)
	}
	counts := map[string]int{}
	for _, happened := range got.History {
		counts[happened.What]++
	}
	if counts["inserted"] != 1 || counts["deleted"] > 0 && ad.fate != withdrawn {
		r.t.Errorf("%s, %s, was %v at the BA", ad.externalID, ad.fate, counts)
	}
}

// expectFiles fails when a name was used twice, or when the BA refused anything but changes of what its staff had taken away or locked.
func (r *railway) expectFiles(state basim.State) {
	r.t.Helper()
	theirs := map[string]bool{}
	for _, ad := range r.ads {
		if ad.fate == removed || ad.fate == locked {
			theirs[ad.reference] = true
		}
	}
	names := map[string]bool{}
	for _, upload := range state.Uploads {
		if names[upload.Name] {
			r.t.Errorf("%s was sent twice", upload.Name)
		}
		names[upload.Name] = true
		for _, message := range upload.Messages {
			if !theirs[message.Reference] {
				r.t.Errorf("the BA answered %s: %+v", upload.Name, message)
			}
		}
	}
}

// stateOf returns everything that the simulated BA has.
func stateOf(t *testing.T, control string) basim.State {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, control+"state", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{Timeout: patience}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var state basim.State
	if err := json.NewDecoder(answer.Body).Decode(&state); err != nil {
		t.Fatal(err)
	}
	return state
}

// liveAds returns the ads that people find on the simulated portal, by title.
func liveAds(t *testing.T, control string) map[string][]basim.Ad {
	t.Helper()
	live := map[string][]basim.Ad{}
	for _, ad := range stateOf(t, control).Ads {
		if ad.State == basim.AdLive {
			live[ad.Title()] = append(live[ad.Title()], ad)
		}
	}
	return live
}
