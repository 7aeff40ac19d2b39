package basim

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"
)

//go:embed page.html
var pageSource string

// pageView is what the page for people shows.
type pageView struct {
	State
	// Live, Waiting and Refused are counts for the head of the page.
	Live, Waiting, Refused int
	// Switched lists the settings, faults and rates that are not as at the start, by their JSON names.
	Switched []switched
}

// switched is one setting, fault or rate with its value.
type switched struct{ Name, Value string }

// showPage shows accounts, ads and files to a person, newest uploads first.
func (b *BA) showPage(w http.ResponseWriter, _ *http.Request) {
	view := pageView{State: b.State()}
	slices.Reverse(view.Uploads)
	for _, ad := range view.Ads {
		if ad.State == AdLive {
			view.Live++
		}
	}
	for _, u := range view.Uploads {
		view.Refused += len(u.Messages)
		if u.State == UploadWaiting {
			view.Waiting++
		}
	}
	for _, of := range []any{view.Settings, view.Faults, view.Rates.Faults} {
		view.Switched = append(view.Switched, switchedOf(of)...)
	}
	local := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(b.zone).Format(germanTime)
	}
	page, err := template.New("page").Funcs(template.FuncMap{"local": local, "short": shortName}).Parse(pageSource)
	if err != nil {
		http.Error(w, "the page cannot be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	// A client that is gone needs no page.
	_ = page.Execute(w, view)
}

// switchedOf lists the fields of a value that JSON does not show as nothing.
func switchedOf(v any) []switched {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil
	}
	var all []switched
	for name, value := range fields {
		if !slices.Contains([]string{"0", `""`, `"0s"`, "false", "null", "[]"}, string(value)) {
			all = append(all, switched{name, strings.Trim(string(value), `"`)})
		}
	}
	slices.SortFunc(all, func(x, y switched) int { return strings.Compare(x.Name, y.Name) })
	return all
}

// shortName is a code without the words that all codes share.
func shortName(code string) string {
	return strings.TrimPrefix(strings.TrimPrefix(code, "FLR_"), "JCValid_")
}
