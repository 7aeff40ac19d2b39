package ba

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// Outcome is what is certain about an upload afterwards. The zero Outcome is Unclear, so that a forgotten one is never sent again.
type Outcome uint8

// The outcomes.
const (
	// Unclear means that the BA may have taken the file or not; only its feedback can tell. The file must not be sent again blindly.
	Unclear Outcome = iota
	// NotSent means that certainly nothing was taken: no byte of the file has left. It may be sent again.
	NotSent
	// Refused means that the BA says it did not take the file, and never will.
	Refused
	// Taken means that the BA says it took the file. What it makes of the content comes with the feedback.
	Taken
)

// String returns the outcome's name: unclear, not_sent, refused or taken.
func (o Outcome) String() string {
	switch o {
	case NotSent:
		return "not_sent"
	case Refused:
		return "refused"
	case Taken:
		return "taken"
	default:
		return "unclear"
	}
}

// Receipt is what came back from an upload.
type Receipt struct {
	Outcome Outcome
	// Status is the HTTP status of the answer, or 0 without one.
	Status int
	// Title and Text are the words of the BA's page, for people; Text is cut to 500 characters.
	Title string
	Text  string
}

// The titles of the BA's two answers to an upload, compared without regard to case: HR-BA-XML, Einweisungskonzept §7.6.
const (
	titleTaken   = "SUCCESS"
	titleRefused = "ERROR"
)

// fileName is what may stand in the upload's file name; the BA's own grammar is narrower.
var fileName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$`)

// Upload hands one file in under the given name, by the form on the BA's upload page. The Receipt always says what is certain; err
// is nil exactly when the outcome is Taken, and else an *Error that says why.
func (s *Session) Upload(ctx context.Context, name string, file []byte) (Receipt, error) {
	if !fileName.MatchString(name) {
		return Receipt{Outcome: NotSent}, fmt.Errorf("upload to the BA: %q cannot be a file name", name)
	}
	ctx, cancel := context.WithTimeout(ctx, s.client.transferTimeout)
	defer cancel()
	var form uploadForm
	err := s.anew(ctx, func() (err error) {
		form, err = s.uploadForm(ctx)
		return err
	})
	if err != nil {
		return Receipt{Outcome: NotSent}, fmt.Errorf("fetch the BA's upload page: %w", err)
	}
	ctx, over := s.client.watch(ctx, "upload")
	receipt, err := s.submit(ctx, form, name, file)
	over(ClassOf(err))
	if err != nil {
		return receipt, fmt.Errorf("upload %s to the BA: %w", name, err)
	}
	return receipt, nil
}

// uploadForm fetches the upload page and reads its form.
func (s *Session) uploadForm(ctx context.Context) (read uploadForm, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.client.pageTimeout)
	defer cancel()
	ctx, over := s.client.watch(ctx, "upload_page")
	defer func() { over(ClassOf(err)) }()
	got, err := s.fetch(ctx, http.MethodGet, s.directory(s.PathMode()).JoinPath("in/"), maxPageBytes)
	if err != nil {
		return uploadForm{}, err
	}
	root, err := parsePage(got.header.Get("Content-Type"), got.body)
	if err != nil {
		return uploadForm{}, &Error{Class: ClassGarbage, Status: got.status, Err: err}
	}
	form, err := readForm(got.url, root)
	if err != nil {
		return uploadForm{}, &Error{Class: ClassGarbage, Status: got.status, Err: err}
	}
	if !s.client.contains(form.action) {
		detail := "the upload form's action is " + form.action.Redacted()
		return uploadForm{}, &Error{Class: ClassElsewhere, Status: got.status, Detail: detail, Err: errElsewhere}
	}
	return form, nil
}

// submit posts the filled form. The form is sent at most once: the body cannot be rewound, so net/http neither retries it on another
// connection nor repeats it for a redirect with status 307 or 308.
func (s *Session) submit(ctx context.Context, form uploadForm, name string, file []byte) (Receipt, error) {
	encoded, contentType, err := form.encode(name, file)
	if err != nil {
		return Receipt{Outcome: NotSent}, err
	}
	body := &onceBody{rest: bytes.NewReader(encoded)}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, form.action.String(), body)
	if err != nil {
		return Receipt{Outcome: NotSent}, fmt.Errorf("make request: %w", err)
	}
	req.ContentLength = int64(len(encoded))
	req.Header.Set("Content-Type", contentType)

	got, err := s.do(req, maxPageBytes)
	bodyLeft := body.seal()
	receipt := Receipt{Outcome: Unclear, Status: got.status}
	if err != nil {
		err = classify(ctx, err, bodyLeft)
	} else {
		receipt, err = judge(got)
	}
	if receipt.Outcome == Unclear && !bodyLeft {
		receipt.Outcome = NotSent
	}
	return receipt, err
}

// judge reads the page that answers an upload. Its title decides; nothing but the two known titles is taken for an answer.
func judge(got answer) (Receipt, error) {
	receipt := Receipt{Outcome: Unclear, Status: got.status}
	statusErr := checkStatus(got.status)
	root, err := parsePage(got.header.Get("Content-Type"), got.body)
	if err != nil {
		return receipt, &Error{Class: ClassGarbage, Status: got.status, Err: err}
	}
	receipt.Title, receipt.Text = title(root), bodyText(root)
	switch {
	case statusErr == nil && strings.EqualFold(receipt.Title, titleTaken):
		receipt.Outcome = Taken
		return receipt, nil
	case (statusErr == nil || ClassOf(statusErr) == ClassHTTP4xx) && strings.EqualFold(receipt.Title, titleRefused):
		receipt.Outcome = Refused
		return receipt, &Error{Class: ClassErrorPage, Status: got.status, Detail: receipt.Text}
	case statusErr != nil:
		return receipt, statusErr
	default:
		detail := fmt.Sprintf("the page's title is %q", receipt.Title)
		return receipt, &Error{Class: ClassGarbage, Status: got.status, Detail: detail}
	}
}

// onceBody is a request body that knows whether any of it was handed to the connection. net/http may go on reading a body in the
// background after it reported an error; once sealed, nothing more leaves.
type onceBody struct {
	mu     sync.Mutex
	rest   *bytes.Reader
	left   bool
	sealed bool
}

// Read hands out the next bytes.
func (b *onceBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sealed {
		return 0, io.ErrClosedPipe
	}
	n, err := b.rest.Read(p)
	b.left = b.left || n > 0
	return n, err
}

// Close does nothing: the body is memory.
func (*onceBody) Close() error { return nil }

// seal ends the body and reports whether any byte of it was handed out.
func (b *onceBody) seal() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sealed = true
	return b.left
}
