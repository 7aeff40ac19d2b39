package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

func TestACallThatTheAPICannotServeNowIsRepeatedUnlessItIsAPost(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]int32{http.MethodGet: 3, http.MethodPut: 3, http.MethodDelete: 3, http.MethodPost: 1} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if body, err := io.ReadAll(r.Body); err != nil || string(body) != `{"name":"Muster"}` {
					t.Errorf("the body is %q, %v", body, err)
				}
				if calls.Add(1) < 3 {
					w.WriteHeader(http.StatusServiceUnavailable)
					_, _ = io.WriteString(w, `{"code": "unavailable"}`)
				}
			}))
			defer api.Close()
			client := newClient(api.URL, "")
			client.pause = 0

			err := client.call(t.Context(), method, "/v1/tenants", map[string]string{"name": "Muster"}, nil)

			if calls.Load() != want {
				t.Errorf("called %d times, not %d", calls.Load(), want)
			}
			if _, refused := errors.AsType[*problem](err); refused != (want == 1) {
				t.Errorf("got %v", err)
			}
		})
	}
}
