package basim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"
)

// Control is the simulator's second port: JSON, and a page for people, that show what the BA has and change how it behaves. It asks
// nobody who they are, so it listens on loopback only.
type Control struct {
	listener net.Listener
	http     *http.Server
	ended    chan struct{}
}

// StartControl serves the control port of a BA on a loopback address such as 127.0.0.1:8444.
func StartControl(ba *BA, address string) (*Control, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("read control address: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("control address %s is not on loopback: anybody who reaches it rules the simulator", address)
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for control: %w", err)
	}
	c := &Control{listener: listener, ended: make(chan struct{})}
	// A web page that somebody visits must not reach the port through the browser, neither directly nor by a name of its own.
	c.http = newHTTPServer(localOnly(http.NewCrossOriginProtection().Handler(ba.controlRoutes())))
	go func() {
		defer close(c.ended)
		// The listener's end is Close; there is nobody else to tell.
		_ = c.http.Serve(listener)
	}()
	return c, nil
}

// URL returns the control port's base URL, with a slash at its end.
func (c *Control) URL() string { return "http://" + c.listener.Addr().String() + "/" }

// Close ends the control port. The BA goes on.
func (c *Control) Close() error {
	err := c.http.Close()
	<-c.ended
	return err
}

// localOnly refuses requests for another host than this machine.
func localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "this port is for this machine only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// controlRoutes are the doors of the control port.
func (b *BA) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", b.showPage)
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) { reply(w, b.State()) })
	mux.HandleFunc("GET /ca.pem", b.showCA)
	mux.HandleFunc("GET /settings", func(w http.ResponseWriter, _ *http.Request) { reply(w, b.Settings()) })
	mux.HandleFunc("PUT /settings", b.changeSettings)
	mux.HandleFunc("PATCH /settings", b.changeSettings)
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) { reply(w, b.Faults()) })
	mux.HandleFunc("PUT /faults", b.changeFaults)
	mux.HandleFunc("PATCH /faults", b.changeFaults)
	mux.HandleFunc("GET /rates", func(w http.ResponseWriter, _ *http.Request) { reply(w, b.Rates()) })
	mux.HandleFunc("PUT /rates", b.putRates)
	mux.HandleFunc("POST /clock", b.postClock)
	mux.HandleFunc("POST /issue", b.postIssue)
	mux.HandleFunc("POST /process", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]int{"processed": b.Process()})
	})
	mux.HandleFunc("GET /partners/{partner}/uploads/{name}", b.showUpload)
	mux.HandleFunc("GET /partners/{partner}/files/{name}", b.showFile)
	mux.HandleFunc("PATCH /partners/{partner}", b.patchPartner)
	mux.HandleFunc("PUT /partners/{partner}/hiring-organisations/{number}", b.putHiringOrg)
	mux.HandleFunc("PUT /partners/{partner}/certificates/{fingerprint}/revoked", b.revoke)
	mux.HandleFunc("POST /partners/{partner}/ads/{ad}/{act}", b.postAct)
	return mux
}

// State is everything that the BA has, as the control port shows it.
type State struct {
	Time     time.Time `json:"time"`
	Settings Settings  `json:"settings"`
	Faults   Faults    `json:"faults"`
	Rates    Rates     `json:"rates"`
	Partners []Partner `json:"partners"`
	Ads      []Ad      `json:"ads"`
	// Uploads are without their content, which has a path of its own.
	Uploads []Upload `json:"uploads"`
	// Files are what partners find in their directories.
	Files []FileInfo `json:"files"`
}

// FileInfo describes a file without its content.
type FileInfo struct {
	Partner  string    `json:"partner"`
	Name     string    `json:"name"`
	Modified time.Time `json:"modified"`
	Size     int       `json:"size"`
}

// State returns what the BA has.
func (b *BA) State() State {
	s := State{
		Time: b.now(), Settings: b.Settings(), Faults: b.Faults(), Rates: b.Rates(), Partners: b.Partners(), Ads: b.Ads(), Uploads: b.Uploads(),
		Files: []FileInfo{},
	}
	for i := range s.Uploads {
		s.Uploads[i].Body = nil
	}
	for _, partner := range s.Partners {
		for _, f := range b.Files(partner.ID) {
			s.Files = append(s.Files, FileInfo{Partner: f.Partner, Name: f.Name, Modified: f.Modified, Size: len(f.Body)})
		}
	}
	return s
}

func (b *BA) showCA(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/x-pem-file")
	// A client that is gone needs no certificate.
	_, _ = w.Write(b.CAPEM())
}

// changeSettings takes new settings: those that are left out are the default (PUT) or stay as they are (PATCH).
func (b *BA) changeSettings(w http.ResponseWriter, r *http.Request) {
	var s Settings
	if r.Method == http.MethodPatch {
		s = b.Settings()
	}
	if !understand(w, r, &s) {
		return
	}
	if err := s.validate(); err != nil {
		complain(w, err)
		return
	}
	b.SetSettings(s)
	reply(w, b.Settings())
}

// changeFaults takes new faults, as changeSettings takes settings.
func (b *BA) changeFaults(w http.ResponseWriter, r *http.Request) {
	var f Faults
	if r.Method == http.MethodPatch {
		f = b.Faults()
	}
	if !understand(w, r, &f) {
		return
	}
	b.SetFaults(f)
	reply(w, b.Faults())
}

func (b *BA) putRates(w http.ResponseWriter, r *http.Request) {
	var rates Rates
	if !understand(w, r, &rates) {
		return
	}
	err := b.SetRates(rates)
	finish(w, b.Rates(), err)
}

func (b *BA) postClock(w http.ResponseWriter, r *http.Request) {
	var clock struct {
		Advance Duration `json:"advance"`
	}
	if !understand(w, r, &clock) {
		return
	}
	err := b.Advance(time.Duration(clock.Advance))
	finish(w, map[string]time.Time{"time": b.now()}, err)
}

func (b *BA) postIssue(w http.ResponseWriter, r *http.Request) {
	var req IssueRequest
	if !understand(w, r, &req) {
		return
	}
	creds, err := b.Issue(req)
	finish(w, creds, err)
}

func (b *BA) showUpload(w http.ResponseWriter, r *http.Request) {
	partner, name := r.PathValue("partner"), r.PathValue("name")
	for _, u := range slices.Backward(b.Uploads()) {
		if u.Partner == partner && u.Name == name {
			show(w, u.Body)
			return
		}
	}
	http.NotFound(w, r)
}

func (b *BA) showFile(w http.ResponseWriter, r *http.Request) {
	for _, f := range b.Files(r.PathValue("partner")) {
		if f.Name == r.PathValue("name") {
			show(w, f.Body)
			return
		}
	}
	http.NotFound(w, r)
}

// show sends a file as text, whatever it is.
func show(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	// A client that is gone needs no file.
	_, _ = w.Write(body)
}

func (b *BA) patchPartner(w http.ResponseWriter, r *http.Request) {
	var patch struct {
		NoAgreement    *bool `json:"no_agreement"`
		PrefixRequired *bool `json:"prefix_required"`
	}
	if !understand(w, r, &patch) {
		return
	}
	err := b.ChangePartner(r.PathValue("partner"), func(p *Partner) {
		if patch.NoAgreement != nil {
			p.NoAgreement = *patch.NoAgreement
		}
		if patch.PrefixRequired != nil {
			p.PrefixRequired = *patch.PrefixRequired
		}
	})
	finish(w, patch, err)
}

func (b *BA) putHiringOrg(w http.ResponseWriter, r *http.Request) {
	var org HiringOrg
	if !understand(w, r, &org) {
		return
	}
	org.Number = r.PathValue("number")
	finish(w, org, b.SetHiringOrg(r.PathValue("partner"), org))
}

func (b *BA) revoke(w http.ResponseWriter, r *http.Request) {
	found := false
	err := b.ChangePartner(r.PathValue("partner"), func(p *Partner) {
		for i := range p.Certificates {
			if p.Certificates[i].Fingerprint == r.PathValue("fingerprint") {
				p.Certificates[i].Revoked, found = true, true
			}
		}
	})
	if err == nil && !found {
		err = errors.New("there is no certificate of that fingerprint")
	}
	finish(w, map[string]bool{"revoked": true}, err)
}

// postAct lets BA staff act. A change may say in its body which text of the ad becomes what.
func (b *BA) postAct(w http.ResponseWriter, r *http.Request) {
	partner, id, act := r.PathValue("partner"), r.PathValue("ad"), Act(r.PathValue("act"))
	var change struct {
		Path string `json:"path"`
		Text string `json:"text"`
	}
	if r.ContentLength != 0 && !understand(w, r, &change) {
		return
	}
	var err error
	if act == ActChange && change.Path != "" {
		err = b.Amend(partner, id, change.Path, change.Text)
	} else {
		err = b.Act(partner, id, act)
	}
	ad, _ := b.Ad(partner, id)
	finish(w, ad, err)
}

// understand reads a JSON body and refuses fields that do not exist, so that a misspelt fault is noticed.
func understand(w http.ResponseWriter, r *http.Request, v any) bool {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		complain(w, fmt.Errorf("read body: %w", err))
		return false
	}
	return true
}

// finish replies with v, or says why it was not done.
func finish(w http.ResponseWriter, v any, err error) {
	if err != nil {
		complain(w, err)
		return
	}
	reply(w, v)
}

func reply(w http.ResponseWriter, v any) { answer(w, http.StatusOK, v) }

func complain(w http.ResponseWriter, err error) {
	answer(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
}

func answer(w http.ResponseWriter, status int, v any) {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		http.Error(w, "the answer cannot be written: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A client that is gone needs no answer.
	_, _ = w.Write(append(raw, '\n'))
}
