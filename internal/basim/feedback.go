package basim

import (
	"bytes"
	"fmt"
	"html"
	"strings"
	"time"
)

// feedbackFault is one way in which a feedback file can be spoiled.
type feedbackFault string

const (
	feedbackNone      feedbackFault = "none"
	feedbackLate      feedbackFault = "late"
	feedbackDuplicate feedbackFault = "duplicate"
	feedbackHalf      feedbackFault = "half"
	feedbackGarbled   feedbackFault = "garbled"
)

// feedback uses up the fault that the next feedback suffers; empty if it is spared. The caller holds the lock of the BA.
func (f *Faults) feedback() feedbackFault {
	switch {
	case spend(&f.NoFeedback):
		return feedbackNone
	case spend(&f.LateFeedback):
		return feedbackLate
	case spend(&f.DuplicateFeedback):
		return feedbackDuplicate
	case spend(&f.HalfFeedback):
		return feedbackHalf
	case spend(&f.GarbledFeedback):
		return feedbackGarbled
	}
	return ""
}

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

// feedbackFile writes the answer to an upload. Root and header are a guess, as everybody's are; the messages' elements are attested.
func feedbackFile(u *Upload, at time.Time, s Settings) string {
	if len(u.Messages) == 0 && s.Success == SuccessBlank {
		return "\n"
	}
	charset := "UTF-8"
	if s.Latin1 {
		charset = "ISO-8859-1"
	}
	var w strings.Builder
	fmt.Fprintf(&w, "<?xml version=\"1.0\" encoding=%q?>\n", charset)
	if s.Feedback == FeedbackNamespace {
		w.WriteString("<HRBAXMLErrorLog xmlns=\"urn:basim:errorlog\">\n")
	} else {
		w.WriteString("<HRBAXMLErrorLog>\n")
	}
	if s.Feedback == FeedbackHeader {
		fmt.Fprintf(&w, " <Header>\n  <SupplierId>%s</SupplierId>\n  <Timestamp>%s</Timestamp>\n  <Amount>%d</Amount>\n </Header>\n",
			u.Partner, at.Format(time.RFC3339), len(u.Messages))
	}
	if len(u.Messages) > 0 || s.Success != SuccessNoList {
		w.WriteString(" <ErrorInformation>\n")
		for _, m := range u.Messages {
			m.write(&w, s.OldCodes)
		}
		w.WriteString(" </ErrorInformation>\n")
	}
	w.WriteString("</HRBAXMLErrorLog>\n")
	return w.String()
}

// write adds the message's element. A message about the whole file has no ReferenceId.
func (m Message) write(w *strings.Builder, oldCode bool) {
	code := m.Code
	if oldCode {
		code = strings.Replace(code, "FLR_", "APPS_", 1)
	}
	fmt.Fprintf(w, "  <ErrorMessage>\n   <ErrorCode>%s</ErrorCode>\n", code)
	if m.Reference != "" {
		fmt.Fprintf(w, "   <ReferenceId>%s</ReferenceId>\n", html.EscapeString(m.Reference))
	}
	fmt.Fprintf(w, "   <AdditionalInformation>%s</AdditionalInformation>\n  </ErrorMessage>\n", html.EscapeString(m.Text))
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
