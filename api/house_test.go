package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/api"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/idempotency"
	"github.com/stellwerk-hr/stellwerk/internal/identity"
	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/onboarding"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

// TestMain makes the test binary the child process that opens certificates.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == p12.ChildArgument {
		os.Exit(p12.ChildMain(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// house is a whole API on a database of its own. Every answer that it gives is compared with the contract.
type house struct {
	*testhouse.House
	doors    api.Doors
	handler  http.Handler
	contract *contract
	// operator is an operator's token.
	operator string
	// log is what the API wrote into its log.
	log *lines
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{House: testhouse.New(t), contract: readContract(t), log: &lines{}}
	queue, err := jobs.NewQueue(h.Log)
	check(t, err)
	wake := transfer.Waker(queue, h.Clock.Now, 0)
	folder := t.TempDir()
	check(t, secret.GenerateKeyFile(filepath.Join(folder, "key")))
	store, err := secret.OpenFolder(filepath.Join(folder, "secrets"), filepath.Join(folder, "key"))
	check(t, err)
	t.Cleanup(func() { _ = store.Close() })
	opener, err := p12.NewOpener(p12.Options{})
	check(t, err)
	h.doors = api.Doors{
		DB:      h.DB,
		Tenants: tenant.NewDirectory(h.DB, h.Clock.Now),
		Tokens:  identity.NewTokens(h.DB, h.Clock.Now),
		Roads:   onboarding.NewRoads(h.DB, h.Clock.Now, h.Berlin, wake),
		Certificates: credential.NewKeeper(credential.Options{
			DB: h.DB, Store: store, Opener: opener, Now: h.Clock.Now, Wake: wake, Doom: credential.Dooms(queue), Log: h.Log,
		}),
		Postings:  posting.NewDesk(h.DB, h.Clock.Now, h.Berlin, wake),
		Transfers: transfer.NewLedger(h.DB),
		Decisions: transfer.NewDecisions(h.DB, h.Clock.Now, h.Berlin, wake),
		Keys:      idempotency.NewKeys(h.DB, h.Clock.Now),
	}
	h.handler = h.serve(t, h.doors)
	_, operator, err := h.doors.Tokens.CreateOperator(t.Context(), "operator", nil)
	check(t, err)
	h.operator = operator.Reveal()
	return h
}

// serve makes a handler that may have other doors than the house.
func (h *house) serve(t *testing.T, doors api.Doors) http.Handler {
	t.Helper()
	handler, err := api.New(doors, slog.New(slog.NewTextHandler(h.log, nil)))
	check(t, err)
	return handler
}

// tenantToken makes a tenant's token; without scopes it has all that a tenant's token can have.
func (h *house) tenantToken(t *testing.T, owner uuid.UUID, scopes ...string) string {
	t.Helper()
	if len(scopes) == 0 {
		scopes = identity.TenantScopes()
	}
	_, made, err := h.doors.Tokens.CreateTenant(t.Context(), owner, identity.Request{Name: "software", Scopes: scopes})
	check(t, err)
	return made.Reveal()
}

// operatorToken makes an operator's token that holds other scopes than operators do today.
func (h *house) operatorToken(t *testing.T, scopes ...string) string {
	t.Helper()
	row, made, err := h.doors.Tokens.CreateOperator(t.Context(), "support", nil)
	check(t, err)
	check(t, h.DB.InPlatform(t.Context(), func(tx *gorm.DB) error {
		return tx.Model(&identity.Token{}).Where("id = ?", row.ID).Update("scopes", strings.Join(scopes, " ")).Error
	}))
	return made.Reveal()
}

// within is a context in which a furnished tenant's own things can be changed past the API.
func within(t *testing.T, known map[string]string) context.Context {
	t.Helper()
	return scope.WithTenant(t.Context(), uuid.MustParse(known["tenant_id"]))
}

// ask is one request.
type ask struct {
	method, path string
	token        string
	// body is sent as it is when it is text or bytes, and as JSON otherwise.
	body   any
	header map[string]string
}

// with returns the request with further headers.
func (a ask) with(header map[string]string) ask {
	all := maps.Clone(a.header)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, header)
	a.header = all
	return a
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do asks the house, and fails the test when the answer is not as the contract says or is a failure of ours.
func (h *house) do(t *testing.T, a ask) answer {
	t.Helper()
	got := h.doOn(t, h.handler, a)
	if got.status >= http.StatusInternalServerError {
		t.Errorf("%s %s: a failure of ours: %s\n%s", a.method, a.path, got.body, h.log.String())
	}
	return got
}

// doOn asks a handler, and fails the test when the answer is not as the contract says.
func (h *house) doOn(t *testing.T, handler http.Handler, a ask) answer {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), a.method, a.path, a.reader(t))
	if a.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if a.token != "" {
		request.Header.Set("Authorization", "Bearer "+a.token)
	}
	for name, value := range a.header {
		request.Header.Set(name, value)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	got := answer{status: recorder.Code, header: recorder.Header(), body: recorder.Body.Bytes()}
	if err := h.contract.check(request, got); err != nil {
		t.Errorf("%s %s: status %d, not as the contract says: %v\n%s", a.method, a.path, got.status, err, got.body)
	}
	return got
}

func (a ask) reader(t *testing.T) io.Reader {
	t.Helper()
	switch body := a.body.(type) {
	case nil:
		return http.NoBody
	case string:
		return strings.NewReader(body)
	case []byte:
		return bytes.NewReader(body)
	default:
		raw, err := json.Marshal(body)
		check(t, err)
		return bytes.NewReader(raw)
	}
}

// want asks, and fails the test unless the status is the expected one.
func (h *house) want(t *testing.T, status int, a ask) answer {
	t.Helper()
	got := h.do(t, a)
	if got.status != status {
		t.Fatalf("%s %s: status %d, want %d\n%s", a.method, a.path, got.status, status, got.body)
	}
	return got
}

// get reads a member of an answer by the keys and numbers that lead to it; nil when it is not there.
func (a answer) get(t *testing.T, path ...any) any {
	t.Helper()
	var value any
	check(t, json.Unmarshal(a.body, &value))
	for _, step := range path {
		switch key := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[key]
		case int:
			list, _ := value.([]any)
			if key >= len(list) {
				return nil
			}
			value = list[key]
		}
	}
	return value
}

// text reads a member that is a text.
func (a answer) text(t *testing.T, path ...any) string {
	t.Helper()
	words, ok := a.get(t, path...).(string)
	if !ok {
		t.Fatalf("no text at %v in %s", path, a.body)
	}
	return words
}

// problemOfItem is what an answer says of the first of many items, as if it stood alone.
func (a answer) problemOfItem(t *testing.T) answer {
	t.Helper()
	problem := a.get(t, "items", 0, "problem")
	raw, err := json.Marshal(problem)
	check(t, err)
	status, _ := a.get(t, "items", 0, "status").(float64)
	return answer{status: int(status), header: a.header, body: raw}
}

// pointers are where the complaints of a problem lie, sorted.
func (a answer) pointers(t *testing.T) []string {
	t.Helper()
	var problem struct{ Errors []struct{ Pointer string } }
	check(t, json.Unmarshal(a.body, &problem))
	var found []string
	for _, part := range problem.Errors {
		found = append(found, part.Pointer)
	}
	return slices.Sorted(slices.Values(found))
}

// lines is a log that is safe for concurrent use.
type lines struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(line)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// dump is everything in the database, by table, apart from when tokens were used: what must stay as it was when nothing may be saved.
func (h *house) dump(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	conn, err := pgx.Connect(t.Context(), h.URLs.OwnerURL)
	check(t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	rows, err := conn.Query(t.Context(), `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`)
	check(t, err)
	var names []string
	for rows.Next() {
		var name string
		check(t, rows.Scan(&name))
		names = append(names, name)
	}
	check(t, rows.Err())
	for _, name := range names {
		var all string
		err := conn.QueryRow(t.Context(),
			`SELECT coalesce(string_agg((to_jsonb(t) - 'last_used_at')::text, E'\n' ORDER BY to_jsonb(t)::text), '') FROM "`+name+`" t`).Scan(&all)
		check(t, err)
		found[name] = all
	}
	return found
}

// unchanged fails the test when the database is not as it was.
func (h *house) unchanged(t *testing.T, before map[string]string) {
	t.Helper()
	after := h.dump(t)
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if before[name] != after[name] {
			t.Errorf("table %s has changed from\n%s\nto\n%s", name, before[name], after[name])
		}
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
