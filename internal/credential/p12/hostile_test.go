//go:build linux

package p12_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
)

// What one file may take.
const (
	maxTime   = 5 * time.Second
	maxMemory = 300_000_000
)

// grace is what a busy machine may take to notice that the time of a child is up.
const grace = time.Minute

// usage is what a child has used.
type usage struct {
	// computing is the time of the processor, wall that of the clock.
	computing, wall time.Duration
	// memory is the most that it had at a time, in bytes; the system counts at least what the process between it and the test had.
	memory int64
}

// String is for the test's report.
func (u usage) String() string {
	return fmt.Sprintf("%v computing, %v, %d MB", u.computing, u.wall, u.memory/1_000_000)
}

// measure opens a file in a child as an Opener does, and returns what that took. answered is false when the child had to be killed or died.
func measure(t *testing.T, argument string, file []byte) (used usage, answered bool) {
	t.Helper()
	question, err := json.Marshal(map[string]any{"File": file, "PIN": wordOf})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), maxTime+grace)
	defer cancel()
	between := exec.CommandContext(ctx, plainProgram(t), standBetween)
	between.Env = []string{betweenVariable + "=" + argument, betweenVariable + "_TIME=" + maxTime.String()}
	between.Stdin, between.Stderr = bytes.NewReader(question), os.Stderr
	said, err := between.Output()
	if err != nil {
		t.Fatal(err)
	}
	var measured measured
	if err := json.Unmarshal(said, &measured); err != nil {
		t.Fatal(err)
	}
	return usage{computing: measured.Computing, wall: measured.Wall, memory: measured.Memory << 10}, measured.Answered
}

// hostileFiles are files that want to take as much as they can, and that can only be refused by opening them, or not at all.
func hostileFiles(t *testing.T) map[string][]byte {
	t.Helper()
	e := newEmployer(t)
	input := pemOf(t, e.key, e.leaf)
	pieces := loosened(t, openssl(t, input, wordOf), 1)
	return map[string][]byte{
		"rounds inside a sealed safe":        hidden(t, e),
		"as many rounds as are allowed":      openssl(t, input, wordOf, "-iter", "1000000"),
		"as many in all as are allowed":      joined(t, slices.Repeat([][]byte{openssl(t, input, wordOf, "-iter", "990000")}, 5)...),
		"rounds in sight":                    hostile(t, e, ofKey),
		"nested without end":                 nested(),
		"nested as deep as is allowed":       nestedOften(),
		"octet strings in pieces of a byte":  pieces,
		"an issuer of 200,000 bits":          hugeIssuer(t, e),
		"a key of 80,000 bits":               hugeKey(t, e),
		"a chain of as many as there can be": longChain(t, e),
		"a length of four gigabytes":         append(bytes.Clone(pieces[:60]), 0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF),
	}
}

func TestAHostileFileIsLimitedInTimeAndMemory(t *testing.T) {
	t.Parallel()
	files := hostileFiles(t)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if len(files[name]) > p12.MaxFile {
				t.Fatalf("it has %d bytes and would not be opened at all", len(files[name]))
			}

			used, _ := measure(t, p12.ChildArgument, files[name])

			t.Attr("used", used.String())
			if used.computing > maxTime || used.wall > maxTime+grace || used.memory > maxMemory {
				t.Errorf("it took %v", used)
			}
		})
	}
}

func TestAChildThatTakesTooMuchMemoryDies(t *testing.T) {
	t.Parallel()

	used, answered := measure(t, hogMemory, nil)

	t.Attr("used", used.String())
	if answered || used.memory > maxMemory {
		t.Errorf("it answered: %v, and took %v", answered, used)
	}
}

// Two tenants keep both turns busy with hostile files, and whatever a third one uploads meanwhile waits for one of those turns at most.
func TestHostileFilesDoNotKeepAThirdTenantWaiting(t *testing.T) {
	t.Parallel()
	e := newEmployer(t)
	bad, good := hidden(t, e), sealed(t, e.key, e.leaf)
	opener := openerWith(t, p12.Options{Executable: plainProgram(t)})
	open := func(tenant string, file []byte) error {
		_, err := opener.Open(t.Context(), tenant, file, secret.New([]byte(wordOf)))
		return err
	}
	var hostile sync.WaitGroup
	for _, tenant := range []string{"first", "second"} {
		hostile.Go(func() {
			for range 2 {
				if err := open(tenant, bad); !fault.Has(err, p12.HostileIterations) {
					t.Errorf("the %s tenant: %v", tenant, err)
				}
			}
		})
	}
	over := make(chan struct{})
	go func() {
		hostile.Wait()
		close(over)
	}()

	uploads, longest := 0, time.Duration(0)
	for done := false; !done; uploads++ {
		began := time.Now()
		if err := open("third", good); err != nil {
			t.Fatal(err)
		}
		longest = max(longest, time.Since(began))
		select {
		case <-over:
			done = true
		default:
		}
	}

	t.Attr("waited", fmt.Sprintf("%v at most, %d uploads", longest, uploads))
	if longest > maxTime+grace {
		t.Errorf("an upload took %v", longest)
	}
}
