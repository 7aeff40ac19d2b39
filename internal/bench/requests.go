package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// stretch is how long one way of doing it is measured at a time, and stretches how often, in turn with the others.
	stretch   = 4 * time.Second
	stretches = 3
	// requestTimeout bounds one request.
	requestTimeout = 30 * time.Second
	// listed is how many summaries are listed.
	listed = 20
)

// smallAd is an ad's content of usual size, as JSON.
func smallAd() []byte {
	raw, err := json.Marshal(content(0))
	if err != nil {
		panic(err) // a content always has a form in JSON
	}
	return raw
}

// request is one request that is measured.
type request struct {
	name, method, path string
	body               []byte
	want               int
	aim                float64
}

func measured() ([]request, error) {
	body, err := json.Marshal(map[string]any{"publish": true, "content": content(0)})
	return []request{
		{"create", http.MethodPost, "", body, http.StatusCreated, 0.5},
		{"list", http.MethodGet, fmt.Sprintf("?limit=%d", listed), nil, http.StatusOK, 0.4},
	}, err
}

// measureRequests prints how fast the API is beside the same statements sent by pgx alone.
func measureRequests(ctx context.Context) error {
	requests, err := measured()
	if err != nil {
		return err
	}
	return withHouse(ctx, func(h *house) error {
		for _, r := range requests {
			if err := h.measure(ctx, r); err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
		}
		return nil
	})
}

// measure measures one request over HTTP, its own transaction by pgx, and all that it asks the database.
func (h *house) measure(ctx context.Context, r request) error {
	browser := &http.Client{Timeout: requestTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer browser.CloseIdleConnections()
	if err := h.used(ctx); err != nil {
		return err
	}
	model := h.customers[0]
	all, err := h.recorder.record(func() error { return h.ask(ctx, browser, r, model) })
	if err != nil {
		return err
	}
	own := ofTenant(all)
	if len(own) == 0 {
		return fmt.Errorf("none of %d statements work for a tenant", len(all))
	}
	conns, disconnect, err := h.connect(ctx)
	defer disconnect()
	if err != nil {
		return err
	}
	var http, pgxOwn, pgxAll tally
	for range stretches {
		if err := h.used(ctx); err != nil {
			return err
		}
		for _, way := range []struct {
			tally *tally
			do    func(client int, c customer) error
		}{
			{&pgxOwn, func(client int, c customer) error { return replay(ctx, conns[client], own, model, c) }},
			{&http, func(_ int, c customer) error { return h.ask(ctx, browser, r, c) }},
			{&pgxAll, func(client int, c customer) error { return replay(ctx, conns[client], all, model, c) }},
		} {
			if err := way.tally.run(h.customers, way.do); err != nil {
				return err
			}
		}
	}
	fmt.Printf("%s: HTTP / its transaction by pgx = %.2f (aim %.2f or more), / all its statements by pgx = %.2f; %.0f, %.0f, %.0f per second; "+
		"p50 %.1f, %.1f, %.1f ms; p99 %.1f, %.1f, %.1f ms\n",
		r.name, http.rate()/pgxOwn.rate(), r.aim, http.rate()/pgxAll.rate(), http.rate(), pgxOwn.rate(), pgxAll.rate(),
		http.at(50), pgxOwn.at(50), pgxAll.at(50), http.at(99), pgxOwn.at(99), pgxAll.at(99))
	return nil
}

// connect opens a connection for each client. disconnect must be called whatever happened.
func (h *house) connect(ctx context.Context) (conns []*pgx.Conn, disconnect func(), err error) {
	disconnect = func() {
		for _, conn := range conns {
			_ = conn.Close(context.WithoutCancel(ctx))
		}
	}
	for range clients {
		conn, err := pgx.Connect(ctx, h.urls.AppURL)
		if err != nil {
			return conns, disconnect, fmt.Errorf("connect: %w", err)
		}
		conns = append(conns, conn)
	}
	return conns, disconnect, nil
}

// ask asks the API as one customer.
func (h *house) ask(ctx context.Context, browser *http.Client, r request, c customer) error {
	asked, err := http.NewRequestWithContext(ctx, r.method, h.server.URL+"/v1/tenants/"+c.Tenant.String()+"/postings"+r.path, bytes.NewReader(r.body))
	if err != nil {
		return err
	}
	asked.Header.Set("Authorization", "Bearer "+c.token)
	asked.Header.Set("Content-Type", "application/json")
	got, err := browser.Do(asked)
	if err != nil {
		return err
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err == nil && got.StatusCode != r.want {
		err = fmt.Errorf("status %d: %s", got.StatusCode, body)
	}
	return err
}

// tally is how long each of many took.
type tally struct {
	took []time.Duration
	wall time.Duration
}

// run lets all clients do something again and again for a stretch of time, each for another customer each time.
func (t *tally) run(customers []customer, do func(client int, c customer) error) error {
	var next atomic.Int64
	var mu sync.Mutex
	var failed error
	var all sync.WaitGroup
	began := time.Now()
	for client := range clients {
		all.Go(func() {
			var own []time.Duration
			var err error
			for err == nil && time.Since(began) < stretch {
				// A prime step goes through all customers in no order.
				c := customers[int(next.Add(1)*7919)%len(customers)]
				at := time.Now()
				err = do(client, c)
				own = append(own, time.Since(at))
			}
			mu.Lock()
			defer mu.Unlock()
			t.took = append(t.took, own...)
			if err != nil {
				failed = err
			}
		})
	}
	all.Wait()
	t.wall += time.Since(began)
	return failed
}

// rate is how many there were in a second.
func (t *tally) rate() float64 { return float64(len(t.took)) / t.wall.Seconds() }

// at is a percentile, in milliseconds.
func (t *tally) at(percent int) float64 {
	sorted := slices.Sorted(slices.Values(t.took))
	return float64(sorted[len(sorted)*percent/100].Microseconds()) / 1000
}
