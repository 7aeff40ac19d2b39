package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime/debug"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

const (
	// accountAds is how many ads the large account has, and filesSent how many full files of them are sent: each takes what the others take.
	accountAds = 100_000
	filesSent  = 12
	// sendCommand is the argument with which the program is its own child that sends.
	sendCommand = "send"
	// aimSending is how much resident memory sending may take on, in MiB.
	aimSending = 128
)

// errand is what the child is told on its standard input.
type errand struct {
	DatabaseURL string
	BAURL       string
	CA          []byte
	Secrets     string
	KeyFile     string
	Tenant      uuid.UUID
	Account     uuid.UUID
	// Files is how many files it sends.
	Files int
}

// measureSending prints by how much resident memory grows while the ads of a large account go to the BA.
func measureSending(ctx context.Context) error {
	return withYard(ctx, 0, func(y *yard) error {
		p, err := y.employ(ctx, 0)
		if err != nil {
			return err
		}
		if err := copyIn(ctx, y.urls.OwnerURL, accountAds, p.tenant, p.account, p.organisation); err != nil {
			return fmt.Errorf("fill the account: %w", err)
		}
		result, err := sendInChild(ctx, errand{
			DatabaseURL: y.urls.AppURL, BAURL: y.ba.URL(), CA: y.ba.CAPEM(), Secrets: y.secrets(), KeyFile: y.keyFile(),
			Tenant: p.tenant, Account: p.account, Files: filesSent + 1, // the first carries one ad
		})
		if err != nil {
			return err
		}
		sent, size := 0, 0
		for _, upload := range y.ba.Uploads() {
			sent, size = sent+upload.Records, max(size, len(upload.Body))
			if len(upload.Messages) > 0 {
				return fmt.Errorf("the BA refused something: %+v", upload.Messages[0])
			}
		}
		fmt.Printf("transfer: one account of %d ads, %d of them sent in %d files of up to %.1f MB = %.1f MiB more than idle (aim under %d); %.1f MiB idle, %.1f s a file\n",
			accountAds, sent, len(y.ba.Uploads()), float64(size)/1e6, float64(result.Peak-result.Idle)/1024, aimSending,
			float64(result.Idle)/1024, result.Seconds/float64(len(y.ba.Uploads())))
		return nil
	})
}

func sendInChild(ctx context.Context, e errand) (streamed, error) {
	self, err := os.Executable()
	if err != nil {
		return streamed{}, err
	}
	told, err := json.Marshal(e)
	if err != nil {
		return streamed{}, err
	}
	cmd := exec.CommandContext(ctx, self, sendCommand)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(told), os.Stderr
	said, err := cmd.Output()
	if err != nil {
		return streamed{}, fmt.Errorf("send: %w", err)
	}
	var result streamed
	if err := json.Unmarshal(said, &result); err != nil {
		return streamed{}, fmt.Errorf("read the child's result: %w", err)
	}
	return result, nil
}

// sendAsChild sends the files of an account as a worker does, and tells on the standard output what that took.
func sendAsChild(ctx context.Context) error {
	var e errand
	if err := json.NewDecoder(os.Stdin).Decode(&e); err != nil {
		return fmt.Errorf("read the errand: %w", err)
	}
	log := slog.New(slog.DiscardHandler)
	db, err := database.Open(ctx, e.DatabaseURL, connections, log)
	if err != nil {
		return err
	}
	defer db.Close()
	store, err := secret.OpenFolder(e.Secrets, e.KeyFile)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	block, _ := pem.Decode(e.CA)
	if block == nil {
		return errors.New("the errand names no authority")
	}
	authority, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return err
	}
	keeper := credential.NewKeeper(credential.Options{DB: db, Store: store, Now: wallClock, Log: log})
	engine, err := newEngine(db, keeper, e.BAURL, authority, quickPolls(), log)
	if err != nil {
		return err
	}
	if err := db.Ping(ctx); err != nil {
		return err
	}
	debug.FreeOSMemory()
	var result streamed
	if result.Idle, err = residentKiB("VmRSS"); err != nil {
		return err
	}
	began := time.Now()
	if err := sendFiles(ctx, db, engine, e); err != nil {
		return err
	}
	result.Seconds = time.Since(began).Seconds()
	if result.Peak, err = residentKiB("VmHWM"); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

// sendFiles moves the account forward until so many of its files are settled.
func sendFiles(ctx context.Context, db *database.DB, engine *transfer.Engine, e errand) error {
	for {
		var settled int64
		err := db.InTx(scope.WithTenant(ctx, e.Tenant), func(tx database.Tx) error {
			return tx.Of(&transfer.Transfer{}).Where("state = ?", transfer.Settled).Count(&settled).Error
		})
		if err != nil {
			return fmt.Errorf("count transfers: %w", err)
		}
		if settled >= int64(e.Files) {
			return nil
		}
		if err := engine.Advance(ctx, transfer.AccountRef{TenantID: e.Tenant, AccountID: e.Account}); err != nil {
			return fmt.Errorf("send: %w", err)
		}
	}
}
