package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

// TestTheBAsStatisticsOverTheAPI reads what the BA keeps about an employer, a day after activation.
func TestTheBAsStatisticsOverTheAPI(t *testing.T) {
	t.Parallel()
	e := enrol(t)
	e.goTheRoad(t)
	e.handIn(t)
	e.activate(t)
	if none := e.read(t, e.account+"/statistics", e.software); none.get(t, "items", 0) != nil {
		t.Errorf("on the first day: %s", none.body)
	}
	e.Clock.Add(24 * time.Hour)
	e.advance(t)

	list := e.read(t, e.account+"/statistics", e.software)
	names := []string{list.text(t, "items", 0, "name"), list.text(t, "items", 1, "name")}
	slices.Sort(names)
	if !slices.Equal(names, []string{"Stellenangebote_V000123400.xlsx", "Validierungsfehler_V000123400.xlsx"}) {
		t.Fatalf("%s", list.body)
	}
	path := e.account + "/statistics/" + list.text(t, "items", 0, "name")
	workbook := e.read(t, path, e.software)
	same := e.read(t, path+"?sha256="+list.text(t, "items", 0, "sha256"), e.software)

	if len(workbook.body) != len(same.body) || list.get(t, "items", 0, "size") != float64(len(workbook.body)) || !strings.HasPrefix(string(workbook.body), "PK") {
		t.Errorf("%d and %d bytes", len(workbook.body), len(same.body))
	}
	if media := workbook.header.Get("Content-Type"); media != "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" {
		t.Errorf("the content type is %q", media)
	}
	if saved := workbook.header.Get("Content-Disposition"); saved != "attachment; filename="+list.text(t, "items", 0, "name") {
		t.Errorf("saved as %q", saved)
	}
	for _, wrong := range []string{"/statistics/none.xlsx", "/statistics/..%2f..%2fpasswd", "/statistics/" + names[0] + "?sha256=" + strings.Repeat("0", 64)} {
		e.want(t, http.StatusNotFound, ask{method: "GET", path: e.base + e.account + wrong, token: e.software})
	}
	e.want(t, http.StatusBadRequest, ask{method: "GET", path: e.base + path + "?sha256=0", token: e.software})
}

func TestAnotherSendersFilesAreNamed(t *testing.T) {
	t.Parallel()
	e := enrol(t)
	for i, name := range []string{"ESV000123400_2026-11-24_10-00-00.xml", "ESV000123400_2026-11-24_11-00-00.xml"} {
		check(t, e.DB.InTx(scope.WithTenant(t.Context(), e.ref.TenantID), func(tx database.Tx) error {
			return tx.Create(&transfer.ForeignAnswer{
				AccountID: e.ref.AccountID, TenantID: tx.Tenant, Name: name, SeenAt: e.Clock.Now().Add(time.Duration(i) * time.Hour),
			}).Error
		}))
	}

	list := e.read(t, e.account+"/foreign-answers", e.software)

	if list.text(t, "items", 0, "file_name") != "ESV000123400_2026-11-24_11-00-00.xml" || list.text(t, "items", 0, "seen_at") != "2026-11-24T09:30:00Z" ||
		list.text(t, "items", 1, "file_name") != "ESV000123400_2026-11-24_10-00-00.xml" {
		t.Errorf("%s", list.body)
	}
}
