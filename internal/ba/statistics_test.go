package ba_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
)

// statisticsListing is the folder of workbooks, with links that are none.
const statisticsListing = `<title>Index of /Statistiken</title><pre><a href="?C=N;O=D">Name</a><hr>
<a href="/">Parent Directory</a>  <a href="Stellenangebote_V000123400.xlsx">Stellen</a> 24-Nov-2026 05:00 9K
<a href="../in/geheim.xlsx">x</a> <a href="https://example.org/x.xlsx">x</a> <a href="readme.txt">readme</a> <a href="alt.XLSX">alt</a></pre>`

func TestStatisticsAreTheWorkbooksOfTheirFolder(t *testing.T) {
	t.Parallel()
	for mode, folder := range map[ba.PathMode]string{ba.PathPlain: "/Statistiken/", ba.PathPrefixed: "/daten/" + partner + "/Statistiken/"} {
		mux := http.NewServeMux()
		mux.HandleFunc("GET "+folder+"{$}", page(200, statisticsListing))
		mux.HandleFunc("GET "+folder+"Stellenangebote_V000123400.xlsx", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("PK workbook")) })
		session := startHost(t, mux).session(t, mode)

		found, err := session.Statistics(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		content, err := session.DownloadStatistics(t.Context(), "Stellenangebote_V000123400.xlsx", 11)
		if err != nil {
			t.Fatal(err)
		}

		var names []string
		for _, entry := range found {
			names = append(names, entry.Name)
		}
		if !slices.Equal(names, []string{"Stellenangebote_V000123400.xlsx", "alt.XLSX"}) || string(content) != "PK workbook" {
			t.Errorf("%s: %q, %q", mode, names, content)
		}
		if _, err := session.DownloadStatistics(t.Context(), "Stellenangebote_V000123400.xlsx", 10); ba.ClassOf(err) != ba.ClassTooLarge {
			t.Errorf("%s: a larger one is %v", mode, err)
		}
	}
}

func TestAnEmployerWithoutStatisticsHasNone(t *testing.T) {
	t.Parallel()
	session := startHost(t, page(http.StatusNotFound, "<title>404</title>")).session(t, ba.PathPlain)

	if found, err := session.Statistics(t.Context()); err != nil || found != nil {
		t.Errorf("got %v, %v", found, err)
	}
}

func TestStatisticsThatAreNoListingAreAnError(t *testing.T) {
	t.Parallel()
	for status, class := range map[int]ba.Class{http.StatusOK: ba.ClassGarbage, http.StatusServiceUnavailable: ba.ClassHTTP5xx} {
		session := startHost(t, page(status, "<title>Wartung</title>")).session(t, ba.PathPlain)

		if _, err := session.Statistics(t.Context()); ba.ClassOf(err) != class {
			t.Errorf("status %d: %v", status, err)
		}
	}
}

func TestAWorkbookIsAskedByNameOnly(t *testing.T) {
	t.Parallel()
	session := startHost(t, page(200, "no")).session(t, ba.PathPlain)
	for _, name := range []string{"", "../x.xlsx", "a/b.xlsx", `a\b.xlsx`, "a\x00.xlsx", strings.Repeat("a", 300)} {
		if _, err := session.DownloadStatistics(t.Context(), name, 10); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
}
