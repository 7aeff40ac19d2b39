package transfer

import (
	"context"
	"errors"
	"time"

	"pgregory.net/rapid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
)

// How workers of the model work, and die.

// killed is what a process dies of in the middle of its work.
type killed struct{}

// maxLooks is how often a worker looks at its clock in most of its runs.
const maxLooks = 40

// engine returns the engine of another process, which does something when it looks at its clock for the nth time; zero is never.
func (m *model) engine(nth int, do func()) *Engine {
	e := *m.w.engine
	looks, skew := 0, m.skew
	e.now = func() time.Time {
		if looks++; looks == nth {
			do()
		}
		return m.w.Clock.Now().Add(skew)
	}
	if m.cut {
		e.client = m.w.nowhere
	}
	return &e
}

// work lets a worker move the account forward. It dies when it looks at its clock for the nth time; zero is never.
func (m *model) work(dies int) { m.workWith(m.engine(dies, func() { panic(killed{}) })) }

func (m *model) workWith(e *Engine) {
	m.ok(m.try(func(ctx context.Context) error { return e.Advance(ctx, m.w.ref()) }))
	m.judgeUploads()
}

// try lets a worker do something for the account, once nobody else has it. Its death is no error.
func (m *model) try(do func(ctx context.Context) error) error {
	for {
		ctx, cancel := context.WithCancel(context.Background())
		err := m.survive(func() error { return do(ctx) })
		cancel()
		if !errors.Is(err, ErrClaimed) {
			return err
		}
		// Whoever claimed it is dead.
		m.w.Clock.Add(claimFor + 6*time.Minute)
	}
}

func (m *model) survive(do func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			if _, ours := cause.(killed); !ours {
				panic(cause)
			}
			m.happened.add("did really die", 1)
		}
	}()
	return do()
}

// goOn lets the time pass until the account is due, and work.
func (m *model) goOn() {
	if next := m.look().nextRun; next != nil && next.After(m.w.Clock.Now()) {
		m.w.Clock.Set(*next)
	}
	m.work(0)
}

func (m *model) die() { m.work(rapid.IntRange(1, maxLooks).Draw(m.T, "dies at")) }

// anotherWorker is one whose clock is five minutes off, with all that may come of it.
func (m *model) anotherWorker() {
	m.skew = one(m, "skew", []time.Duration{-5 * time.Minute, 5 * time.Minute})
	m.work(0)
	m.skew = 0
}

// dieSending dies when it is written down that the file leaves, and nothing has left yet.
func (m *model) dieSending() {
	e := m.engine(0, nil)
	m.ok(m.try(func(ctx context.Context) error {
		if _, err := e.take(ctx, m.w.ref()); err != nil {
			return err
		}
		r := &run{Engine: e}
		defer r.close()
		ctx = scope.WithTenant(ctx, m.w.tenant)
		for range maxSteps {
			found, err := r.load(ctx, m.w.account)
			if err != nil {
				return err
			}
			if found.current != nil && found.current.ID == r.wrote && found.open {
				if err := r.beginSending(ctx, found.current); err != nil {
					return err
				}
				break
			}
			if wait, err := r.step(ctx, found); err != nil || wait != nil {
				return err
			}
		}
		panic(killed{})
	}))
	m.judgeUploads()
}

// loseDatabase lets all connections of a worker to the database end at some moment, also in the middle of a transaction. The worker lives on.
func (m *model) loseDatabase() {
	const own, connections = "stellwerk_loses", 2
	db, err := database.Open(m.w.t.Context(), m.w.URLs.AppURL+"&application_name="+own, connections, m.w.Log)
	m.ok(err)
	defer db.Close()
	e := m.engine(rapid.IntRange(1, maxLooks).Draw(m.T, "lost at"), func() {
		m.happened.add("did really lose database", 1)
		_, err := m.w.DB.Pool().Exec(m.w.t.Context(), `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
			WHERE application_name = $1 AND datname = current_database()`, own)
		m.ok(err)
	})
	e.db = db
	// Only the schedule's word counts: an error says that the run was broken off.
	_ = m.try(func(ctx context.Context) error { return e.Advance(ctx, m.w.ref()) })
	m.judgeUploads()
}
