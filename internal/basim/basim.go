// Package basim is the Bundesagentur für Arbeit on your desk: a simulator of its file host for job ads (HR-BA-XML) with the
// behaviour, and on request the bad days, of the real one. It speaks mutual TLS, takes uploads, judges them with its own eyes
// (it shares no rule with the software that writes the files) and offers the feedback file of every upload.
//
// Nothing runs in the background. What is due happens when somebody looks: a listing, a download, a call of Ads. So tests steer it
// with the clock they pass in, and a program gets a real delay from the real clock.
package basim

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
)

// retention is how long the BA keeps a file in a partner's directory.
const retention = 14 * 24 * time.Hour

// accountsFile and inventoryFile hold, in Options.Dir, what outlives the process.
const (
	accountsFile  = "accounts.json"
	inventoryFile = "inventory.json"
)

// Options say how a simulator starts. The zero value is ready for a test: in memory, on a free loopback port, without delay.
type Options struct {
	// Dir keeps the certificate authority, partners, ads and files. Accounts are written at every change, ads and files by Close.
	// Empty means that nothing outlives the process, not even the authority.
	Dir string
	// Listen is the address of the file host, 127.0.0.1:0 when empty.
	Listen string
	// Names are further host names and addresses that the server's certificate is good for, beside loopback and the BA's own host.
	Names []string
	// MaxTLS is the highest version of TLS that is spoken (tls.VersionTLS12 or tls.VersionTLS13); 0 means the newest.
	MaxTLS uint16
	// Now is the simulator's clock, time.Now when nil. It dates files and decides about "today", due work and client certificates.
	Now func() time.Time
	// Places are valid addresses beside the built-in ones.
	Places []Place
	// Settings are the behaviour at the start.
	Settings Settings
}

// BA is what stands behind the file host: accounts, ads, files, and the judgement of uploads. It is safe for concurrent use.
type BA struct {
	// watch is the clock that was given; ahead is how far, in nanoseconds, the BA's own clock runs before it.
	watch     func() time.Time
	ahead     atomic.Int64
	zone      *time.Location
	dir       string
	authority *authority
	places    atlas
	// schemas are those of the releases, by their names in Settings.Release.
	schemas map[string]schema

	mu       sync.Mutex
	settings Settings
	// tlsChanged, if set, ends idle connections, for they were opened under other settings.
	tlsChanged func()
	faults     Faults
	rates      Rates
	dice       *rand.Rand
	partners   map[string]*Partner
	ads        map[adKey]*Ad
	uploads    []*Upload
	offered    map[string]map[string]*File
	coming     []*File
}

// adKey identifies an ad: the same id of two partners means two ads.
type adKey struct{ partner, id string }

// inventory is the part of the state that Close writes.
type inventory struct {
	// Ahead is how far the BA's clock was set ahead.
	Ahead   Duration  `json:"ahead"`
	Ads     []*Ad     `json:"ads"`
	Uploads []*Upload `json:"uploads"`
	Offered []*File   `json:"offered"`
	Coming  []*File   `json:"coming"`
}

// Open prepares a BA without a network, with what Options.Dir remembers. Start does the same and listens.
func Open(opts Options) (*BA, error) {
	zone, err := calendar.Berlin()
	if err != nil {
		return nil, err
	}
	schemas, err := newSchemas()
	if err != nil {
		return nil, err
	}
	ba := &BA{
		schemas:  schemas,
		watch:    opts.Now,
		dice:     newDice(0),
		zone:     zone,
		dir:      opts.Dir,
		places:   newAtlas(opts.Places),
		settings: opts.Settings,
		partners: map[string]*Partner{},
		ads:      map[adKey]*Ad{},
		offered:  map[string]map[string]*File{},
	}
	if ba.watch == nil {
		ba.watch = time.Now
	}
	if ba.authority, err = openAuthority(opts.Dir); err != nil {
		return nil, err
	}
	if err := ba.load(); err != nil {
		return nil, err
	}
	return ba, nil
}

// now is the BA's clock.
func (b *BA) now() time.Time { return b.watch().Add(time.Duration(b.ahead.Load())) }

// Advance sets the BA's clock ahead, so that what would be due later is due now: uploads that wait, late feedback, the removal of old
// files, the end of certificates. The clock cannot be set back.
func (b *BA) Advance(d time.Duration) error {
	if d < 0 {
		return errors.New("the clock cannot be set back")
	}
	b.ahead.Add(int64(d))
	return nil
}

// CA returns the certificate of the simulator's authority, which signs the server's and every partner's certificate.
func (b *BA) CA() *x509.Certificate { return b.authority.certificate }

// CAPEM returns the authority's certificate in PEM, as curl's --cacert wants it.
func (b *BA) CAPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b.authority.certificate.Raw})
}

// Close writes the ads and files to Options.Dir, if there is one.
func (b *BA) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dir == "" {
		return nil
	}
	inv := inventory{Ahead: Duration(b.ahead.Load()), Uploads: b.uploads, Coming: b.coming}
	for _, ad := range b.ads {
		inv.Ads = append(inv.Ads, ad)
	}
	for _, files := range b.offered {
		for _, file := range files {
			inv.Offered = append(inv.Offered, file)
		}
	}
	return writeJSON(filepath.Join(b.dir, inventoryFile), inv)
}

// load reads what an earlier process left in the directory.
func (b *BA) load() error {
	if b.dir == "" {
		return nil
	}
	if err := readJSON(filepath.Join(b.dir, accountsFile), &b.partners); err != nil {
		return fmt.Errorf("read accounts: %w", err)
	}
	var inv inventory
	if err := readJSON(filepath.Join(b.dir, inventoryFile), &inv); err != nil {
		return fmt.Errorf("read ads and files: %w", err)
	}
	for _, ad := range inv.Ads {
		b.ads[adKey{ad.Partner, ad.ID}] = ad
	}
	for _, file := range inv.Offered {
		b.offer(file)
	}
	b.uploads, b.coming = inv.Uploads, inv.Coming
	b.ahead.Store(int64(inv.Ahead))
	return nil
}

// saveAccounts writes the partners and their hiring organisations; the caller holds the lock.
func (b *BA) saveAccounts() error {
	if b.dir == "" {
		return nil
	}
	return writeJSON(filepath.Join(b.dir, accountsFile), b.partners)
}

// readJSON fills v from a file; a file that does not exist leaves it as it is.
func readJSON(path string, v any) error {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

// writeJSON replaces a file in one step, so that a crash leaves the old one or the new one.
func writeJSON(path string, v any) error {
	raw, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", filepath.Base(path), err)
	}
	return writeFile(path, raw)
}

// writeFile replaces a file in one step; only its owner may read it.
func writeFile(path string, raw []byte) error {
	if err := os.WriteFile(path+".new", raw, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("replace %s: %w", filepath.Base(path), err)
	}
	return nil
}
