package ba_test

import (
	"context"
	"crypto/x509"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
)

const uploadName = "DSV000123400_2026-11-24_09-30-00.xml"

func TestUploadSendsTheFileUnderItsExactName(t *testing.T) {
	t.Parallel()
	var gotName, gotFile atomic.Value
	h := startHost(t, uploadSite(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, header, err := r.FormFile("upload")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		content, _ := io.ReadAll(file)
		gotName.Store(header.Filename)
		gotFile.Store(string(content))
		_, _ = io.WriteString(w, successPage)
	})))

	receipt, err := h.session(t, ba.PathPlain).Upload(t.Context(), uploadName, []byte("<a/>"))
	if err != nil || receipt.Outcome != ba.Taken {
		t.Fatalf("got %v, %v; want taken", receipt.Outcome, err)
	}
	if gotName.Load() != uploadName || gotFile.Load() != "<a/>" {
		t.Errorf("the host got %v under the name %v", gotFile.Load(), gotName.Load())
	}
	if receipt.Title != "Success" || receipt.Text != "Die Übermittlung war erfolgreich" || receipt.Status != http.StatusOK {
		t.Errorf("receipt %+v", receipt)
	}
}

func TestUploadOutcomeFollowsTheAnswerPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer  http.HandlerFunc
		outcome ba.Outcome
		class   ba.Class
	}{
		"success":                  {page(200, successPage), ba.Taken, ""},
		"success with 201":         {page(201, successPage), ba.Taken, ""},
		"success with 500":         {page(500, successPage), ba.Unclear, ba.ClassHTTP5xx},
		"success with 404":         {page(404, successPage), ba.Unclear, ba.ClassHTTP4xx},
		"error page":               {page(200, errorPage), ba.Refused, ba.ClassErrorPage},
		"error page with 400":      {page(400, errorPage), ba.Refused, ba.ClassErrorPage},
		"error page with 500":      {page(500, errorPage), ba.Unclear, ba.ClassHTTP5xx},
		"no page at all":           {page(200, ""), ba.Unclear, ba.ClassGarbage},
		"a title of something":     {page(200, "<title>Wartung</title>"), ba.Unclear, ba.ClassGarbage},
		"success only in the body": {page(200, "<body>SUCCESS</body>"), ba.Unclear, ba.ClassGarbage},
		"500 of the web server":    {page(500, "<title>500 Internal Server Error</title>"), ba.Unclear, ba.ClassHTTP5xx},
		"403 of the web server":    {page(403, "<title>403 Forbidden</title>"), ba.Unclear, ba.ClassHTTP4xx},
		"endless page":             {endlessPage, ba.Unclear, ba.ClassTooLarge},
		"cut after the file":       {cutAfterBody, ba.Unclear, ba.ClassConnectionCut},
		"cut inside the answer":    {cutInsideAnswer, ba.Unclear, ba.ClassConnectionCut},
		"redirect elsewhere":       {redirect(http.StatusSeeOther, "https://example.org/"), ba.Unclear, ba.ClassElsewhere},
		"redirect to plain http":   {redirect(http.StatusFound, "http://127.0.0.1/done"), ba.Unclear, ba.ClassElsewhere},
		"asked to send it again":   {redirect(http.StatusTemporaryRedirect, "/in/upload.php"), ba.Unclear, ba.ClassElsewhere},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var posts atomic.Int32
			h := startHost(t, uploadSite(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				posts.Add(1)
				test.answer(w, r)
			})))

			receipt, err := h.session(t, ba.PathPlain).Upload(t.Context(), uploadName, []byte("<a/>"))

			if receipt.Outcome != test.outcome || ba.ClassOf(err) != test.class {
				t.Errorf("got %v, %v; want %v, %q", receipt.Outcome, err, test.outcome, test.class)
			}
			if (err == nil) != (test.outcome == ba.Taken) {
				t.Errorf("the error is %v for the outcome %v", err, receipt.Outcome)
			}
			if posts.Load() != 1 {
				t.Errorf("the file was sent %d times", posts.Load())
			}
		})
	}
}

func TestUploadIsNotSentWhenTheUploadPageCannotBeUsed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		page  http.HandlerFunc
		class ba.Class
	}{
		"forbidden":                {page(403, ""), ba.ClassHTTP4xx},
		"down":                     {page(503, ""), ba.ClassHTTP5xx},
		"endless":                  {endlessPage, ba.ClassTooLarge},
		"cut":                      {cutAfterBody, ba.ClassConnectionCut},
		"redirect elsewhere":       {redirect(http.StatusFound, "https://example.org/in/"), ba.ClassElsewhere},
		"redirect in circles":      {redirect(http.StatusFound, "/in/"), ba.ClassElsewhere},
		"form leads elsewhere":     {page(200, form("https://example.org/upload.php")), ba.ClassElsewhere},
		"form leads to plain http": {page(200, form("http://127.0.0.1/upload.php")), ba.ClassElsewhere},
		"form leads to a script":   {page(200, form("javascript:alert(1)")), ba.ClassElsewhere},
		"form with a password":     {page(200, form("https://u:p@127.0.0.1/")), ba.ClassElsewhere},
		"maintenance":              {page(200, "<title>Wartung</title>"), ba.ClassGarbage},
		"form without an address":  {page(200, form("https://[::1")), ba.ClassGarbage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := startHost(t, test.page)

			receipt, err := h.session(t, ba.PathPlain).Upload(t.Context(), uploadName, []byte("<a/>"))

			if receipt.Outcome != ba.NotSent || ba.ClassOf(err) != test.class {
				t.Errorf("got %v, %v; want not_sent, %q", receipt.Outcome, err, test.class)
			}
		})
	}
}

func TestUploadTellsATimeoutAfterTheFileFromAShutdown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cause error
		class ba.Class
	}{
		"deadline": {context.DeadlineExceeded, ba.ClassTimeoutAfterBody},
		"shutdown": {context.Canceled, ba.ClassStopped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := &endedByHand{Context: t.Context(), done: make(chan struct{}), cause: test.cause}
			h := startHost(t, uploadSite(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				close(ctx.done)
				<-r.Context().Done()
			})))

			receipt, err := h.session(t, ba.PathPlain).Upload(ctx, uploadName, []byte("<a/>"))

			if receipt.Outcome != ba.Unclear || ba.ClassOf(err) != test.class {
				t.Errorf("got %v, %v; want unclear, %q", receipt.Outcome, err, test.class)
			}
		})
	}
}

func TestUploadTimesOutBeforeTheFileWhenTheUploadPageDoesNotCome(t *testing.T) {
	t.Parallel()
	h := startHost(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	session := h.sessionWith(t, ba.Options{PageTimeout: time.Millisecond}, ba.Identity{
		PartnerID:   partner,
		Certificate: h.authority.issue(t, time.Now().Add(time.Hour)),
		Authorities: []*x509.Certificate{h.authority.cert},
		PathMode:    ba.PathPlain,
	})

	receipt, err := session.Upload(t.Context(), uploadName, []byte("<a/>"))

	if receipt.Outcome != ba.NotSent || ba.ClassOf(err) != ba.ClassTimeoutBeforeBody {
		t.Errorf("got %v, %v", receipt.Outcome, err)
	}
}

func TestUploadFillsTheFormAsABrowserDoes(t *testing.T) {
	t.Parallel()
	got := make(chan *http.Request, 1)
	mux := http.NewServeMux()
	mux.Handle("GET /in/{$}", page(200, `<form action="/search"><input name="q"></form>
<form action="../neu/annahme.php?x=1#f"><input type="hidden" name="MAX_FILE_SIZE" value="99">
<input type="file" name="datei"><button name="go" value="ok">Senden</button></form>`))
	mux.HandleFunc("POST /neu/annahme.php", func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, successPage)
		got <- r
	})
	h := startHost(t, mux)

	receipt, err := h.session(t, ba.PathPlain).Upload(t.Context(), uploadName, []byte("<a/>"))
	if err != nil || receipt.Outcome != ba.Taken {
		t.Fatalf("got %v, %v", receipt.Outcome, err)
	}
	req := <-got
	if req.FormValue("MAX_FILE_SIZE") != "99" || req.FormValue("go") != "ok" || req.FormValue("x") != "1" {
		t.Errorf("the host got the fields %v", req.Form)
	}
	if files := req.MultipartForm.File["datei"]; len(files) != 1 || files[0].Filename != uploadName {
		t.Errorf("the host got the files %v", req.MultipartForm.File)
	}
}

func TestUploadFallsBackToTheDocumentedFormWithoutOne(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.Handle("GET /daten/V000123400/in/{$}", page(200, "<title>HRBAXML File Upload</title>"))
	mux.HandleFunc("POST /daten/V000123400/in/upload.php", func(w http.ResponseWriter, r *http.Request) {
		if _, _, err := r.FormFile("upload"); err == nil {
			_, _ = io.WriteString(w, successPage)
		}
	})
	h := startHost(t, mux)

	receipt, err := h.session(t, ba.PathPrefixed).Upload(t.Context(), uploadName, []byte("<a/>"))

	if err != nil || receipt.Outcome != ba.Taken {
		t.Errorf("got %v, %v", receipt.Outcome, err)
	}
}

func TestUploadFollowsARedirectToTheAnswerPage(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.Handle("/", uploadSite(redirect(http.StatusSeeOther, "/in/fertig.html")))
	mux.Handle("GET /in/fertig.html", page(200, successPage))
	h := startHost(t, mux)

	receipt, err := h.session(t, ba.PathPlain).Upload(t.Context(), uploadName, []byte("<a/>"))

	if err != nil || receipt.Outcome != ba.Taken {
		t.Errorf("got %v, %v", receipt.Outcome, err)
	}
}

func TestUploadRefusesNamesThatCannotBeAFileName(t *testing.T) {
	t.Parallel()
	h := startHost(t, uploadSite(page(200, successPage)))
	session := h.session(t, ba.PathPlain)

	for _, name := range []string{"", ".xml", "a/b.xml", "a\r\nb.xml", `a".xml`} {
		receipt, err := session.Upload(t.Context(), name, []byte("<a/>"))
		if err == nil || receipt.Outcome != ba.NotSent {
			t.Errorf("%q: got %v, %v", name, receipt.Outcome, err)
		}
	}
}

func form(action string) string {
	return `<form action="` + action + `"><input type="file" name="upload"></form>`
}

func endlessPage(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	line := make([]byte, 64<<10)
	for {
		if _, err := w.Write(line); err != nil {
			return
		}
	}
}

func cutAfterBody(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	panic(http.ErrAbortHandler)
}

func cutInsideAnswer(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = io.WriteString(w, "<title>SUCCESS</title>")
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func redirect(status int, to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		http.Redirect(w, r, to, status)
	}
}

// endedByHand is a context that ends when the test says so, for the reason it says.
type endedByHand struct {
	context.Context
	done  chan struct{}
	cause error
}

func (c *endedByHand) Done() <-chan struct{} { return c.done }

func (c *endedByHand) Err() error {
	select {
	case <-c.done:
		return c.cause
	default:
		return nil
	}
}
