package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// gate is a moment in the life of a transfer at which a worker can be stopped: in the transaction that writes it down, before that is
// committed. So each gate stands for all of the time since the gate before it.
type gate struct {
	name string
	// on is the event that a trigger waits for.
	on string
}

// gates lie one after another on the way of one file.
var gates = []gate{
	{"the account is claimed", "UPDATE ON account_schedule FOR EACH ROW WHEN (NEW.claimed_by IS NOT NULL)"},
	{"the file is written", "INSERT ON transfers FOR EACH ROW"},
	{"the upload begins", "UPDATE ON transfers FOR EACH ROW WHEN (NEW.state = 'sending' AND OLD.state <> 'sending')"},
	{"the BA has taken the file", "UPDATE ON transfers FOR EACH ROW WHEN (NEW.state = 'sent' AND OLD.state <> 'sent')"},
	{"the answer is read", "INSERT ON feedback_files FOR EACH ROW"},
	{"the answer is settled", "UPDATE ON transfers FOR EACH ROW WHEN (NEW.state = 'settled')"},
}

// gateLock is the first number of the advisory locks that are the gates; the second is the gate's index. A closed gate is one that the
// test holds.
const gateLock = 0x6a7e

// railway is Stellwerk in production's shape: serve and work as processes, a simulated BA and a database beside them.
type railway struct {
	t       *testing.T
	environ []string
	owner   *pgx.Conn
	ba      *simulator
	actor   *actor
	// wanted are the ads that are to be live in the end, by external id; ended those that were withdrawn.
	wanted map[string]*advert
	ended  map[string]*advert
}

func newRailway(t *testing.T) *railway {
	t.Helper()
	urls := testhouse.New(t).URLs
	ba, err := startSimulator(t.Context(), program(t, "basim"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ba.close(); err != nil {
			t.Error(err)
		}
	})
	owner, err := pgx.Connect(t.Context(), urls.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = owner.Close(context.WithoutCancel(t.Context())) })
	r := &railway{t: t, owner: owner, ba: ba, wanted: map[string]*advert{}, ended: map[string]*advert{}}
	r.environ = append(configuration(t, urls.AppURL),
		"STELLWERK_BA_URL="+ba.at.URL, "STELLWERK_BA_CA_FILE="+ba.at.CAFile, "STELLWERK_BA_PACE=simulator")
	r.buildGates()
	r.enrol()
	return r
}

// buildGates puts the gates into the database, all of them open.
func (r *railway) buildGates() {
	r.t.Helper()
	r.exec(`CREATE FUNCTION pass_gate() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::int, TG_ARGV[1]::int); RETURN NEW; END $$`)
	for i, g := range gates {
		r.exec(fmt.Sprintf("CREATE TRIGGER gate_%d BEFORE %s EXECUTE FUNCTION pass_gate(%d, %d)", i, g.on, gateLock, i))
	}
}

// enrol starts serve and leads an employer to where its account may send.
func (r *railway) enrol() {
	r.t.Helper()
	token := stellwerkRun(r.t, r.environ, "token", "create")
	serve := watch(newRun(r.t, r.environ, "serve"))
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
}

func (r *railway) exec(statement string, args ...any) {
	r.t.Helper()
	if _, err := r.owner.Exec(r.t.Context(), statement, args...); err != nil {
		r.t.Fatalf("%s: %v", statement, err)
	}
}

// change gives the next file something of everything: a new ad, a change of the older ones, and every third round, once the first ads were
// sent, the withdrawal of the oldest.
func (r *railway) change(round int) {
	r.t.Helper()
	if round > 3 && round%3 == 2 {
		r.withdraw("ad-" + strconv.Itoa(len(r.ended)))
	}
	for _, ad := range r.wanted {
		ad.content.Openings = round + 1
		r.put(ad)
	}
	id := "ad-" + strconv.Itoa(round)
	ad := &advert{externalID: id, content: basicAd(r.actor.employer, "Lagerhelfer "+strconv.Itoa(round), 50939, posting.Helper, "Sie stellen Sendungen zusammen.")}
	r.wanted[id] = ad
	r.put(ad)
}

func (r *railway) put(ad *advert) {
	r.t.Helper()
	if err := r.actor.put(r.t.Context(), ad); err != nil {
		r.t.Fatalf("%s: %v", ad.externalID, err)
	}
}

func (r *railway) withdraw(id string) {
	r.t.Helper()
	ad := r.wanted[id]
	found, err := r.actor.read(r.t.Context(), ad)
	if err == nil {
		err = r.actor.software.call(r.t.Context(), http.MethodPut, r.actor.path("/postings/"+found.ID.String()+"/withdrawal"), nil, nil)
	}
	if err != nil {
		r.t.Fatalf("withdraw %s: %v", id, err)
	}
	delete(r.wanted, id)
	r.ended[id] = ad
}

// startWorker starts a worker. What the one before it held when it was killed, the claim of the account and the office of River's leader,
// falls to it at once: that both end by themselves after some time is the business of other tests.
func (r *railway) startWorker() *watched {
	r.t.Helper()
	r.exec("UPDATE account_schedule SET claimed_until = '-infinity' WHERE claimed_by IS NOT NULL")
	r.exec("DELETE FROM river_leader")
	return watch(newRun(r.t, r.environ, "work"))
}

// killAt closes a gate, starts a worker, and kills it when it stands before the gate.
func (r *railway) killAt(number int) {
	r.t.Helper()
	r.exec("SELECT pg_advisory_lock($1, $2)", gateLock, number)
	worker := r.startWorker()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	for waiting := false; !waiting; {
		err := r.owner.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database =
			(SELECT oid FROM pg_database WHERE datname = current_database()) AND classid = $1 AND objid = $2)`, gateLock, number).Scan(&waiting)
		if err != nil {
			r.t.Fatalf("no worker came to where %s: %v\n%s", gates[number].name, err, r.wordsOf(worker))
		}
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
	worker.signal(syscall.SIGKILL)
	r.exec("SELECT pg_advisory_unlock($1, $2)", gateLock, number)
}

func (*railway) wordsOf(w *watched) string {
	w.signal(syscall.SIGKILL)
	return w.said.String()
}

func TestAWorkerThatIsKilledAnywhereLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	r := newRailway(t)
	rounds := 10
	if os.Getenv("STELLWERK_TEST_LONG") != "" {
		rounds = 36
	}

	for round := range rounds {
		r.change(round)
		r.killAt(round % len(gates))
	}
	worker := r.startWorker()

	r.expectAsWanted()
	if code := worker.signal(syscall.SIGTERM); code != cli.ExitOK {
		t.Errorf("work ended with %d:\n%s", code, &worker.said)
	}
}

// expectAsWanted waits until every ad stands as it should in the API, and compares that with what the BA has.
func (r *railway) expectAsWanted() {
	r.t.Helper()
	for atBA, ads := range map[string]map[string]*advert{"live": r.wanted, "ended": r.ended} {
		for _, ad := range ads {
			if _, err := r.actor.await(r.t.Context(), ad, atBA, "none"); err != nil {
				r.t.Fatalf("%s: %v", ad.externalID, err)
			}
		}
	}
	live := liveAds(r.t, r.ba.at.Control)
	for id, ad := range r.wanted {
		found := live[ad.content.Title]
		if len(found) != 1 {
			r.t.Errorf("%s is live %d times at the BA", id, len(found))
			continue
		}
		if got := found[0].Content.Get("JobPositionInformation/NumberToFill"); got != strconv.Itoa(ad.content.Openings) {
			r.t.Errorf("%s has %s openings at the BA, want %d", id, got, ad.content.Openings)
		}
	}
	if len(live) != len(r.wanted) {
		r.t.Errorf("live at the BA: %q", slices.Sorted(maps.Keys(live)))
	}
	state := stateOf(r.t, r.ba.at.Control)
	names := map[string]bool{}
	for _, upload := range state.Uploads {
		if names[upload.Name] || len(upload.Messages) > 0 {
			r.t.Errorf("%s was sent again, or refused: %v", upload.Name, upload.Messages)
		}
		names[upload.Name] = true
	}
	if len(state.Ads) != len(r.wanted)+len(r.ended) {
		r.t.Errorf("the BA got %d ads, want %d", len(state.Ads), len(r.wanted)+len(r.ended))
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
