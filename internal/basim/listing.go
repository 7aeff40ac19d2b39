package basim

import (
	"cmp"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// The folders of a partner's directory beside in/.
const (
	folderShared  = "sonstiges"
	folderReports = "Statistiken"
)

// Apache's listing cuts names that are longer than its column, and writes times without seconds.
const (
	listingNameWidth = 23
	listingTime      = "02-Jan-2006 15:04"
)

// row is one line of a listing.
type row struct {
	href, name, modified, size string
}

// directory sends a listing of files as Apache's fancy index writes it, with the partner's folders at the top.
func (s *Server) directory(w http.ResponseWriter, r *http.Request, files []File, top bool) {
	path := strings.TrimSuffix(r.URL.Path, "/")
	var b strings.Builder
	title := html.EscapeString(cmp.Or(path, "/"))
	b.WriteString("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<html>\n <head>\n")
	fmt.Fprintf(&b, "  <title>Index of %s</title>\n </head>\n <body>\n<h1>Index of %s</h1>\n", title, title)
	// Apache parts the values of a sort link with a semicolon, which net/url leaves out.
	query, err := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "&"))
	if err != nil {
		refuse(w, http.StatusBadRequest)
		return
	}
	sortFiles(files, query.Get("C"), query.Get("O") == "D")
	b.WriteString(listingHead(query))
	lines := s.rows(path, files, top)
	if s.suffers(faultLinksElsewhere) != "" {
		lines = leadElsewhere(lines)
	}
	for _, line := range lines {
		b.WriteString(line.String())
	}
	fmt.Fprintf(&b, "<hr></pre>\n<address>Apache Server at %s Port 443</address>\n</body></html>\n", hostName)
	w.Header().Set("Content-Type", "text/html;charset=UTF-8")
	// A client that is gone needs no listing.
	_, _ = w.Write([]byte(b.String()))
}

// listingHead writes the column titles. Each is a link that sorts by its column, the other way round if it already does.
func listingHead(query url.Values) string {
	link := func(column, title string, width int) string {
		order := "A"
		if cmp.Or(query.Get("C"), "N") == column && query.Get("O") != "D" {
			order = "D"
		}
		return fmt.Sprintf(`<a href="?C=%s;O=%s">%s</a>%s`, column, order, title, strings.Repeat(" ", width-len(title)))
	}
	return `<pre><img src="/icons/blank.gif" alt="Icon "> ` + link("N", "Name", listingNameWidth+1) +
		link("M", "Last modified", len(listingTime)+2) + link("S", "Size", 6) + link("D", "Description", 11) + "<hr>"
}

// rows returns the lines of a listing: the way up, the folders, the files.
func (s *Server) rows(path string, files []File, top bool) []row {
	const dash = "  - "
	var rows []row
	if path != "" {
		rows = append(rows, row{href: path[:strings.LastIndex(path, "/")+1], name: "Parent Directory", size: dash})
	}
	if top {
		now := s.now().In(s.zone).Format(listingTime)
		for _, folder := range []string{folderReports, "in", folderShared} {
			rows = append(rows, row{href: folder + "/", name: folder + "/", modified: now, size: dash})
		}
	}
	for _, file := range files {
		rows = append(rows, row{
			href: url.PathEscape(file.Name), name: file.Name, modified: file.Modified.In(s.zone).Format(listingTime),
			size: listingSize(len(file.Body)),
		})
	}
	return rows
}

// leadElsewhere bends the links of a listing so that none leads to a file of the directory, while it looks as before.
func leadElsewhere(rows []row) []row {
	away := []string{elsewhere, "//" + elsewhereHost + "/", "in/", "/daten/V999999999/", "..%2f", "%2e%2e/", `..\`, "mailto:"}
	for i := range rows {
		if !strings.HasSuffix(rows[i].href, "/") {
			rows[i].href = away[i%len(away)] + rows[i].href
		}
	}
	return rows
}

// String writes the line in Apache's columns.
func (r row) String() string {
	icon, alt := "unknown.gif", "[   ]"
	if strings.HasSuffix(r.href, "/") {
		icon, alt = "folder.gif", "[DIR]"
	}
	name, space := r.name, ""
	if width := utf8.RuneCountInString(name); width > listingNameWidth {
		name = string([]rune(name)[:listingNameWidth-3]) + "..>"
	} else {
		space = strings.Repeat(" ", listingNameWidth-width)
	}
	link := `<a href="` + html.EscapeString(r.href) + `">` + html.EscapeString(name) + `</a>`
	return fmt.Sprintf(`<img src="/icons/%s" alt="`+alt+`"> %s%s %-17s %5s  `+"\n", icon, link, space, r.modified, r.size)
}

// listingSize writes a size as Apache does: in four characters.
func listingSize(n int) string {
	switch kib := float64(n) / 1024; {
	case n < 973:
		return fmt.Sprintf("%3d ", n)
	case kib < 9.95:
		return fmt.Sprintf("%.1fK", kib)
	case kib < 973:
		return fmt.Sprintf("%3.0fK", kib)
	case kib/1024 < 9.95:
		return fmt.Sprintf("%.1fM", kib/1024)
	default:
		return fmt.Sprintf("%3.0fM", kib/1024)
	}
}

// sortFiles puts the files in the order that a sort link asks for: by name (N), modification (M) or size (S).
func sortFiles(files []File, column string, descending bool) {
	slices.SortFunc(files, func(x, y File) int {
		order := 0
		switch column {
		case "M":
			order = x.Modified.Compare(y.Modified)
		case "S":
			order = cmp.Compare(len(x.Body), len(y.Body))
		}
		order = cmp.Or(order, strings.Compare(x.Name, y.Name))
		if descending {
			return -order
		}
		return order
	})
}
