package hrbaxml

import "fmt"

// The BA's codes for files that it refuses as a whole.
const (
	// CodeStructure means that the file is not as the schema demands.
	CodeStructure = "FLR_XML_Structure"
	// CodeBlank means that the file holds nothing.
	CodeBlank = "FLR_JCValid_090"
)

// Reason says which demand a file or an ad does not meet.
type Reason string

// The reasons.
const (
	BlankFile          Reason = "blank_file"
	FileTooLarge       Reason = "file_too_large"
	BadEncoding        Reason = "encoding"
	NotWellFormed      Reason = "not_well_formed"
	HasDoctype         Reason = "doctype"
	TooDeep            Reason = "too_deep"
	UnknownElement     Reason = "unknown_element"
	HasAttribute       Reason = "attribute"
	StrayText          Reason = "stray_text"
	WrongOrder         Reason = "wrong_order"
	MissingElement     Reason = "missing_element"
	TooManyElements    Reason = "too_many_elements"
	ForbiddenCharacter Reason = "forbidden_character"
	WrongType          Reason = "wrong_type"
	TooShort           Reason = "too_short"
	TooLong            Reason = "too_long"
	WrongPattern       Reason = "wrong_pattern"
	OutOfRange         Reason = "out_of_range"
	UnknownCode        Reason = "unknown_code"
)

// Violation is one thing in a file or an ad that the schema does not permit.
type Violation struct {
	Reason Reason
	// ID is the element, zero when the schema does not have it.
	ID ID
	// Path leads to the element from the root, with the position of elements that may repeat: .../JobPositionPosting[2]/HiringOrg.
	Path string
	// Line counts from 1 in a file; zero for an ad in memory.
	Line int
	// Index is the place in the Ad of the node, of the node before which something is missing, or the Ad's length; zero for a file.
	Index int
	// Value is the text found, cut to a sensible length.
	Value string
	// Found and Limit are the numbers behind TooShort, TooLong (code points) and TooManyElements.
	Found, Limit int
	// Detail says more where the reason alone does not.
	Detail string
}

// Code returns the BA's code for the violation.
func (v *Violation) Code() string {
	if v.Reason == BlankFile {
		return CodeBlank
	}
	return CodeStructure
}

// Error gives the path and the message.
func (v *Violation) Error() string {
	if v.Path == "" {
		return v.Message()
	}
	return v.Path + ": " + v.Message()
}

// Message explains the violation in English, without its place.
func (v *Violation) Message() string {
	switch v.Reason {
	case BlankFile:
		return "the file is empty"
	case FileTooLarge:
		return fmt.Sprintf("the file is larger than %d bytes", v.Limit)
	case BadEncoding:
		return v.Detail
	case NotWellFormed:
		return "not well-formed XML: " + v.Detail
	case HasDoctype:
		return "a document type declaration is not permitted"
	case TooDeep:
		return fmt.Sprintf("elements are nested more than %d deep", v.Limit)
	case UnknownElement:
		return "the schema has no such element here"
	case HasAttribute:
		return fmt.Sprintf("the attribute %s is not permitted", v.Value)
	case StrayText:
		return fmt.Sprintf("text %q in an element that holds elements only", v.Value)
	case WrongOrder:
		return "the element stands after elements that must follow it"
	case MissingElement:
		return "the element is missing"
	case TooManyElements:
		return fmt.Sprintf("the element stands here more often than %s", times(v.Limit))
	case ForbiddenCharacter:
		return fmt.Sprintf("the text holds %s, which XML forbids", v.Detail)
	case WrongType:
		return fmt.Sprintf("%q is not a %s", v.Value, v.Detail)
	case TooShort:
		return fmt.Sprintf("the text has %d characters, at least %d must be there", v.Found, v.Limit)
	case TooLong:
		return fmt.Sprintf("the text has %d characters, at most %d may be there", v.Found, v.Limit)
	case WrongPattern:
		return fmt.Sprintf("%q does not have the form %s", v.Value, v.Detail)
	case OutOfRange:
		return fmt.Sprintf("%s is outside %s", v.Value, v.Detail)
	case UnknownCode:
		return fmt.Sprintf("%q is not one of the codes %s", v.Value, v.Detail)
	}
	return string(v.Reason)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// excerptRunes bounds the part of a text that a Violation quotes.
const excerptRunes = 80

// excerpt returns the beginning of a text, for a message.
func excerpt[T string | []byte](s T) string {
	count := 0
	for i := range string(s[:min(len(s), 4*excerptRunes+4)]) {
		if count == excerptRunes {
			return string(s[:i]) + "…"
		}
		count++
	}
	return string(s)
}
