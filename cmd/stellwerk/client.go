package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
)

// clientTimeout bounds one call of the demo to its own API.
const clientTimeout = 30 * time.Second

// A call that the API cannot serve now is tried so often, with a pause in between: half a minute in all.
const (
	maxAttempts = 15
	retryPause  = 2 * time.Second
)

// maxAnswer bounds what is read of an answer.
const maxAnswer = 4 << 20

// client calls the API as anybody's software would: over HTTP, with a token.
type client struct {
	url   string
	token string
	http  http.Client
	// pause is the time between two tries of a call that the API cannot serve now.
	pause time.Duration
}

func newClient(url, token string) *client {
	return &client{url: url, token: token, http: http.Client{Timeout: clientTimeout}, pause: retryPause}
}

// problem is what the API answers when it refuses.
type problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Errors []struct {
		Pointer string `json:"pointer"`
		Code    string `json:"code"`
		Detail  string `json:"detail"`
		Hint    string `json:"hint"`
	} `json:"errors"`
}

// Error says what was refused and why.
func (p *problem) Error() string {
	return fmt.Sprintf("%d %s: %s", p.Status, p.Code, strings.Join(p.lines(), " "))
}

// lines are the words of a problem as a person reads them.
func (p *problem) lines() []string {
	if len(p.Errors) == 0 {
		return []string{p.Detail}
	}
	lines := make([]string, len(p.Errors))
	for i, e := range p.Errors {
		lines[i] = e.Pointer + ": " + e.Detail + " " + e.Hint
	}
	return lines
}

// call sends a JSON body, if there is one, and reads the answer into out. A refusal is a *problem.
//
// On a machine under load the database may be away for a moment. What can be repeated without harm, everything but a POST, is then
// called again.
func (c *client) call(ctx context.Context, method, path string, body, out any) error {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return err
		}
	}
	for attempt := 1; ; attempt++ {
		var content io.Reader
		if body != nil {
			content = bytes.NewReader(raw)
		}
		err := c.send(ctx, method, path, "application/json", content, out)
		refusal, refused := errors.AsType[*problem](err)
		if !refused || refusal.Status != http.StatusServiceUnavailable || method == http.MethodPost || attempt == maxAttempts {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(c.pause):
		}
	}
}

// upload sends a certificate with its PIN as a form.
func (c *client) upload(ctx context.Context, path string, file []byte, pin string, out any) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "Zertifikat.p12")
	if err != nil {
		return err
	}
	if _, err := part.Write(file); err != nil {
		return err
	}
	if err := form.WriteField("pin", pin); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	return c.send(ctx, http.MethodPost, path, form.FormDataContentType(), &body, out)
}

func (c *client) send(ctx context.Context, method, path, contentType string, body io.Reader, out any) error {
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, body)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	if body != nil {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		refusal := &problem{Status: response.StatusCode}
		if err := json.Unmarshal(raw, refusal); err != nil {
			return fmt.Errorf("%s %s: status %d: %w", method, path, response.StatusCode, err)
		}
		return refusal
	}
	if out == nil || len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}
