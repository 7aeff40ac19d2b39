package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/testdb"
)

const (
	// streamedAds is how many ads go from the database into one file.
	streamedAds = 100_000
	// streamCommand is the argument with which the program is its own child: the streaming has a process to itself.
	streamCommand = "stream"
	// envURL hands the database's URL to the child.
	envURL = "STELLWERK_BENCH_DATABASE_URL"
)

// streamed is what the child tells on its output.
type streamed struct {
	// Idle and Peak are resident memory in KiB: of the connected process before it streams, and the most it ever was.
	Idle, Peak int
	// Seconds is how long it took.
	Seconds float64
}

// measureMemory prints the growth of resident memory.
func measureMemory(ctx context.Context) error {
	return withPostings(ctx, streamedAds, func(urls testdb.Database, tenant uuid.UUID) error {
		dir, err := os.MkdirTemp("", "stellwerk-bench-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		name := filepath.Join(dir, "ads.xml")
		result, err := streamInChild(ctx, urls.AppURL, tenant, name)
		if err != nil {
			return err
		}
		size, err := verify(name)
		if err != nil {
			return err
		}
		fmt.Printf("memory: %d ads from the database into a file = %.1f MiB more than idle (aim under 64); %.1f MiB idle, %.0f MB in %.1f s\n",
			streamedAds, float64(result.Peak-result.Idle)/1024, float64(result.Idle)/1024, float64(size)/1e6, result.Seconds)
		return nil
	})
}

func streamInChild(ctx context.Context, url string, tenant uuid.UUID, name string) (streamed, error) {
	self, err := os.Executable()
	if err != nil {
		return streamed{}, err
	}
	cmd := exec.CommandContext(ctx, self, streamCommand, tenant.String(), name)
	cmd.Env = append(os.Environ(), envURL+"="+url)
	cmd.Stderr = os.Stderr
	said, err := cmd.Output()
	if err != nil {
		return streamed{}, fmt.Errorf("stream: %w", err)
	}
	var result streamed
	if err := json.Unmarshal(said, &result); err != nil {
		return streamed{}, fmt.Errorf("read the child's result: %w", err)
	}
	return result, nil
}

// verify makes sure that the file holds all ads as the schema demands, and returns its size.
func verify(name string) (size int64, err error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	report, err := hrbaxml.Check(file, hrbaxml.P82(), hrbaxml.Limits{MaxBytes: info.Size()})
	switch {
	case err != nil:
		return 0, err
	case !report.Valid():
		return 0, fmt.Errorf("the file is not valid: %w", &report.Violations[0])
	case report.Ads != streamedAds:
		return 0, fmt.Errorf("the file has %d ads", report.Ads)
	}
	return info.Size(), nil
}

// streamAsChild streams the postings of a tenant into a file, and tells on the standard output what that took.
func streamAsChild(ctx context.Context, tenant, name string) error {
	id, err := uuid.Parse(tenant)
	if err != nil {
		return fmt.Errorf("read tenant: %w", err)
	}
	db, err := database.Open(ctx, os.Getenv(envURL), connections, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Ping(ctx); err != nil {
		return err
	}
	debug.FreeOSMemory()
	var result streamed
	if result.Idle, err = residentKiB("VmRSS"); err != nil {
		return err
	}
	began := time.Now()
	if err := streamPostings(scope.WithTenant(ctx, id), db, name); err != nil {
		return err
	}
	result.Seconds = time.Since(began).Seconds()
	if result.Peak, err = residentKiB("VmHWM"); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

// streamPostings writes the newest revision of every posting of the tenant into a file, in one transaction and row by row.
func streamPostings(ctx context.Context, db *database.DB, name string) error {
	w, err := newFileWriter(name, streamedAds)
	if err != nil {
		return err
	}
	return w.close(db.InTx(ctx, func(tx database.Tx) error {
		rows, err := tx.Raw(`SELECT p.reference, r.content FROM postings p
			JOIN posting_revisions r ON r.posting_id = p.id AND r.number = p.latest_revision
			WHERE p.tenant_id = ? ORDER BY p.id`, tx.Tenant).Rows()
		if err != nil {
			return fmt.Errorf("read postings: %w", err)
		}
		defer func() { _ = rows.Close() }()
		return writeRows(w, rows)
	}))
}

func writeRows(w *fileWriter, rows *sql.Rows) error {
	for rows.Next() {
		var reference string
		var raw sql.RawBytes
		if err := rows.Scan(&reference, &raw); err != nil {
			return fmt.Errorf("read posting: %w", err)
		}
		var content posting.Content
		if err := json.Unmarshal(raw, &content); err != nil {
			return fmt.Errorf("read content of %s: %w", reference, err)
		}
		if err := w.write(reference, &content); err != nil {
			return err
		}
	}
	return rows.Err()
}

// residentKiB reads one of the kernel's figures about the memory of this process, in KiB.
func residentKiB(field string) (int, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, fmt.Errorf("read resident memory, which only Linux tells: %w", err)
	}
	for line := range bytes.Lines(status) {
		if rest, found := strings.CutPrefix(string(line), field+":"); found {
			return strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
		}
	}
	return 0, fmt.Errorf("the kernel does not tell %s", field)
}
