package basim

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// maxUpload is the largest file that is taken. The BA documents no limit.
const maxUpload = 32 << 20

// The upload's pages: the titles and sentences are the BA's own, since clients go by them.
const (
	titleForm    = "HRBAXML File Upload"
	titleSuccess = "SUCCESS"
	titleError   = "ERROR"
	textSuccess  = "Die Übermittlung an die Bundesagentur für Arbeit war erfolgreich"
	textError    = "Fehler in der Übertragung: Die Voraussetzungen für eine erfolgreiche Übertragung wurden nicht eingehalten. " +
		"Bitte prüfen und erneut versuchen!"
)

// The names of the upload form's parts, unless the settings have others.
const (
	formAction = "upload.php"
	formField  = "upload"
)

// form sends the page with the upload form.
func (s *Server) form(w http.ResponseWriter, r *http.Request) {
	if s.suffers(faultSlowForm) != "" && !s.wait(r) {
		cut(w)
		return
	}
	settings := s.Settings()
	action := cmp.Or(settings.FormAction, formAction)
	if s.suffers(faultFormElsewhere) != "" {
		action = elsewhere + "in/upload.php"
	}
	s.page(w, http.StatusOK, titleForm, fmt.Sprintf(`<form action=%q method="post" enctype="multipart/form-data">
<label for="upload">Dateiauswahl:</label>
<input type="file" name=%q id="upload">
<input type="submit" value="Datei senden">
</form>`, html.EscapeString(action), html.EscapeString(cmp.Or(settings.FormField, formField))))
}

// uploadPath is where, within a partner's directory, the form is sent to.
func (s Settings) uploadPath() string {
	page := url.URL{Path: "/in/"}
	target, err := page.Parse(cmp.Or(s.FormAction, formAction))
	if err != nil {
		return page.Path + formAction
	}
	return target.Path
}

// page sends one of the upload's pages.
func (s *Server) page(w http.ResponseWriter, status int, title, body string) {
	settings := s.Settings()
	contentType := "text/html; charset=UTF-8"
	switch {
	case settings.NoCharset:
		contentType = "text/html"
	case settings.Latin1:
		contentType = "text/html; charset=ISO-8859-1"
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	// A client that is gone needs no page.
	_, _ = w.Write(settings.encode(fmt.Sprintf("<!DOCTYPE html>\n<html>\n<head>\n<title>%s</title>\n</head>\n<body>\n%s\n</body>\n</html>\n", title, body)))
}

// upload takes a file. What it answers says only whether the file was taken; its content is judged later.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, partner *Partner) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed)
		return
	}
	settings := s.Settings()
	name, body, err := readUpload(w, r, cmp.Or(settings.FormField, formField))
	if err == nil {
		err = s.acceptable(partner.ID, name, body, settings)
	}
	fault := s.suffers(uploadFaults()...)
	switch {
	case fault == faultCutBefore:
		cut(w)
		return
	case fault == faultServerError:
		refuse(w, http.StatusInternalServerError)
		return
	case fault == faultUnavailable:
		refuse(w, http.StatusServiceUnavailable)
		return
	case err != nil || fault == faultErrorPage:
		s.page(w, settings.errorStatus(), titleError, textError)
		return
	}
	s.receive(partner.ID, name, body)
	switch {
	case fault == faultCutAfter, fault == faultSlow && !s.wait(r):
		cut(w)
	case fault == faultGarbage:
		s.page(w, http.StatusOK, "Index", "<blink>0x8004005</blink")
	default:
		s.page(w, http.StatusOK, titleSuccess, textSuccess)
	}
}

// acceptable applies the rules of the settings by which a file is not even taken.
func (s *Server) acceptable(partnerID, name string, body []byte, settings Settings) error {
	switch {
	case settings.RefuseWrongNames && !isProcessed(name, partnerID):
		return errors.New("the name does not fit")
	case settings.MaxBytes > 0 && len(body) > settings.MaxBytes:
		return errors.New("the file is too large")
	case settings.UploadsPerDay > 0 && s.uploadsToday(partnerID) >= settings.UploadsPerDay:
		return errors.New("there were too many files today")
	}
	return nil
}

// readUpload returns the name and content of the part with the form's field name. An error means that it cannot be taken: no such part, too
// large, another extension than xml, or plainly no XML. An empty file passes, and is complained about in the feedback.
func readUpload(w http.ResponseWriter, r *http.Request, field string) (string, []byte, error) {
	const framing = 64 << 10
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload+framing)
	parts, err := r.MultipartReader()
	if err != nil {
		return "", nil, fmt.Errorf("read form: %w", err)
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return "", nil, fmt.Errorf("find the part %s: %w", field, err)
		}
		if part.FormName() != field || part.FileName() == "" {
			continue
		}
		body, err := io.ReadAll(io.LimitReader(part, maxUpload+1))
		if err != nil {
			return "", nil, fmt.Errorf("read the part %s: %w", field, err)
		}
		if len(body) > maxUpload {
			return "", nil, errors.New("the file is too large")
		}
		// The rest of the body is read so that a fault may cut the connection after all of it has arrived.
		_, _ = io.Copy(io.Discard, r.Body)
		name := part.FileName()
		if !strings.EqualFold(path.Ext(name), ".xml") || !looksLikeXML(body) {
			return "", nil, errors.New("the file is no XML")
		}
		return name, body, nil
	}
}

// looksLikeXML reports whether a file begins like XML, as far as anything can be seen in it.
func looksLikeXML(body []byte) bool {
	start := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	return len(start) == 0 || start[0] == '<'
}
