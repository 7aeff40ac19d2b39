package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// recruiter gets the mails of the demo's employers.
const recruiter = "erika.beispiel@recruiting.example"

// notify lets the recruiter be told at once what happens to an employer's ads.
func (s *story) notify(ctx context.Context, a *actor) error {
	return s.operator.call(ctx, http.MethodPut, a.path("/notifications"), object{"emails": []string{recruiter}, "mode": "at_once", "language": "en"}, nil)
}

// showMail shows the first mail that told the recruiter of a refused ad. It is not sent: the demo keeps its mails in a folder.
func (s *story) showMail(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	for {
		names, err := filepath.Glob(filepath.Join(s.world.mails, "*.eml"))
		if err != nil {
			return err
		}
		if len(names) > 0 {
			return s.printMail(names[0])
		}
		select {
		case <-ctx.Done():
			return errors.New("expected a mail about the refused ad, and none came")
		case <-time.After(lookEvery):
		}
	}
}

func (s *story) printMail(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	read, err := mail.ReadMessage(file)
	if err != nil {
		return fmt.Errorf("read the mail: %w", err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	if err != nil {
		return fmt.Errorf("read the mail: %w", err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(read.Body))
	if err != nil {
		return fmt.Errorf("read the mail: %w", err)
	}
	s.say("\nA mail tells the recruiter of a refused ad\n\n  │ To: %s\n  │ Subject: %s\n  │\n", read.Header.Get("To"), subject)
	for line := range strings.Lines(strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n"))) {
		s.say("  │ %s\n", strings.TrimRight(line, "\n"))
	}
	return nil
}
