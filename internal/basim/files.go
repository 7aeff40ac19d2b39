package basim

import (
	"maps"
	"slices"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
)

// Upload is a file that the BA took.
type Upload struct {
	Partner  string      `json:"partner"`
	Name     string      `json:"name"`
	Received time.Time   `json:"received"`
	Due      time.Time   `json:"due"`
	State    UploadState `json:"state"`
	// Records is the number of ads and delete entries in the file.
	Records int `json:"records"`
	// Messages are what the BA has against them.
	Messages []Message `json:"messages,omitempty"`
	// Body is the file itself. The control port leaves it out of its dump.
	Body []byte `json:"body,omitempty"`
	// Fault is how the feedback is spoiled; empty means not at all.
	Fault faultName `json:"fault,omitempty"`
}

// UploadState is how far an upload has come.
type UploadState string

// The states of an upload.
const (
	UploadWaiting   UploadState = "waiting"
	UploadProcessed UploadState = "processed"
	// UploadIgnored files have a name that does not fit: they are never processed and never answered.
	UploadIgnored UploadState = "ignored"
)

// Message is one complaint in a feedback file.
type Message struct {
	// Code is the BA's, such as FLR_JCValid_033.
	Code string `json:"code"`
	// Reference is the id of the ad, empty when the whole file is meant.
	Reference string `json:"reference,omitempty"`
	// Text says it in German.
	Text string `json:"text"`
}

// File is a file offered for download to one partner.
type File struct {
	Partner  string    `json:"partner"`
	Name     string    `json:"name"`
	Modified time.Time `json:"modified"`
	Body     []byte    `json:"body"`
	// Broken says that every download of the file is answered with 500.
	Broken bool `json:"broken,omitempty"`
}

// Uploads returns all uploads of the last 14 days, oldest first.
func (b *BA) Uploads() []Upload {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle()
	all := make([]Upload, len(b.uploads))
	for i, u := range b.uploads {
		all[i] = *u
	}
	return all
}

// Files returns what a partner finds in its directory, in the order of the names.
func (b *BA) Files(partnerID string) []File {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle()
	all := make([]File, 0, len(b.offered[partnerID]))
	for _, name := range slices.Sorted(maps.Keys(b.offered[partnerID])) {
		all = append(all, *b.offered[partnerID][name])
	}
	return all
}

// Process handles every upload that waits and offers every feedback that is still to come, due or not: the BA's next working days at
// once. It returns the number of uploads.
func (b *BA) Process() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle()
	handled := 0
	for _, u := range b.uploads {
		if u.State == UploadWaiting {
			b.process(u, b.now())
			handled++
		}
	}
	for _, file := range b.coming {
		b.offer(file)
	}
	b.coming = nil
	return handled
}

// Offer puts a file into its partner's directory, over an older one of the same name.
func (b *BA) Offer(file File) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle()
	b.offer(&file)
}

// removeFile takes a file out of a partner's directory and reports whether it was there.
func (b *BA) removeFile(partnerID, name string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle()
	_, ok := b.offered[partnerID][name]
	delete(b.offered[partnerID], name)
	return ok
}

// uploadsToday counts a partner's uploads since midnight in Germany.
func (b *BA) uploadsToday(partnerID string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	today, count := calendar.On(b.now(), b.zone), 0
	for _, u := range b.uploads {
		if u.Partner == partnerID && calendar.On(u.Received, b.zone) == today {
			count++
		}
	}
	return count
}

// receive keeps an upload, and processes it at once if there is no delay.
func (b *BA) receive(partnerID, name string, body []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	upload := &Upload{Partner: partnerID, Name: name, Received: now, State: UploadIgnored, Body: body}
	if isProcessed(name, partnerID) {
		upload.State = UploadWaiting
		upload.Due = b.settings.due(now, b.zone)
		upload.Fault = b.strike(feedbackFaults()...)
	}
	b.uploads = append(b.uploads, upload)
	b.settle()
}

// settle brings the state up to the present: uploads whose time has come are processed in the order of their arrival, feedback files
// whose time has come are offered, old files are removed. The caller holds the lock; every look at the state begins here.
func (b *BA) settle() {
	now := b.now()
	for _, u := range b.uploads {
		if u.State == UploadWaiting && !u.Due.After(now) {
			b.process(u, u.Due)
		}
	}
	slices.SortStableFunc(b.coming, func(x, y *File) int { return x.Modified.Compare(y.Modified) })
	due := 0
	for due < len(b.coming) && !b.coming[due].Modified.After(now) {
		b.offer(b.coming[due])
		due++
	}
	b.coming = slices.Delete(b.coming, 0, due)
	b.purge(now.Add(-retention))
}

// purge removes the files from before a time.
func (b *BA) purge(before time.Time) {
	for _, files := range b.offered {
		maps.DeleteFunc(files, func(_ string, file *File) bool { return file.Modified.Before(before) })
	}
	b.uploads = slices.DeleteFunc(b.uploads, func(u *Upload) bool {
		return u.State != UploadWaiting && u.Received.Before(before)
	})
}

// offer puts a file into its partner's directory, over an older one of the same name.
func (b *BA) offer(file *File) {
	if b.offered[file.Partner] == nil {
		b.offered[file.Partner] = map[string]*File{}
	}
	b.offered[file.Partner][file.Name] = file
}
