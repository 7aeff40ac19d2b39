package ba

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits on a listing.
const (
	maxEntries   = 20_000
	maxNameBytes = 255
)

// Entry is one file in the employer's directory.
type Entry struct {
	Name string
	// Modified is when the host last changed the file, to the minute, and zero where the listing does not say.
	Modified time.Time
	// Size is the host's rounded size, such as "4.5K", and empty where the listing does not say.
	Size string
}

// List returns the files in the employer's directory, in the host's order. Where the host answers 403 or 404 or shows only other partners'
// files, the directory may have moved: then the other path mode is tried, and kept if it works (PathMode tells). A page that is no directory listing is an error of
// ClassGarbage and never an empty list, for "no feedback yet" must not be concluded from a maintenance page.
func (s *Session) List(ctx context.Context) ([]Entry, error) {
	entries, err := s.listEither(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the BA's directory: %w", err)
	}
	return entries, nil
}

func (s *Session) list(ctx context.Context, mode PathMode) ([]Entry, error) {
	return s.listAt(ctx, s.directory(mode))
}

// listAt fetches the listing of one directory.
func (s *Session) listAt(ctx context.Context, at *url.URL) (listed []Entry, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.client.pageTimeout)
	defer cancel()
	ctx, over := s.client.watch(ctx, "list")
	defer func() { over(ClassOf(err)) }()
	got, err := s.fetch(ctx, http.MethodGet, at, maxPageBytes)
	if err != nil {
		return nil, err
	}
	root, err := parsePage(got.header.Get("Content-Type"), got.body)
	if err != nil {
		return nil, &Error{Class: ClassGarbage, Status: got.status, Err: err}
	}
	entries, err := readListing(got.url, root, s.client.zone)
	if err != nil {
		return nil, err
	}
	if foreign := foreignPartner(entries, s.partnerID); foreign != "" {
		return nil, &Error{Class: ClassForeignListing, Status: got.status, Detail: "it holds files of " + foreign}
	}
	return entries, nil
}

// readListing reads an Apache directory listing that was fetched from the given address. Links to anything but a file directly in that
// directory are left out: sort links, mail, folders, other places.
func readListing(at *url.URL, root *html.Node, zone *time.Location) ([]Entry, error) {
	var entries []Entry
	dir := at.ResolveReference(&url.URL{Path: "./"})
	isListing := strings.HasPrefix(strings.ToLower(title(root)), "index of")
	seen := map[string]bool{}
	for node := range root.Descendants() {
		if node.DataAtom != atom.A {
			continue
		}
		href, ok := attribute(node, "href")
		if !ok {
			continue
		}
		if strings.HasPrefix(href, "?C=") || href == "in/" {
			isListing = true
			continue
		}
		name, ok := fileNameOf(dir, href)
		if !ok || seen[name] {
			continue
		}
		if len(entries) == maxEntries {
			return nil, &Error{Class: ClassTooLarge, Detail: fmt.Sprintf("more than %d files", maxEntries)}
		}
		seen[name] = true
		modified, size := readColumns(textAfter(node), zone)
		entries = append(entries, Entry{Name: name, Modified: modified, Size: size})
	}
	if !isListing {
		return nil, &Error{Class: ClassGarbage, Detail: fmt.Sprintf("not a directory listing; the page's title is %q", title(root))}
	}
	return entries, nil
}

// fileNameOf returns the name of the file in the directory at dir that href links to.
func fileNameOf(dir *url.URL, href string) (string, bool) {
	target, err := dir.Parse(href)
	if err != nil || target.RawQuery != "" || target.Scheme != dir.Scheme || target.Host != dir.Host {
		return "", false
	}
	name, ok := strings.CutPrefix(target.Path, dir.Path)
	return name, ok && validName(name)
}

// validName reports whether a name can only mean a file in the directory itself, on this machine too.
func validName(name string) bool {
	if name == "" || name == "." || len(name) > maxNameBytes || !utf8.ValidString(name) {
		return false
	}
	return !strings.ContainsAny(name, `/\`) && !strings.Contains(name, "..") && !strings.ContainsFunc(name, unicode.IsControl)
}

// textAfter returns the text between a link and the next one: the other columns of its row, whether the listing is a table or
// preformatted text.
func textAfter(link *html.Node) string {
	var b strings.Builder
	node := link
	for node != nil && b.Len() < maxNameBytes {
		node = following(node, node != link)
		if node == nil || node.DataAtom == atom.A {
			break
		}
		if node.Type == html.TextNode {
			b.WriteString(node.Data)
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// following returns the next node in the order of the page, below node too if deep.
func following(node *html.Node, deep bool) *html.Node {
	if deep && node.FirstChild != nil {
		return node.FirstChild
	}
	for node != nil && node.NextSibling == nil {
		node = node.Parent
	}
	if node == nil {
		return nil
	}
	return node.NextSibling
}

// columns finds "Last modified" and "Size" in both of Apache's date formats.
var columns = regexp.MustCompile(`(\d{2}-[A-Z][a-z]{2}-\d{4} \d{2}:\d{2}|\d{4}-\d{2}-\d{2} \d{2}:\d{2})(?:\s+(\d+(?:\.\d+)?[KMG]?))?(?:\s|$)`)

func readColumns(row string, zone *time.Location) (modified time.Time, size string) {
	found := columns.FindStringSubmatch(row)
	if found == nil {
		return time.Time{}, ""
	}
	for _, layout := range []string{"02-Jan-2006 15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, found[1], zone); err == nil {
			modified = t
		}
	}
	return modified, found[2]
}

// partnerFile is a data file or error log, with the PartnerId that it belongs to.
var partnerFile = regexp.MustCompile(`^[DE][SB]([APVK][0-9]{9})_`)

// foreignPartner returns a PartnerId whose files are in the listing when none of partnerID are; otherwise nothing.
func foreignPartner(entries []Entry, partnerID string) string {
	foreign := ""
	for _, entry := range entries {
		found := partnerFile.FindStringSubmatch(entry.Name)
		switch {
		case found == nil:
		case found[1] == partnerID:
			return ""
		default:
			foreign = found[1]
		}
	}
	return foreign
}
