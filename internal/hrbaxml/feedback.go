package hrbaxml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Errors of ReadFeedback.
var (
	// ErrFeedbackIncomplete means that the file breaks off: the BA may still be writing it.
	ErrFeedbackIncomplete = errors.New("the feedback file breaks off")
	// ErrFeedbackUnreadable means that the file is no feedback, or damaged.
	ErrFeedbackUnreadable = errors.New("the feedback file cannot be read")
)

// Bounds of ReadFeedback. A file answers for one upload of at most some thousand ads.
const (
	maxFeedbackMessages = 200_000
	maxFeedbackDepth    = 64
)

// Feedback is what the BA says about one uploaded file. Ads that no message names were accepted, unless a message rejects the
// whole file.
type Feedback struct {
	// Blank says that the file holds nothing at all. The BA may do so when everything was accepted, and a file that is still
	// being written looks the same: read it again later before believing it.
	Blank bool
	// Root is the local name of the root element; the BA's is not documented.
	Root     string
	Messages []Message
}

// Message is one complaint of the BA.
type Message struct {
	// Code is the BA's code in its present form, such as FLR_JCValid_033; see NormalCode. Empty when the message has none.
	Code string
	// Original is the code as it stands in the file.
	Original string
	// Reference is the id of the ad that the message is about; empty when it names none.
	Reference string
	// Text is the BA's German explanation.
	Text string
}

// WholeFile reports whether the message means that nothing in the uploaded file was taken.
func (m Message) WholeFile() bool { return m.Code == CodeStructure || m.Code == CodeBlank }

// ReadFeedback reads a feedback file. Nobody has published its schema, so it finds messages by local names anywhere below any
// root, in any namespace, passes over what it does not know, and decodes UTF-8, UTF-16, ISO-8859-1 and windows-1252 whatever the
// file claims. It forgives what hides no message: a bare "&", control characters, any version of XML, ads that are quoted beside
// messages. The caller bounds the size. The errors are ErrFeedbackIncomplete and ErrFeedbackUnreadable, wrapped.
func ReadFeedback(raw []byte) (Feedback, error) {
	// A file system may show bytes that are not written yet as zeros.
	content := bytes.TrimRight(toUTF8(raw), "\x00")
	if isBlank(content) {
		return Feedback{Blank: true}, nil
	}
	r := feedbackReader{tokens: xml.NewDecoder(bytes.NewReader(cleanFeedback(content)))}
	// Not strict takes a bare "&" for itself. That tags match is seen to here, because the decoder would make up those that are missing.
	r.tokens.Strict = false
	r.tokens.Entity = xml.HTMLEntity
	r.tokens.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	for {
		token, err := r.tokens.RawToken()
		if errors.Is(err, io.EOF) {
			return r.finish()
		}
		if err == nil {
			err = r.take(token)
		}
		if err != nil {
			return Feedback{}, failure(err)
		}
	}
}

func isBlank(content []byte) bool { return len(bytes.Trim(content, " \t\r\n")) == 0 }

// feedbackReader collects messages while tokens pass by.
type feedbackReader struct {
	tokens *xml.Decoder
	out    Feedback
	// open are the names of the open elements, depth is their number.
	open  []xml.Name
	depth int
	// quoted is the depth of the ad that the file quotes and that is open; zero outside. ads says that there was one.
	quoted int
	ads    bool
	// text is what stands directly in the innermost open element.
	text strings.Builder
	// scope is the depth of the element that holds the current message; zero between messages.
	scope int
	// explicit says that this element is an ErrorMessage and not just the parent of a message's parts.
	explicit bool
	current  Message
	// has has a bit for each part that the current message has got.
	has part
	// loose is the text directly in the message, for one that has no elements for its parts.
	loose string
}

// part is an element of a message.
type part uint8

const (
	partCode part = 1 << iota
	partReference
	partText
)

func partNamed(name string) part {
	switch strings.ToLower(name) {
	case "errorcode":
		return partCode
	case "referenceid":
		return partReference
	case "additionalinformation":
		return partText
	}
	return 0
}

// failure tells a file that ends too early from one that is wrong.
func failure(err error) error {
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok && syntax.Msg == "unexpected EOF" {
		return fmt.Errorf("%w: line %d", ErrFeedbackIncomplete, syntax.Line)
	}
	return fmt.Errorf("%w: %s", ErrFeedbackUnreadable, syntaxMessage(err))
}

func (r *feedbackReader) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.Directive:
		return errors.New("a document type declaration is not permitted")
	case xml.StartElement:
		return r.start(t)
	case xml.CharData:
		if r.depth == 0 && !isBlank(t) {
			return errors.New("text outside of the root element")
		}
		r.text.Write(t)
	case xml.EndElement:
		return r.end(t.Name)
	}
	return nil
}

func (r *feedbackReader) start(t xml.StartElement) error {
	name := t.Name.Local
	switch {
	case slices.ContainsFunc(t.Attr, func(a xml.Attr) bool { return strings.Contains(a.Value, "<") }):
		return errors.New("an attribute swallows tags")
	case r.depth == maxFeedbackDepth:
		return fmt.Errorf("elements are nested more than %d deep", maxFeedbackDepth)
	case r.depth == 0 && r.out.Root != "":
		return errors.New("a second root element")
	case r.depth == 0 && strings.EqualFold(name, "html"):
		return errors.New("it is an HTML page")
	case r.depth == 0:
		r.out.Root = name
	}
	r.setLooseAside()
	r.depth++
	r.open = append(r.open, t.Name)
	if name == "JobPositionPosting" && r.quoted == 0 {
		r.quoted, r.ads = r.depth, true
	}
	if !r.explicit && strings.EqualFold(name, "ErrorMessage") {
		err := r.endMessage()
		r.scope, r.explicit = r.depth, true
		return err
	}
	return nil
}

func (r *feedbackReader) end(name xml.Name) error {
	if r.depth == 0 || r.open[r.depth-1] != name {
		return fmt.Errorf("the tag that ends %s has no beginning", excerpt(name.Local))
	}
	p := partNamed(name.Local)
	// What stands in a quoted ad and in no message there is the ad's own, like its AdditionalInformation.
	quoted := r.quoted > 0 && r.scope < r.quoted
	if quoted && p == partCode {
		return errors.New("a code in a quoted ad, and what it is about is not clear")
	}
	if p != 0 && !quoted {
		if err := r.fill(p, strings.TrimSpace(r.text.String())); err != nil {
			return err
		}
		r.text.Reset()
	}
	r.setLooseAside()
	if r.quoted == r.depth {
		r.quoted = 0
	}
	r.depth--
	r.open = r.open[:r.depth]
	if r.scope == r.depth+1 {
		return r.endMessage()
	}
	return nil
}

// fill takes one part of a message. Parts outside of any ErrorMessage make a message as well: to overlook a code would be to
// believe that the ad was accepted. A part that comes a second time begins the next message.
func (r *feedbackReader) fill(p part, value string) error {
	if r.scope == 0 {
		r.scope = r.depth - 1
	}
	if r.has&p != 0 {
		scope, explicit, reference := r.scope, r.explicit, r.current.Reference
		if err := r.endMessage(); err != nil {
			return err
		}
		r.scope, r.explicit = scope, explicit
		if explicit {
			r.current.Reference = reference
		}
	}
	r.has |= p
	switch p {
	case partCode:
		r.current.Original, r.current.Code = value, NormalCode(value)
	case partReference:
		r.current.Reference = value
	case partText:
		r.current.Text = value
	}
	return nil
}

// setLooseAside keeps the text of the innermost open element if that is an ErrorMessage.
func (r *feedbackReader) setLooseAside() {
	if s := strings.TrimSpace(r.text.String()); s != "" && r.explicit && r.depth == r.scope {
		r.loose = strings.TrimSpace(r.loose + " " + s)
	}
	r.text.Reset()
}

// endMessage completes the current message. Without an ErrorMessage around it, only a code makes one.
func (r *feedbackReader) endMessage() error {
	m, wanted := r.current, r.explicit || r.has&partCode != 0
	if m.Text == "" {
		m.Text = r.loose
	}
	r.current, r.has, r.loose, r.scope, r.explicit = Message{}, 0, "", 0, false
	if !wanted {
		return nil
	}
	if len(r.out.Messages) == maxFeedbackMessages {
		return fmt.Errorf("more than %d messages", maxFeedbackMessages)
	}
	r.out.Messages = append(r.out.Messages, m)
	return nil
}

func (r *feedbackReader) finish() (Feedback, error) {
	switch {
	case r.out.Root == "":
		return Feedback{}, fmt.Errorf("%w before its root element", ErrFeedbackIncomplete)
	case r.depth > 0:
		return Feedback{}, fmt.Errorf("%w in the element %s", ErrFeedbackIncomplete, excerpt(r.open[r.depth-1].Local))
	case r.ads && len(r.out.Messages) == 0:
		return Feedback{}, fmt.Errorf("%w: it is a file of ads", ErrFeedbackUnreadable)
	}
	return r.out, nil
}
