package idempotency_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/idempotency"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// office is a tenant whose requests have one visible effect: an event about the subject.
type office struct {
	*testhouse.House
	keys    *idempotency.Keys
	ctx     context.Context
	subject uuid.UUID
}

func newOffice(t *testing.T) *office {
	t.Helper()
	house := testhouse.New(t)
	_, ctx := house.Tenant(t, "Muster")
	return &office{House: house, keys: idempotency.NewKeys(house.DB, house.Clock.Now), ctx: ctx, subject: uuid.New()}
}

func request() idempotency.Request {
	return idempotency.Request{Secret: "swk_live_secret", Route: "POST /v1/things", Key: "key-1", Body: []byte(`{"name":"A"}`)}
}

func created() idempotency.Answer {
	return idempotency.Answer{Status: 201, Header: map[string]string{"ETag": `"1"`}, Body: []byte(`{"id":"1"}`)}
}

// effect is what a request does.
func (o *office) effect(ctx context.Context) error {
	return o.DB.InTx(ctx, func(tx database.Tx) error { return event.Append(tx, o.Clock.Now(), event.PostingSaved, o.subject, nil) })
}

// once makes a request that has the effect.
func (o *office) once(r idempotency.Request) (idempotency.Answer, bool, error) {
	return o.keys.Once(o.ctx, r, func(ctx context.Context) (idempotency.Answer, error) { return created(), o.effect(ctx) })
}

// effects counts how often it happened.
func (o *office) effects(t *testing.T) int {
	t.Helper()
	found, err := event.History(o.ctx, o.DB, o.subject)
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}

func TestARepeatedRequestHappensOnceAndIsAnsweredAlike(t *testing.T) {
	t.Parallel()
	o := newOffice(t)

	first, repeatedFirst, err := o.once(request())
	if err != nil {
		t.Fatal(err)
	}
	o.Clock.Add(idempotency.Kept - time.Second)
	second, repeatedSecond, err := o.once(request())
	if err != nil {
		t.Fatal(err)
	}

	if repeatedFirst || !repeatedSecond {
		t.Errorf("repeated: %t, %t", repeatedFirst, repeatedSecond)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error(diff)
	}
	if n := o.effects(t); n != 1 {
		t.Errorf("it happened %d times", n)
	}
}

func TestAKeyHoldsForOneBodyOneRouteAndOneCaller(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if _, _, err := o.once(request()); err != nil {
		t.Fatal(err)
	}
	body, route, caller, key := request(), request(), request(), request()
	body.Body = []byte(`{"name":"B"}`)
	route.Route = "POST /v1/others"
	caller.Secret = "swk_live_other"
	key.Key = "key-2"

	if _, _, err := o.once(body); !fault.Has(err, idempotency.Reused) {
		t.Errorf("another body: %v", err)
	}
	for name, r := range map[string]idempotency.Request{"route": route, "caller": caller, "key": key} {
		if _, repeated, err := o.once(r); err != nil || repeated {
			t.Errorf("another %s: repeated %t, %v", name, repeated, err)
		}
	}
	if n := o.effects(t); n != 4 {
		t.Errorf("it happened %d times", n)
	}
}

func TestARequestThatFailedChangesNothingAndLeavesItsKeyFree(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	failed := errors.New("failed")

	_, _, err := o.keys.Once(o.ctx, request(), func(ctx context.Context) (idempotency.Answer, error) {
		return created(), errors.Join(o.effect(ctx), failed)
	})

	if !errors.Is(err, failed) || o.effects(t) != 0 {
		t.Fatalf("%v, and %d effects", err, o.effects(t))
	}
	corrected := request()
	corrected.Body = []byte(`{"name":"corrected"}`)
	if _, repeated, err := o.once(corrected); err != nil || repeated || o.effects(t) != 1 {
		t.Errorf("the key is not free: %t, %v", repeated, err)
	}
}

func TestWhileARequestRunsItsTwinIsToldSo(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var twin, other error
	_, _, err := o.keys.Once(o.ctx, request(), func(ctx context.Context) (idempotency.Answer, error) {
		_, _, twin = o.once(request())
		different := request()
		different.Body = nil
		_, _, other = o.once(different)
		return created(), o.effect(ctx)
	})

	if err != nil || !fault.Has(twin, idempotency.Running) || !fault.Has(other, idempotency.Reused) || o.effects(t) != 1 {
		t.Errorf("%v; the twin %v; another body %v; %d effects", err, twin, other, o.effects(t))
	}
}

func TestAClaimWithoutAnAnswerLapsesAndItsEffectNeverHappens(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var early, late error

	// The first attempt is so slow that another one takes the key over and is done before it.
	_, _, slow := o.keys.Once(o.ctx, request(), func(ctx context.Context) (idempotency.Answer, error) {
		o.Clock.Add(time.Minute - time.Second)
		_, _, early = o.once(request())
		o.Clock.Add(time.Second)
		_, _, late = o.once(request())
		return created(), o.effect(ctx)
	})

	if !fault.Has(early, idempotency.Running) {
		t.Errorf("after 59 seconds: %v", early)
	}
	if late != nil {
		t.Errorf("after 60 seconds: %v", late)
	}
	if !fault.Has(slow, idempotency.Running) || o.effects(t) != 1 {
		t.Errorf("the slow attempt: %v; %d effects", slow, o.effects(t))
	}
	if _, repeated, err := o.once(request()); err != nil || !repeated {
		t.Errorf("the answer is gone: %t, %v", repeated, err)
	}
}

func TestAPanicUndoesTheEffectAndFreesTheKey(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	func() {
		defer func() { _ = recover() }()
		_, _, _ = o.keys.Once(o.ctx, request(), func(ctx context.Context) (idempotency.Answer, error) {
			if err := o.effect(ctx); err != nil {
				t.Error(err)
			}
			panic("broken")
		})
	}()

	if o.effects(t) != 0 {
		t.Error("half of it happened")
	}
	if _, repeated, err := o.once(request()); err != nil || repeated {
		t.Errorf("the key is not free: %t, %v", repeated, err)
	}
}

func TestACallerWhoWentAwayBeforeTheEndFreesTheKey(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx, leave := context.WithCancel(o.ctx)

	_, _, err := o.keys.Once(ctx, request(), func(ctx context.Context) (idempotency.Answer, error) {
		err := o.effect(ctx)
		leave()
		return created(), err
	})

	if err == nil || o.effects(t) != 0 {
		t.Fatalf("%v, and %d effects", err, o.effects(t))
	}
	if _, repeated, err := o.once(request()); err != nil || repeated {
		t.Errorf("the key is not free: %t, %v", repeated, err)
	}
}

func TestAnAnswerBelongsToTheTenantThatTheRequestMade(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	directory := tenant.NewDirectory(o.DB, o.Clock.Now)
	create := func() (bool, error) {
		_, repeated, err := o.keys.Once(t.Context(), request(), func(ctx context.Context) (idempotency.Answer, error) {
			_, err := directory.Create(ctx, "Neu GmbH")
			return created(), err
		})
		return repeated, err
	}

	first, err := create()
	second, again := create()

	if err != nil || again != nil || first || !second {
		t.Fatalf("%t %v, %t %v", first, err, second, again)
	}
	if n := o.count(t, "tenants WHERE name = 'Neu GmbH'"); n != 1 {
		t.Errorf("%d tenants", n)
	}
	if n := o.count(t, "idempotency_answers a JOIN tenants t ON t.id = a.tenant_id WHERE t.name = 'Neu GmbH'"); n != 1 {
		t.Errorf("%d answers of it", n)
	}
}

func TestADayLaterAnAnswerIsForgotten(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if _, _, err := o.once(request()); err != nil {
		t.Fatal(err)
	}
	o.Clock.Add(idempotency.Kept / 2)
	younger := request()
	younger.Key = "younger"
	if _, _, err := o.once(younger); err != nil {
		t.Fatal(err)
	}
	o.Clock.Add(idempotency.Kept / 2)

	err := o.keys.Prune(t.Context())

	if err != nil || o.count(t, "idempotency_claims") != 1 || o.count(t, "idempotency_answers") != 1 {
		t.Errorf("%v; %d keys and %d answers are left", err, o.count(t, "idempotency_claims"), o.count(t, "idempotency_answers"))
	}
	if _, repeated, err := o.once(younger); err != nil || !repeated {
		t.Errorf("the younger one is gone: %v", err)
	}
}

func TestAnAnswerThatIsTooOldIsNotRepeatedThoughNobodyPrunedIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if _, _, err := o.once(request()); err != nil {
		t.Fatal(err)
	}
	o.Clock.Add(idempotency.Kept)

	_, repeated, err := o.once(request())

	if err != nil || repeated || o.effects(t) != 2 {
		t.Errorf("repeated %t, %v, %d effects", repeated, err, o.effects(t))
	}
}

func TestNeitherKeyNorBodyNorSecretCanBeReadInTheDatabase(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if _, _, err := o.once(request()); err != nil {
		t.Fatal(err)
	}

	for _, words := range []string{request().Key, `"name"`, request().Secret, "things"} {
		if n := o.count(t, "idempotency_claims c WHERE c::text LIKE '%"+words+"%' OR encode(digest, 'escape') || encode(fingerprint, 'escape') LIKE '%"+words+"%'"); n != 0 {
			t.Errorf("%s stands there", words)
		}
	}
}

// count counts rows as the owner of the tables sees them.
func (o *office) count(t *testing.T, from string) int {
	t.Helper()
	owner, err := database.Open(t.Context(), o.URLs.OwnerURL, 1, o.Log)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	var n int
	if err := owner.InPlatform(t.Context(), func(tx *gorm.DB) error { return tx.Raw("SELECT count(*) FROM " + from).Scan(&n).Error }); err != nil {
		t.Fatal(err)
	}
	return n
}
