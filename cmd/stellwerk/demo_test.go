package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
)

func TestTheDemoEndsWithOneJSONObjectAndLeavesNothing(t *testing.T) {
	t.Parallel()
	r := newRun(t, nil, "demo", "--json")
	var out, errOut bytes.Buffer
	r.cmd.Stdout, r.cmd.Stderr = &out, &errOut

	r.start()
	code := r.end()

	r.expectNothingLeft(clusterOf(errOut.String()))
	decoder := json.NewDecoder(&out)
	var told map[string]float64
	if err := decoder.Decode(&told); err != nil || code != cli.ExitOK {
		t.Fatalf("exit code %d, %v:\n%s", code, err, &errOut)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		t.Errorf("something follows the object: %v", err)
	}
	for name, least := range map[string]float64{
		"tenants": 2, "postings": 6, "accepted": told["postings"], "refused": 1, "updated": 1, "withdrawn": 1, "transfers": 4, "seconds": 0.1,
	} {
		if told[name] < least {
			t.Errorf("%s is %v, want %v at least", name, told[name], least)
		}
	}
	for _, want := range []string{"AT THE BA", "refused (FLR_JCValid_033)", fmt.Sprintf("%.0f ads of 2 employers", told["postings"])} {
		if !strings.Contains(errOut.String(), want) {
			t.Errorf("the progress lacks %q:\n%s", want, &errOut)
		}
	}
}

// watched is a run whose words are read as they come.
type watched struct {
	*run
	lines *bufio.Reader
	said  strings.Builder
	// rest is the error with which reading aside has ended; nil while nobody reads aside.
	rest chan error
}

// observe starts a run in a process group of its own, as a terminal does, and reads both of its streams.
func observe(r *run) *watched {
	r.t.Helper()
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stream, err := r.cmd.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	r.cmd.Stderr = r.cmd.Stdout
	r.start()
	return &watched{run: r, lines: bufio.NewReader(stream)}
}

// until reads up to the line that contains a text, and returns that line.
func (w *watched) until(text string) string {
	w.t.Helper()
	for {
		line, err := w.lines.ReadString('\n')
		w.said.WriteString(line)
		if strings.Contains(line, text) {
			return line
		}
		if err != nil {
			w.t.Fatalf("%q was never said (%v):\n%s", text, err, &w.said)
		}
	}
}

// readAside reads on beside the test, for a program that says something about every request must not wait for a reader.
func (w *watched) readAside() {
	w.rest = make(chan error, 1)
	go func() {
		_, err := io.Copy(&w.said, w.lines)
		w.rest <- err
	}()
}

// signal sends a signal to the whole group, as Ctrl-C does, reads what is still said, and returns the exit code.
func (w *watched) signal(sent syscall.Signal) int {
	w.t.Helper()
	if err := syscall.Kill(-w.cmd.Process.Pid, sent); err != nil {
		w.t.Fatal(err)
	}
	if w.rest == nil {
		w.readAside()
	}
	if err := <-w.rest; err != nil {
		w.t.Fatal(err)
	}
	return w.end()
}

func TestABrokenOffDemoLeavesNothing(t *testing.T) {
	t.Parallel()
	const killed = -1
	for name, c := range map[string]struct {
		at   string
		sent syscall.Signal
		code int
	}{
		"Ctrl-C while it starts":   {"PostgreSQL", syscall.SIGINT, cli.ExitFailed},
		"Ctrl-C while ads are out": {"Stellwerk sends", syscall.SIGINT, cli.ExitFailed},
		"killed while it starts":   {"PostgreSQL", syscall.SIGKILL, killed},
		"killed while ads are out": {"Stellwerk sends", syscall.SIGKILL, killed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			demo := observe(newRun(t, nil, "demo"))

			demo.until(c.at)
			code := demo.signal(c.sent)

			if code != c.code {
				t.Errorf("exit code %d, want %d:\n%s", code, c.code, &demo.said)
			}
			if c.code == cli.ExitFailed && !strings.HasSuffix(demo.said.String(), "stellwerk demo: interrupted\n") {
				t.Errorf("it does not end by saying that it was interrupted:\n%s", &demo.said)
			}
			demo.expectNothingLeft(clusterOf(demo.said.String()))
		})
	}
}

func TestDevStaysUntilItIsInterrupted(t *testing.T) {
	t.Parallel()
	dev := observe(newRun(t, nil, "dev"))
	field := func(line string) string { return strings.Fields(line)[1] }

	url, token := field(dev.until("API  ")), field(dev.until("token  "))
	control := regexp.MustCompile(`http://[0-9.:]+/`).FindString(dev.until("the BA  "))
	dev.until("Ctrl-C ends it")

	operator := newClient(url, token)
	var tenants page[struct {
		ID uuid.UUID `json:"id"`
	}]
	if err := operator.call(t.Context(), http.MethodGet, "/v1/tenants", nil, &tenants); err != nil {
		t.Fatal(err)
	}
	ads := 0
	for _, tenant := range tenants.Items {
		var postings page[shown]
		if err := operator.call(t.Context(), http.MethodGet, "/v1/tenants/"+tenant.ID.String()+"/postings?limit=200", nil, &postings); err != nil {
			t.Fatal(err)
		}
		ads += len(postings.Items)
	}
	if len(tenants.Items) != 2 || ads < 6 {
		t.Errorf("%d tenants with %d ads", len(tenants.Items), ads)
	}
	if live := liveAds(t, control); len(live) != ads-1 {
		t.Errorf("%d of %d ads are live at the simulated BA, and one was withdrawn", len(live), ads)
	}

	if code := dev.signal(syscall.SIGINT); code != cli.ExitOK {
		t.Errorf("exit code %d:\n%s", code, &dev.said)
	}
	dev.expectNothingLeft(clusterOf(dev.said.String()))
}
