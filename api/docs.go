package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/stellwerk-hr/stellwerk/internal/web"
)

//go:embed pages/docs.html
var docsHTML string

// docsPolicy lets the viewer run from here, style itself, and ask this server. Nothing can be asked outside.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
	"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// forever is for names that change with their content.
const forever = "public, max-age=31536000, immutable"

// asset is a file that pages need, under a name that changes with its content.
type asset struct {
	path, media string
	plain       []byte
	packed      func() ([]byte, error)
}

// newAsset names a file. It is packed when somebody first asks for it.
func newAsset(name, extension, media string, content []byte) asset {
	sum := sha256.Sum256(content)
	return asset{
		path: "/docs/" + name + "-" + hex.EncodeToString(sum[:4]) + extension, media: media, plain: content,
		packed: sync.OnceValues(func() ([]byte, error) { return pack(content) }),
	}
}

func pack(content []byte) ([]byte, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write(content)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("pack a file of the docs page: %w", err)
	}
	return packed.Bytes(), nil
}

func (a asset) answer(c echo.Context) error {
	header := c.Response().Header()
	header.Set("Cache-Control", forever)
	header.Set(echo.HeaderVary, "Accept-Encoding")
	header.Del("Content-Language")
	if !acceptsGzip(c.Request()) {
		return c.Blob(http.StatusOK, a.media, a.plain)
	}
	packed, err := a.packed()
	if err != nil {
		return err
	}
	header.Set(echo.HeaderContentEncoding, "gzip")
	return c.Blob(http.StatusOK, a.media, packed)
}

// addDocs adds the page on which people read the contract, and the guide for language models. They are no operations of the contract.
func (s *server) addDocs(r routes) error {
	viewer := newAsset("viewer", ".js", "text/javascript; charset=utf-8", web.Viewer)
	start := newAsset("start", ".js", "text/javascript; charset=utf-8", web.Start)
	licences := newAsset("licences", ".txt", "text/plain; charset=utf-8", web.Licences)
	var page bytes.Buffer
	form, err := template.New("docs").Parse(docsHTML)
	if err == nil {
		err = form.Execute(&page, map[string]string{"Viewer": viewer.path, "Start": start.path, "Licences": licences.path})
	}
	if err != nil {
		return fmt.Errorf("make the docs page: %w", err)
	}
	for _, file := range []asset{viewer, start, licences} {
		r.GET(file.path, file.answer)
	}
	r.GET("/docs", func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderContentSecurityPolicy, docsPolicy)
		c.Response().Header().Set("Content-Language", "en")
		return c.Blob(http.StatusOK, pageType, page.Bytes())
	})
	guide := []byte(s.guide())
	r.GET("/llms.txt", func(c echo.Context) error {
		c.Response().Header().Set("Content-Language", "en")
		return c.Blob(http.StatusOK, "text/plain; charset=utf-8", guide)
	})
	return nil
}
