package api_test

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

func TestWhoGetsMailsIsSaidForTheTenantAndForABranch(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	base := "/v1/tenants/" + known["tenant_id"]
	branch := base + "/ba-accounts/" + known["account_id"] + "/hiring-organisations/" + known["organisation_id"] + "/notifications"
	read := func(path string) answer {
		return h.want(t, http.StatusOK, ask{method: "GET", path: path, token: h.operator})
	}
	put := func(path string, body object) {
		h.want(t, http.StatusOK, ask{method: "PUT", path: path, token: h.operator, body: body})
	}
	if nobody := read(base + "/notifications"); nobody.text(t, "mode") != "none" || nobody.get(t, "emails", 0) != nil {
		t.Errorf("at first: %s", nobody.body)
	}

	put(base+"/notifications", object{"emails": []string{"zentrale@muster-pflege.example"}, "mode": "daily", "language": "de"})
	if got := read(branch); got.text(t, "emails", 0) != "zentrale@muster-pflege.example" || got.get(t, "own") != false {
		t.Errorf("the branch without a setting of its own: %s", got.body)
	}
	put(branch, object{"emails": []string{"haus@muster-pflege.example"}, "mode": "at_once", "language": "en"})
	if got := read(branch); got.text(t, "emails", 0) != "haus@muster-pflege.example" || got.get(t, "own") != true || got.text(t, "language") != "en" {
		t.Errorf("the branch: %s", got.body)
	}
	for range 2 {
		h.want(t, http.StatusNoContent, ask{method: "DELETE", path: branch, token: h.operator})
	}
	if got := read(branch); got.text(t, "mode") != "daily" || got.get(t, "own") != false {
		t.Errorf("the branch afterwards: %s", got.body)
	}
}

func TestOfTwoWhoSayWhoGetsMailsTheSecondHasToReadFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	base := "/v1/tenants/" + known["tenant_id"]
	for _, path := range []string{
		base + "/notifications",
		base + "/ba-accounts/" + known["account_id"] + "/hiring-organisations/" + known["organisation_id"] + "/notifications",
	} {
		put := func(tag, address string) answer {
			return h.do(t, ask{
				method: "PUT", path: path, token: h.operator, header: map[string]string{"If-Match": tag},
				body: object{"emails": []string{address}, "mode": "daily", "language": "de"},
			})
		}
		for range 2 { // before the first setting, and over one
			h.Clock.Add(time.Second)
			tag := h.want(t, http.StatusOK, ask{method: "GET", path: path, token: h.operator}).header.Get("ETag")

			first, second := put(tag, "eins@muster-pflege.example"), put(tag, "zwei@muster-pflege.example")

			if first.status != http.StatusOK || second.status != http.StatusPreconditionFailed || second.text(t, "code") != "stale_version" {
				t.Errorf("%d %s, %d %s", first.status, first.body, second.status, second.body)
			}
			now := h.want(t, http.StatusOK, ask{method: "GET", path: path, token: h.operator})
			if now.text(t, "emails", 0) != "eins@muster-pflege.example" || now.header.Get("ETag") != first.header.Get("ETag") {
				t.Errorf("%s %s, and %s was answered", now.header.Get("ETag"), now.body, first.header.Get("ETag"))
			}
		}
	}
}

func TestMailsWithoutAnAddressAreRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	before := h.dump(t)
	for _, tt := range []struct {
		emails  []string
		pointer string
		code    string
	}{
		{[]string{}, "/emails", "emails_missing"},
		{[]string{"jobs@muster-pflege.example", "Frau Beispiel <chefin@muster-pflege.example>"}, "/emails/1", "email_malformed"},
		{[]string{"jobs@muster-pflege.example\r\nBcc: x@else.example"}, "/emails/0", "email_malformed"},
	} {
		got := h.want(t, http.StatusUnprocessableEntity, ask{
			method: "PUT", path: "/v1/tenants/" + known["tenant_id"] + "/notifications", token: h.operator,
			body: object{"emails": tt.emails, "mode": "at_once", "language": "de"},
		})

		if !slices.Equal(got.pointers(t), []string{tt.pointer}) || got.text(t, "errors", 0, "code") != tt.code {
			t.Errorf("%q: %s", tt.emails, got.body)
		}
	}
	h.unchanged(t, before)
}
