package api

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

//go:embed pages/problem.html
var problemHTML string

//go:embed pages/style.css
var pageStyle string

var problemTemplate = template.Must(template.New("problem").Parse(problemHTML))

// pagePolicy lets a page of ours have its own style and nothing else.
var pagePolicy = "default-src 'none'; style-src 'sha256-" + digest(pageStyle) + "'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

func digest(style string) string {
	sum := sha256.Sum256([]byte(style))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// pageType is the content type of pages.
const pageType = "text/html; charset=utf-8"

// problemPage explains a code to a person: in the language that was asked for, and below in the other.
type problemPage struct {
	code *fault.Code
	lang text.Language
}

// words are a code's words in one language, ready for a page.
type words struct {
	Lang         text.Language
	Title        string
	Detail, Hint template.HTML
}

// VisitExplainProblemResponse writes the page.
func (p problemPage) VisitExplainProblemResponse(w http.ResponseWriter) error {
	found := []words{wordsOf(p.code, text.English), wordsOf(p.code, text.German)}
	if p.lang == text.German {
		slices.Reverse(found)
	}
	w.Header().Set("Content-Type", pageType)
	w.Header().Set("Content-Security-Policy", pagePolicy)
	return problemTemplate.Execute(w, map[string]any{
		"Style": template.CSS(pageStyle), //nolint:gosec // our own file
		"Code":  p.code.Name, "Status": statuses[p.code.Kind], "First": found[0], "Words": found,
	})
}

func wordsOf(code *fault.Code, lang text.Language) words {
	return words{Lang: lang, Title: code.Title.In(lang), Detail: marked(code.Detail.In(lang)), Hint: marked(code.Hint.In(lang))}
}

// The marks in words: a value of an occurrence, and what is written as it stands.
var (
	placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)
	verbatim    = regexp.MustCompile("`([^`]+)`")
)

// marked shows the marks in words. Whatever else stands there is text.
func marked(words string) template.HTML {
	escaped := verbatim.ReplaceAllString(html.EscapeString(words), "<code>$1</code>")
	return template.HTML(placeholder.ReplaceAllString(escaped, "<var>$1</var>")) //nolint:gosec // escaped, then marked
}

// acceptsGzip reports whether a client takes compressed answers.
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		if name, weight, _ := strings.Cut(part, ";"); strings.TrimSpace(name) == "gzip" && strings.TrimSpace(weight) != "q=0" {
			return true
		}
	}
	return false
}
