package api

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
)

// maxPIN is the longest PIN that is read, in bytes: 200 characters of up to 4 bytes.
const maxPIN = 800

// maxFormParts bounds the fields of the upload form.
const maxFormParts = 10

// ListCertificates answers a page of what is known of an account's certificates.
func (s *server) ListCertificates(ctx context.Context, r ListCertificatesRequestObject) (ListCertificatesResponseObject, error) {
	page, err := pageOf(ctx, r.Params.Cursor, r.Params.Limit)
	if err != nil {
		return nil, err
	}
	found, next, err := s.certificates.List(ctx, r.AccountID, page)
	if err != nil {
		return nil, err
	}
	return ListCertificates200JSONResponse{
		Body: CertificateList{Items: each(found, showCertificate), Next: next}, Headers: ListCertificates200ResponseHeaders{Link: nextLink(ctx, next)},
	}, nil
}

// UploadCertificate takes a certificate with its PIN.
func (s *server) UploadCertificate(ctx context.Context, r UploadCertificateRequestObject) (UploadCertificateResponseObject, error) {
	file, pin, err := readCertificateForm(r.Body)
	if err != nil {
		return nil, err
	}
	created, err := s.certificates.Upload(ctx, r.AccountID, file, pin)
	if err != nil {
		return nil, err
	}
	return UploadCertificate201JSONResponse(showCertificate(created)), nil
}

// GetCertificate answers what is known of one certificate.
func (s *server) GetCertificate(ctx context.Context, r GetCertificateRequestObject) (GetCertificateResponseObject, error) {
	found, err := s.certificates.Get(ctx, r.AccountID, r.CertificateID)
	if err != nil {
		return nil, err
	}
	shown := showCertificate(found)
	return GetCertificate200JSONResponse{Body: shown, Headers: GetCertificate200ResponseHeaders{ETag: tagOf(unversioned, shown)}}, nil
}

// RevokeCertificate stops using a certificate.
func (s *server) RevokeCertificate(ctx context.Context, r RevokeCertificateRequestObject) (RevokeCertificateResponseObject, error) {
	found, err := s.certificates.Revoke(ctx, r.AccountID, r.CertificateID)
	if err != nil {
		return nil, err
	}
	return RevokeCertificate200JSONResponse(showCertificate(found)), nil
}

// readCertificateForm reads file and PIN. What is too large is not read to its end.
func readCertificateForm(form *multipart.Reader) (file []byte, pin secret.Secret, err error) {
	seen := map[string]bool{}
	for range maxFormParts {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return file, pin, missingParts(seen)
		}
		if err != nil {
			return nil, secret.Secret{}, formFault(err)
		}
		name := part.FormName()
		switch {
		case name != "file" && name != "pin":
			return nil, secret.Secret{}, invalid(unknownField.At("/"+name, nil))
		case seen[name]:
			return nil, secret.Secret{}, invalid(repeatedValue.At("/"+name, nil))
		}
		seen[name] = true
		limit := int64(p12.MaxFile)
		if name == "pin" {
			limit = maxPIN
		}
		content, err := io.ReadAll(io.LimitReader(part, limit+1))
		switch {
		case err != nil:
			return nil, secret.Secret{}, formFault(err)
		case name == "file":
			file = content // one byte too many is enough for p12 to refuse it as too large
		case int64(len(content)) > limit:
			return nil, secret.Secret{}, invalid(tooLong.At("/pin", fault.Args{"limit": limit}))
		default:
			pin = secret.New(content)
		}
	}
	return nil, secret.Secret{}, malformedForm.New(nil)
}

func missingParts(seen map[string]bool) error {
	var missing []*fault.Error
	for _, name := range []string{"file", "pin"} {
		if !seen[name] {
			missing = append(missing, missingValue.At("/"+name, nil))
		}
	}
	return fault.Collect(fault.InvalidInput, missing)
}

func invalid(complaint *fault.Error) error {
	return fault.Collect(fault.InvalidInput, []*fault.Error{complaint})
}

func formFault(err error) error {
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return bodyTooLarge.New(fault.Args{"max": large.Limit})
	}
	return malformedForm.Because(err, nil)
}

func showCertificate(c credential.Certificate) Certificate {
	return Certificate{
		ID: c.ID, State: CertificateState(c.State), Subject: c.Subject, Issuer: c.Issuer, Serial: c.Serial, Fingerprint: c.Fingerprint,
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(), CreatedAt: c.CreatedAt.UTC(),
	}
}
