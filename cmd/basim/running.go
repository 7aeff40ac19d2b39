package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// servingFile, in the state directory, says where the simulator that uses the directory can be reached.
const servingFile = "serving.json"

// controlTimeout bounds each question to a running simulator; making an RSA key takes a moment.
const controlTimeout = 15 * time.Second

// maxAnswer bounds what is read of the answers.
const maxAnswer = 1 << 20

// serving is what serve prints when it is ready, and leaves in servingFile while it runs.
type serving struct {
	URL     string `json:"url"`
	Control string `json:"control"`
	CAFile  string `json:"ca_file"`
}

// errNotServing means that no simulator runs on the directory.
var errNotServing = errors.New("no simulator serves this directory")

// findRunning returns the simulator that serves a directory. The notice of one that was killed counts for nothing, even when another
// has taken over its port.
func findRunning(ctx context.Context, dir string) (serving, error) {
	raw, err := os.ReadFile(filepath.Join(dir, servingFile))
	if errors.Is(err, fs.ErrNotExist) {
		return serving{}, errNotServing
	}
	var running serving
	if err == nil {
		err = json.Unmarshal(raw, &running)
	}
	if err != nil {
		return serving{}, fmt.Errorf("read where the simulator runs: %w", err)
	}
	authority, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		return serving{}, fmt.Errorf("read authority: %w", err)
	}
	served, err := ask(ctx, http.MethodGet, running.Control+"ca.pem", nil)
	if errors.Is(err, syscall.ECONNREFUSED) || err == nil && !bytes.Equal(served, authority) {
		return serving{}, errNotServing
	}
	if err != nil {
		return serving{}, fmt.Errorf("ask running simulator: %w", err)
	}
	return running, nil
}

// ask sends one request to a control port and returns the body of a good answer.
func ask(ctx context.Context, method, url string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, controlTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", resp.Status, bytes.TrimSpace(answer))
	}
	return answer, nil
}
