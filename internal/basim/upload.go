package basim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
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

// form sends the page with the upload form.
func (s *Server) form(w http.ResponseWriter, r *http.Request) {
	if s.suffers(&s.faults.SlowForm) && !s.wait(r) {
		cut(w)
		return
	}
	s.page(w, http.StatusOK, titleForm, `<form action="upload.php" method="post" enctype="multipart/form-data">
<label for="upload">Dateiauswahl:</label>
<input type="file" name="upload" id="upload">
<input type="submit" value="Datei senden">
</form>`)
}

// page sends one of the upload's pages.
func (s *Server) page(w http.ResponseWriter, status int, title, body string) {
	settings, charset := s.Settings(), "UTF-8"
	if settings.Latin1 {
		charset = "ISO-8859-1"
	}
	w.Header().Set("Content-Type", "text/html; charset="+charset)
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
	name, body, err := readUpload(w, r)
	settings := s.Settings()
	if err == nil && settings.RefuseWrongNames && !isProcessed(name, partner.ID) {
		err = errors.New("the name does not fit")
	}
	fault := s.uploadFault()
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
	switch fault {
	case faultCutAfter:
		cut(w)
	case faultGarbage:
		s.page(w, http.StatusOK, "Index", "<blink>0x8004005</blink")
	case faultSlow:
		if !s.wait(r) {
			cut(w)
			return
		}
		s.page(w, http.StatusOK, titleSuccess, textSuccess)
	default:
		s.page(w, http.StatusOK, titleSuccess, textSuccess)
	}
}

// readUpload returns the name and content of the part called upload. An error means that it cannot be taken: no such part, too
// large, another extension than xml, or plainly no XML. An empty file passes, and is complained about in the feedback.
func readUpload(w http.ResponseWriter, r *http.Request) (string, []byte, error) {
	const framing = 64 << 10
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload+framing)
	parts, err := r.MultipartReader()
	if err != nil {
		return "", nil, fmt.Errorf("read form: %w", err)
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return "", nil, fmt.Errorf("find the part upload: %w", err)
		}
		if part.FormName() != "upload" || part.FileName() == "" {
			continue
		}
		body, err := io.ReadAll(io.LimitReader(part, maxUpload+1))
		if err != nil {
			return "", nil, fmt.Errorf("read the part upload: %w", err)
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

// uploadFault is one way in which an upload can end badly.
type uploadFault int

const (
	faultNone uploadFault = iota
	faultCutBefore
	faultServerError
	faultUnavailable
	faultErrorPage
	faultCutAfter
	faultGarbage
	faultSlow
)

// uploadFault uses up the fault that the next upload suffers.
func (s *Server) uploadFault() uploadFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch f := &s.faults; {
	case spend(&f.CutBeforeStoring):
		return faultCutBefore
	case spend(&f.ServerError):
		return faultServerError
	case spend(&f.Unavailable):
		return faultUnavailable
	case spend(&f.ErrorPage):
		return faultErrorPage
	case spend(&f.CutAfterStoring):
		return faultCutAfter
	case spend(&f.GarbagePage):
		return faultGarbage
	case spend(&f.SlowAnswer):
		return faultSlow
	}
	return faultNone
}
