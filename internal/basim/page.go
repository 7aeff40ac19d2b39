package basim

import (
	_ "embed"
	"html/template"
	"net/http"
	"time"
)

//go:embed page.html
var pageSource string

// showPage shows accounts, ads and files to a person.
func (b *BA) showPage(w http.ResponseWriter, _ *http.Request) {
	local := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(b.zone).Format(germanTime)
	}
	page, err := template.New("page").Funcs(template.FuncMap{"local": local}).Parse(pageSource)
	if err != nil {
		http.Error(w, "the page cannot be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	// A client that is gone needs no page.
	_ = page.Execute(w, b.State())
}
