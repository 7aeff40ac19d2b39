package api_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"mime/multipart"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

type object = map[string]any

// whateverIsThere replaces a resource however it is.
var whateverIsThere = map[string]string{"If-Match": "*"}

// form is a multipart form with a file and other fields.
func form(t *testing.T, fields map[string]string) (body []byte, header map[string]string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		create := w.CreateFormField
		if name == "file" {
			create = func(name string) (io.Writer, error) { return w.CreateFormFile(name, "certificate.p12") }
		}
		part, err := create(name)
		check(t, err)
		_, err = part.Write([]byte(value))
		check(t, err)
	}
	check(t, w.Close())
	return b.Bytes(), map[string]string{"Content-Type": w.FormDataContentType()}
}

// ad is a posting's body that the BA takes.
func ad(title string, publish bool) object {
	return object{"publish": publish, "content": object{
		"employment_type": "skilled_worker", "occupation": object{"id": 134833}, "title": title,
		"description": "Sie pflegen und begleiten unsere Bewohnerinnen und Bewohner in einem festen Wohnbereich.",
		"places":      []object{{"country": "DE", "postal_code": "90402", "town": "Nürnberg", "region": "DE-BY"}},
		"openings":    1, "start": "immediately", "social_insurance": true,
		"apply":   object{"ways": []string{"email"}},
		"contact": object{"company": "Muster Pflege gGmbH", "salutation": "ms", "family_name": "Beispiel", "email": "jobs@muster-pflege.example"},
	}}
}

// furnish makes a tenant with one of everything that a request can make, and returns the ids by the names of their parameters.
func (h *house) furnish(t *testing.T) map[string]string {
	t.Helper()
	made := func(path string, body object) string {
		got := h.want(t, http.StatusCreated, ask{method: "POST", path: path, token: h.operator, body: body})
		return got.text(t, "id")
	}
	known := map[string]string{"tenant_id": made("/v1/tenants", object{"name": "Muster Pflege gGmbH"})}
	base := "/v1/tenants/" + known["tenant_id"]
	known["token_id"] = made(base+"/tokens", object{"name": "software", "scopes": []string{"postings:read"}})
	known["account_id"] = made(base+"/ba-accounts", object{"name": "Muster Pflege gGmbH", "supplier_id": "V000123400", "alliance_number": "99001"})
	known["organisation_id"] = made(base+"/ba-accounts/"+known["account_id"]+"/hiring-organisations",
		object{"name": "Muster Pflege gGmbH", "town": "Nürnberg", "kundennummer": "A123A12345"})
	body := ad("Pflegefachkraft (m/w/d)", false)
	body["external_id"] = "REQ-4711"
	known["posting_id"] = made(base+"/postings", body)
	known["name"] = h.keepStatistics(t, uuid.MustParse(known["tenant_id"]), uuid.MustParse(known["account_id"]))
	return known
}

// keepStatistics keeps a workbook as if the BA had it, and returns its name.
func (h *house) keepStatistics(t *testing.T, owner, account uuid.UUID) string {
	t.Helper()
	const name = "Stellenangebote_V000123400.xlsx"
	content := []byte("PK\x03\x04 workbook")
	digest := sha256.Sum256(content)
	check(t, h.DB.InTx(scope.WithTenant(t.Context(), owner), func(tx database.Tx) error {
		return tx.Create(&transfer.StatisticsFile{
			AccountID: account, TenantID: owner, Name: name, Digest: digest[:], Content: content, Size: len(content), FetchedAt: h.Clock.Now(),
		}).Error
	}))
	return name
}
