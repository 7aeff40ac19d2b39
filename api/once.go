package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/idempotency"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// The headers of idempotency.
const (
	headerIdempotencyKey = "Idempotency-Key"
	// headerReplayed marks an answer that is repeated.
	headerReplayed = "Idempotency-Replayed"
)

// retryAfter is when a request that is still running may be repeated, in seconds: most are done within one.
const retryAfter = "1"

// keptHeaders are the headers of an answer that are kept with it.
var keptHeaders = []string{echo.HeaderContentType, "Content-Language", headerETag}

// withheld says in a repeated answer why its secret is missing.
var withheld = text.Text{
	DE: "Das Geheimnis stand nur in der ersten Antwort und wird nicht aufbewahrt. Ist es verloren, widerrufen Sie dieses und legen Sie ein neues an.",
	EN: "The secret was shown in the first answer only and is not kept. If it is lost, revoke this one and create another.",
}

// once carries out a request under an Idempotency-Key one time only. It comes last before the handler: what it repeats was admitted and checked
// anew. The answer is held back until it is committed together with the request's effect.
func (s *server) once(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		op, key := s.contract.operations.of(c), r.Header.Get(headerIdempotencyKey)
		if op == nil || key == "" || r.Method != http.MethodPost || op.key == keyIgnored {
			return next(c)
		}
		if op.key == keyRefused {
			return fault.Collect(invalidParameter, []*fault.Error{keyNotTaken.At(headerIdempotencyKey, nil)})
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return bodyFault(err)
		}
		client, waiting := c.Response(), &held{header: http.Header{}}
		answer, repeated, err := s.keys.Once(r.Context(), idempotency.Request{
			Secret: bearer(r), Route: r.Method + " " + r.URL.EscapedPath(), Key: key, Body: body,
		}, func(ctx context.Context) (idempotency.Answer, error) {
			again := r.WithContext(ctx)
			again.Body = io.NopCloser(bytes.NewReader(body))
			c.SetRequest(again)
			c.SetResponse(echo.NewResponse(waiting, c.Echo()))
			defer func() { c.SetResponse(client) }()
			if err := next(c); err != nil {
				return idempotency.Answer{}, err
			}
			return keepable(op, waiting, languageOf(ctx))
		})
		c.SetRequest(r)
		if fault.Has(err, idempotency.Running) {
			client.Header().Set(echo.HeaderRetryAfter, retryAfter)
		}
		if err != nil {
			return err
		}
		if repeated {
			return replay(client, answer)
		}
		return waiting.answer(client)
	}
}

// replay answers what was kept.
func replay(to http.ResponseWriter, kept idempotency.Answer) error {
	for name, value := range kept.Header {
		to.Header().Set(name, value)
	}
	to.Header().Set(headerReplayed, "true")
	to.WriteHeader(kept.Status)
	_, err := to.Write(kept.Body)
	return err
}

// keepable is what is kept of an answer: all but the secrets in it, which the contract marks. Without them it is no longer a creation's.
func keepable(op *operation, shown *held, lang text.Language) (idempotency.Answer, error) {
	kept := idempotency.Answer{Status: shown.status, Header: map[string]string{"Content-Language": string(lang)}, Body: shown.body.Bytes()}
	for _, name := range keptHeaders {
		if value := shown.header.Get(name); value != "" {
			kept.Header[name] = value
		}
	}
	if len(op.secrets) == 0 {
		return kept, nil
	}
	var body map[string]json.RawMessage
	if err := json.Unmarshal(kept.Body, &body); err != nil {
		return kept, fmt.Errorf("take the secret out of an answer: %w", err)
	}
	maps.DeleteFunc(body, func(name string, _ json.RawMessage) bool { return slices.Contains(op.secrets, name) })
	words, err := json.Marshal(withheld.In(lang))
	if err != nil {
		return kept, fmt.Errorf("take the secret out of an answer: %w", err)
	}
	body["withheld"] = words
	kept.Status = http.StatusOK
	if kept.Body, err = json.Marshal(body); err != nil {
		return kept, fmt.Errorf("take the secret out of an answer: %w", err)
	}
	return kept, nil
}

// held is an answer that is not sent yet.
type held struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header returns the answer's headers.
func (h *held) Header() http.Header { return h.header }

// WriteHeader notes the status.
func (h *held) WriteHeader(status int) { h.status = status }

// Write keeps a part of the body.
func (h *held) Write(part []byte) (int, error) {
	if h.status == 0 {
		h.status = http.StatusOK
	}
	return h.body.Write(part)
}

// answer sends the answer.
func (h *held) answer(to http.ResponseWriter) error {
	maps.Copy(to.Header(), h.header)
	to.WriteHeader(h.status)
	_, err := h.body.WriteTo(to)
	return err
}
