package basim

import (
	"bytes"
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"
)

// answer schedules the feedback files of a processed upload; settle offers those that are due.
func (b *BA) answer(u *Upload, at time.Time) {
	body := b.settings.encode(feedbackFile(u, at, b.settings))
	whole := &File{Partner: u.Partner, Name: feedbackName(u.Name), Modified: at, Body: body}
	instead := func(spoiled []byte) {
		b.offer(&File{Partner: u.Partner, Name: whole.Name, Modified: at, Body: spoiled})
		if b.faults.Late > 0 {
			whole.Modified = at.Add(time.Duration(b.faults.Late))
			b.coming = append(b.coming, whole)
		}
	}
	switch u.Fault {
	case feedbackNone:
	case feedbackLate:
		whole.Modified = at.Add(b.faults.Late.or(time.Hour))
		b.coming = append(b.coming, whole)
	case feedbackDuplicate:
		b.offer(whole)
		b.offer(&File{Partner: u.Partner, Name: secondFeedbackName(u.Name), Modified: at, Body: body})
	case feedbackHalf:
		instead(body[:len(body)/2])
	case feedbackGarbled:
		instead(bytes.Repeat([]byte{0x00, 0x1b, '<', 0xff, 0xfe, '&'}, 20))
	default:
		b.offer(whole)
	}
}

// The namespace of feedback files in the shapes that have one.
const feedbackNamespace = "urn:basim:errorlog"

// feedbackFile writes the answer to an upload. Root, header and extras are a guess, as everybody's are; the messages' elements are
// attested.
func feedbackFile(u *Upload, at time.Time, s Settings) string {
	if len(u.Messages) == 0 {
		switch s.Success {
		case SuccessBlank:
			return "\n"
		case SuccessEmpty:
			return ""
		case SuccessEmptyList, SuccessNoList:
		}
	}
	charset := "UTF-8"
	if s.Latin1 {
		charset = "ISO-8859-1"
	}
	w := feedbackWriter{oldCodes: s.OldCodes, extra: s.Feedback == FeedbackExtra}
	fmt.Fprintf(&w, "<?xml version=\"1.0\" encoding=%q?>\n", charset)
	root := "HRBAXMLErrorLog"
	switch s.Feedback {
	case FeedbackNamespace:
		w.open(root, ` xmlns="`+feedbackNamespace+`"`)
	case FeedbackPrefix:
		w.prefix = "ba:"
		w.open(root, ` xmlns:ba="`+feedbackNamespace+`"`)
	case FeedbackBare, FeedbackHeader, FeedbackExtra:
		w.open(root, "")
	}
	if s.Feedback == FeedbackHeader || s.Feedback == FeedbackExtra {
		w.open("Header", "")
		w.leaf("SupplierId", u.Partner)
		w.leaf("Timestamp", at.Format(time.RFC3339))
		w.leaf("Amount", strconv.Itoa(u.Records))
		w.leaf("Errors", strconv.Itoa(len(u.Messages)))
		w.close("Header")
	}
	if len(u.Messages) > 0 || s.Success != SuccessNoList {
		w.open("ErrorInformation", "")
		for _, m := range u.Messages {
			w.message(m)
		}
		w.close("ErrorInformation")
	}
	if w.extra {
		w.leaf("ProcessingTime", "PT1S")
	}
	w.close(root)
	return w.String()
}

// feedbackWriter writes the elements of a feedback file.
type feedbackWriter struct {
	strings.Builder
	prefix          string
	oldCodes, extra bool
}

func (w *feedbackWriter) open(name, attributes string) {
	fmt.Fprintf(w, "<%s%s%s>\n", w.prefix, name, attributes)
}

func (w *feedbackWriter) close(name string) { fmt.Fprintf(w, "</%s%s>\n", w.prefix, name) }

func (w *feedbackWriter) leaf(name, text string) {
	fmt.Fprintf(w, "<%s%s>%s</%s%s>\n", w.prefix, name, html.EscapeString(text), w.prefix, name)
}

// message adds a message's element. One about the whole file has no ReferenceId.
func (w *feedbackWriter) message(m Message) {
	code := m.Code
	if w.oldCodes {
		code = strings.Replace(code, "FLR_", "APPS_", 1)
	}
	attributes := ""
	if w.extra {
		attributes = ` severity="error"`
	}
	w.open("ErrorMessage", attributes)
	w.leaf("ErrorCode", code)
	if w.extra {
		w.leaf("ErrorLevel", "ERROR")
	}
	if m.Reference != "" {
		w.leaf("ReferenceId", m.Reference)
	}
	w.leaf("AdditionalInformation", m.Text)
	w.close("ErrorMessage")
}

// encode returns a page or file in the charset of the settings; Latin-1 shows a question mark for what it lacks.
func (s Settings) encode(text string) []byte {
	if !s.Latin1 {
		return []byte(text)
	}
	raw := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			r = '?'
		}
		raw = append(raw, byte(r))
	}
	return raw
}
